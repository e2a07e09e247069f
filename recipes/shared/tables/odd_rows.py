"""Rows that are no examples: repeated headers, totals, notes at the end."""

import re
from collections.abc import Callable

from .headers import Header
from .kinds import kind_of
from .repair import SomeRows
from .table import Table, batches, cells_of

LAST = 20  # rows at the end that may be totals or notes
FEWEST = 4  # rows of a table that has them
NOTE = 15  # letters
TOTAL = re.compile(
    r"(grand |sub-?)?total[es]?|sum|average|mean|(gesamt)?summe|gesamt|mittelwert|somme"
    r"|moyenne|suma|promedio|media|totaal|razem|итого|всего|сумма|合计|总计|合計",
    re.IGNORECASE,
)


def leave_out_odd_rows(
    table: Table, header: Header, say: Callable[[str], None]
) -> None:
    """Leave out rows that are no examples, and say which."""
    leave_out_nameless_end(table, header.cells)
    leave_out_empty_end(table)
    found = rows_at_the_end(table)
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


def is_total(table: Table, number: int, label: str, place: int) -> bool:
    """Tell whether a row is called a total, as no other row is."""
    if kind_of(label) != "text" or not TOTAL.fullmatch(
        label.split(" (")[0].rstrip(" :")
    ):
        return False
    sql = f"select count(*) from cells where trim(cell{place}) = $1 and row_number < $2"
    return table.query(sql, label, number) == [(0,)]
