"""From texts to the numbers of their words, inside the saved model; then to vectors."""

import keras
import numpy as np
import tensorflow
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from ..errors import UserError, say
from .steps import from_the_first
from .words import plain_words

LEAST_WORDS = 16  # of a text: new ones may be longer than those of the training
MOST_WORDS = 1024  # more take long, and rarely tell more
SOME_TEXTS = 10_000  # of which the lengths are counted


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that numbers the words: 0 is no word, 1 an unknown one.

    It takes and returns a dict of tensors; the most frequent word of x has number 2.
    """
    number = layers.TextVectorization(
        max_tokens=config.vocabulary,
        standardize=plain_words,
        output_sequence_length=words_to_read(x["text"], config),
        name="words",
    )
    number.adapt(tensorflow.constant(x["text"]))
    if number.vocabulary_size() <= 2:
        raise UserError("none of the texts to learn from holds a word")
    inputs = {"text": keras.Input((1,), dtype="string", name="text")}
    return keras.Model(inputs, {"words": number(inputs["text"])}, name="prepare")


def words_to_read(texts: np.ndarray, config: Config) -> int:
    """Return how many words are read of each text; print how many texts have more.

    texts: those to learn from, (n, 1).
    """
    some = tensorflow.constant(texts[:SOME_TEXTS, 0])
    lengths = tensorflow.strings.split(plain_words(some)).row_lengths().numpy()
    words = config.words
    if words == "auto":
        words = int(np.clip(np.quantile(lengths, 0.98), LEAST_WORDS, MOST_WORDS))
    share = np.mean(lengths > words)
    if share > 0.02:
        say(
            f"Note: {share:.0%} of the texts are longer than the {words:,} words that are"
            " read (words in config.toml)"
        )
    return words


def encode(prepared: dict, config: Config):
    """Return a vector per word, which is learned, and where there are words.

    They are (n, words, embedding_size) and (n, words).
    """
    words = prepared["words"]
    vectors = layers.Embedding(config.vocabulary, config.embedding_size)(words)
    return vectors, from_the_first(keras.ops.not_equal(words, 0))
