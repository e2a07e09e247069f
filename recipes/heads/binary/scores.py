"""How good predictions of two classes are."""

import numpy as np
from sklearn import metrics


def score(predictions: np.ndarray, y: np.ndarray, classes: list[str]) -> dict:
    """Return accuracy, its mean over the classes, macro F1 and area under the ROC curve.

    predictions and y are (n, 1): the probability of the second class, and 0 or 1.
    """
    likely = predictions > 0.5
    return {
        "accuracy": metrics.accuracy_score(y, likely),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, likely),
        "macro_f1": metrics.f1_score(y, likely, average="macro"),
        "auc": metrics.roc_auc_score(y, predictions) if 0 < y.mean() < 1 else np.nan,
    }
