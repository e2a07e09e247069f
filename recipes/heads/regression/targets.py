"""Numbers to predict: from columns of the data, and back."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError, say
from ..tables.arrays import any_numbers, numbers, stack
from ..tables.table import table_of
from ..tables.written import number_ways

FAR = 100  # times the distance in which nine of ten targets lie


def target_columns(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the target columns as text; a missing value is a row without a target."""
    return frame[columns].where(readable_numbers(frame[columns]))


def readable_numbers(frame: pd.DataFrame) -> np.ndarray:
    """Tell which cells of columns of text are numbers: bool (rows, columns).

    Where less than half of them are, all that are not missing shall pass for numbers.
    """
    table, names = table_of(frame, Path()), frame.columns.tolist()
    known = stack(table, [f"{table.known(name)} is not null" for name in names], bool)
    try:
        written, _ = number_ways(table, names)
    except UserError:
        return known
    return ~np.isnan(numbers(table, names, written))


def name_outputs(targets: pd.DataFrame) -> list[str]:
    """Return the names of the target columns."""
    return list(targets.columns)


def encode(targets: pd.DataFrame, names: list[str], path: Path) -> np.ndarray:
    """Return the targets in the units of the data: float32 (n, targets).

    Prints which are so far from the others that they may be mistakes.
    """
    y = any_numbers(table_of(targets, path), names)
    low, high = np.percentile(y, [5, 95], axis=0)
    width = FAR * (high - low)
    is_far = ((y < low - width) | (y > high + width)) & (width > 0)
    for name, values, far in zip(names, y.T, is_far.T, strict=True):
        if count := far.sum():
            lie = "lies" if count == 1 else "lie"
            say(
                f"Note: {count} of {len(y)} values of {name} {lie} far from the others,"
                f" such as {values[far][0]:.6g}: where one is a mistake, leave its row out"
            )
    return y


def mean_of(y: np.ndarray, names: list[str]) -> list[float]:
    """Return the mean of every target."""
    return y.mean(axis=0).tolist()


def describe(names: list[str], mean: list[float]) -> list[str]:
    """Return the names of the targets."""
    return names


def name_predictions(predictions: np.ndarray, targets: list[str]) -> pd.DataFrame:
    """Return one column per target."""
    names = [f"prediction_{name}" for name in targets]
    return pd.DataFrame(
        predictions, columns=names if len(names) > 1 else ["prediction"]
    )
