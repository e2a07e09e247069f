"""Figures of a report on numbers: what is predicted against what is true."""

import altair as alt
import numpy as np
import pandas as pd

from ..data.schema import Schema
from ..errors import number
from .charts import diagonal, some
from .page import chart, paragraph, side_by_side

MOST = 6  # targets with figures


def figures(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> list[str]:
    """Return the figures; predictions and y are (n, targets)."""
    rows = some(len(y))
    parts = []
    if len(rows) < len(y):
        parts.append(
            paragraph(f"Drawn from {len(rows):,} of {len(y):,} examples.", "note")
        )
    targets = zip(schema.outputs, predictions.T, y.T, strict=True)
    for name, predicted, true in list(targets)[:MOST]:
        parts.append(side_by_side(*of_target(name, predicted[rows], true[rows])))
    if len(schema.outputs) > MOST:
        parts.append(
            paragraph(f"These are {MOST} of {len(schema.outputs)} targets.", "note")
        )
    return parts


def of_target(name: str, predicted: np.ndarray, true: np.ndarray) -> list[str]:
    """Return predicted against true, and the residuals."""
    frame = pd.DataFrame({"true": true, "predicted": predicted}).astype(float)
    frame["error"] = frame["predicted"] - frame["true"]
    frame = frame.map(lambda value: float(f"{value:.5g}"))
    ends = frame[["true", "predicted"]].to_numpy()
    points = (
        alt.Chart(frame)
        .mark_circle(opacity=0.5)
        .encode(
            x=alt.X("true:Q", title=f"true {name}", scale=alt.Scale(zero=False)),
            y=alt.Y("predicted:Q", title="predicted", scale=alt.Scale(zero=False)),
            tooltip=["true", "predicted", "error"],
        )
    )
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "error:Q", bin=alt.Bin(maxbins=30), title=f"predicted - true {name}"
            ),
            y=alt.Y("count()", title="examples"),
            tooltip=[alt.Tooltip("error:Q", bin=alt.Bin(maxbins=30)), "count()"],
        )
    )
    half, most = frame["error"].abs().quantile([0.5, 0.9])
    return [
        chart(
            diagonal(ends.min(), ends.max()) + points,
            f"{name}: predicted against true. On the dashed line both are equal.",
        ),
        chart(
            bars,
            f"Errors: half of them are below {number(half)}, 90 % below {number(most)}; their "
            f"mean is {number(frame['error'].mean())}.",
        ),
    ]


def how_wrong(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> np.ndarray:
    """Return the largest error of an example, in standard deviations of its target: (n,)."""
    spread = np.maximum(y.std(axis=0), 1e-30)
    return (np.abs(predictions - y) / spread).max(axis=1)


def tell(predicted: np.ndarray, true: np.ndarray, schema: Schema) -> str:
    """Return in words what is true, and what was predicted."""
    parts = zip(schema.outputs, true, predicted, strict=True)
    return "; ".join(
        f"{n}: {number(t)}, predicted {number(p)}" for n, t, p in list(parts)[:4]
    )
