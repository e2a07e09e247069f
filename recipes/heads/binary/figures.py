"""Figures of a report on two classes: what the threshold decides, and how sure to be."""

import json

import altair as alt
import numpy as np
import pandas as pd
from sklearn import metrics

from ..data.schema import Schema
from .charts import calibration, diagonal, lines_of, thinned
from .page import chart, matrix, side_by_side, text


def figures(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> list[str]:
    """Return the figures; predictions and y are (n, 1)."""
    predicted, is_second = predictions[:, 0].astype(float), y[:, 0] > 0.5
    (threshold,) = schema.thresholds
    counts = [counts_at(place / 100, predicted, is_second) for place in range(101)]
    second = schema.outputs[1]
    parts = [
        slider(counts, second, threshold),
        matrix(counts[round(100 * threshold)], schema.outputs),
    ]
    if 0 < is_second.mean() < 1:
        parts.append(side_by_side(*trade_offs(predicted, is_second, second, threshold)))
    parts.append(
        side_by_side(
            calibration(predicted, is_second),
            spread(predicted, is_second, schema.outputs),
        )
    )
    return parts


def counts_at(threshold: float, predicted: np.ndarray, is_second: np.ndarray) -> list:
    """Return the confusion matrix where more than the threshold is the second class."""
    said = predicted > threshold
    return metrics.confusion_matrix(is_second, said, labels=[False, True]).tolist()


def slider(counts: list, second: str, threshold: float) -> str:
    """Return what moves the threshold, and the scores that follow from it."""
    place = round(100 * threshold)
    (tn, fp), (fn, tp) = counts[place]
    shown = {
        "accuracy": (tp + tn, tp + tn + fp + fn),
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "alarms": (fp, fp + tn),
    }
    found = {
        n: f"{part / whole:.1%}" if whole else "–" for n, (part, whole) in shown.items()
    }
    return (
        f'<p><label for="threshold">Threshold: {text(second)} is predicted above a '
        f'probability of <output id="at-threshold">{place / 100:.2f}</output></label><br>'
        f'<input type="range" id="threshold" min="0" max="100" value="{place}"></p>'
        f'<p aria-live="polite">Accuracy <b id="at-accuracy">{found["accuracy"]}</b>. Of '
        f'what is said to be {text(second)}, <b id="at-precision">{found["precision"]}</b> '
        f'is (precision). Of all {text(second)}, <b id="at-recall">{found["recall"]}</b> '
        f'is found (recall), and <b id="at-alarms">{found["alarms"]}</b> of the others is '
        "mistaken for it.</p>"
        f'<script type="application/json" id="counts">{json.dumps(counts)}</script>'
    )


def trade_offs(
    predicted: np.ndarray, is_second: np.ndarray, second: str, threshold: float
) -> list[str]:
    """Return the ROC and the precision-recall curve, with the threshold as a point."""
    false, true, at = metrics.roc_curve(is_second, predicted)
    roc = pd.DataFrame(
        {"false alarms": false, "found": true, "threshold": at.clip(0, 1)}
    )
    precision, recall, at = metrics.precision_recall_curve(is_second, predicted)
    found = pd.DataFrame(
        {"recall": recall[:-1], "precision": precision[:-1], "threshold": at}
    )
    area = metrics.roc_auc_score(is_second, predicted)
    mean = metrics.average_precision_score(is_second, predicted)
    share = is_second.mean()
    return [
        chart(
            diagonal(0, 1) + with_point(roc, "false alarms", "found", threshold),
            f"ROC curve: the share of {second} that is found against that of the others "
            f"that is mistaken for it. The area below is {area:.3f}; by chance it is 0.5.",
        ),
        chart(
            with_point(found, "recall", "precision", threshold),
            f"Precision against recall. The mean precision is {mean:.3f}; by chance it is {share:.3f}.",
        ),
    ]


def with_point(frame: pd.DataFrame, x: str, y: str, threshold: float) -> alt.LayerChart:
    """Return a curve, and a point on it where the threshold is."""
    frame = thinned(frame).round(4)
    moved = alt.param(name="threshold", value=round(threshold, 2))
    point = (
        alt.Chart(frame)
        .transform_filter("datum.threshold > threshold")
        .transform_window(place="row_number()", sort=[alt.SortField("threshold")])
        .transform_filter("datum.place == 1")
        .mark_circle(size=140, color="#e07b39", opacity=1)
        .encode(x=f"{x}:Q", y=f"{y}:Q")
    )
    whole = alt.Scale(domain=[0, 1])
    curve = (
        lines_of(frame, x, y)
        .mark_line(point=False)
        .encode(
            x=alt.X(f"{x}:Q", scale=whole),
            y=alt.Y(f"{y}:Q", scale=whole),
            order="threshold:Q",
            tooltip=[x, y, "threshold"],
        )
    )
    return (curve + point).add_params(moved)


def spread(predicted: np.ndarray, is_second: np.ndarray, names: list[str]) -> str:
    """Return how the probabilities of both classes are spread."""
    place = np.minimum((predicted * 20).astype(int), 19) / 20
    frame = pd.DataFrame({"from": place, "class": np.array(names)[is_second * 1]})
    frame = frame.value_counts().rename("examples").reset_index()
    frame["to"] = frame["from"] + 0.05
    scale = alt.Scale(domain=[0, 1])
    bars = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X(
                "from:Q", bin="binned", title=f"probability of {names[1]}", scale=scale
            ),
            x2="to:Q",
            y=alt.Y("examples:Q", stack="zero"),
            color="class:N",
            tooltip=["class", "from", "to", "examples"],
        )
    )
    return chart(
        bars, "How sure the network is: the true classes by what is predicted."
    )


def how_wrong(predictions: np.ndarray, y: np.ndarray, schema: Schema) -> np.ndarray:
    """Return how sure the network was of the wrong class, (n,); 0 where it was right."""
    said = predictions[:, 0] > schema.thresholds[0]
    sure = np.where(said, predictions[:, 0], 1 - predictions[:, 0])
    return np.where(said == (y[:, 0] > 0.5), 0, sure)


def tell(predicted: np.ndarray, true: np.ndarray, schema: Schema) -> str:
    """Return in words what an example is, and what it was taken for."""
    said = int(predicted[0] > schema.thresholds[0])
    sure = predicted[0] if said else 1 - predicted[0]
    return (
        f"{schema.outputs[int(true[0])]}, taken for {schema.outputs[said]} ({sure:.0%})"
    )
