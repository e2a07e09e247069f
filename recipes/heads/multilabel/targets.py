"""Labels: from columns of the data to zeros and ones, and back."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from ..tables.arrays import any_numbers
from ..tables.table import table_of
from .labels import labels_in, separator_of
from .spelling import matching, spellings


def target_columns(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the target columns as text; a missing value is a row without a target."""
    if len(columns) == 1:
        # An empty cell is an example without any label, not one that nobody labelled.
        return frame[columns].fillna("")
    return frame[columns]


def name_outputs(targets: pd.DataFrame) -> list[str]:
    """Return the labels: the names of 0/1 columns, or those in the cells of one."""
    if targets.shape[1] > 1:
        return list(targets.columns)
    usual = spellings(label for labels in label_lists(targets) for label in labels)
    labels = sorted({*usual.values()})
    if not labels:
        raise UserError(f"column {targets.columns[0]} holds no label")
    return labels


def encode(targets: pd.DataFrame, labels: list[str], path: Path) -> np.ndarray:
    """Return 1 for every label that an example has, k-hot: float32 (n, labels)."""
    if targets.shape[1] > 1:
        return zeros_and_ones(targets, labels, path)
    lists = label_lists(targets)
    names = matching((label for labels in lists for label in labels), labels)
    sets = [{names[label] for label in some} for some in lists]
    unknown = set().union(*sets) - set(labels)
    if unknown:
        raise UserError(f"{path}: unknown labels {', '.join(sorted(unknown))}")
    return np.array([[name in names for name in labels] for names in sets], "float32")


def zeros_and_ones(targets: pd.DataFrame, labels: list[str], path: Path) -> np.ndarray:
    """Return columns of labels: float32 (n, labels); UserError for other values."""
    y = any_numbers(table_of(targets, path), labels)
    wrong = np.argwhere((y != 0) & (y != 1))
    if len(wrong):
        row, column = wrong[0]
        raise UserError(
            f"{path}: column {labels[column]}, row {targets.index[row] + 1}:"
            f" {y[row, column]:g} is neither 0 nor 1"
        )
    return y


def label_lists(targets: pd.DataFrame) -> list[list[str]]:
    """Return the labels of every example, from one column: a|b, a;b or ['a', 'b']."""
    separator = separator_of(targets.iloc[:, 0])
    return [labels_in(cell, separator) for cell in targets.iloc[:, 0]]


def mean_of(y: np.ndarray, labels: list[str]) -> list[float]:
    """Return the share of the examples that have a label, per label."""
    return y.mean(axis=0).tolist()


def describe(labels: list[str], mean: list[float]) -> list[str]:
    """Return every label with its share of the training examples."""
    return [f"{name} {share:.0%}" for name, share in zip(labels, mean, strict=True)]


def name_predictions(
    predictions: np.ndarray, labels: list[str], thresholds: list[float]
) -> pd.DataFrame:
    """Return the likely labels of every example joined by |, and all probabilities.

    A label is likely where its probability is above its threshold.
    """
    columns = [f"probability_{label}" for label in labels]
    named = pd.DataFrame(predictions, columns=columns)
    likely = [np.array(labels)[row] for row in predictions > np.array(thresholds)]
    named.insert(0, "prediction", ["|".join(names) for names in likely])
    return named
