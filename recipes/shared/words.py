"""The words of texts, as the saved model finds them."""

import keras
import tensorflow

from ..names import SCRIPTS

MARKS = r"\p{M}*"  # vowels and tones, which belong to the character before
REPLACED = [  # patterns of RE2, one after the other
    ("(?i)</?[a-z!][^<>]*>", " "),  # not a < b
    (r"[\x{FE0E}\x{FE0F}]", ""),  # how a sign is to be drawn
    (f"({SCRIPTS}{MARKS})", r" \1 "),
    (r"[^\p{L}\p{M}\p{N}\p{So}]+", " "),
]


@keras.saving.register_keras_serializable(__package__)
def plain_words(text):
    """Lower the case; put spaces in the place of HTML tags and punctuation."""
    for pattern, replacement in REPLACED:
        text = tensorflow.strings.regex_replace(text, pattern, replacement)
    # Last, because lower stops at a NUL, which is a space by now.
    return tensorflow.strings.lower(text, encoding="utf-8")
