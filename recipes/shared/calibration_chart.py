"""The chart of a report that says whether probabilities are what they say."""

import altair as alt
import numpy as np
import pandas as pd

from ..training.calibration import in_parts
from .charts import diagonal
from .page import chart


def calibration(predicted: np.ndarray, is_true: np.ndarray) -> str:
    """Return how often what has a probability is true; both are (n,)."""
    examples, said, came_true = in_parts(predicted, is_true)
    frame = pd.DataFrame({"predicted": said, "true": came_true, "examples": examples})
    points = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X(
                "predicted:Q",
                title="predicted probability",
                scale=alt.Scale(domain=[0, 1]),
            ),
            y=alt.Y(
                "true:Q", title="share that is true", scale=alt.Scale(domain=[0, 1])
            ),
            tooltip=[
                alt.Tooltip("predicted:Q", format=".2f"),
                alt.Tooltip("true:Q", format=".2f"),
                "examples",
            ],
        )
    )
    off = np.average(np.abs(said - came_true), weights=examples)
    words = f"Calibration: of what has a probability of 70 %, 70 % should be true (dashed). The mean distance is {off:.1%}."
    return chart(diagonal(0, 1) + points, words)
