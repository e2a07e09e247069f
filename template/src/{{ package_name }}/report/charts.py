"""Charts that every report has, and the axes that all of them share."""

import altair as alt
import numpy as np
import pandas as pd

from ..errors import number
from .facts import CALLED, Facts, main_of
from .page import COLORS, SHOWN, chart


def scores_chart(facts: Facts) -> str:
    """Return the main score of the network beside those of simpler models."""
    scores = {name: main_of(found) for name, found in facts.scores.to_dict().items()}
    frame = pd.DataFrame({"model": scores.keys(), "score": scores.values()}).dropna()
    least = max(-1, min(0, frame["score"].min()))
    is_network = alt.datum.model == "network"
    dots = (
        alt.Chart(frame)
        .mark_circle(size=180, opacity=1, clip=False)
        .encode(
            x=alt.X(
                "score:Q",
                title=None,
                axis=alt.Axis(tickCount=5),
                scale=alt.Scale(domain=[least, 1], clamp=True),
            ),
            y=alt.Y("model:N", sort="-x", title=None),
            color=alt.when(is_network)
            .then(alt.value(COLORS[0]))
            .otherwise(alt.value(COLORS[-1])),
            tooltip=["model", alt.Tooltip("score:Q", format=".4f")],
        )
    )
    words = ", ".join(f"{name} {number(score)}" for name, score in scores.items())
    caption = (
        f"{CALLED} on the test split; 1 is the best. {words[0].upper()}{words[1:]}."
    )
    return chart(dots, caption, 30 * len(frame) + 20)


def curves(facts: Facts) -> list[str]:
    """Return loss, and rate, over the epochs."""
    history, figures = facts.history, []
    epochs = history["epoch"] + 1
    best = (
        int(np.nanargmin(history["val_loss"])) + 1
        if history["val_loss"].notna().any()
        else 0
    )
    frame = pd.DataFrame(
        {"epoch": epochs, "train": history["loss"], "validation": history["val_loss"]}
    )
    frame = thinned(frame).melt("epoch", var_name="split", value_name="loss")
    spread = frame["loss"].max() / max(frame["loss"].min(), 1e-30)
    lines = lines_of(
        frame,
        "epoch",
        "loss",
        "split",
        "log" if spread > 50 and frame["loss"].min() > 0 else "linear",
    )
    rule = alt.Chart(pd.DataFrame({"epoch": [best]})).mark_rule(
        strokeDash=[4, 4], color=COLORS[-1]
    )
    words = f"Loss by epoch. Validation was best in epoch {best} of {len(history)}, the dashed line; its weights are kept."
    figures.append(chart(lines + rule.encode(x="epoch:Q"), words))
    if "learning_rate" in history:
        frame = thinned(
            pd.DataFrame({"epoch": epochs, "rate": history["learning_rate"]})
        )
        figures.append(
            chart(
                lines_of(frame, "epoch", "rate"),
                f"Learning rate by epoch, from {frame['rate'].max():.3g}.",
            )
        )
    return figures


def thinned(frame: pd.DataFrame, most: int = 300) -> pd.DataFrame:
    """Return some of the rows, evenly, the first and the last among them."""
    rows = np.unique(np.linspace(0, len(frame) - 1, min(most, len(frame))).astype(int))
    return frame.iloc[rows]


def some(rows: int, most: int = SHOWN) -> np.ndarray:
    """Return which rows to draw: all, or some of them at random."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, most, replace=False))


def lines_of(
    frame: pd.DataFrame, x: str, y: str, by: str | None = None, scale: str = "linear"
) -> alt.Chart:
    """Return lines, one for each value of by, with what the mouse is over."""
    drawn = alt.Chart(frame).mark_line(point=len(frame) < 40, strokeWidth=2)
    axis = alt.Scale(type="log") if scale == "log" else alt.Scale(zero=False)
    whole = pd.api.types.is_integer_dtype(frame[x])
    encoded = {
        "x": alt.X(f"{x}:Q", title=x, axis=alt.Axis(tickMinStep=1 if whole else 0)),
        "y": alt.Y(f"{y}:Q", title=y, scale=axis),
        "tooltip": [*filter(None, [by]), x, alt.Tooltip(f"{y}:Q", format=",.4~r")],
    }
    if by:
        encoded |= {"color": f"{by}:N", "strokeDash": f"{by}:N"}
    return drawn.encode(**encoded)


def diagonal(least: float, most: float) -> alt.Chart:
    """Return the line where what is predicted is true."""
    ends = pd.DataFrame({"x": [least, most], "y": [least, most]})
    return (
        alt.Chart(ends)
        .mark_line(color=COLORS[-1], strokeDash=[4, 4])
        .encode(x="x:Q", y="y:Q")
    )
