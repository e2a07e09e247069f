"""Tables in text that is no CSV: ARFF, lines in quotes, columns of fixed width."""

import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from .split_rows import split_rows

LOOKED_AT = 300  # lines
SEPARATORS = ",;\t|"
ATTRIBUTE = re.compile(r"@attribute\s+('[^']*'|\"[^\"]*\"|\S+)", re.IGNORECASE)
NO_TABLES = {
    re.compile(
        r"[-+]?\d+(\.\d+)?( \d+:[-+\d.eE]+)+ *"
    ): "it is LIBSVM, without names: write it as CSV",
    re.compile(r"(create table|insert into) .*", re.IGNORECASE): (
        "it is a dump of a database: export the table as CSV"
    ),
}


def in_csv(file: Path, folder: Path, say: Callable[[str], None], name: Path) -> Path:
    """Return the file, or a copy in the folder as CSV if it is of another form.

    What is said calls it by its name. Raises ValueError where it is no table.
    """
    with open(file, encoding="utf-8-sig", errors="replace", newline="") as text:
        cut = [line[:20_000] for line in itertools.islice(text, LOOKED_AT)]
    lines = [line for line in cut if line.strip()]
    for pattern, reason in NO_TABLES.items():
        fitting = sum(pattern.fullmatch(line.strip()) is not None for line in lines)
        if 2 * fitting > len(lines):
            raise ValueError(reason)
    if lines and lines[0].lower().lstrip().startswith(("@relation", "%")):
        names, rows = attributes_in(lines), rows_of_arff
        form = "ARFF" if names else ""
    elif are_in_quotes(lines):
        names, rows, form = [], rows_in_quotes, "lines in quotes as a whole"
    else:
        places = edges_of(lines)
        names, form = [], "columns of fixed width" if places else ""

        def rows(lines: Iterable[str]) -> Iterator[list[str]]:
            return rows_between(lines, places)

    if not form:
        return file
    target = folder / "form.csv"
    with (
        open(file, encoding="utf-8-sig", errors="replace", newline="") as text,
        open(target, "w", encoding="utf-8", newline="") as written,
    ):
        write = csv.writer(written, lineterminator="\n").writerow
        for row in itertools.chain([names] if names else [], rows(text)):
            write(row)
    say(f"{name} is read as {form}")
    return target


def attributes_in(lines: list[str]) -> list[str]:
    """Return the names of columns that the head of an ARFF file gives."""
    found = [match for line in lines if (match := ATTRIBUTE.match(line.strip()))]
    return [match[1].strip("'\"") for match in found]


def rows_of_arff(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the rows below @data; ValueError where they give some values only."""
    data = itertools.dropwhile(lambda line: line.strip().lower() != "@data", lines)
    rows = (line for line in itertools.islice(data, 1, None) if line[:1] != "%")
    for _, cells in split_rows(rows, ",", "'", "\\"):
        if cells[0].startswith("{"):
            raise ValueError("it is sparse ARFF: write all values of each row")
        yield [cell.strip() for cell in cells]


def are_in_quotes(lines: list[str]) -> bool:
    """Tell whether lines are rows that stand in quotes as a whole: "1,2,3"."""
    whole = re.compile(r'"(?:[^"]|"")*"')
    if len(lines) < 3 or not all(whole.fullmatch(line.strip()) for line in lines):
        return False
    widths = {len(cells) for cells in rows_in_quotes(lines)}
    return len(widths) == 1 and widths != {1}


def rows_in_quotes(lines: Iterable[str]) -> Iterator[list[str]]:
    """Yield the cells of lines that stand in quotes as a whole."""
    separator = ""
    for line in lines:
        text = line.strip()[1:-1].replace('""', '"')
        if text:
            separator = separator or max(SEPARATORS, key=text.count)
            yield next(csv.reader([text], delimiter=separator))


def edges_of(lines: list[str]) -> list[int]:
    """Return where columns of fixed width begin; none where lines hold no such.

    In front of each, every line has a blank; in the first line, each has a name.
    """
    if len(lines) < 10 or any(sign in line for line in lines for sign in SEPARATORS):
        return []
    if len({len(line.split()) for line in lines}) == 1:
        return []  # as many words in every line: blanks are separators
    lines = [line.rstrip("\r\n") for line in lines]
    width = max(map(len, lines))
    filled = [
        any(line[place : place + 1].strip() for line in lines) for place in range(width)
    ]
    text = "".join("x" if is_filled else " " for is_filled in filled)
    starts = [match.start() for match in re.finditer("x+", text)]
    # Where all cells have a blank, but no name begins, the column goes on.
    named = [
        lines[0][a:b].strip() for a, b in zip(starts, [*starts[1:], width], strict=True)
    ]
    starts = [
        start
        for start, name in zip(starts, named, strict=True)
        if name or start == starts[0]
    ]
    blanks_in_cells = any(
        re.search(r"\S \S", line[a:b])
        for a, b in zip(starts, [*starts[1:], width], strict=True)
        for line in lines
    )
    # Where no cell holds a blank, the blanks are separators, which others read.
    return starts if len(starts) > 1 and blanks_in_cells else []


def rows_between(lines: Iterable[str], starts: list[int]) -> Iterator[list[str]]:
    """Yield the cells of lines whose columns begin at these places."""
    ends = [*starts[1:], None]
    for line in lines:
        if line.strip():
            yield [line[a:b].strip() for a, b in zip(starts, ends, strict=True)]
