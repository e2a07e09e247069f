"""What is usual in the data of a training, and what is not in other data."""

import numpy as np
from pydantic import BaseModel

from ..tables.columns import Columns
from .examples import Inputs

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
    values = x["numbers"][:, : len(columns.numbers)].T if columns.numbers else []
    return zip(columns.numbers, values, strict=True)


def names_of(x: Inputs, columns: Columns):
    """Return the columns of names, with their values: object (rows,)."""
    values = x["categories"].T if columns.categories else []
    return zip(columns.categories, values, strict=True)
