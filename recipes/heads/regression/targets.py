"""Numbers to predict: from columns of the data, and back."""

from pathlib import Path

import numpy as np
import pandas as pd

from ..tables.opening import table_of
from ..tables.values import any_numbers, readable_numbers


def target_columns(frame: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return the target columns as text; a missing value is a row without a target."""
    return frame[columns].where(readable_numbers(frame[columns]))


def name_outputs(targets: pd.DataFrame) -> list[str]:
    """Return the names of the target columns."""
    return list(targets.columns)


def encode(targets: pd.DataFrame, names: list[str], path: Path) -> np.ndarray:
    """Return the targets in the units of the data: float32 (n, targets)."""
    return any_numbers(table_of(targets, path), names)


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
