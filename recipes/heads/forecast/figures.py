"""Figures of a report on forecasts: the errors by the steps ahead."""

import pandas as pd

from .charts import lines_of
from .page import chart


def figures(scores: pd.DataFrame) -> str:
    """Return the error of each model for each step ahead, that of the first target."""
    steps = scores[scores.index.str.match(r"mae.*_step_\d+$")]
    if steps.empty:
        return ""
    first = steps.index[0].rsplit("_", 1)[0]
    steps = steps[steps.index.str.startswith(f"{first}_")]
    frame = (
        steps.set_axis(range(1, len(steps) + 1))
        .rename_axis("steps ahead")
        .reset_index()
    )
    frame = frame.melt(
        "steps ahead", var_name="model", value_name="mean absolute error"
    ).dropna()
    return chart(
        lines_of(frame, "steps ahead", "mean absolute error", "model"),
        "How the error grows with the steps ahead, beside simpler forecasts.",
    )
