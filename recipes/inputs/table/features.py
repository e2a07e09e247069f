"""What the simpler models see of a row."""

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from ..data.examples import Inputs

MOST_CATEGORIES = 250  # of a column, the most frequent; the trees take no more
MOST_TERMS = 20_000  # words and pairs of words of a column of texts
DIRECTIONS = 32  # that stand for all terms where trees see them


def linear(x: Inputs, prepare):
    """Return what the network takes of numbers and categories, and TF-IDF of texts."""
    terms_of = tf_idf(x["texts"]) if "texts" in x else None

    def see(x: Inputs):
        parts = [values for name, values in prepare(x).items() if name != "words"]
        if not terms_of:
            return np.hstack(parts)
        return sparse.hstack([*parts, terms_of(x["texts"])], format="csr")

    return see


def boosted_trees(x: Inputs, prepare):
    """Return numbers as they are, NaN where missing; categories; texts in a few numbers."""
    frequent = [
        pd.Series(column).value_counts().index[:MOST_CATEGORIES]
        for column in x.get("categories", np.empty((0, 0))).T
    ]
    if "texts" in x:
        terms_of = tf_idf(x["texts"])
        terms = terms_of(x["texts"])
        few = TruncatedSVD(min(DIRECTIONS, terms.shape[1]), random_state=0).fit(terms)

    def see(x: Inputs) -> pd.DataFrame:
        columns = {}
        for kind, values in x.items():
            if kind == "texts":
                values = few.transform(terms_of(values))
            for number, column in enumerate(values.T):
                if kind == "categories":
                    column = pd.Categorical(column, categories=frequent[number])
                columns[f"{kind} {number}"] = column
        return pd.DataFrame(columns)

    return see


def tf_idf(texts: np.ndarray):
    """Return what turns texts into weights of their words and pairs: sparse (n, terms)."""
    words = TfidfVectorizer(
        ngram_range=(1, 2),
        token_pattern=r"\w+",
        sublinear_tf=True,
        max_features=MOST_TERMS,
    )
    columns = range(texts.shape[1])
    return make_column_transformer(*((words, c) for c in columns)).fit(texts).transform


REFERENCES = {"linear": linear, "boosted_trees": boosted_trees}
