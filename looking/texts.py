"""Tells columns of free text from those of names, classes and labels."""

import re
from statistics import fmean

from .columns import Column
from .words import rounded, spread

NAMED = set(
    "abstract article body caption comment content description document email essay feedback headline lyric mail"
    " message note phrase post question quote review sentence sms statement story subject summary text title"
    " transcript tweet utterance".split()
)
MOST_TEXTS = 100  # that are looked at
WITHOUT_SPACES = re.compile(  # Thai to Burmese, Khmer, Japanese, Chinese
    "[\u0e00-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff]"
)


def is_text(name: str, column: Column) -> bool:
    """Tell whether a column holds free text: several words, different in nearly every row."""
    if column.kind != "text":
        return False
    some = spread(column.texts, MOST_TEXTS)
    words = re.findall("[A-Z]?[a-z]+|[A-Z]+", name)
    is_named = any(word.lower().removesuffix("s") in NAMED for word in words)
    if column.distinct < (0.5 if is_named else 0.8) * column.count:
        return False
    if sum("|" in text for text in some) > len(some) / 2:  # labels
        return False
    length, unit = length_of(some)
    if is_named:
        return length >= (2 if unit == "words" else 4)
    return length >= 10 if unit == "characters" else length >= 4 and not are_names(some)


def length_of(texts: list[str]) -> tuple[float, str]:
    """Return how long the texts are on average, and whether that is in words or, without spaces, in characters."""
    texts = spread(texts, MOST_TEXTS)
    letters = "".join(text[:100] for text in texts)
    if len(WITHOUT_SPACES.findall(letters)) > len(letters) / 2:
        return fmean(map(len, texts)), "characters"
    return fmean(len(text.split()) for text in texts), "words"


def length_in_words(texts: list[str]) -> str:
    """Return how long the texts are on average: about 120 words."""
    length, unit = length_of(texts)
    return f"about {rounded(round(length))} {unit}"


def are_names(texts: list[str]) -> bool:
    """Tell whether most words begin with a capital letter or a digit: names, addresses, lists of numbers."""
    words = [word.lstrip("\"'([{-") for text in texts for word in text.split()]
    return sum(word[:1].isupper() or word[:1].isdigit() for word in words) > 2 / 3 * len(words)
