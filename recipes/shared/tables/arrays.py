"""From the cells of a table to arrays of numbers and text."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..errors import say
from .date_formats import date_sql
from .number_formats import number_sql
from .sql import name_sql
from .table import Table, need_columns
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
    values = stack(table, sql, object)
    for column in values.T:
        places, different = pd.factorize(column)
        column[:] = different[places]  # equal names take memory once
    return values


def texts(table: Table, columns: list[str]) -> np.ndarray:
    """Return columns of texts: object (rows, columns), "" for none.

    An accent may be a character of its own: as one, its words are the same.
    """
    need_columns(table.names, columns, table.path)
    sql = [f"coalesce(nfc_normalize({table.text(name)}), '')" for name in columns]
    return stack(table, sql, object)


def stack(table: Table, sql: Iterable[str], dtype: type = np.float32) -> np.ndarray:
    """Return the values of SQL side by side: (rows, columns), NaN where NULL."""
    sql = list(sql)
    values = np.empty((table.rows, len(sql)), dtype, order="F")  # written by columns
    for number, column in enumerate(table.arrays(sql)):
        values[:, number] = np.ma.filled(column, np.nan)
    return values
