"""Lists of labels in the cells of a column."""

import re
from collections.abc import Iterable

SEPARATORS = ["|", ";", ",", "' '", " / ", " + ", "#"]
"""What stands between labels: the first that is there; ' ' as NumPy writes arrays."""


def separator_of(cells: Iterable[str]) -> str:
    """Return what separates labels in cells, an empty string where nothing does."""
    text = "".join(cells)
    return next((mark for mark in SEPARATORS if mark in text), "")


def labels_in(cell: str, separator: str) -> list[str]:
    """Return the labels in a cell: a|b, a; b, or ['a', 'b']."""
    inside = re.fullmatch(r"\s*[\[({](.*)[\])}]\s*", cell, re.DOTALL)
    text = inside[1] if inside else cell
    labels = text.split(separator) if separator else [text]
    labels = [label.strip().strip("'\"").strip() for label in labels]
    return [label for label in labels if label]
