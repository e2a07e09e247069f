"""What the cells of a table look like: numbers, dates or text, names above values."""

import re
from collections import Counter

from .sql import MISSING

MOST_ROWS = 100  # below a row, that tell what columns hold
MOST_COLUMNS = 200  # from all over the row
SIGN = r"[$€£¥₹%]|[A-Z]{3}"
NUMBER = re.compile(
    rf"[<>~]?\s*\(?[-+−]?\s*(?:{SIGN})?\s*[-+−]?(?:\d[\d.,' \u00a0\u202f]*|\.\d+)"
    rf"(?:[eE][-+]?\d+)?\s*(?:{SIGN}|[kKM])?\)?-?"
)
YEAR = re.compile(r"(?:19|20)\d\d")
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

    Text is alike where it occurs again; otherwise it is unlike numbers and dates. A year
    is a name above other numbers: unlike decimals, and may be one of whole numbers.
    """
    unlike = alike = 0
    for place in range(0, len(row), -(-len(row) // MOST_COLUMNS)) if row else ():
        cell, kind = row[place], kind_of(row[place])
        column, kinds = cells_below(place, below)
        if not kind or not kinds:
            continue
        usual, count = kinds.most_common(1)[0]
        if usual == "text" or count < 0.8 * kinds.total():
            alike += cell in column
        elif YEAR.fullmatch(cell) and not any(map(YEAR.fullmatch, column)):
            unlike += any(mark in other for mark in ".," for other in column)
        elif kind == usual or column.count(cell) > 1:
            alike += 1
        else:
            unlike += 1
    return unlike, alike


def cells_below(place: int, below: list[list[str]]) -> tuple[list[str], Counter[str]]:
    """Return the first cells of a column, and how many are of each kind."""
    column = [row[place] for row in below[:MOST_ROWS] if place < len(row)]
    return column, Counter(filter(None, map(kind_of, column)))


def is_header(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether cells are unlike those below, and none is alike."""
    unlike, alike = votes(row, [other for other in below if other != row])
    return unlike > 0 and not alike


def is_second_header(row: list[str], below: list[list[str]]) -> bool:
    """Tell whether a row below the header is one, too, also where some cells are alike.

    It has text in all columns of numbers that it fills, and not the same; or one text
    in most cells, which occurs in no other row: Response, Response, Open-Ended Response.
    """
    if is_header(row, below):
        return True
    texts, numbers = set(), 0
    for place, cell in enumerate(row):
        _, kinds = cells_below(place, below)
        if cell.strip() and kinds and kinds["text"] < 0.2 * kinds.total():
            if kind_of(cell) == "text":
                texts.add(cell.strip())
            else:
                numbers += 1
    return len(texts) > 1 and not numbers or caption_of(row, below) != ""


def caption_of(row: list[str], below: list[list[str]]) -> str:
    """Return the text that most cells of a row have, and no other row; else nothing."""
    filled = Counter(cell.strip() for cell in row if cell.strip())
    text, count = filled.most_common(1)[0] if filled else ("", 0)
    is_usual = count > 2 and 2 * count >= filled.total() and kind_of(text) == "text"
    is_there = any(text in other for other in below[:MOST_ROWS])
    return text if is_usual and not is_there else ""


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
