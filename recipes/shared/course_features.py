"""What the simpler models see of a course in time."""

import warnings

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ..data.examples import Inputs
from .random_kernels import RandomKernels

QUANTILES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]
PARTS = 10  # of the course, whose means are seen one by one
STRENGTH = 10  # of random kernels: more follows the examples more closely


def boosted_trees(x: Inputs, prepare):
    """Return statistics of the course of every feature: (n, statistics * features)."""
    return lambda x: statistics(*prepare(x).values())


def linear(x: Inputs, prepare):
    """Return the same, scaled, with the mean where a value is missing."""
    see = boosted_trees(x, prepare)
    scale = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    scale.fit(see(x))
    return lambda x: scale.transform(see(x))


def random_kernels(x: Inputs, prepare):
    """Return what random kernels answer, scaled, for a linear model to weigh.

    All features together have the same variance, however many they are: so the penalty
    of the linear model, which is for some tens of them, suits thousands.
    """
    (course,) = prepare(x).values()
    kernels = RandomKernels(course)
    found = kernels.see(course)
    mean, scale = found.mean(axis=0), STRENGTH / np.sqrt(found.shape[1])
    scale = scale / np.maximum(found.std(axis=0), 1e-3)
    return lambda x: (kernels.see(*prepare(x).values()) - mean) * scale


def statistics(course: np.ndarray) -> np.ndarray:
    """Return length, mean, spread, quantiles, changes and means of parts of courses.

    course is (n, steps, features), NaN where a value is missing and after the end.
    """
    count, steps, _ = course.shape
    known = ~np.isnan(course)
    is_step = known.any(axis=2)
    length = np.where(is_step.any(axis=1), steps - is_step[:, ::-1].argmax(axis=1), 1)
    part = np.arange(steps) * PARTS // length[:, np.newaxis]
    in_order = np.sort(course, axis=1)  # NaN at the end
    last = np.maximum(known.sum(axis=1, keepdims=True) - 1, 0)
    change = np.diff(course, axis=1, append=np.nan)
    with warnings.catch_warnings(category=RuntimeWarning, action="ignore"):  # all NaN
        found = [
            np.nanmean(course, axis=1),
            np.nanstd(course, axis=1),
            np.nanstd(change, axis=1),
            np.nanmean(np.abs(change), axis=1),
        ]
        for number in range(PARTS):
            is_in_part = (part == number)[:, :, np.newaxis]
            found.append(np.nanmean(np.where(is_in_part, course, np.nan), axis=1))
    for quantile in QUANTILES:
        place = (quantile * last).round().astype(int)
        found.append(np.take_along_axis(in_order, place, axis=1)[:, 0])
    return np.hstack([length.reshape(count, 1), *found])


REFERENCES = {
    "linear": linear,
    "boosted_trees": boosted_trees,
    "random_kernels": random_kernels,
}
