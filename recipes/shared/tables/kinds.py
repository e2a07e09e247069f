"""What cells look like, and whether a row of them is like the rows below it."""

import re
from collections import Counter

from .cells import MISSING

MOST_ROWS = 100  # below a row, that tell what columns hold
MOST_COLUMNS = 200  # from all over the row
SIGN = r"[$€£¥₹%]|[A-Z]{3}"
NUMBER = re.compile(
    rf"[<>~]?\s*\(?[-+−]?\s*(?:{SIGN})?\s*[-+−]?(?:\d[\d.,' \u00a0\u202f]*|\.\d+)"
    rf"(?:[eE][-+]?\d+)?\s*(?:{SIGN}|[kKM])?\)?-?"
)
DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ]\d{1,2}:\d\d.*)?|\d{1,2}:\d\d(?::\d\d.*)?"
)


def kind_of(cell: str) -> str:
    """Return number, date or text; an empty string where a value is missing."""
    cell = cell.strip()
    if cell in MISSING or cell in ("-", ".", "--"):
        return ""
    if DATE.fullmatch(cell):
        return "date"
    return "number" if NUMBER.fullmatch(cell) else "text"


def votes(row: list[str], below: list[list[str]]) -> tuple[int, int]:
    """Return how many cells are unlike those below, as names are, and how many alike.

    Text is alike where it occurs again; otherwise it is unlike numbers and dates.
    """
    unlike = alike = 0
    for place in range(0, len(row), -(-len(row) // MOST_COLUMNS)) if row else ():
        cell, kind = row[place], kind_of(row[place])
        column = [other[place] for other in below[:MOST_ROWS] if place < len(other)]
        kinds = Counter(filter(None, map(kind_of, column)))
        if not kind or not kinds:
            continue
        usual, count = kinds.most_common(1)[0]
        if usual == "text" or count < 0.8 * kinds.total():
            alike += cell in column
        elif kind == usual or column.count(cell) > 1:
            alike += 1
        else:
            unlike += 1
    return unlike, alike


def is_header(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether cells are unlike those below, and none is alike."""
    unlike, alike = votes(row, [other for other in below if other != row])
    return unlike > 0 and not alike


def is_data(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether the first row is like the others, so that there is no header."""
    others = [other for other in below if other != row]
    unlike, alike = votes(row, others)
    filled = sum(kind_of(cell) != "" for cell in row)
    return alike > 0 and not unlike and 2 * alike >= filled and not counts_up(row)


def counts_up(row: list[str]) -> bool:
    """Tell whether numbers in a row go up, as those of years do that are names."""
    numbers = [cell.strip() for cell in row if kind_of(cell) == "number"]
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        return False
    steps = {after - before for before, after in zip(values, values[1:], strict=False)}
    return len(values) > 1 and (steps == {1} or len(values) > 3 and min(steps) > 0)
