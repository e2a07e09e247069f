"""The terms of texts, as the saved model finds them: words, pairs, and pieces."""

import keras
import tensorflow

from .words import plain_words

BEGINNING = 2_000  # characters of a long text of which pieces are taken
PIECES = [2, 3, 4]  # characters


@keras.saving.register_keras_serializable(__package__)
def terms_of(text):
    """Return the words, the pairs of neighbours, and the pieces of each text.

    text is a string tensor (n,), the terms are ragged, (n, terms). Pieces are of what
    stands between blanks, with case lowered and punctuation kept: they find the same word
    in other forms, addresses, marks such as !!, and words where no blanks part them.
    """
    words = tensorflow.strings.split(plain_words(text))
    pairs = tensorflow.strings.ngrams(words, 2)
    # lower stops at a NUL
    plain = tensorflow.strings.regex_replace(text, r"[\x00\s]+", " ")
    plain = tensorflow.strings.substr(plain, 0, BEGINNING, unit="UTF8_CHAR")
    plain = tensorflow.strings.lower(plain, encoding="utf-8")
    parts = tensorflow.strings.split(plain)
    parts = parts.with_values(tensorflow.strings.join([" ", parts.values, " "]))
    characters = tensorflow.strings.unicode_split(parts, "UTF-8")
    pieces = tensorflow.strings.ngrams(characters, PIECES, separator="")
    return tensorflow.concat([words, pairs, pieces.merge_dims(1, 2)], axis=1)
