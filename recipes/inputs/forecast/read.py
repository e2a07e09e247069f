"""One series in time: what was known before each step, and what is to be predicted."""

from pathlib import Path

import numpy as np

from ..config import Config
from ..errors import UserError, say
from ..tables.columns import Columns
from ..tables.opening import open_table
from ..tables.table import need_columns
from ..tables.values import any_numbers, times
from ..tables.written import number_ways
from .examples import Examples, described_by
from .number_columns import columns_of_numbers


def read(path: Path, config: Config, columns: Columns | None = None) -> Examples:
    """Read a table with one step of a series per row, in any order of the rows.

    The example of a row is history, what was known config.horizon steps before it:
    float32 (n, window, features), the targets first; NaN where a value is missing. Rows
    with too little history have no example. Without columns, it reads to train.
    """
    table = open_table(path)
    need_columns(table.names, described_by(config), path)
    if columns is None:
        others = [name for name in table.names if name not in described_by(config)]
        others = config.features or columns_of_numbers(table, others)
        others = [name for name in others if name not in config.target]
        names = [*config.target, *others]
        columns = Columns(numbers=names, written=number_ways(table, names)[0])
    values = any_numbers(table, columns.numbers, columns.written)
    places = on_grid(times(table, config.step_column), path)
    history = np.full((places.max() + 1, values.shape[1]), np.nan, "float32")
    history[places] = values  # steps without a row are gaps: missing values

    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(history, ((config.window, 0), (0, 0)), constant_values=np.nan),
        config.window,
        axis=0,
    ).swapaxes(1, 2)
    x = windows[np.maximum(places - config.horizon + 1, 0)]
    has_values = ~np.isnan(x[:, :, : len(config.target)]).all(axis=1)
    is_late_enough = places >= config.window + config.horizon - 1
    rows = np.flatnonzero(has_values.all(axis=1) & is_late_enough)
    if not len(rows):
        raise UserError(
            f"{path}: {table.rows} rows are too few for a forecast {config.horizon}"
            f" steps ahead from {config.window} steps"
        )
    known = table.frame(described_by(config))
    keys = known[[config.step_column]]
    return Examples(keys, rows, {"history": x[rows]}, known.iloc[rows], columns)


def on_grid(moments: np.ndarray, path: Path) -> np.ndarray:
    """Return the place of every moment among even steps: int64 (n,), from 0 on."""
    order = np.argsort(moments, kind="stable")
    steps = np.diff(moments[order])
    if not steps.all():
        row = order[1:][steps == 0].min() + 1
        raise UserError(f"{path}: row {row} has the same time as another row")
    if not len(steps):
        raise UserError(f"{path}: one row is too few for a forecast")
    # Gaps do not count; the mean, because months are not of equal length.
    step = steps[steps < 1.5 * np.median(steps)].mean()
    places = ((moments - moments.min()) / step).round().astype("int64")
    if len(set(places)) < len(places) or places.max() > 10 * len(places):
        say("The steps are uneven: rows are taken one after the other")
        places = order.argsort()
    return places
