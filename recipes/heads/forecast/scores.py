"""How good forecasts are: errors per step ahead, and how wide their intervals must be."""

import numpy as np
from sklearn import metrics

MEASURES = {
    "mae": metrics.mean_absolute_error,
    "rmse": metrics.root_mean_squared_error,
    "r2": metrics.r2_score,
}
LEVELS = ["80", "95"]  # percent of the true values that intervals shall hold


def score(predictions: np.ndarray, split, schema) -> dict[str, float]:
    """Return MAE, RMSE, R2 and MASE of every target, over all steps ahead and for each.

    predictions are (n, horizon * targets). Errors are in the units of the targets. MASE
    is the error in those of the seasonal last value one step ahead, before the test:
    below 1 is better. Missing values do not count.
    """
    horizon, count = schema.horizon, len(schema.outputs) // schema.horizon
    shape = (len(split.y), horizon, count)
    y = split.y.astype("float64").reshape(shape)
    predictions = np.asarray(predictions, "float64").reshape(shape)
    scores = {}
    for number in range(count):
        end = f"_{schema.layout.numbers[number]}" if count > 1 else ""
        true, predicted = y[:, :, number], predictions[:, :, number]
        known = ~np.isnan(true)
        for name, measure in MEASURES.items():
            scores[name + end] = float(measure(true[known], predicted[known]))
        error = np.abs(true - predicted)
        if split.naive is not None:
            scaled = error / split.naive[:, [number]]
            scores[f"mase{end}"] = float(np.nanmean(scaled))
        for step in range(horizon if horizon > 1 else 0):
            at = error[:, step][known[:, step]]
            scores[f"mae{end}_step_{step + 1}"] = float(at.mean()) if len(at) else 0.0
    return scores


def in_naive_errors(
    predictions: dict[str, np.ndarray], split
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return predictions of every model, and targets, all in units that MASE divides by.

    So the verdict counts every series alike, whatever its size.
    """
    unit = per_output(split.naive, split.y.shape[1])
    return {name: p / unit for name, p in predictions.items()}, split.y / unit


def interval_widths(
    predictions: np.ndarray, split, scale: np.ndarray
) -> dict[str, list[float]]:
    """Return half the width of the intervals of every output, in scales of the window.

    Split conformal prediction (Vovk et al., 2005): of the errors in the validation split
    so many are smaller as the interval shall hold, for each step ahead.
    """
    errors = np.abs(predictions - split.y) / per_output(scale, split.y.shape[1])
    widths: dict[str, list[float]] = {}
    for level in LEVELS:
        widths[level] = []
        for column in errors.T:
            column = column[~np.isnan(column)]
            share = min(1, int(level) / 100 * (1 + 1 / max(1, len(column))))
            some = column if len(column) else errors[~np.isnan(errors)]
            widths[level].append(float(np.quantile(some, share, method="higher")))
    return widths


def coverage(
    predictions: np.ndarray, split, scale: np.ndarray, schema
) -> dict[str, float]:
    """Return the share of the true values that the intervals hold."""
    errors = np.abs(predictions - split.y) / per_output(scale, split.y.shape[1])
    known = ~np.isnan(errors)
    return {
        f"coverage_{level}": float((errors <= np.array(widths))[known].mean())
        for level, widths in schema.intervals.items()
    }


def about_intervals(scores: dict[str, float]) -> str:
    """Return that intervals of 80 % are too narrow or too wide; empty where they fit."""
    share = scores["coverage_80"]
    if abs(share - 0.8) <= 0.05:
        return ""
    how = "narrow" if share < 0.8 else "wide"
    return f"; the intervals of 80 % are too {how}: they held {share:.0%}"


def per_output(scale: np.ndarray, outputs: int) -> np.ndarray:
    """Return the scale of each target (n, targets) for every output: (n, outputs)."""
    return np.tile(scale, (1, outputs // scale.shape[1]))
