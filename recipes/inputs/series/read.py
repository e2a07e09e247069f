"""Series from a table with one row per step, a folder of tables, or NPZ arrays."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..config import Config
from ..errors import UserError, say
from ..tables.arrays import any_numbers
from ..tables.columns import Columns
from ..tables.formats import LARGEST, SUFFIXES
from ..tables.judging import judge
from ..tables.opening import open_table
from ..tables.table import Table, need_columns
from ..tables.times import times
from ..tables.written import number_ways
from .examples import Examples, described_by
from .files import list_files
from .layouts import layout_of


def read(path: Path, config: Config, columns: Columns | None = None) -> Examples:
    """Read series: float32 (n, steps, features), NaN where a value is missing.

    A series that has ended is NaN, too. Without columns, it reads to train.
    """
    if path.is_dir():
        return read_folder(path, config, columns)
    if path.suffix == ".npz":
        return read_arrays(path, config, columns)
    return read_long_table(path, config, columns)


def read_long_table(path: Path, config: Config, columns: Columns | None) -> Examples:
    """Read series from a table with one row per step, in any order of the rows."""
    keys, described = [config.series_column, config.step_column], described_by(config)
    table = open_table(path)
    if not set(keys) <= set(table.names):
        raise UserError(
            f"{path} has no column {' or no '.join(keys)}; it has"
            f" {', '.join(table.names)}."
            " Set series_column and step_column in config.toml"
        )
    if columns is None:
        need_columns(table.names, described, path)
        others = [name for name in table.names if name not in keys + described]
        names = config.features or columns_of_numbers(table, others)
        columns = Columns(numbers=names, written=number_ways(table, names)[0])
    frame = table.frame([*keys, *(name for name in described if name in table.names)])
    no_key = frame[keys].isna().any(axis=1)
    if no_key.any():
        row = frame.index[no_key][0] + 1
        raise UserError(f"{path}: row {row} has no {' or no '.join(keys)}")

    # The number of its series, in order of first appearance, for every row.
    series, ids = pd.factorize(frame[config.series_column])
    by_series = frame.drop(columns=keys).groupby(series)
    contradictory = by_series.nunique() > 1
    if contradictory.any(axis=None):
        number, column = np.argwhere(contradictory.to_numpy())[0]
        name = contradictory.columns[column]
        raise UserError(f"{path}: {name} changes within series {ids[number]}")
    order = np.lexsort([times(table, config.step_column), series])
    x = any_numbers(table, columns.numbers, columns.written)
    x = pack(x[order], series[order], len(ids))
    known = by_series.first().set_axis(np.unique(series, return_index=True)[1])
    series_ids = pd.DataFrame({config.series_column: ids})
    return Examples(series_ids, np.arange(len(ids)), {"series": x}, known, columns)


def read_folder(path: Path, config: Config, columns: Columns | None) -> Examples:
    """Read a table per series; folders or names tell the class (layouts.py)."""
    files = list_files(path, SUFFIXES)
    if not files:
        raise UserError(f"{path} holds no tables ({', '.join(SUFFIXES)})")
    known = pd.DataFrame(index=range(len(files)))
    layout = layout_of(files, config.class_level)
    if columns is None:
        for note in layout.notes:
            say(f"Note: {note}")
    if any(layout.classes):  # files beside the folders have none
        known[config.target[0]] = pd.array(layout.classes, "string")
    elif columns is None:
        raise UserError(f"{path} has no folder for each class, with its series in it")
    tables = [open_table(path / file) for file in files]
    if columns is None:
        need_columns(known.columns, described_by(config), path)
        names = config.features or numbers_in_any(tables, config)
        columns = Columns(numbers=names)
    values = [steps_in_order(table, columns.numbers, config) for table in tables]
    series = np.repeat(range(len(files)), list(map(len, values)))
    x = pack(np.concatenate(values), series, len(files))
    keys = pd.DataFrame({"path": [file.as_posix() for file in files]})
    return Examples(keys, np.arange(len(files)), {"series": x}, known, columns)


def numbers_in_any(tables: list[Table], config: Config) -> list[str]:
    """Return the columns of numbers; one that not all tables have will be an error."""
    names, seen = [], {config.step_column}
    for table in tables:
        names += columns_of_numbers(table, [n for n in table.names if n not in seen])
        seen |= set(table.names)
    return names


def steps_in_order(table: Table, names: list[str], config: Config) -> np.ndarray:
    """Return the columns of the table of one series, its steps in their order."""
    values = any_numbers(table, names)
    if config.step_column not in table.names:
        return values
    return values[times(table, config.step_column).argsort(kind="stable")]


def read_arrays(path: Path, config: Config, columns: Columns | None) -> Examples:
    """Read series from an NPZ file: x (n, steps, features), and the targets (n,)."""
    try:
        most = max(LARGEST, 20 * path.stat().st_size)
        # No pickle: it could run anything.
        with open(path, "rb") as raw, np.lib.npyio.NpzFile(raw) as file:
            assert file.zip  # it is open
            size = sum(member.file_size for member in file.zip.infolist())
            if size > most:
                raise ValueError(f"it unpacks to {size:,} bytes, more than {most:,}")
            arrays = {name: np.asarray(array) for name, array in file.items()}
    except Exception as error:  # damaged files raise nearly any, from zlib's on
        raise UserError(f"{path} cannot be read as NPZ: {error}")
    x = arrays.get("x", np.empty(0))
    if x.ndim != 3 or not np.issubdtype(x.dtype, np.number) or not len(x):
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise UserError(f"{path} needs x (series, steps, features); it has {shapes}")
    count, steps, features = x.shape
    if np.isinf(x).any():
        raise UserError(f"{path}: series {np.argwhere(np.isinf(x))[0][0]} is infinite")
    names = [f"x_{number}" for number in range(features)]
    if columns is None:
        need_columns(arrays, described_by(config), path)
        columns = Columns(numbers=names)
    if columns.numbers != names:
        wanted = len(columns.numbers)
        raise UserError(f"{path}: x has {features} features, not {wanted}")
    told = {name: arrays[name] for name in described_by(config) if name in arrays}
    for name, array in told.items():
        if array.shape != (count,):
            raise UserError(f"{path}: {name} is {array.shape}, not {count}")
    known = pd.DataFrame(told, index=range(count)).convert_dtypes().astype("string")
    values = x.reshape(-1, features).astype("float32")
    packed = pack(values, np.repeat(range(count), steps), count)
    keys = pd.DataFrame({"series": range(count)})
    return Examples(keys, np.arange(count), {"series": packed}, known, columns)


def pack(values: np.ndarray, series: np.ndarray, count: int) -> np.ndarray:
    """Put steps (rows, features), in the order of series and step, one series each.

    A step without any value is left out, so that only the end of the result is empty:
    what recurrent layers need to be fast on a GPU.
    """
    empty = np.isnan(values).all(axis=1)
    values, series = values[~empty], series[~empty]
    lengths = np.bincount(series, minlength=count)
    positions = np.arange(len(series)) - (np.cumsum(lengths) - lengths)[series]
    x = np.full((count, max(1, lengths.max()), values.shape[1]), np.nan, "float32")
    x[series, positions] = values
    return x


def columns_of_numbers(table: Table, names: list[str]) -> list[str]:
    """Return those of the columns that hold numbers; print which do not."""
    numeric = [column.name for column in judge(table, names) if column.is_numeric]
    for name in names:
        if name not in numeric:
            say(f"Left out: column {name} (no numbers)")
    return numeric
