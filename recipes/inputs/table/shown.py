"""Rows of a report: their cells, and which columns matter."""

import time
import warnings
from collections.abc import Iterator

import altair as alt
import keras
import numpy as np
import pandas as pd

from ..config import Config
from ..data.dataset import Schema, Split
from ..data.examples import Inputs, take
from ..network.model import apply
from ..training.scores import score
from .charts import lines_of, some
from .facts import CALLED, main_of
from .page import chart, number, paragraph, side_by_side, text

IS_LONG = True  # whether an example needs much room
CELLS = 12  # columns that are shown of a row
ROWS, REPEATS, SECONDS, TOGETHER = 500, 5, 20, 10  # for the columns that matter
BARS, CURVES = 15, 3


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return the cells of a row by the names of their columns."""
    columns, cells = schema.columns, {}
    for name, (input, places) in inputs_of(schema).items():
        value = split.x[input][row, places[0]]
        if name in columns.dates:
            known = not np.isnan(value)
            moment = np.datetime64(int(value * 86_400), "s") if known else None
            cells[name] = str(moment).replace("T", " ") if known else "–"
        elif input == "numbers":
            cells[name] = number(float(value) + columns.offsets.get(name, 0))
        else:
            cells[name] = str(value)[:200]
    shown = list(cells.items())[:CELLS]
    listed = "".join(f"<dt>{text(n)}</dt><dd>{text(v)}</dd>" for n, v in shown)
    more = len(cells) - len(shown)
    return f"<dl>{listed}</dl>" + (
        f"<p class='note'>and {more} more</p>" if more else ""
    )


def inputs_of(schema: Schema) -> dict[str, tuple[str, list[int]]]:
    """Return where the values of each column are: the input, and its columns there."""
    columns, found = schema.columns, {}
    for input in ("numbers", "categories", "texts"):
        for place, name in enumerate(getattr(columns, input)):
            found[name] = input, [place]
    for date, name in enumerate(columns.dates):
        first = len(columns.numbers) + 4 * date
        found[name] = "numbers", list(range(first, first + 4))
    return found


def explain(
    model: keras.Model, split: Split, rows: np.ndarray, schema: Schema
) -> list[str]:
    """Return how much worse the network is without each column, and what the best do."""
    chosen = some(len(split.y), ROWS)
    x, y = take(split.x, chosen), split.y[chosen]
    with warnings.catch_warnings(category=UserWarning, action="ignore"):
        found = pd.DataFrame(permuted(model, x, y, schema)).dropna()
    if found.empty:
        return [paragraph("The test split cannot tell which columns matter.")]
    frame = found.sort_values("lost", ascending=False)
    total = len(inputs_of(schema))
    bars = alt.Chart(frame.head(BARS)).encode(
        y=alt.Y("column:N", sort=None, title=None)
    )
    title = f"{CALLED} that is lost"
    drawn = bars.mark_bar().encode(
        x=alt.X("lost:Q", title=title), tooltip=["column", "lost", "spread"]
    )
    drawn += bars.mark_rule(strokeWidth=2, color="currentColor").encode(
        x="low:Q", x2="high:Q"
    )
    words = (
        f"How much {CALLED} falls when the values of a column are shuffled among"
        f" {len(chosen):,} rows of the test split: mean and standard deviation of {REPEATS}"
        " times. Columns that say the same hide each other; it tells what this network"
        " uses, not what causes what."
    )
    parts = [chart(drawn, words, 22 * min(BARS, len(frame)) + 30)]
    if len(frame) < total:
        words = f"Measured for {len(frame)} of {total} columns, in {SECONDS} seconds."
        parts.append(paragraph(words, "note"))
    simple = [*schema.columns.numbers, *schema.columns.categories]
    best = [name for name in frame["column"] if name in simple][:CURVES]
    curves = [dependence(model, x, name, schema) for name in best]
    return [*parts, side_by_side(*curves)]


def permuted(
    model: keras.Model, x: Inputs, y: np.ndarray, schema: Schema
) -> Iterator[dict]:
    """Yield what the main score loses without each column: mean and spread."""
    rng, rows = np.random.default_rng(0), len(y)
    whole = main_of(score(apply(model, x), y, schema.outputs))
    until = time.monotonic() + SECONDS
    columns = list(inputs_of(schema).items())
    for first in range(0, len(columns), TOGETHER):
        if time.monotonic() > until:
            return
        group = columns[first : first + TOGETHER]
        many = take(x, np.tile(np.arange(rows), REPEATS * len(group)))
        for n, (_, (input, places)) in enumerate(group):
            order = np.concatenate([rng.permutation(rows) for _ in range(REPEATS)])
            part = slice(n * len(order), (n + 1) * len(order))
            many[input][part, places] = x[input][order][:, places]
        predictions = np.split(apply(model, many), REPEATS * len(group))
        scores = [main_of(score(p, y, schema.outputs)) for p in predictions]
        lost = (whole - np.array(scores)).reshape(len(group), REPEATS)
        for (name, _), mean, spread in zip(
            group, lost.mean(1), lost.std(1), strict=True
        ):
            values = {"lost": mean, "spread": spread}
            values |= {"low": mean - spread, "high": mean + spread}
            yield {"column": name} | {n: round(v, 5) for n, v in values.items()}


def dependence(model: keras.Model, x: Inputs, name: str, schema: Schema) -> str:
    """Return what is predicted on average if all rows had the same value in a column."""
    input, (place, *_) = inputs_of(schema)[name]
    values = pd.Series(x[input][:, place]).dropna()
    if input == "numbers":
        grid = np.unique(values.quantile(np.linspace(0.02, 0.98, 15)))
        shown = grid + schema.columns.offsets.get(name, 0)
    else:
        grid = shown = values.value_counts().index[:10].to_numpy()
    x = take(x, slice(200))
    rows = len(x[input])
    many = take(x, np.tile(np.arange(rows), len(grid)))
    many[input][:, place] = np.repeat(grid, rows)
    means = apply(model, many).reshape(len(grid), rows, -1).mean(axis=1)
    outputs = schema.outputs[-means.shape[1] :][:7]
    frame = pd.DataFrame(means[:, :7], columns=outputs).round(5)
    frame = frame.assign(value=shown).melt(
        "value", var_name="output", value_name="mean prediction"
    )
    words = f"{name}: what is predicted on average if all rows had this value."
    by = "output" if len(outputs) > 1 else None
    if input == "numbers":
        lines = lines_of(frame, "value", "mean prediction", by)
        return chart(lines.encode(x=alt.X("value:Q", title=name)), words)
    points = (
        alt.Chart(frame)
        .mark_circle(size=80)
        .encode(
            x=alt.X("mean prediction:Q", scale=alt.Scale(zero=False)),
            y=alt.Y("value:N", sort=None, title=None),
            color="output:N",
            tooltip=["value", "output", "mean prediction"],
        )
    )
    return chart(points, words)
