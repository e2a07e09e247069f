"""What the simpler models see of the past."""

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from ..data.examples import Inputs


def boosted_trees(x: Inputs, prepare):
    """Return every feature at every step, of the window and of those known ahead."""

    def see(x: Inputs) -> np.ndarray:
        values = prepare(x).values()
        return np.hstack([np.reshape(value, (len(value), -1)) for value in values])

    return see


def linear(x: Inputs, prepare):
    """Return the same, scaled, with the mean where a value is missing."""
    see = boosted_trees(x, prepare)
    scale = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    scale.fit(see(x))
    return lambda x: scale.transform(see(x))


REFERENCES = {"linear": linear, "boosted_trees": boosted_trees}
