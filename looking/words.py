"""Puts names and numbers into words."""

from collections.abc import Iterable, Sequence, Sized
from typing import TypeVar

Number = TypeVar("Number", int, float)
Item = TypeVar("Item")


def shown(text: str) -> str:
    """Return a name as it can be shown on a line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 30 else line[:27] + "..."


def shorten(names: Iterable[str], most: int) -> str:
    """Join names, only the first ones if they are many."""
    names = list(names)
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def count(things: int | Sized, name: str) -> str:
    """Return how many there are: 1 folder, 2 folders."""
    number = things if isinstance(things, int) else len(things)
    return f"{number:,} {name}{'' if number == 1 else 's'}"


def percent(part: float) -> str:
    """Return a share: 37 %."""
    return "under 1 %" if part < 0.005 else f"{100 * part:.0f} %"


def span(numbers: Sequence[Number]) -> str:
    """Return the smallest and the largest of the numbers: 3 to 7."""
    least, most = min(numbers), max(numbers)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def rounded(number: int) -> str:
    """Return a number as it is spoken: 120,000 or 1.2 million."""
    number = round(number, 2 - len(str(number)))
    for unit, word in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number / unit:g} {word}"
    return f"{number:,}"


def spread(items: list[Item], most: int) -> list[Item]:
    """Return at most so many of the items, from all over the list."""
    return items[:: -(-len(items) // most)] if items else []
