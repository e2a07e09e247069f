"""From texts to the numbers of their words, inside the saved model; then to vectors."""

import keras
import tensorflow
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from ..errors import UserError
from .steps import from_the_first
from .words import plain_words


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that numbers the words: 0 is no word, 1 an unknown one.

    It takes and returns a dict of tensors; the most frequent word of x has number 2.
    """
    number = layers.TextVectorization(
        max_tokens=config.vocabulary,
        standardize=plain_words,
        output_sequence_length=config.words,
        name="words",
    )
    number.adapt(tensorflow.constant(x["text"]))
    if number.vocabulary_size() <= 2:
        raise UserError("none of the texts to learn from holds a word")
    inputs = {"text": keras.Input((1,), dtype="string", name="text")}
    return keras.Model(inputs, {"words": number(inputs["text"])}, name="prepare")


def encode(prepared: dict, config: Config):
    """Return a vector per word, which is learned, and where there are words.

    They are (n, words, embedding_size) and (n, words).
    """
    words = prepared["words"]
    vectors = layers.Embedding(config.vocabulary, config.embedding_size)(words)
    return vectors, from_the_first(keras.ops.not_equal(words, 0))
