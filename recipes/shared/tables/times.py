"""What orders the rows of a table: a column of numbers or dates."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from .date_formats import date_sql
from .number_formats import number_sql
from .table import Table, need_columns, table_of
from .ways import date_way, number_way, texts_of
from .whole_dates import (
    COMPACT,
    COMPACT_MONTH,
    COMPACT_TIME,
    COMPACT_WEEK,
    DOTTED_MONTHS,
)


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
    elif values and 1 <= least <= most < 2100_01_01_00_00_00:
        ways = (COMPACT, COMPACT_MONTH, COMPACT_TIME, COMPACT_WEEK, *DOTTED_MONTHS)
        for way in ways:
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
