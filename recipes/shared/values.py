"""From the cells of a table to arrays of numbers and text."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from .cells import COMPACT_FORMATS, DATE_FORMATS, date_sql
from .table import Table, need_columns, refuse
from .tables import table_of


def numbers(table: Table, names: list[str]) -> np.ndarray:
    """Return columns of numbers: float32 (rows, names), NaN where one is missing.

    Raises UserError that names the first cell with any other value.
    """
    need_columns(table.names, names, table.path)
    values = stack(table, [f"try_cast({table.plain(n)} as float)" for n in names])
    unsure = np.flatnonzero(~np.isfinite(values).all(axis=0))
    # Most often what is not a number is empty.
    is_odd = "bool_or({} is not null and isfinite(try_cast({} as float)) is not true)"
    asked = [(table.cell(names[p]), table.plain(names[p])) for p in unsure]
    found = table.ask([is_odd.format(*columns) for columns in asked])
    odd = [p for p, (is_odd,) in zip(unsure, found, strict=True) if is_odd]
    sql = {names[p]: f"try_cast({table.number(names[p])} as float)" for p in odd}
    values[:, odd] = stack(table, sql.values())
    refuse(table, {n: f"isfinite({s})" for n, s in sql.items()}, "a finite number")
    return values


def dates(table: Table, formats: dict[str, str]) -> np.ndarray:
    """Return columns of dates as four numbers each: float32 (rows, 4 * columns).

    They are the days since 1970, the month, the day of the week (Monday is 0) and the
    hour of the day, all in UTC; NaN where a date is missing.

    Raises UserError that names the first cell with any other value.
    """
    need_columns(table.names, formats, table.path)
    sql = {}
    for name, written in formats.items():
        if table.typed.get(table.places[name]) == "date":
            written = "ISO8601"
        sql[name] = date_sql(table.known(name), written)
    parts = [
        "epoch({0}) / 86400",
        "month({0})",
        "isodow({0}) - 1",
        "hour({0}) + minute({0}) / 60",
    ]
    sql_of_parts = [
        f"({p.format(date)})::float" for date in sql.values() for p in parts
    ]
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
    cell, text, sql = table.cell(name), table.known(name), table.plain(name)
    limits = f"count({cell}), count({sql}), min({sql}), max({sql})"
    ((cells, numbers, least, most),) = table.ask([limits])
    tried = []
    if numbers < cells:
        sql = table.number(name)
        tried = [DATE_FORMATS[:1], DATE_FORMATS[1:]]  # the most frequent one first
    elif numbers and 1900_01 <= least <= most < 2100_01_01:
        tried = [COMPACT_FORMATS]
    for formats in tried:
        asked = [f"count({date_sql(text, written)})" for written in formats]
        (values,), *counts = table.ask([f"count({text})", *asked])
        fitting = [f for f, (n,) in zip(formats, counts, strict=True) if n == values]
        if fitting:
            sql = f"epoch({date_sql(text, fitting[0])}) / 86400"
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
    return times(table_of(column.to_frame(), path), column.name)


def stack(table: Table, sql: Iterable[str], dtype: type = np.float32) -> np.ndarray:
    """Return the values of SQL side by side: (rows, columns), NaN where NULL."""
    sql = list(sql)
    values = np.empty((table.rows, len(sql)), dtype, order="F")  # written by columns
    for number, column in enumerate(table.arrays(sql)):
        values[:, number] = np.ma.filled(column, np.nan)
    return values
