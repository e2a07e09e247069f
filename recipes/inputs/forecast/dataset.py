"""The data of a training: windows of series and what follows them, split by time."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, Field

from ..config import Config
from ..errors import UserError, say, shorten
from .examples import Examples, Inputs, fingerprint, take
from .panel import Panel
from .read import Layout, read, read_panel, too_few, windows
from .splits import SPLITS, assign
from .targets import name_outputs
from .windows import check_changes, find_season, origins_of, targets_of

# Windows that are used of each split: of more, so many at random.
MOST = {"train": 100_000, "validation": 20_000, "test": 20_000}


class Schema(BaseModel):
    """What goes into the saved model and what comes out of it."""

    layout: Layout
    """Where the inputs come from."""
    outputs: list[str] = Field(min_length=1)
    """Names of the outputs: every target one step ahead, then two steps, ..."""
    horizon: int
    """How many steps ahead are predicted."""
    season: int
    """After how many steps values are most alike; 1 where none is found."""
    mean: list[float] = Field(min_length=1)
    """Mean of the training targets, per output."""
    smallest_scale: list[float]
    """What a window of every target is divided by at least."""
    intervals: dict[str, list[float]] = {}
    """Half the width of prediction intervals, in scales of the window, per output."""
    fingerprint: str = ""
    """Tells whether the data is still what it was when the model was trained."""


class Split(NamedTuple):
    """The examples of one split: raw inputs, and targets in their units.

    y is (n, horizon * targets), step by step; NaN where a value is missing.
    """

    x: Inputs
    y: np.ndarray
    smallest_scale: np.ndarray | float = 0.0
    """What a window of every target is divided by at least: (targets,)."""
    naive: np.ndarray | None = None
    """Mean absolute error of the seasonal last value in each series: (n, targets)."""

    def first(self, count: int) -> "Split":
        """Return the first examples only."""
        naive = None if self.naive is None else self.naive[:count]
        x, y = take(self.x, slice(count)), self.y[:count]
        return Split(x, y, self.smallest_scale, naive)


class Data(NamedTuple):
    """Everything that a training needs to know of the data."""

    train: Split
    validation: Split
    test: Split
    schema: Schema
    record: pd.DataFrame
    """The split of every row, empty for those that are in none."""

    @property
    def learned(self) -> int:
        """How many examples the network learns from."""
        return len(self.train.y)

    def first(self, count: int) -> "Data":
        """Return the first examples of every split only."""
        return self._replace(**{s: getattr(self, s).first(count) for s in SPLITS})

    def describe(self) -> str:
        """Return in a few lines what was read."""
        train, validation, test = (len(getattr(self, name).y) for name in SPLITS)
        layout, horizon = self.schema.layout, self.schema.horizon
        assert layout.grid  # found in the training data
        targets = len(self.schema.outputs) // horizon
        lines = [
            f"{train + validation + test} examples: {train} to train, {validation} to"
            f" validate, {test} to test",
            f"A step is {layout.grid.describe()}; {horizon} ahead are predicted",
        ]
        if self.schema.season > 1:
            lines.append(f"Values are most alike after {self.schema.season} steps")
        seen = layout.numbers[targets:]
        ahead = [*layout.ahead, *layout.categories]
        named = {"targets": layout.numbers[:targets], "known ahead": ahead}
        named["features"] = [name for name in seen if name not in ahead]
        lines += [f"{len(n)} {k}: {shorten(n)}" for k, n in named.items() if n]
        return "\n".join(lines)


def load(config: Config) -> Data:
    """Read the series at config.data_path and split what is to be predicted by time."""
    panel, layout, origins = read_origins(config)
    times = panel.times[origins + 1]
    names = assign(times, config.horizon, config, config.data_path)
    return in_three(panel, layout, origins, names, config)


def read_origins(config: Config) -> tuple[Panel, Layout, np.ndarray]:
    """Read the series, and find the places after which there is something to predict."""
    panel, layout = read_panel(config.data_path, config, None)
    origins = origins_of(panel, config)
    if not len(origins):
        raise UserError(too_few(config.data_path, len(panel.places), config))
    return panel, layout, origins


def in_three(
    panel: Panel, layout: Layout, origins: np.ndarray, names: np.ndarray, config: Config
) -> Data:
    """Return the splits whose names every origin has: text (n,)."""
    horizon = config.horizon
    in_training = panel.times <= panel.times[origins[names == "train"]].max() + horizon
    past = np.where(in_training[:, np.newaxis], targets_of(panel, config), np.nan)
    check_changes(past, config, config.data_path)

    rng = np.random.default_rng(config.seed)
    chosen = {}
    for name, most in MOST.items():
        rows = rng.permutation(np.flatnonzero(names == name))
        if len(rows) > most:
            say(f"Of {len(rows):,} windows for {name}, {most:,} are taken at random")
        chosen[name] = origins[rows[:most]]
    season = find_season(past[:, 0], panel.series, config.window)
    history = windows(panel, chosen["train"][:10_000], config, layout)["history"]
    spread = np.nanstd(history[:][:, :, : past.shape[1]].astype("float64"), axis=1)
    schema = Schema(
        layout=layout,
        outputs=name_outputs(config.target, horizon),
        horizon=horizon,
        season=season,
        mean=[0.0],
        smallest_scale=(np.nanmedian(spread, axis=0) / 100 + 1e-9).tolist(),
    )
    splits = {
        name: split_at(panel, places, past, config, schema)
        for name, places in chosen.items()
    }
    y = splits["train"].y.astype("float64")
    schema.mean = np.nan_to_num(np.nanmean(y, axis=0)).tolist()
    if config.test_path:
        splits["test"] = read_labelled(Path(config.test_path), config, schema)
    schema.fingerprint = fingerprint(splits.values())
    of_places = np.full(len(panel.values), "", object)
    for name in SPLITS:
        for step in range(1, horizon + 1):
            of_places[origins[names == name] + step] = name
    of_places[np.isnan(targets_of(panel, config)).all(axis=1)] = ""
    record = panel.keys.assign(split=of_places[panel.places])
    return Data(**splits, schema=schema, record=record)


def split_at(
    panel: Panel, origins: np.ndarray, past: np.ndarray, config: Config, schema: Schema
) -> Split:
    """Return the examples of some origins; past is what their errors are compared to."""
    x = windows(panel, origins, config, schema.layout)
    steps = origins[:, np.newaxis] + np.arange(1, config.horizon + 1)
    y = targets_of(panel, config)[steps].reshape(len(origins), -1)
    season = schema.season
    errors = pd.DataFrame(np.abs(past[season:] - past[:-season]))
    means = errors.groupby(panel.series[season:]).mean()
    naive = means.replace(0, np.nan).fillna(means.mean()).to_numpy("float32")
    smallest = np.array(schema.smallest_scale, "float32")
    of_series = naive[panel.series[origins]]
    return Split(take(x, slice(None)), y, smallest, of_series)


def read_labelled(path: Path, config: Config, schema: Schema) -> Split:
    """Read series to measure forecasts on, from every step that has enough history."""
    panel, _ = read_panel(path, config, schema.layout)
    origins = origins_of(panel, config)
    if not len(origins):
        raise UserError(too_few(path, len(panel.places), config))
    most = MOST["test"]
    if len(origins) > most:
        say(f"Of {len(origins):,} windows in {path}, {most:,} are taken at random")
        rng = np.random.default_rng(config.seed)
        origins = rng.permutation(origins)[:most]
    return split_at(panel, origins, targets_of(panel, config), config, schema)


def read_new(path: Path, config: Config, schema: Schema) -> Examples:
    """Read what to predict as that was read which the model was trained on."""
    return read(path, config, schema.layout)
