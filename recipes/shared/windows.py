"""Windows of series, cut out where they are needed, and what the past of series shows."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..config import Config
from ..errors import UserError, say
from .panel import Panel
from .schema import SPLITS

# Windows that are used of each split: of more, so many at random.
MOST = {"train": 100_000, "validation": 20_000, "test": 20_000}


class Windows:
    """n windows of so many steps, as an array (n, steps, features).

    To copy them all would take `steps` times the memory of the values.
    """

    def __init__(self, values: np.ndarray, starts: np.ndarray, steps: int):
        """Take values (places, features), and the places where windows start (n,)."""
        self.values, self.starts, self.steps = values, starts, steps
        self.shape = (len(starts), steps, values.shape[1])
        self.dtype = values.dtype

    def __len__(self) -> int:
        """Return the number of windows."""
        return len(self.starts)

    def __getitem__(self, rows) -> np.ndarray:
        """Return some of the windows: (rows, steps, features)."""
        return self.values[self.starts[rows][:, np.newaxis] + np.arange(self.steps)]

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        """Return all windows."""
        return self[:].astype(dtype or self.dtype, copy=False)


def targets_of(panel: Panel, config: Config) -> np.ndarray:
    """Return the targets of every place: (places, targets)."""
    return panel.values[:, : len(config.target)]


def origins_of(panel: Panel, config: Config) -> np.ndarray:
    """Return the places after which there is something to predict, and before enough."""
    origins = np.arange(len(panel.values) - config.horizon)
    following = panel.known[origins + 1 + config.horizon] - panel.known[origins + 1]
    origins = origins[following.any(axis=1) & (panel.first[panel.series[origins]] >= 0)]
    return origins[panel.has_history(origins, config.window)]


def before_test(
    panel: Panel, origins: np.ndarray, names: np.ndarray, targets: np.ndarray
) -> np.ndarray:
    """Return the targets, NaN from the first tested step of each series on."""
    first = np.full(len(panel.first), len(targets))
    tested = origins[names == "test"]
    np.minimum.at(first, panel.series[tested], tested + 1)
    is_before = np.arange(len(targets)) < first[panel.series]
    return np.where(is_before[:, np.newaxis], targets, np.float32(np.nan))


def some(origins: np.ndarray, name: str, rng: np.random.Generator) -> np.ndarray:
    """Return the origins for a split in random order, only so many as are used."""
    if len(origins) > MOST[name]:
        say(f"Of {len(origins):,} windows for {name}, {MOST[name]:,} are used")
    return rng.permutation(origins)[: MOST[name]]


def split_of_places(
    origins: np.ndarray, names: np.ndarray, targets: np.ndarray, horizon: int
) -> np.ndarray:
    """Return the split in which a place is predicted, empty for none: text (places,)."""
    found = np.full(len(targets), "", object)
    for name in SPLITS:  # what is tested is in no other
        for step in range(1, horizon + 1):
            found[origins[names == name] + step] = name
    found[np.isnan(targets).all(axis=1)] = ""
    return found


def check_changes(past: np.ndarray, config: Config, path: Path) -> None:
    """Raise UserError for a target that is always the same."""
    for name, values in zip(config.target, past.T, strict=True):
        known = values[~np.isnan(values)]
        if not len(known) or np.ptp(known) == 0:
            what = f"is always {known[0]:g}" if len(known) else "has no value"
            raise UserError(
                f"{path}: column {name} {what} in the part to train on: there is nothing"
                " to learn"
            )


def find_season(values: np.ndarray, series: np.ndarray, window: int) -> int:
    """Return after how many steps, up to a window, changes are most alike; 1 if none is.

    values are (places,), with NaN between the series.
    """
    some = slice(-100_000, None)  # the latest: they tell enough
    change = np.diff(values[some].astype("float64"))
    size = pd.Series(np.abs(change)).groupby(series[some][1:]).transform("mean")
    change = np.clip(change / size.to_numpy().clip(1e-9), -5, 5)
    alike = np.zeros(window + 2)
    for lag in range(1, window + 2):
        pairs = change[lag:] * change[:-lag]
        known = ~np.isnan(pairs)
        if known.sum() > max(2 * lag, 10):
            alike[lag] = pairs[known].mean() / np.nanmean(change**2)
    peaks = [
        lag
        for lag in range(2, window + 1)
        if alike[lag] > max(alike[lag - 1], alike[lag + 1], 0.25)
    ]
    best = max((alike[lag] for lag in peaks), default=0)
    return next((lag for lag in peaks if alike[lag] > 0.9 * best), 1)


def naive_errors(past: np.ndarray, series: np.ndarray, season: int) -> np.ndarray:
    """Return the mean absolute error of the seasonal last value: (series, targets)."""
    errors = pd.DataFrame(np.abs(past[season:] - past[:-season]))
    means = errors.groupby(series[season:]).mean()
    return means.replace(0, np.nan).fillna(means.mean()).to_numpy("float32")
