"""Statistics for scaling: missing values do not count."""

import numpy as np


def mean_and_std(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and standard deviation of every column: float64 (columns,) each.

    A constant column gets the standard deviation 1, because nothing can be divided by 0,
    and a column without values the mean 0.
    """
    known = np.ma.masked_invalid(values)
    mean = known.mean(axis=0, dtype="float64").filled(0)
    std = known.std(axis=0, dtype="float64").filled(0)
    is_constant = std <= 1e-6 * np.abs(mean)  # float32 holds seven digits
    return mean, np.where(is_constant, 1, std)
