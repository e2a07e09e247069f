"""Even steps of time: where the rows of series lie among them, and the way back."""

import numpy as np
import pandas as pd
from pydantic import BaseModel

from ..errors import UserError, say
from ..tables.date_formats import YEAR_MONTH
from ..tables.whole_dates import COMPACT, COMPACT_MONTH, COMPACT_TIME, EPOCHS

DAY = 86400  # seconds
ROUND = [60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, DAY, 7 * DAY]
SPARSE = 10  # steps for each row: more are no even steps


class Grid(BaseModel):
    """Steps of one length: the same for all series of a table, and for new data."""

    unit: str
    """months, business days, days, numbers, or rows: one after the other."""
    step: float = 1
    """In that unit; of rows, how far apart their numbers or days usually are."""
    start: float = 0
    """A number or a time on the grid; of months, their day."""
    is_averaged: bool = False
    """Whether a step holds all rows up to the next one."""
    is_dated: bool = False
    """Whether moments are days since 1970."""
    written: str = ""
    """How dates are written, in the words of tables/."""

    def places(self, moments: np.ndarray, series: np.ndarray) -> np.ndarray:
        """Return the step of every row: int64 (rows,)."""
        if self.unit == "rows":
            ranks = pd.Series(moments).groupby(series).rank("first")
            return ranks.to_numpy("int64")
        if self.unit == "months":
            return months_of(moments) // int(self.step)
        if self.unit == "business days":
            return np.busday_count("1970-01-01", days_of(moments))
        places = (moments - self.start) / self.step
        if self.is_averaged:
            return np.floor(places + 1e-6).astype("int64")
        return places.round().astype("int64")

    def after(self, moment: float, place: int, count: int) -> np.ndarray:
        """Return the moments of the steps after the one at a place: float64 (count,)."""
        places = place + np.arange(1, count + 1)
        if self.unit == "rows":
            return moment + self.step * np.arange(1, count + 1)
        if self.unit == "months":
            first = (places * int(self.step)).astype("datetime64[M]")
            days = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
            day = np.minimum(self.start, days.astype("int64"))
            return first.astype("datetime64[D]").astype("int64") + day - 1.0
        if self.unit == "business days":
            days = np.busday_offset("1970-01-01", places, roll="forward")
            return days.astype("int64") + moment % 1
        return self.start + places * self.step

    def texts(self, moments: np.ndarray) -> list[str]:
        """Return moments as text: dates, or what stands for dates in the data."""
        if not self.is_dated:
            return [f"{moment:.12g}" for moment in moments]
        factor = EPOCHS.get(self.written or "")
        if factor:
            return [str(round(moment * DAY * factor)) for moment in moments]
        forms = {COMPACT: "%Y%m%d", COMPACT_MONTH: "%Y%m", COMPACT_TIME: "%Y%m%d%H%M%S"}
        form = (forms | {YEAR_MONTH: "%y-%m"}).get(self.written or "")
        dates = pd.to_datetime(moments, unit="D").round("ms" if self.is_fine else "s")
        if not form:
            whole = self.unit in ("months", "business days") or self.step % 1 == 0
            is_day = whole and (dates == dates.normalize()).all()
            form = "%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S"
            form += ".%f" if self.is_fine else ""
        return list(dates.strftime(form))

    @property
    def is_fine(self) -> bool:
        """Whether steps are shorter than a second."""
        return self.unit == "days" and self.step * DAY < 0.999

    def describe(self) -> str:
        """Return the length of a step in words."""
        if self.unit in ("rows", "numbers"):
            return f"{self.step:.4g}" if self.unit == "numbers" else "one row"
        if self.unit == "months":
            names = {1: "a month", 3: "a quarter", 12: "a year"}
            return names.get(int(self.step), f"{self.step:.0f} months")
        if self.unit == "business days":
            return "a business day"
        return describe_days(self.step)


def describe_days(step: float) -> str:
    """Return a length in days in words: an hour, 15 minutes."""
    for name, length in [("day", 1), ("hour", 1 / 24), ("minute", 1 / 1440)]:
        if step > 0.999 * length:
            count = step / length
            return f"{count:.4g} {name}{'s' if round(count, 3) != 1 else ''}"
    return f"{step * DAY:.4g} seconds"


def find_grid(
    moments: np.ndarray, series: np.ndarray, is_dated: bool, written: str = ""
) -> Grid:
    """Find the steps of rows, (rows,) each; say where they are not even.

    moments are numbers or, if dated, days since 1970. Missing steps are no matter, nor
    are times that are a little early or late.
    """
    order = np.lexsort([moments, series])
    within = np.diff(series[order]) == 0
    steps = np.diff(moments[order])
    is_step = within & (steps > 0)
    steps = steps[is_step]
    if not len(steps):
        raise UserError("one row is too few for a forecast")
    usual = np.median(steps)
    about: dict = {"is_dated": is_dated, "written": written}
    if is_dated:
        between = np.diff(months_of(moments)[order])[is_step]
        is_constant = usual < 31 and np.ptp(steps) == 0 and len(steps) > 2  # 4 weeks
        if usual > 27 and between.min() >= 1 and not is_constant:
            size = int(np.median(between))
            day = np.median(day_of_month(moments))
            is_end = day_of_month(moments).min() >= 28
            start = 31 if is_end else float(int(day))
            return Grid(unit="months", step=size, start=start, **about)
        is_daily = abs(usual - 1) < 0.01 and np.ptp(moments % 1) < 1e-6
        if is_daily and len(moments) > 9 and (weekday(moments) < 5).all():
            return Grid(unit="business days", **about)
    near = steps[np.abs(steps - usual) < usual / 2].mean()
    unit = "days" if is_dated else "numbers"
    grids = []
    for step in dict.fromkeys([rounded(near) if is_dated else near, near, usual]):
        evenness, start = phase(moments, step)
        grids.append((evenness, Grid(unit=unit, step=step, start=start, **about)))
    evenness, grid = max(grids, key=lambda pair: round(pair[0], 1))
    if evenness > 0.6 and spread(grid, moments, series) <= SPARSE * len(moments):
        return grid
    if not is_dated:
        say("The steps are uneven: rows are taken one after the other")
        return Grid(unit="rows", step=float(usual), **about)
    step = next((s for s in ROUND if s >= 1.4 * steps.mean() * DAY), ROUND[-1]) / DAY
    say(
        f"Times are uneven, usually {describe_days(usual)} apart: the rows of every"
        f" {describe_days(step)} are averaged to one step"
    )
    return Grid(unit=unit, step=step, is_averaged=True, **about)


def spread(grid: Grid, moments: np.ndarray, series: np.ndarray) -> int:
    """Return how many steps all series have together, those without a row as well."""
    places = pd.Series(grid.places(moments, series)).groupby(series)
    return int((places.max() - places.min()).sum())


def phase(moments: np.ndarray, step: float) -> tuple[float, float]:
    """Return how near moments are to multiples of a step, 0 to 1, and where these start.

    It is the mean direction of the moments on a circle of one step.
    """
    first = moments.min()
    mean = np.exp(2j * np.pi * (moments - first) / step).mean()
    return abs(mean), float(first + step * np.angle(mean) / (2 * np.pi))


def rounded(days: float) -> float:
    """Return a length in days as whole days, hours, minutes or seconds, if it is near."""
    for unit in (DAY, 3600, 60, 1, 0.001):
        count = round(days * DAY / unit)
        if count and abs(days * DAY - count * unit) < 0.002 * days * DAY:
            return count * unit / DAY
    return days


def days_of(moments: np.ndarray) -> np.ndarray:
    """Return days since 1970 as dates: datetime64[D]."""
    return np.floor(moments + 1e-9).astype("int64").astype("datetime64[D]")


def months_of(moments: np.ndarray) -> np.ndarray:
    """Return the months since 1970 of days since 1970: int64."""
    return days_of(moments).astype("datetime64[M]").astype("int64")


def day_of_month(moments: np.ndarray) -> np.ndarray:
    """Return the day of the month of days since 1970, from 1 on: int64."""
    days = days_of(moments)
    return (days - days.astype("datetime64[M]").astype(days.dtype)).astype("int64") + 1


def weekday(moments: np.ndarray) -> np.ndarray:
    """Return the day of the week of days since 1970, 0 for Monday: int64."""
    return (days_of(moments).astype("int64") + 3) % 7
