"""Series in time: rows on even steps, what was known before each, and what is asked."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..config import Config
from ..errors import UserError, counted, say, shorten
from ..tables.arrays import any_numbers, names
from ..tables.judging import judge
from ..tables.opening import open_table
from ..tables.table import Table, need_columns
from ..tables.written import number_ways
from .examples import Examples
from .moments import columns_named, moments_of
from .panel import Panel, Rows, on_grid
from .schema import Layout
from .windows import Windows

MOST_NAMES = 30  # of a category that is known ahead; others are none of them


def read(path: Path, config: Config, layout: Layout | None = None) -> Examples:
    """Read what to predict: every row, and the steps after the end of each series.

    An example is history, float32 (n, window, features), the targets first, and ahead,
    (n, horizon, known), of the columns that are known ahead; NaN where a value is
    missing. A row with a value gets the forecast from config.horizon steps before. Rows
    with too little history have no example. Without a layout, it reads to train.
    """
    panel, layout = read_panel(path, config, layout, to_predict=True)
    last = panel.last[panel.series[panel.places]]
    steps = np.where(panel.places > last, panel.places - last, config.horizon)
    origins = panel.places - steps
    origins[last < 0] = 0  # without any value nothing is known
    if steps.max() > config.horizon:
        row = np.argmax(steps) + 1
        raise UserError(
            f"{path}: row {row} is {steps.max()} steps after the last known value, and"
            f" the network predicts {config.horizon}: leave later rows out, or train"
            f" with --horizon {steps.max()}"
        )
    rows = np.flatnonzero(panel.has_history(origins, config.window))
    if not len(rows):
        raise UserError(too_few(path, np.sum(panel.places <= last), config))
    x = windows(panel, origins[rows], config, layout)
    future = panel.places[panel.places > last]
    if layout.known and np.isnan(panel.values[future, -layout.known :]).any():
        names = shorten([*layout.ahead, *layout.categories])
        say(
            f"Not known for some of the steps to be predicted: {names}. A forecast is"
            " better from a file whose last rows hold them, with no value of the target"
        )
    return Examples(panel.keys, rows, x, pd.DataFrame({"steps": steps[rows]}))


def too_few(path: Path, rows: int, config: Config) -> str:
    """Return that no series is long enough."""
    return (
        f"{path}: {rows} rows are too few for a forecast of"
        f" {counted(config.horizon, 'steps')}"
        f" from {counted(config.window, 'steps')}; try a smaller window"
    )


def windows(panel: Panel, origins: np.ndarray, config: Config, layout: Layout) -> dict:
    """Return the inputs for forecasts from origins, the places that are known last."""
    x = {"history": Windows(panel.values, origins - config.window + 1, config.window)}
    if layout.known:
        ahead = panel.values[:, -layout.known :]
        x["ahead"] = Windows(ahead, origins + 1, config.horizon)
    return x


def read_panel(
    path: Path, config: Config, layout: Layout | None, to_predict: bool = False
) -> tuple[Panel, Layout]:
    """Read all series of a table onto their steps, and how they were read.

    To predict, the steps after the end are added; a table without any value of the
    targets has what comes after those in config.data_path.
    """
    table = open_table(path)
    series = columns_named(config.series_column, table.names)
    steps = columns_named(config.step_column, table.names)
    need_columns(table.names, [*series, *steps], path)
    if layout is None:
        need_columns(table.names, config.target, path)
        layout = choose(table, config, [*series, *steps])
        layout.dates = moments_of(table, steps)[1]
    is_alone = to_predict and not any(
        name in table.names and table.ask([f"count({table.known(name)})"])[0][0]
        for name in config.target
    )
    rows = read_rows(table, series, steps, layout, is_alone)
    own = len(rows.moments)
    if is_alone and path.resolve() != config.data_path.resolve():
        say(f"{path} has no values of the target: it follows {config.data_path}")
        before = read_rows(open_table(config.data_path), series, steps, layout)
        rows = rows.after(before)
    panel, layout.grid = on_grid(rows, path, config, layout.grid, layout.dates)
    if to_predict:
        panel = panel.only_last(own).with_future(config.horizon, steps, layout.grid)
    return panel, layout


def choose(table: Table, config: Config, keys: list[str]) -> Layout:
    """Choose the columns that the network sees; print which it does not."""
    need_columns(table.names, [*config.features, *config.known_ahead], table.path)
    others = [n for n in config.features or table.names if n not in keys]
    ahead = [name for name in config.known_ahead if name not in config.target]
    past = [n for n in others if n not in [*config.target, *ahead]]
    is_numeric = {c.name: c.is_numeric for c in judge(table, [*past, *ahead])}
    for name in past:
        if not is_numeric[name]:
            say(f"Left out: column {name} (no numbers)")
    past = [name for name in past if is_numeric[name]]
    if past:
        say(
            f"Seen up to the last known step only: {shorten(past)} (known_ahead in"
            " config.toml names columns that are known for the steps to be predicted)"
        )
    numeric = [name for name in ahead if is_numeric[name]]
    categories = {}
    for name in ahead:
        if name not in numeric:
            counts = pd.Series(names(table, [name])[:, 0]).value_counts()
            known = counts.index.drop("", errors="ignore")
            categories[name] = sorted(known[:MOST_NAMES])
    numbers = [*config.target, *past, *numeric]
    return Layout(
        numbers=numbers,
        ahead=numeric,
        categories=categories,
        written=number_ways(table, numbers)[0],
    )


def read_rows(
    table: Table,
    series: list[str],
    steps: list[str],
    layout: Layout,
    only_ahead: bool = False,
) -> Rows:
    """Read the rows of a table in their order, or only what is known ahead of them."""
    wanted = layout.ahead if only_ahead else layout.numbers
    values = np.full((table.rows, len(layout.numbers)), np.nan, "float32")
    places = [layout.numbers.index(name) for name in wanted]
    values[:, places] = any_numbers(table, wanted, layout.written)
    columns = [values]
    for name, known in layout.categories.items():
        cells = names(table, [name])
        one_hot = np.where(cells == "", np.nan, cells == np.array(known, object))
        columns.append(one_hot.astype("float32"))
    moments, _ = moments_of(table, steps, layout.dates or "")
    keys = table.frame([*series, *steps]).reset_index(drop=True)
    for name in series:
        if keys[name].isna().any():
            row = int(keys[name].isna().argmax()) + 1
            raise UserError(f"{table.path}: column {name}, row {row} is empty")
    return Rows(keys, series, moments, np.hstack(columns))
