"""Series on even steps, one after the other in one array, with room between them."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..config import Config
from ..errors import UserError, say
from .grid import Grid, find_grid
from .moments import texts_by_column

MOST_DOUBLES = 0.2  # of the rows; with more of them the rows are of several series


class Rows(NamedTuple):
    """Rows of a table, in their order."""

    keys: pd.DataFrame
    """The columns of the series and of the time, as text."""
    series: list[str]
    """Those of the columns that tell series apart."""
    moments: np.ndarray
    """When they are: float64 (rows,)."""
    values: np.ndarray
    """float32 (rows, features), the targets first."""

    def after(self, before: "Rows") -> "Rows":
        """Return these rows with others in front of them."""
        return Rows(
            pd.concat([before.keys, self.keys], ignore_index=True),
            self.series,
            np.concatenate([before.moments, self.moments]),
            np.concatenate([before.values, self.values]),
        )


class Panel(NamedTuple):
    """Series on even steps. A place is one step of one series, or between series."""

    keys: pd.DataFrame
    """The columns of the series and of the time of every row, as text."""
    places: np.ndarray
    """The place of every row: int64 (rows,)."""
    moments: np.ndarray
    """When every row is: float64 (rows,)."""
    values: np.ndarray
    """float32 (places, features), the targets first; NaN where a value is missing."""
    times: np.ndarray
    """The step of every place, the same for all series: int64 (places,)."""
    series: np.ndarray
    """The number of the series of every place: int64 (places,)."""
    first: np.ndarray
    """The place of the first row of every series: int64 (series,)."""
    last: np.ndarray
    """The place of the last known value of a target; -1 where there is none."""
    known: np.ndarray
    """How many values of every target there are before a place: (1 + places, targets)."""
    names: list[str]
    """The columns that tell series apart."""

    def has_history(self, origins: np.ndarray, window: int) -> np.ndarray:
        """Tell where a window that ends at a place is one of its series: bool (n,).

        It must hold a value of every target. Of several series, short ones shall have
        forecasts, too: a window may begin before its series, which is missing there, if
        it holds a quarter of it.
        """
        starts, series = origins - window + 1, self.series[origins]
        needed = window
        if self.names:
            lengths = self.last - self.first + 1
            needed = np.clip(lengths // 4, min(2, window), window)[series]
        inside = origins - needed + 1 >= self.first[series]
        starts = np.maximum(starts, 0)
        some = (self.known[origins + 1] > self.known[starts]).all(axis=1)
        return inside & some & (self.last[series] >= 0)

    def called(self) -> np.ndarray:
        """Return the name of each series, a comma between several columns: text."""
        order = np.argsort(self.places)
        rows = order[np.searchsorted(self.places, self.first, sorter=order)]
        names = self.keys[self.names].iloc[rows]
        return names.agg(", ".join, axis=1).to_numpy(object)

    def only_last(self, count: int) -> "Panel":
        """Return the same with the last rows only; all that is known stays."""
        return self._replace(
            keys=self.keys[-count:].reset_index(drop=True),
            places=self.places[-count:],
            moments=self.moments[-count:],
        )

    def with_future(self, horizon: int, steps: list[str], grid: Grid) -> "Panel":
        """Return the same with rows for the steps after the end of each series.

        A series that has such rows gets no more of them.
        """
        series = self.series[self.places]
        is_last = self.places >= self.last[series]
        parts, places, moments = [self.keys], [self.places], [self.moments]
        ends = pd.Series(self.places).groupby(series).max()
        for number, end in zip(ends.index, ends, strict=True):
            if end > self.last[number] or end < 0:
                continue
            row = np.flatnonzero(is_last & (self.places == end))[-1]
            after = grid.after(self.moments[row], int(self.times[end]), horizon)
            keys = {name: [self.keys[name].iloc[row]] * horizon for name in self.names}
            keys |= texts_by_column(grid.texts(after), after, steps)
            parts.append(pd.DataFrame(keys))
            places.append(end + np.arange(1, horizon + 1))
            moments.append(after)
        return self._replace(
            keys=pd.concat(parts, ignore_index=True),
            places=np.concatenate(places),
            moments=np.concatenate(moments),
        )


def on_grid(
    rows: Rows, path: Path, config: Config, grid: Grid | None, dates: str | None
) -> tuple[Panel, Grid]:
    """Put rows on a grid, which is found where it is not given.

    Rows of one series and step are averaged, and a line says how many there are. Raises
    UserError where they are many.
    """
    ids = rows.keys[rows.series]
    numbers = ids.groupby(rows.series, sort=False).ngroup() if rows.series else 0
    series = np.broadcast_to(numbers, len(rows.moments))
    if grid is None:
        try:
            grid = find_grid(rows.moments, series, dates is not None, dates or "")
        except UserError as error:
            raise UserError(f"{path}: {error}")
    times = grid.places(rows.moments, series)
    by_series = pd.Series(times).groupby(series)
    start, end = by_series.min().to_numpy(), by_series.max().to_numpy()
    # Windows that begin or end outside of a series see nothing of another.
    room = config.window + config.horizon
    lengths = end - start + 1
    if lengths.sum() > 100 * len(times) + 10_000:
        raise UserError(
            f"{path}: the times lie far apart, {lengths.sum():,} steps of"
            f" {grid.describe()} for {len(times):,} rows"
        )
    first = np.cumsum(lengths + room) - lengths - config.horizon
    places = first[series] + times - start[series]
    count = int(lengths.sum() + room * len(lengths))
    targets = len(config.target)
    values = averaged(rows, places, count, path, grid)
    known = np.zeros((count + 1, targets), "int64")
    np.cumsum(~np.isnan(values[:, :targets]), axis=0, out=known[1:])
    of_places = np.repeat(np.arange(len(lengths)), lengths + room)
    last = np.full(len(lengths), -1)
    any_known = np.flatnonzero(~np.isnan(values[:, :targets]).all(axis=1))
    last[of_places[any_known]] = any_known  # the last assignment stays
    times = np.arange(count) - first[of_places] + start[of_places]
    panel = Panel(
        *(rows.keys, places, rows.moments, values, times, of_places, first, last),
        *(known, rows.series),
    )
    return panel, grid


def averaged(
    rows: Rows,
    places: np.ndarray,
    count: int,
    path: Path,
    grid: Grid,
) -> np.ndarray:
    """Return the values of every place, the mean where rows share one: (count, ...)."""
    values = np.full((count, rows.values.shape[1]), np.nan, "float32")
    values[places] = rows.values
    doubled = np.bincount(places, minlength=count) > 1
    if not doubled.any():
        return values
    among = np.flatnonzero(doubled[places])
    more = len(among) - int(doubled.sum())
    if not grid.is_averaged:
        row = among[pd.Series(places[among]).duplicated()][0] + 1
        if more > MOST_DOUBLES * len(places):
            raise UserError(
                f"{path}: row {row} has the same time as another row, and so have"
                f" {more} of {len(places)} rows; if these are several series, name the"
                " column that tells them apart: series_column in config.toml"
                + (f" (now {', '.join(rows.series)})" if rows.series else "")
            )
        are = "row has" if more == 1 else "rows have"
        say(
            f"{more} {are} the time of another row, such as row {row}: their values are"
            " averaged"
        )
    frame = pd.DataFrame(rows.values[among]).groupby(places[among]).mean()
    values[frame.index.to_numpy()] = frame.to_numpy("float32")
    return values
