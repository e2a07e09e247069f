"""What to know of data: rows alike, columns that tell the target, new data unlike it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from pydantic import BaseModel

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


MANY = 500  # names of a column: of more nothing is noted
OFTEN = 0.1  # of the rows; with less, nothing is said
MOST_LINES = 8


class Usual(BaseModel):
    """The values of columns that the network was trained on."""

    numbers: dict[str, tuple[float, float, float]] = {}
    """The least and the greatest number, and the share of missing ones."""
    names: dict[str, list[str]] = {}
    """All names of a category."""


def usual_in(x: Inputs, columns: Columns) -> Usual:
    """Return what is usual in the examples of a training."""
    usual = Usual()
    for name, values in numbers_of(x, columns):
        known = values[~np.isnan(values)]
        if len(known):
            missing = 1 - len(known) / len(values)
            usual.numbers[name] = float(known.min()), float(known.max()), missing
    for name, values in names_of(x, columns):
        names = sorted(set(values))
        if len(names) <= MANY:
            usual.names[name] = names
    return usual


def unusual_in(x: Inputs, columns: Columns, usual: Usual) -> list[str]:
    """Return a line for each column of which many values are unlike the training's."""
    lines = []
    for name, values in numbers_of(x, columns):
        if name in usual.numbers:
            least, most, missing = usual.numbers[name]
            offset = columns.offsets.get(name, 0)
            is_out = (values < least) | (values > most)
            if is_out.mean() > OFTEN:
                known = f"{least + offset:.6g} to {most + offset:.6g}"
                lines.append(f"{name} is outside of {known} in {rows(is_out)}")
            if np.isnan(values).mean() > missing + 0.3:
                lines.append(f"{name} is missing in {rows(np.isnan(values))}")
    for name, values in names_of(x, columns):
        if name in usual.names:
            is_new = ~np.isin(values.astype(str), ["", *usual.names[name]])
            if is_new.mean() > OFTEN:
                some = ", ".join(map(repr, dict.fromkeys(values[is_new][:100])))
                lines.append(f"{name} has a new name in {rows(is_new)}: {some[:80]}")
    more = len(lines) - MOST_LINES
    return lines[:MOST_LINES] + ([f"and {more} more columns"] if more > 0 else [])


def rows(which: np.ndarray) -> str:
    """Return how many of the rows it are."""
    return f"{which.sum():,} of {which.size:,} rows"


def numbers_of(x: Inputs, columns: Columns):
    """Return the columns of numbers, with their values: float32 (rows,)."""
    values: Iterable[np.ndarray] = []
    if columns.numbers:
        values = x["numbers"][:, : len(columns.numbers)].T
    return zip(columns.numbers, values, strict=True)


def names_of(x: Inputs, columns: Columns):
    """Return the columns of names, with their values: object (rows,)."""
    values: Iterable[np.ndarray] = x["categories"].T if columns.categories else []
    return zip(columns.categories, values, strict=True)
