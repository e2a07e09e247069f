"""From texts to their terms and how much each tells, inside the saved model (TF-IDF)."""

import keras
import numpy as np
import tensorflow
from keras import layers, ops

from ..config import Config
from ..data.examples import Inputs
from ..errors import UserError
from .terms import terms_of

SOME_TEXTS = 20_000  # of which the terms are counted
BATCH = 256  # texts that are counted at a time: each is a row of the whole vocabulary
LEAST_TERMS = 16  # of a text: new ones may be longer than those of the training


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that finds the terms that tell a text apart, and weighs them.

    It takes and returns a dict of tensors: of each text the places of its terms in the
    vocabulary, 0 for unknown ones, and their weights, 0 where there is no more.
    """
    some = x["text"][:: -(-len(x["text"]) // SOME_TEXTS)]
    count = layers.TextVectorization(
        config.vocabulary,
        standardize=None,
        split=terms_of,
        output_mode="count",
        name="terms",
    )
    count.adapt(tensorflow.constant(some[:, 0]), batch_size=BATCH)
    if count.vocabulary_size() <= 1:
        raise UserError("none of the texts to learn from holds a word")
    texts = keras.Input((1,), dtype="string", name="text")
    counts = ops.cast(count(texts[:, 0]), "float32")
    rarity, most_terms = statistics(keras.Model(texts, counts), some)
    # A term that occurs ten times does not tell ten times as much. (ONNX has no log1p.)
    weights = layers.UnitNormalization()(ops.log(1 + counts * rarity))
    most_terms = min(most_terms, config.most_terms, count.vocabulary_size())
    weights, terms = ops.top_k(weights, most_terms)
    return keras.Model(
        {"text": texts}, {"terms": terms, "weights": weights}, name="prepare"
    )


def statistics(count: keras.Model, texts: np.ndarray) -> tuple[np.ndarray, int]:
    """Return how rare each term is, (vocabulary,), and how many a long text has.

    texts are (n, 1). The rarer, the larger: log(1 + n / (1 + texts with the term)).
    """
    texts_with, sizes = np.zeros(count.output.shape[1]), []
    for start in range(0, len(texts), BATCH):
        part = tensorflow.constant(texts[start : start + BATCH])
        occurs = count.predict_on_batch(part) > 0
        texts_with += occurs.sum(axis=0)
        sizes.append(occurs.sum(axis=1))
    rarity = np.log(1 + len(texts) / (1 + texts_with)).astype("float32")
    rarity[0] = 0  # of unknown terms
    return rarity, max(LEAST_TERMS, int(np.quantile(np.concatenate(sizes), 0.98)))


def encode(prepared: dict, config: Config):
    """Return the places of the terms of each text, and their weights: (n, terms) each."""
    return prepared["terms"], prepared["weights"]
