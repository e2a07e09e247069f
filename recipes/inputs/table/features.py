"""What the simpler models see of a row."""

import numpy as np
import pandas as pd

from ..data.examples import Inputs

MOST_CATEGORIES = 250  # of a column, the most frequent; the trees take no more


def linear(x: Inputs, prepare):
    """Return what the network takes: scaled numbers, zeros and ones (n, features)."""
    return lambda x: np.hstack([*prepare(x).values()])


def boosted_trees(x: Inputs, prepare):
    """Return numbers as they are, NaN where missing, and categories: n rows."""
    frequent = [
        pd.Series(column).value_counts().index[:MOST_CATEGORIES]
        for column in x.get("categories", np.empty((0, 0))).T
    ]

    def see(x: Inputs) -> pd.DataFrame:
        columns = {}
        for kind, values in x.items():
            for number, column in enumerate(values.T):
                if kind == "categories":
                    column = pd.Categorical(column, categories=frequent[number])
                columns[f"{kind} {number}"] = column
        return pd.DataFrame(columns)

    return see


REFERENCES = {"linear": linear, "boosted_trees": boosted_trees}
