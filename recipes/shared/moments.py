"""When rows are: from one column of times, or several such as date and hour."""

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables.judging import judge, value_sql
from ..tables.opening import table_of
from ..tables.table import Table, need_columns
from ..tables.ways import date_way, texts_of
from ..tables.whole_dates import EPOCHS, WHOLE

HOURS = {*"hour hours hr hrs he stunde std hora heure ora uur godzina".split()}
MINUTES = {"minute"}
QUARTERS = {*"quarter quarters qtr q quartal trimestre trimester kwartaal".split()}


def columns_named(text: str, names: list[str]) -> list[str]:
    """Return the columns of a setting: one, or several separated by commas."""
    if text in names:
        return [text]
    return [name.strip() for name in text.split(",") if name.strip()]


def moments_of(
    table: Table, names: list[str], expected: str = ""
) -> tuple[np.ndarray, str | None]:
    """Return when rows are, float64 (rows,), and how dates are written.

    They are days since 1970 or, where there are no dates, numbers: None is returned for
    how these are written. Dates are read as expected, if they can be. Raises UserError
    for the first row that has neither.
    """
    need_columns(table.names, names, table.path)
    hours: float | np.ndarray = 0.0
    if len(names) > 1:
        table, names, hours = joined(table, names)
    (name,) = names
    (column,) = judge(table, names)
    if column.holds == "date" or expected in EPOCHS:
        is_text = column.holds == "date" and column.written not in WHOLE
        if expected in EPOCHS:
            column.written = expected
        elif expected and is_text and table.places[name] not in table.typed:
            way = date_way(table, name, texts_of(table, name), expected)
            column.written = way.written or column.written
        column.holds = "date"
        sql, written = f"epoch({value_sql(table, column)}) / 86400", column.written
    else:
        column.holds, written = "number", None
        sql = value_sql(table, column)
    rows, moments = table.arrays(["row_number", sql])
    moments = np.ma.filled(np.ma.asarray(moments, "float64"), np.nan)
    wrong = np.flatnonzero(~np.isfinite(moments))
    if len(wrong):
        row = rows[wrong[0]]
        raise UserError(f"{table.path}: column {name}, row {row} is no number or date")
    return moments + hours, written


def joined(
    table: Table, names: list[str]
) -> tuple[Table, list[str], np.ndarray | float]:
    """Return dates in several columns as a table of one, and days to be added to them.

    After a date stands a time of day, or an hour; after a year a month or a quarter,
    and perhaps a day, an hour and a minute.
    """
    frame = table.frame(names)
    texts = frame[names[0]].str.replace(r"\.0$", "", regex=True)
    # The midnight of a date that comes with its time stands for nothing.
    texts = texts.str.replace(r"[T ]0?0:00(:00)?(\.0+)?$", "", regex=True)
    days: np.ndarray | float = 0.0
    for name in names[1:]:
        cells = frame[name].str.replace(r"\.0$", "", regex=True)
        words = {*name.lower().replace("_", " ").split()}
        parts_of_day = 24 if words & HOURS else 1440 if words & MINUTES else 0
        if parts_of_day and cells.str.fullmatch(r"\d\d?").all():
            days = days + cells.to_numpy("float64") / parts_of_day
        elif words & QUARTERS:
            texts = texts + "Q" + cells.str.lstrip("Qq")
        else:
            mark = " " if cells.str.contains(":").any() else "-"
            texts = texts + mark + cells
    name = ", ".join(names)
    dates = pd.DataFrame({name: texts}, frame.index)
    return table_of(dates, table.path), [name], days


def texts_by_column(
    texts: list[str], moments: np.ndarray, names: list[str]
) -> dict[str, list[str]]:
    """Return the texts of moments for one column of times, or the parts for several."""
    if len(names) == 1:
        return {names[0]: texts}
    dates = pd.to_datetime(moments, unit="D").round("s")
    parts = {}
    for place, name in enumerate(names):
        words = {*name.lower().replace("_", " ").split()}
        if words & HOURS:
            parts[name] = [str(hour) for hour in dates.hour]
        elif words & MINUTES:
            parts[name] = [str(minute) for minute in dates.minute]
        elif words & QUARTERS:
            parts[name] = [str(quarter) for quarter in dates.quarter]
        elif place == 0:
            by_month = len(names) > 1 and not words & {"date", "day", "datum", "fecha"}
            is_year = by_month and "year" in words | {name.lower()}
            parts[name] = list(dates.strftime("%Y" if is_year else "%Y-%m-%d"))
        elif "month" in words:
            parts[name] = [str(month) for month in dates.month]
        elif "day" in words:
            parts[name] = [str(day) for day in dates.day]
        else:
            parts[name] = list(dates.strftime("%H:%M:%S"))
    return parts
