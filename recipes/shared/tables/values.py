"""From the cells of a table to arrays of numbers and text."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError, say
from .cells import name_sql
from .date_formats import date_sql
from .number_formats import number_sql
from .opening import table_of
from .table import Table, need_columns
from .ways import date_way, number_way, texts_of
from .whole_dates import COMPACT, COMPACT_MONTH, COMPACT_TIME, COMPACT_WEEK
from .written import number_ways


def numbers(
    table: Table,
    names: list[str],
    written: dict[str, str],
    offsets: dict[str, float] | None = None,
) -> np.ndarray:
    """Return columns of numbers: float32 (rows, names), NaN where there is none.

    written tells of those that are not plain how they are written; offsets are
    subtracted.
    """
    need_columns(table.names, names, table.path)
    sql = []
    for name in names:
        number, offset = table.plain(name), (offsets or {}).get(name)
        if name in written:
            number = number_sql(table.known(name), written[name])
        if offset:
            number = f"({number} - {offset!r})"
        sql.append(f"try_cast({number} as float)")
    values = stack(table, sql)
    values[np.isinf(values)] = np.nan
    return values


def any_numbers(
    table: Table, names: list[str], expected: dict[str, str] | None = None
) -> np.ndarray:
    """Return columns of numbers, however written, as expected if they can be.

    Raises UserError where less than half of the cells of a column are numbers.
    """
    written, notes = number_ways(table, names, expected)
    for note in notes:
        say(f"{table.path}: {note}")
    return numbers(table, names, written)


def readable_numbers(frame: pd.DataFrame) -> np.ndarray:
    """Tell which cells of columns of text are numbers: bool (rows, columns).

    Where less than half of them are, all that are not missing shall pass for numbers.
    """
    table, names = table_of(frame, Path()), frame.columns.tolist()
    known = stack(table, [f"{table.known(name)} is not null" for name in names], bool)
    try:
        written, _ = number_ways(table, names)
    except UserError:
        return known
    return ~np.isnan(numbers(table, names, written))


def dates(table: Table, written: dict[str, str]) -> np.ndarray:
    """Return columns of dates as four numbers each: float32 (rows, 4 * columns).

    They are the days since 1970, the month, the day of the week (Monday is 0) and the
    hour of the day, all in UTC; NaN where there is no date.
    """
    need_columns(table.names, written, table.path)
    parts = [
        "epoch({0}) / 86400",
        "month({0})",
        "isodow({0}) - 1",
        "hour({0}) + minute({0}) / 60",
    ]
    moments = [date_sql(table.known(name), way) for name, way in written.items()]
    return stack(table, [f"({p.format(m)})::float" for m in moments for p in parts])


def names(table: Table, columns: list[str]) -> np.ndarray:
    """Return columns of names, however spelled: object (rows, columns), "" for none."""
    need_columns(table.names, columns, table.path)
    sql = [f"coalesce({name_sql(table.text(column))}, '')" for column in columns]
    return stack(table, sql, object)


def texts(table: Table, columns: list[str]) -> np.ndarray:
    """Return columns of texts: object (rows, columns), "" for none.

    An accent may be a character of its own: as one, its words are the same.
    """
    need_columns(table.names, columns, table.path)
    sql = [f"coalesce(nfc_normalize({table.text(name)}), '')" for name in columns]
    return stack(table, sql, object)


def times(table: Table, name: str) -> np.ndarray:
    """Return what orders the rows, numbers or days since 1970: float64 (rows,).

    Raises UserError for the first row that has neither.
    """
    need_columns(table.names, [name], table.path)
    text, sql = table.known(name), table.plain(name)
    limits = f"count({text}), count({sql}), min({sql}), max({sql})"
    ((values, plain, least, most),) = table.ask([limits])
    if plain < values:
        texts = texts_of(table, name)
        date, number = date_way(table, name, texts), number_way(table, name, texts)
        if date.count >= number.count:
            sql = f"epoch({date_sql(text, date.written)}) / 86400"
        else:
            sql = number_sql(text, number.written)
    elif values and 1900_01 <= least <= most < 2100_01_01_00_00_00:
        for way in (COMPACT, COMPACT_MONTH, COMPACT_TIME, COMPACT_WEEK):
            compact = date_sql(text, way)
            if table.ask([f"count({compact})"]) == [(values,)]:
                sql = f"epoch({compact}) / 86400"
                break
    rows, moments = table.arrays(["row_number", sql])
    moments = np.ma.filled(moments, np.nan)
    wrong = np.flatnonzero(~np.isfinite(moments))
    if len(wrong):
        row = rows[wrong[0]]
        raise UserError(f"{table.path}: column {name}, row {row} is no number or date")
    return moments


def order_of(column: pd.Series, path: Path) -> np.ndarray:
    """Return what times returns, of a column of text whose index holds the rows."""
    return times(table_of(column.to_frame(), path), str(column.name))


def stack(table: Table, sql: Iterable[str], dtype: type = np.float32) -> np.ndarray:
    """Return the values of SQL side by side: (rows, columns), NaN where NULL."""
    sql = list(sql)
    values = np.empty((table.rows, len(sql)), dtype, order="F")  # written by columns
    for number, column in enumerate(table.arrays(sql)):
        values[:, number] = np.ma.filled(column, np.nan)
    return values
