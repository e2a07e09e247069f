"""From the cells of a table to arrays of numbers and text."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from .cells import COMPACT_FORMATS, DATE_FORMATS, date_sql
from .tables import Table, need_columns, refuse, table_of


def numbers(table: Table, names: list[str]) -> np.ndarray:
    """Return columns of numbers: float32 (rows, names), NaN where one is missing.

    Raises UserError that names the first cell with any other value.
    """
    need_columns(table.names, names, table.path)
    sql = {name: f"try_cast({table.number(name)} as float)" for name in names}
    values = stack(table, sql.values())
    is_sure = dict(zip(names, np.isfinite(values).all(axis=0), strict=True))
    valid = {name: f"isfinite({sql[name]})" for name in names if not is_sure[name]}
    refuse(table, valid, "a finite number")
    return values


def dates(table: Table, formats: dict[str, str]) -> np.ndarray:
    """Return columns of dates as four numbers each: float32 (rows, 4 * columns).

    They are the days since 1970, the month, the day of the week (Monday is 0) and the
    hour of the day, all in UTC; NaN where a date is missing. Errors are those of numbers.
    """
    need_columns(table.names, formats, table.path)
    sql = {}
    for name, written in formats.items():
        sql[name] = date_sql(table.known(name), written)
    parts = [
        "epoch({}) / 86400",
        "month({})",
        "isodow({}) - 1",
        "epoch(({})::time) / 3600",
    ]
    sql_of_parts = [f"({p.format(date)})::float" for date in sql.values() for p in parts]
    values = stack(table, sql_of_parts)
    valid = {name: f"{date} is not null" for name, date in sql.items()}
    refuse(table, valid, "a date")
    return values


def strings(table: Table, names: list[str]) -> np.ndarray:
    """Return columns of text: object (rows, names), "" where it is missing."""
    need_columns(table.names, names, table.path)
    sql = [f"coalesce({table.known(name)}, '')" for name in names]
    return stack(table, sql, object)


def times(table: Table, name: str) -> np.ndarray:
    """Return what orders the rows, numbers or days since 1970: float64 (rows,).

    Raises UserError for the first row that has neither.
    """
    need_columns(table.names, [name], table.path)
    text, sql = table.known(name), table.number(name)
    ((values, numbers),) = table.query(f"select count({text}), count({sql}) from cells")
    formats = COMPACT_FORMATS if values == numbers else DATE_FORMATS
    for some in (
        table.part(0, 100),
        table,
    ):  # most formats are out of the question soon
        counts = ", ".join(f"count({date_sql(text, f)})" for f in formats)
        (found,) = some.query(f"select count({text}), {counts or 0} from cells")
        formats = [
            f for f, count in zip(formats, found[1:], strict=False) if count == found[0]
        ]
    if formats:
        sql = f"epoch({date_sql(text, formats[0])}) / 86400"
    rows, moments = table.arrays(["row_number", sql])
    moments = np.ma.filled(moments, np.nan)
    wrong = np.flatnonzero(~np.isfinite(moments))
    if len(wrong):
        row = rows[wrong[0]]
        raise UserError(f"{table.path}: column {name}, row {row} is no number or date")
    return moments


def order_of(column: pd.Series, path: Path) -> np.ndarray:
    """Return what times returns, of a column of text whose index holds the rows."""
    return times(table_of(column.to_frame(), path), column.name)


def stack(table: Table, sql: Iterable[str], dtype: type = np.float32) -> np.ndarray:
    """Return the values of SQL side by side: (rows, columns), NaN where they are NULL."""
    sql = list(sql)
    values = np.empty((table.rows, len(sql)), dtype)
    for number, column in enumerate(table.arrays(sql)):
        values[:, number] = np.ma.filled(column, np.nan)
    return values
