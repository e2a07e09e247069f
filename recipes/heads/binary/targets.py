"""Two classes: from a column of the data to 0 and 1, and back."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import UserError
from .classes import (
    advice_on_rare,
    class_names,
    class_numbers,
    describe_classes,
    weights_of_classes,
)


def target_columns(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the target columns as text; a missing value is a row without a target."""
    return frame[columns]


def name_outputs(targets: pd.DataFrame) -> list[str]:
    """Return the two classes, sorted."""
    classes = class_names(targets)
    if len(classes) != 2:
        raise UserError(
            f"column {targets.columns[0]} must hold two classes, but it holds"
            f" {len(classes)}: {', '.join(classes[:5])}"
        )
    return classes


def encode(targets: pd.DataFrame, classes: list[str], path: Path) -> np.ndarray:
    """Return 0 for the first class, 1 for the second: float32 (n, 1)."""
    return class_numbers(targets, classes, path).astype("float32")[:, np.newaxis]


def mean_of(y: np.ndarray, classes: list[str]) -> list[float]:
    """Return the share of the second class."""
    return y.mean(axis=0).tolist()


def shares_of(mean: list[float]) -> list[float]:
    """Return the share of both classes."""
    return [1 - mean[0], mean[0]]


def describe(classes: list[str], mean: list[float]) -> list[str]:
    """Return both classes with their share of the training examples."""
    return describe_classes(classes, shares_of(mean))


def advice(classes: list[str], mean: list[float]) -> str | None:
    """Return what to know where a class is rare."""
    return advice_on_rare(classes, shares_of(mean))


def class_weights(y: np.ndarray, mean: list[float]) -> np.ndarray:
    """Return a weight per example with which both classes count alike: (n,)."""
    return weights_of_classes(shares_of(mean))[y[:, 0].astype(int)]


def name_predictions(
    predictions: np.ndarray, classes: list[str], thresholds: list[float]
) -> pd.DataFrame:
    """Return the class of every example, and the probability of both.

    It is the second one where its probability is above the threshold.
    """
    second = predictions[:, 0]
    return pd.DataFrame(
        {
            "prediction": np.where(second > thresholds[0], *reversed(classes)),
            f"probability_{classes[0]}": 1 - second,
            f"probability_{classes[1]}": second,
        }
    )
