"""How good predictions of two classes are."""

from collections.abc import Sequence

import numpy as np
from sklearn import metrics

from .calibration import brier, calibration_error


def score(
    predictions: np.ndarray,
    y: np.ndarray,
    classes: list[str],
    thresholds: Sequence[float] = (0.5,),
) -> dict:
    """Return accuracy, its mean over the classes, macro F1 and area under the ROC curve.

    predictions and y are (n, 1): the probability of the second class, and 0 or 1. Beside
    them stand the Brier score and the calibration error, of which less is better.
    """
    likely = predictions > np.array(thresholds)
    return {
        "accuracy": metrics.accuracy_score(y, likely),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, likely),
        "macro_f1": metrics.f1_score(y, likely, average="macro"),
        "auc": metrics.roc_auc_score(y, predictions) if 0 < y.mean() < 1 else np.nan,
        "brier": brier(predictions, y),
        "calibration_error": calibration_error(predictions, y),
    }
