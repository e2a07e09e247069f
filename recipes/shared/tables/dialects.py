"""How a CSV file is written: found from its first rows."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .encodings import NOT_TEXT
from .headers import Header, find_header, usual_width
from .split_rows import BLANKS, are_regular, has_blanks, split_rows

LONGEST = 2**25  # bytes: a line
MOST_COLUMNS = 30_000  # DuckDB takes 2 GB for them
MOST_LINES, MOST_SIGNS = 300, 1_000_000  # that are looked at
MOST_CELLS = 2000
# Frequent ones first: of two that fit alike, the first is taken.
SEPARATORS = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 0.95, "~": 0.9, "^": 0.9, "\x01": 0.9}
SEPARATORS[":"] = 0.25  # after all others: times hold it; 1::2 gets an empty column
NO_COLONS = re.compile(r"^\d\d?(?::[0-5]\d){1,2}\s*$|^[^:]+$|: |://", re.MULTILINE)
PARTS = r"[^,;\t|~^\"]|[,;](?=\s)|(?<=\d),(?=\d)"  # of a cell that holds no other cell
NO_TEXT = re.compile("[\x02-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
TOO_LONG = "its lines are too long for those of a table"
WHOLE = re.compile(rf"(?!')(?:{PARTS})*")


@dataclass
class Dialect:
    """How a CSV file is written."""

    separator: str = ","
    """A sign, or a blank for one blank and several."""
    quote: str = '"'
    escape: str = '"'
    """What stands before a quote in a value: another one, or a backslash."""
    line_end: str = "\n"
    header: Header = field(default_factory=Header)
    is_plain: bool = True
    """Whether DuckDB can read it as it is."""
    said: list[str] = field(default_factory=list)
    """What is not as it was told."""

    @property
    def signs(self) -> tuple[str, str, str]:
        """Separator, quote and escape."""
        return self.separator, self.quote, self.escape


def find_dialect(file: Path, given: Mapping[str, str | int] | None = None) -> Dialect:
    """Return how a file of UTF-8 is written; raises ValueError where it is no table.

    What is given of separator and header is not looked for, if it can be.
    """
    given, lines = given or {}, first_lines(file)
    said: list[str] = []
    told = re.fullmatch(r"sep=([^\w\"'\n\r])\s*", lines[0], re.IGNORECASE)
    body = lines[1:] if told else lines
    text = "".join(body)
    best, dialect = 0.0, Dialect()
    rows: list[tuple[int, list[str]]] = []
    separator = str(given.get("separator", told[1] if told else ""))
    if separator not in text or len(separator) > 1:
        said.append(f"it has no separator {separator!r}: another is looked for")
        separator = ""
    for candidate in candidates(text, separator.strip(BLANKS)):
        found = list(split_rows(body, *candidate))
        score = fit([cells for _, cells in found])
        score *= SEPARATORS.get(candidate[0], 0.9)
        if score > best or not rows:
            best, dialect, rows = score, Dialect(*candidate), found
    is_open = best < 0.3 and not told and are_columns_of_blanks(body)
    if separator == BLANKS or is_open and not separator:
        dialect = Dialect(BLANKS)
        rows = list(split_rows(body, BLANKS, '"', '"'))
    above = len(lines) - len(body)  # sep=; is no row
    columns = max(len(cells) for _, cells in rows)
    if columns > MOST_COLUMNS:
        raise ValueError(f"it has {columns:,} columns; {MOST_COLUMNS:,} can be read")
    line = given.get("header")
    place = None if line is None else place_of(rows, int(line) - 1 - above)
    if line and place is None:
        said.append(f"line {line} holds no names: they are looked for")
    dialect.header = header = find_header(rows, len(body), place)
    header.first += above
    header.line += above * header.is_there
    dialect.said = said
    header.is_regular = are_regular(lines[: header.first], *dialect.signs)
    dialect.line_end = line_end(file)
    below = lines[header.first :]
    is_spaced = dialect.separator == BLANKS or has_blanks(below, *dialect.signs)
    dialect.is_plain = not is_spaced and dialect.line_end != ""
    return dialect


def place_of(rows: list[tuple[int, list[str]]], line: int) -> int | None:
    """Return the place of the row in a line, -1 for none; None where it is no header."""
    if line < 0:
        return -1
    width = usual_width([cells for _, cells in rows])
    found = (p for p, (n, cells) in enumerate(rows) if n == line)
    place = next(found, None)
    is_wide = place is not None and len(rows[place][1]) >= 0.6 * width
    return place if is_wide else None


def line_end(file: Path) -> str:
    """Return how all lines of a file end; an empty string where they differ."""
    breaks = returns = both = 0
    with open(file, "rb") as raw:
        for piece in iter(lambda: raw.read(1 << 20), b""):
            if piece.endswith(b"\r"):
                piece += raw.read(1)
            breaks, returns = breaks + piece.count(b"\n"), returns + piece.count(b"\r")
            both += piece.count(b"\r\n") if returns else 0
    if not returns:
        return "\n"
    return "\r\n" if both == breaks == returns else ""


def first_lines(file: Path) -> list[str]:
    """Return the first lines of a file."""
    lines: list[str] = []
    signs = 0
    with open(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        while len(lines) < MOST_LINES and signs < MOST_SIGNS:
            line = text.readline(LONGEST)
            if len(line) == LONGEST:
                raise ValueError(NOT_TEXT if "\0" in line else TOO_LONG)
            if not line:
                break
            lines.append(line)
            signs += len(line)
    if not "".join(lines).strip():
        raise ValueError("it is empty")
    if len(NO_TEXT.findall("".join(lines))) > 0.02 * signs or "\0" in lines[0]:
        raise ValueError(NOT_TEXT)
    return lines


def candidates(text: str, told: str) -> list[tuple[str, str, str]]:
    """Return separators, quotes and escapes that may be those of the text."""
    found = []
    there = [s for s in SEPARATORS if s in text]
    if ":" in there and NO_COLONS.search(text):
        there.remove(":")  # of times and addresses
    for separator in [told] if told else there or [","]:
        s = re.escape(separator)
        singles = re.search(rf"(?:^|{s}) *'[^'\n]*'(?:{s}|\r?$)", text, re.MULTILINE)
        for quote in ('"', "'") if singles else ('"',):
            pair, slash = text.count(2 * quote), text.count("\\" + quote)
            at_end = len(re.findall(rf"\\{quote}(?:{s}|\r?$)", text, re.MULTILINE))
            escape = "\\" if slash > at_end and slash > pair else quote
            found.append((separator, quote, escape))
    return found


def fit(rows: list[list[str]]) -> float:
    """Return how well rows come out as those of a table, from 0 to 1.

    They have the same number of cells, and no cell looks as if it were several. After
    van den Burg, Nazabal and Sutton, Wrangling messy CSV files, 2019.
    """
    widths = Counter(len(row) for row in rows)
    wide = {width: count for width, count in widths.items() if width > 1}
    if not wide:
        return 0.0
    width = max(wide, key=lambda width: (wide[width], width))
    starts = [number for number, row in enumerate(rows) if len(row) == width]
    share = wide[width] / (len(rows) - min(starts[0], len(rows) // 2))
    cells = [cell for row in rows for cell in row if cell][:MOST_CELLS]
    whole = sum(WHOLE.fullmatch(cell) is not None for cell in cells) / max(
        1, len(cells)
    )
    return share * whole * (1 - 1 / width) ** 0.5


def are_columns_of_blanks(lines: list[str]) -> bool:
    """Tell whether blanks part columns, numbers among them."""
    rows = [cells for _, cells in split_rows(lines, BLANKS, '"', '"')]
    widths = Counter(map(len, rows))
    width, count = widths.most_common(1)[0]
    numbers = sum(
        re.fullmatch(r"[-+]?[\d.]*\d[\d.eE+-]*", c) is not None
        for row in rows
        for c in row
    )
    return (
        width > 1
        and len(rows) > 1
        and count >= 0.9 * len(rows)
        and numbers >= count - 1
    )
