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
from .windows import (
    before_test,
    check_changes,
    find_season,
    naive_errors,
    origins_of,
    split_of_places,
    targets_of,
)

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
    """The examples of one split: raw inputs, and targets in their units."""

    x: Inputs
    y: np.ndarray
    """Step by step, NaN where missing: (n, horizon * targets)."""
    smallest_scale: np.ndarray | float = 0.0
    """What a window of every target is divided by at least: (targets,)."""
    naive: np.ndarray | None = None
    """Mean absolute error of the seasonal last value in each series: (n, targets)."""

    def first(self, count: int) -> "Split":
        """Return the first examples only."""
        naive = None if self.naive is None else self.naive[:count]
        x, y = take(self.x, slice(count)), self.y[:count]
        return self._replace(x=x, y=y, naive=naive)


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
    panel, layout, origins = read_origins(config.data_path, config)
    series, ends = panel.series[origins], panel.times[panel.last]
    times = panel.times[origins + 1]
    names = assign(times, series, ends[series], config, config.data_path)
    return in_three(panel, layout, origins, names, config)


def read_origins(
    path: Path, config: Config, layout: Layout | None = None
) -> tuple[Panel, Layout, np.ndarray]:
    """Read series, and find the places after which there is something to predict."""
    panel, layout = read_panel(path, config, layout)
    origins = origins_of(panel, config)
    if not len(origins):
        raise UserError(too_few(path, len(panel.places), config))
    return panel, layout, origins


def in_three(
    panel: Panel, layout: Layout, origins: np.ndarray, names: np.ndarray, config: Config
) -> Data:
    """Return the splits whose names every origin has: text (n,)."""
    targets = targets_of(panel, config)
    past = before_test(panel, origins, names, targets)
    of_places = split_of_places(origins, names, targets, config.horizon)
    rng = np.random.default_rng(config.seed)
    chosen = {name: some(origins[names == name], name, rng) for name in SPLITS}
    season = find_season(past[:, 0], panel.series, config.window)
    history = windows(panel, chosen["train"][:10_000], config, layout)["history"]
    spread = np.nanstd(history[:][:, :, : past.shape[1]].astype("float64"), axis=1)
    schema = Schema(
        layout=layout,
        outputs=name_outputs(config.target, config.horizon),
        horizon=config.horizon,
        season=season,
        mean=[0.0],
        smallest_scale=(np.nanmedian(spread, axis=0) / 100 + 1e-9).tolist(),
    )
    naive = naive_errors(past, panel.series, season)
    splits = {}
    for name, places in chosen.items():
        seen = targets if name == "test" else past
        splits[name] = split_at(panel, places, seen, naive, config, schema)
    y = splits["train"].y.astype("float64")
    check_changes(y.reshape(-1, targets.shape[1]), config, config.data_path)
    schema.mean = np.nan_to_num(np.nanmean(y, axis=0)).tolist()
    if config.test_path:
        splits["test"] = read_labelled(Path(config.test_path), config, schema)
    schema.fingerprint = fingerprint(splits.values())
    record = panel.keys.assign(split=of_places[panel.places])
    return Data(**splits, schema=schema, record=record)


def some(origins: np.ndarray, name: str, rng: np.random.Generator) -> np.ndarray:
    """Return the origins for a split in random order, only so many as are used."""
    if len(origins) > MOST[name]:
        say(f"Of {len(origins):,} windows for {name}, {MOST[name]:,} are used")
    return rng.permutation(origins)[: MOST[name]]


def split_at(
    panel: Panel,
    origins: np.ndarray,
    targets: np.ndarray,
    naive: np.ndarray,
    config: Config,
    schema: Schema,
) -> Split:
    """Return the examples of some origins; naive is what errors are compared to."""
    x = windows(panel, origins, config, schema.layout)
    steps = origins[:, np.newaxis] + np.arange(1, config.horizon + 1)
    y = targets[steps].reshape(len(origins), -1)
    smallest = np.array(schema.smallest_scale, "float32")
    return Split(take(x, slice(None)), y, smallest, naive[panel.series[origins]])


def read_labelled(path: Path, config: Config, schema: Schema) -> Split:
    """Read series to measure forecasts on, from every step that has enough history."""
    panel, _, origins = read_origins(path, config, schema.layout)
    origins = some(origins, "test", np.random.default_rng(config.seed))
    targets = targets_of(panel, config)
    naive = naive_errors(targets, panel.series, schema.season)
    return split_at(panel, origins, targets, naive, config, schema)


def read_new(path: Path, config: Config, schema: Schema) -> Examples:
    """Read what to predict as that was read which the model was trained on."""
    return read(path, config, schema.layout)
