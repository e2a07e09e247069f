"""How good predictions of labels are."""

from collections.abc import Sequence

import numpy as np
from sklearn import metrics

from .calibration import brier, calibration_error


def score(
    predictions: np.ndarray,
    y: np.ndarray,
    labels: list[str],
    thresholds: Sequence[float] = (0.5,),
) -> dict:
    """Return the means over the labels of F1 and AUC, and the share of wrong labels.

    predictions and y are (n, labels): probabilities, and 0 or 1. Beside them stand the
    Brier score and the calibration error, of which less is better.
    """
    likely = predictions > np.array(thresholds)
    return {
        "macro_f1": metrics.f1_score(y, likely, average="macro", zero_division=0),
        "hamming_loss": metrics.hamming_loss(y, likely),
        "auc": mean_auc(predictions, y),
        "brier": brier(predictions, y),
        "calibration_error": calibration_error(predictions, y),
    }


def mean_auc(predictions: np.ndarray, y: np.ndarray) -> float:
    """Return the mean area under the ROC curve of the outputs that vary; NaN if none."""
    vary = y.min(axis=0) < y.max(axis=0)
    if not vary.any():
        return float("nan")
    return metrics.roc_auc_score(y[:, vary], predictions[:, vary])
