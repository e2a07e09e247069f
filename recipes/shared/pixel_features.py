"""What the simpler model sees of pixels or voxels."""

import math

import numpy as np
from sklearn.preprocessing import StandardScaler

from ..data.examples import Inputs

MOST = 1024  # places that are seen, each the mean of what is around it


def linear(x: Inputs, prepare):
    """Return the means of a coarse grid and the spread of all, scaled: (n, features)."""
    scale = StandardScaler().fit(see(x))
    return lambda x: scale.transform(see(x))


def see(x: Inputs) -> np.ndarray:
    """Return the means of a coarse grid, and the spread of each channel."""
    (values,) = x.values()  # (n, ..., channels)
    axes = range(1, values.ndim - 1)
    most = math.floor(MOST ** (1 / len(axes)) + 1e-9)
    for axis in axes:
        starts = np.arange(0, values.shape[axis], math.ceil(values.shape[axis] / most))
        widths = np.diff([*starts, values.shape[axis]])
        sums = np.add.reduceat(values, starts, axis, dtype="float32")
        values = sums / widths.reshape(-1, *[1] * (values.ndim - axis - 1))
    spread = values.std(axis=tuple(axes))
    return np.hstack([values.reshape(len(values), -1), spread])


REFERENCES = {"linear": linear}
