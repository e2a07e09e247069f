"""How good predictions of numbers are."""

import numpy as np
from sklearn import metrics

MEASURES = {
    "mae": metrics.mean_absolute_error,
    "rmse": metrics.root_mean_squared_error,
    "r2": metrics.r2_score,
}


def score(predictions: np.ndarray, y: np.ndarray, targets: list[str]) -> dict:
    """Return mean absolute error, root mean squared error and R2 of every target.

    predictions and y are (n, targets), in the units of the targets; so are the errors.
    R2 is the share of the variance that is predicted: 1 at best, 0 for the mean.
    """
    y, predictions = y.astype("float64"), predictions.astype("float64")  # for squares
    scores: dict[str, float] = {}
    for name, measure in MEASURES.items():
        values = measure(y, predictions, multioutput="raw_values")
        # R2 of one example is a single NaN.
        values = np.broadcast_to(values, len(targets)).tolist()
        names = [f"{name}_{t}" for t in targets] if len(targets) > 1 else [name]
        scores |= dict(zip(names, values, strict=True))
    return scores
