"""From texts to the numbers of their words, inside the saved model; then to vectors."""

import keras
import tensorflow
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from ..errors import UserError
from .steps import from_the_first

# Characters of scripts without spaces between words, and emoji: each is a word.
SIGN = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{So}]"
MARKS = r"\p{M}*"  # vowels and tones, which belong to the character before


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


@keras.saving.register_keras_serializable(__package__)
def plain_words(text):
    """Lower the case; put spaces in the place of HTML tags and punctuation."""
    for pattern, replacement in [
        ("(?i)</?[a-z!][^<>]*>", " "),  # not a < b
        (r"[\x{FE0E}\x{FE0F}]", ""),  # how a sign is to be drawn
        (f"({SIGN}{MARKS})", r" \1 "),
        (r"[^\p{L}\p{M}\p{N}\p{So}]+", " "),
    ]:
        text = tensorflow.strings.regex_replace(text, pattern, replacement)
    # Last, because lower stops at a NUL, which is a space by now.
    return tensorflow.strings.lower(text, encoding="utf-8")


def encode(prepared: dict, config: Config):
    """Return a vector per word, which is learned, and where there are words.

    They are (n, words, embedding_size) and (n, words).
    """
    words = prepared["words"]
    vectors = layers.Embedding(config.vocabulary, config.embedding_size)(words)
    return vectors, from_the_first(keras.ops.not_equal(words, 0))
