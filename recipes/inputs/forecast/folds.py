"""Folds: each learns from what is before a time and is tested on what follows."""

from collections.abc import Iterator

import numpy as np
from sklearn.model_selection import TimeSeriesSplit

from ..config import Config
from ..errors import UserError, say
from .dataset import in_three, read_origins
from .schema import Data
from .splits import by_time


def load_folds(config: Config, count: int) -> Iterator[Data]:
    """Read the series at config.data_path; return the data of so many trainings.

    A test_path is left out: folds are tests.
    """
    path, horizon = config.data_path, config.horizon
    panel, layout, origins = read_origins(path, config)
    if config.test_path:
        say(f"Left out: {config.test_path}, because each fold is a test")
    # As with test data of its own: nothing more of the rest is for the test.
    no_test = config.model_copy(update={"test_path": str(path)})
    times, folds = panel.times[origins + 1], []
    every_time = np.unique(times)
    try:
        parts = list(TimeSeriesSplit(count).split(every_time))
    except ValueError as error:  # scikit-learn says that there are too few
        raise UserError(f"{path}: too little data for {count} folds: {error}")
    for _, test in parts:
        first, last = every_time[test[0]], every_time[test[-1]]
        names = np.full(len(times), "", dtype=object)
        names[(times >= first) & (times <= last)] = "test"
        rest = times <= first - horizon  # no step in what is tested
        if not rest.any():
            raise UserError(f"{path}: too few forecasts for {count} folds")
        names[rest] = by_time(times[rest], no_test)
        if not {"train", "validation"} <= {*names}:
            raise UserError(f"{path}: too few forecasts for {count} folds")
        folds.append(names)
    config = config.model_copy(update={"test_path": ""})
    return (in_three(panel, layout, origins, names, config) for names in folds)
