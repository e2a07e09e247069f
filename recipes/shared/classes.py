"""Classes: their names, their numbers, and how frequent they are."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError, say
from .spelling import matching, spellings


def class_names(targets: pd.DataFrame) -> list[str]:
    """Return the classes in the one target column, sorted."""
    if targets.shape[1] != 1:
        raise UserError(f"one target column is needed, not {list(targets.columns)}")
    column = targets.iloc[:, 0]
    counted = column.value_counts(sort=False)
    frequency = dict(zip(counted.index.astype(str), counted.tolist(), strict=True))
    usual = spellings(frequency)
    counts = Counter[str]()
    for name, count in frequency.items():
        counts[usual[name]] += count
    if len(counts) < 2:
        raise UserError(f"column {column.name} holds one class only: {list(counts)}")
    is_number = re.compile(r"-?\d+").fullmatch
    others = [f"{n} is {u}" for n, u in usual.items() if n != u and not is_number(u)]
    if others:
        say(f"Spellings of the same class: {', '.join(others[:8])}")
    if once := [name for name, count in counts.items() if count == 1]:
        say(f"Note: too few to learn from, classes with one example: {', '.join(once)}")
    return sorted(counts)


def class_numbers(targets: pd.DataFrame, classes: list[str], path: Path) -> np.ndarray:
    """Return the position of every target among the classes: int64 (n,).

    Raises UserError that names the first target which is none of the classes.
    """
    column = targets.iloc[:, 0]
    places, names = pd.factorize(column)
    usual = matching(names, classes)
    of_name = {name: number for number, name in enumerate(classes)}
    numbers = np.array([of_name.get(usual[name], -1) for name in names])[places]
    unknown = column[numbers < 0]
    if len(unknown):
        found = ", ".join(
            f"{name!r}: {n}" for name, n in unknown.value_counts().head(5).items()
        )
        raise UserError(
            f"{path}: column {column.name}, row {unknown.index[0] + 1}:"
            f" {unknown.iloc[0]!r} is none of the classes {', '.join(classes)}"
            f" of the training data. Rows with such a class: {found}."
            " Take them out of this file, or add others of the class to the training data"
        )
    return numbers.astype("int64")


def weights_of_classes(shares: list[float]) -> np.ndarray:
    """Return a weight per class with which all classes count alike: float64 (classes,).

    A class without training examples gets 1: it may still be in the other splits.
    """
    values = np.array(shares)
    return 1 / np.where(values > 0, len(values) * values, 1)


def describe_classes(classes: list[str], shares: list[float]) -> list[str]:
    """Return every class with its share of the training examples."""
    return [f"{name} {share:.0%}" for name, share in zip(classes, shares, strict=True)]


def advice_on_rare(classes: list[str], shares: list[float]) -> str | None:
    """Return what to know where a class has less than a third of its even share."""
    share, rarest = min((s, c) for s, c in zip(shares, classes, strict=True) if s > 0)
    if len(shares) * share > 1 / 3:
        return None
    return (
        f"{rarest} is rare ({share:.1%}): look at balanced_accuracy, and try"
        " balance_classes = true in config.toml, which finds more of it and errs more"
    )
