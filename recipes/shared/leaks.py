"""Rows that are alike, and columns that alone tell the target."""

import numpy as np
import pandas as pd

from ..tables.columns import Columns
from .examples import Inputs

ALL = 0.9999  # of the variance of the targets


def numbers_of_twins(x: Inputs, y: np.ndarray) -> np.ndarray | None:
    """Return the same number for all rows with the same values and target: int (n,).

    None where there are none, or where few values are possible anyway.
    """
    values = pd.concat(
        [pd.DataFrame(array.reshape(len(y), -1)) for array in [*x.values(), y]],
        axis=1,
        ignore_index=True,
    )
    numbers, _ = pd.factorize(pd.util.hash_pandas_object(values, index=False))
    rows = numbers.max() + 1
    if rows == len(y):
        return None
    inputs = values.iloc[:, : -y.reshape(len(y), -1).shape[1]]
    return numbers if 2 * inputs.nunique().max() >= rows else None


def columns_that_tell(x: Inputs, y: np.ndarray, columns: Columns) -> list[str]:
    """Return the columns each of which is enough to know the targets."""
    if y.ndim == 1:  # numbers of classes
        y = np.eye(y.max() + 1)[y]
    y = y.astype("float64")
    numbers = x.get("numbers", np.empty((len(y), 0)))[:, : len(columns.numbers)]
    found = [
        name
        for name, column in zip(columns.numbers, numbers.T, strict=True)
        if tells(column.astype("float64"), y)
    ]
    categories = x.get("categories", np.empty((len(y), 0), object))
    return found + [
        name
        for name, column in zip(columns.categories, categories.T, strict=True)
        if explained(pd.factorize(column)[0], y) > ALL
    ]


def tells(column: np.ndarray, y: np.ndarray) -> bool:
    """Tell whether numbers are in line with the targets, or their few values tell them."""
    known = ~np.isnan(column)
    column, y = column[known], y[known]
    if len(y) < 50 or column.std() == 0:
        return False
    centered = column - column.mean()
    slopes = centered @ y / (centered @ centered)
    rest = y - y.mean(axis=0) - np.outer(centered, slopes)
    in_line = 1 - rest.var(axis=0).sum() / max(y.var(axis=0).sum(), 1e-300)
    return in_line > ALL or explained(pd.factorize(column)[0], y) > ALL


def explained(groups: np.ndarray, y: np.ndarray) -> float:
    """Return which share of the targets' variance a few groups explain; 0 for many."""
    variance = y.var(axis=0).sum()
    if groups.max() + 1 > len(y) / 10 or not variance:
        return 0
    rest = y - pd.DataFrame(y).groupby(groups).transform("mean").to_numpy()
    return 1 - rest.var(axis=0).sum() / variance
