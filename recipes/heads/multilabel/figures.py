"""Figures of a report on labels: how well each of them is found."""

import altair as alt
import numpy as np
import pandas as pd
from sklearn import metrics

from ..data.schema import Schema
from .charts import calibration
from .page import chart, table

MOST = 30  # labels in a chart


def figures(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> list[str]:
    """Return the figures; predictions and y are (n, labels)."""
    scores = per_label(predictions > schema.thresholds, predictions, y > 0.5)
    scores.index = schema.outputs
    scores.insert(0, "threshold", np.broadcast_to(schema.thresholds, len(scores)))
    shown = scores.rename_axis("label").reset_index().sort_values("F1").head(MOST)
    bars = (
        alt.Chart(shown)
        .mark_bar()
        .encode(
            x=alt.X("F1:Q", scale=alt.Scale(domain=[0, 1])),
            y=alt.Y("label:N", sort="x", title=None),
            tooltip=["label", "F1", "precision", "recall", "examples"],
        )
    )
    worst = shown["label"].iloc[0]
    words = f"F1 of each label, the worst first: {worst} is the hardest."
    return [
        chart(bars, words, 20 * len(shown) + 30),
        table(scores, "Each label, with its threshold"),
        calibration(predictions.ravel(), y.ravel() > 0.5),
    ]


def per_label(said: np.ndarray, predictions: np.ndarray, y: np.ndarray) -> pd.DataFrame:
    """Return examples with the label, precision, recall, F1 and area under the ROC curve."""
    rows = []
    for named, predicted, true in zip(said.T, predictions.T, y.T, strict=True):
        right = (named & true).sum()
        varies = 0 < true.mean() < 1
        rows.append(
            {
                "examples": int(true.sum()),
                "precision": right / named.sum() if named.any() else np.nan,
                "recall": right / true.sum() if true.any() else np.nan,
                "F1": 2 * right / max(1, true.sum() + named.sum()),
                "AUC": metrics.roc_auc_score(true, predicted) if varies else np.nan,
            }
        )
    return pd.DataFrame(rows)


def how_wrong(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> np.ndarray:
    """Return the mean distance of the probabilities from the labels: (n,)."""
    is_wrong = ((predictions > schema.thresholds) != (y > 0.5)).any(axis=1)
    return np.where(is_wrong, np.abs(predictions - y).mean(axis=1), 0)


def tell(predicted: np.ndarray, true: np.ndarray, schema: Schema) -> str:
    """Return in words which labels are missing, and which are too many."""
    names, said = np.array(schema.outputs), predicted > schema.thresholds
    parts = {
        "right": said & (true > 0.5),
        "not found": ~said & (true > 0.5),
        "wrongly said": said & (true <= 0.5),
    }
    return "; ".join(f"{n}: {', '.join(names[w])}" for n, w in parts.items() if w.any())
