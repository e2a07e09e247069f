"""What the simpler model sees of a text."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union

from ..data.examples import Inputs

BEGINNING = 2_000  # characters of a long text that are looked at one by one


def tf_idf(x: Inputs, prepare):
    """Return how much each word, pair of words and piece of a word tells: (n, terms)."""
    words = TfidfVectorizer(
        ngram_range=(1, 2),
        token_pattern=r"\w+",
        sublinear_tf=True,
        max_features=50_000,
    )
    pieces = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(1, 4),
        preprocessor=lambda text: text[:BEGINNING].lower(),
        sublinear_tf=True,
        max_features=50_000,
    )
    terms = make_union(words, pieces).fit(x["text"][:, 0])
    # Three times as large: a linear model is otherwise held back too much.
    return lambda x: 3 * terms.transform(x["text"][:, 0])


REFERENCES = {"tf_idf": tf_idf}
