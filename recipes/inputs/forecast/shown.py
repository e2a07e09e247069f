"""Forecasts of a report: beside what came, with their intervals."""

import altair as alt
import numpy as np
import pandas as pd

from ..data.schema import Schema, Split
from ..errors import number
from ..network.head import window_scale
from .charts import lines_of
from .page import COLORS, chart, paragraph

SHOWN = {"a good one": 0.1, "a usual one": 0.5, "a bad one": 0.95}  # by their errors


def show(predictions: np.ndarray, split: Split, schema: Schema) -> list[str]:
    """Return forecasts of the first target with their intervals, for some windows."""
    targets = len(schema.outputs) // schema.horizon
    name = schema.layout.numbers[0]
    scale = window_scale(split.x["history"], split.smallest_scale)[:, 0]
    predicted, true = predictions[:, ::targets], split.y[:, ::targets]
    with np.errstate(invalid="ignore"):
        errors = np.nanmean(np.abs(predicted - true), axis=1)
    in_order = np.argsort(errors)
    in_order = in_order[~np.isnan(errors[in_order])]
    parts = []
    for called, share in SHOWN.items():
        row = in_order[int(share * (len(in_order) - 1))]
        history = split.x["history"][[row]][0, :, 0]
        widths = {
            n: np.array(w)[::targets] * scale[row] for n, w in schema.intervals.items()
        }
        words = f"{name}: {called} of {len(in_order):,} forecasts of the test split, mean absolute error {number(errors[row])}."
        if widths:
            words += " The bands should hold 80 and 95 % of the true values."
        parts.append(
            chart(forecast(history, predicted[row], true[row], widths, name), words)
        )
    if targets > 1:
        parts.append(paragraph(f"Drawn for the first of {targets} targets.", "note"))
    return parts


def forecast(
    history: np.ndarray,
    predicted: np.ndarray,
    true: np.ndarray,
    widths: dict,
    name: str,
) -> alt.LayerChart:
    """Return what was known, what was predicted with its intervals, and what came."""
    steps = np.arange(1, len(predicted) + 1)
    known = history[-max(24, 3 * len(steps)) :].astype(float)
    past = np.arange(1 - len(known), 1)
    frame = pd.concat(
        [
            pd.DataFrame({"step": past, "value": known, "what": "true"}),
            pd.DataFrame({"step": steps, "value": true, "what": "true"}),
            pd.DataFrame({"step": [0], "value": known[-1:], "what": "forecast"}),
            pd.DataFrame({"step": steps, "value": predicted, "what": "forecast"}),
        ]
    )
    frame["value"] = frame["value"].astype(float).round(6)
    drawn = alt.LayerChart()
    for place, width in enumerate(widths.values()):
        band = pd.DataFrame(
            {"step": steps, "low": predicted - width, "high": predicted + width}
        )
        area = (
            alt.Chart(band).mark_area(opacity=0.3 - 0.12 * place, color=COLORS[1])
            if len(steps) > 1
            else alt.Chart(band).mark_bar(opacity=0.3, color=COLORS[1])
        )
        drawn += area.encode(x="step:Q", y=alt.Y("low:Q", title=name), y2="high:Q")
    colors = alt.Color(
        "what:N",
        scale=alt.Scale(domain=["true", "forecast"], range=[COLORS[0], COLORS[1]]),
    )
    lines = lines_of(frame.dropna(), "step", "value", "what").mark_line(point=True)
    value = alt.Y("value:Q", title=name, scale=alt.Scale(zero=False))
    return drawn + lines.encode(color=colors, strokeDash=alt.value([1, 0]), y=value)
