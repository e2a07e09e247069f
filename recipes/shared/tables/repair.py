"""Rows that DuckDB does not read as they are: written anew, and counted."""

import csv
import itertools
from dataclasses import dataclass, field
from pathlib import Path

from .dialects import Dialect
from .split_rows import split_rows

MOST_LONG = 0.05  # of the rows: where more are too long, it is the header that is wrong


@dataclass
class SomeRows:
    """Numbers of rows: how many there are, and the first of them."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, row: int) -> None:
        self.count += 1
        if self.count <= 5:
            self.first.append(row)

    def __str__(self) -> str:
        more = self.count - len(self.first)
        rows = ", ".join(map(str, self.first)) + (f" and {more:,} more" if more else "")
        return f"row{'s' * (self.count > 1)} {rows}"


def repair(file: Path, target: Path, dialect: Dialect) -> list[str]:
    """Write the rows of a file anew, with their numbers; return what has to be said.

    Too many values are left out with their row: they stand in wrong columns. Raises
    ValueError where these are many rows.
    """
    width = len(dialect.header.names)
    long, short, number = SomeRows(), SomeRows(), 0
    with (
        open(file, encoding="utf-8-sig", errors="replace", newline="") as lines,
        open(target, "w", encoding="utf-8", newline="") as written,
    ):
        write = csv.writer(written, lineterminator="\n").writerow
        body = itertools.islice(lines, dialect.header.first, None)
        for _, row in split_rows(
            body, dialect.separator, dialect.quote, dialect.escape
        ):
            number += 1
            if len(row) > width and any(row[width:]):
                long.add(number)
                continue
            if len(row) < width:
                short.add(number)
                row += [""] * (width - len(row))
            write([*row[:width], number])
    if long.count > MOST_LONG * number:
        row = long.first[0]
        raise ValueError(f"row {row} has more values than the header has names")
    said = []
    if long.count:
        said.append(
            f"left out {long}: more values than names; put a value that holds"
            f" {dialect.separator!r} in quotes"
        )
    if 0 < short.count <= MOST_LONG * number:
        said.append(f"{short}: too few values, the last ones are missing")
    return said
