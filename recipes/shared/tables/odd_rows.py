"""Rows that are no data, and rows that DuckDB does not read as they are."""

import csv
import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .cells import kind_of
from .dialects import Dialect
from .headers import Header
from .split_rows import split_rows
from .sql import cells_of
from .table import Table, batches

LAST = 20  # rows at the end that may be totals or notes
FEWEST = 4  # rows of a table that has them
NOTE = 15  # letters
TOTAL = re.compile(
    r"(grand |sub-?)?total[es]?|sum|average|mean|(gesamt)?summe|gesamt|mittelwert|somme"
    r"|moyenne|suma|promedio|media|totaal|razem|итого|всего|сумма|合计|总计|合計",
    re.IGNORECASE,
)

BETWEEN = (  # the rows of groups
    "(?i)(?:grand |sub-?)?total|zwischensumme|summe|sous-total|subtotale|subtotaal|итого"
    "|小计|小計|合计|合計|소계"
)


def leave_out_odd_rows(
    table: Table, header: Header, say: Callable[[str], None]
) -> None:
    """Leave out rows that are no examples, and say which."""
    leave_out_nameless_end(table, header.cells)
    leave_out_empty_end(table)
    found = rows_at_the_end(table)
    found["a total"] = sorted({*found["a total"], *totals_between(table)})
    if header.is_there and len(header.cells) > 1:
        found["the header again"] = repeated_headers(table, header.cells)
    for what, rows in found.items():
        if rows:
            leave_out(table, rows)
            some = SomeRows()
            for row in sorted(rows):
                some.add(row)
            say(f"{table.path}: left out {some}: {what}")


def leave_out(table: Table, rows: list[int]) -> None:
    """Leave out rows, given by their numbers; the others keep theirs."""
    columns = ", ".join([*cells_of(table.names), f"{table.row_number} as file_row"])
    numbered = f"select {columns}, rowid as place from data limit {table.rows}"
    sql = (
        f"select * exclude (place) from ({numbered}) anti join"
        " (select unnest($1::bigint[]) as row) on file_row = row order by place"
    )
    table.connection.execute(f"create or replace temp table data as {sql}", [rows])
    table.row_number, table.rows = "file_row", table.rows - len(rows)


def leave_out_nameless_end(table: Table, header: list[str]) -> None:
    """Leave out the last columns if they have no name and no values."""
    while len(table.names) > 1 and header[len(table.names) - 1 :][:1] == [""]:
        ((values,),) = table.query(
            f"select count(cell{len(table.names) - 1}) from cells"
        )
        if values:
            break
        del table.places[table.names.pop()]


def leave_out_empty_end(table: Table) -> None:
    """Leave out the last rows if they hold nothing, as Excel may write thousands."""
    sql = []
    for cells in batches(cells_of(table.names)):
        has_value = ", ".join(f"{cell} is not null" for cell in cells)
        sql.append(f"select max(row_number) from cells where greatest({has_value})")
    last = table.part(table.rows - 1, table.rows)
    if table.rows and not any(row for part in sql for (row,) in last.query(part)):
        last_row = max(row or 0 for part in sql for (row,) in table.query(part))
        upto = "select count(*) from cells where row_number <= $1"
        table.rows = table.query(upto, last_row)[0][0] or table.rows


def repeated_headers(table: Table, header: list[str]) -> list[int]:
    """Return the numbers of the rows that say the names again."""
    named = [
        (f"cell{n}", cell.strip()) for n, cell in enumerate(header) if cell.strip()
    ]
    same = [f"trim({cell}) = ${n}" for n, (cell, _) in enumerate(named[:50], start=1)]
    sql = f"select row_number from cells where {' and '.join(same)}"
    return [row for (row,) in table.query(sql, *(name for _, name in named[:50]))]


def rows_at_the_end(table: Table) -> dict[str, list[int]]:
    """Return the numbers of the last rows that are totals or notes."""
    found: dict[str, list[int]] = {"a total": [], "a note": []}
    if table.rows < FEWEST or len(table.names) < 2:
        return found
    last = table.part(max(0, table.rows - LAST), table.rows)
    cells = ", ".join(cells_of(table.names)[:200])
    rows = last.query(f"select row_number, {cells} from cells order by row_number desc")
    for number, *row in rows:
        filled = [place for place, cell in enumerate(row) if (cell or "").strip()]
        if not filled:
            continue
        label, place = row[filled[0]].strip(), filled[0]
        is_note = filled == [0] and len(row) > 2 and len(label) >= NOTE and " " in label
        if is_note:
            found["a note"].append(number)
        elif len(filled) < len(row) and is_total(table, number, label, place):
            found["a total"].append(number)
        else:
            break
    return found


def totals_between(table: Table) -> list[int]:
    """Return the numbers of rows that are called a total and lack other cells."""
    cells = cells_of(table.names)[:200]
    filled = " + ".join(f"({cell} is not null)::int" for cell in cells)
    sql = (
        f"select row_number from cells where regexp_full_match(trim(cell0), '{BETWEEN}')"
        f" and {filled} < {len(cells)}"
    )
    rows = [row for (row,) in table.query(sql)] if 1 < len(cells) else []
    return rows if len(rows) <= table.rows / 5 else []


def is_total(table: Table, number: int, label: str, place: int) -> bool:
    """Tell whether a row is called a total, as no other row is."""
    if kind_of(label) != "text" or not TOTAL.fullmatch(
        label.split(" (")[0].rstrip(" :")
    ):
        return False
    sql = f"select count(*) from cells where trim(cell{place}) = $1 and row_number < $2"
    return table.query(sql, label, number) == [(0,)]


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
        # With these line ends a cell that holds one of them alone is quoted, too.
        write = csv.writer(written, lineterminator="\r\n").writerow
        body = itertools.islice(lines, dialect.header.first, None)
        for _, row in split_rows(body, *dialect.signs):
            number += 1
            if len(row) > width and any(row[width:]):
                long.add(number)
                continue
            if len(row) < width:
                short.add(number)
                row += [""] * (width - len(row))
            write([*row[:width], number])
    if long.count > MOST_LONG * number:
        raise ValueError(
            f"row {long.first[0]} has more values than the header has names"
        )
    said = []
    if long.count:
        said.append(
            f"left out {long}: more values than names; put a value that holds"
            f" {dialect.separator!r} in quotes"
        )
    if 0 < short.count <= MOST_LONG * number:
        said.append(f"{short}: too few values, the last ones are missing")
    return said
