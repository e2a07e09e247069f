"""Reads a table with the project's own reader: what that says of all rows, and some of the cells."""

import tempfile
from pathlib import Path
from typing import Any

from .columns import Column

LARGE = 500_000_000  # bytes: of a larger file parts are read
PART = 10_000_000  # bytes
MOST_ROWS = 6000  # whose cells are looked at
MOST_CELLS = 1_000_000
TOGETHER = 100  # rows in one place, because what rises evenly does so from row to row
AT_ONCE = 100  # columns


class Sample:
    """What the project's reader says of the columns of a table, and cells of rows from all over it.

    Of a large file only parts are read; row_count is an estimate then. Raises UserError as the project's reader does,
    and ImportError without duckdb.
    """

    def __init__(self, path: Path) -> None:
        # Not above: the import of duckdb takes long, and it may be missing.
        from .data import cells, columns, tables

        self.sql, self.row_count, self.is_whole = cells, 0, path.stat().st_size <= LARGE
        if self.is_whole:
            self.table = tables.open_table(path, say=lambda line: None)
            self.row_count = self.table.rows
        else:
            self.table, self.row_count = open_parts(path)
        self.names: list[str] = self.table.names
        self.judged = {column.name: column for column in columns.judge(self.table, self.names)}
        self.kinds = {name: kind_of_values(column) for name, column in self.judged.items()}
        self.columns: dict[str, Column] = {}

    def __getitem__(self, name: str) -> Column:
        if name not in self.columns:
            first = self.names.index(name) // AT_ONCE * AT_ONCE
            some = self.names[first : first + AT_ONCE]
            cells = zip(*self.read(list(map(self.table.text, some))), strict=True)
            self.columns |= {c: self.column(c, texts) for c, texts in zip(some, cells, strict=True)}
        return self.columns[name]

    def column(self, name: str, texts: tuple[str | None, ...]) -> Column:
        """Return a column with these texts."""

        def read_numbers() -> list[float]:
            return [number for (number,) in self.read([self.number(name)]) if number is not None]

        judged, known = self.judged[name], [text for text in texts if text is not None and text not in self.sql.MISSING]
        return Column(self.kinds[name], known, read_numbers, judged.values, judged.distinct)

    def read(self, expressions: list[str]) -> list[tuple[Any, ...]]:
        """Return what SQL finds in some of the rows, in their order."""
        most = max(TOGETHER, min(MOST_ROWS, MOST_CELLS // len(self.names)))
        every = max(1, self.table.rows // most) * TOGETHER
        where = f"(row_number - 1) % {every} < {TOGETHER} order by row_number"
        return self.table.query(f"select {', '.join(expressions)} from cells where {where}")

    def text(self, name: str) -> str:
        """Return the SQL of a column as text; NULL where a value is missing."""
        return self.sql.known_sql(self.table.text(name))

    def number(self, name: str) -> str:
        """Return the SQL of the numbers in a column, of its dates in seconds; NULL for text."""
        if self.kinds[name] == "dates":
            return f"epoch({self.sql.date_sql(self.table.text(name), self.judged[name].written)})"
        return self.table.number(name) if self.kinds[name] == "numbers" else "null"

    def lengths_of(self, series: str) -> list[int]:
        """Return the number of rows of every series."""
        text = self.text(series)
        return [n for (n,) in self.table.query(f"select count(*) from cells where {text} is not null group by {text}")]

    def constant_within(self, series: str, names: list[str]) -> set[str]:
        """Return the columns with one value in all rows of a series, known for half of the series at least."""
        constant = set()
        for first in range(0, len(names), AT_ONCE):
            some = names[first : first + AT_ONCE]
            ids = [f"v{number}" for number in range(len(some))]
            texts = ", ".join(f"{self.text(name)} as {v}" for name, v in zip(some, ids, strict=True))
            ends = ", ".join(f"min({v}) as {v}, max({v}) as {v}_most" for v in ids)
            is_constant = ", ".join(f"bool_and({v} = {v}_most) and count({v}) >= count(*) / 2" for v in ids)
            rows = f"select {self.text(series)} as series, {texts} from cells"
            (found,) = self.table.query(f"select {is_constant} from (select {ends} from ({rows}) group by series)")
            constant |= {name for name, is_so in zip(some, found, strict=True) if is_so}
        return constant


def kind_of_values(column: Any) -> str:
    """Return numbers, dates or text, whatever they are good for; an empty string where there is no value."""
    if not column.values:
        return ""
    return "dates" if column.written else "numbers" if column.is_numeric else "text"


def open_parts(path: Path) -> tuple[Any, int]:
    """Read beginning, middle and end of a large file as a table; return an estimate of the rows of the whole, too."""
    from .data import tables

    if path.suffix.lower() == ".parquet":
        table = tables.open_table(path)
        return table, table.rows
    size, kept = path.stat().st_size, b""
    with open(path, "rb") as file:
        for start in (0, size // 2, size - PART):
            file.seek(start)
            raw = file.read(PART)
            # Whole lines only.
            kept += raw[raw.find(b"\n") + 1 if start else 0 : raw.rfind(b"\n") + 1]
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder, path.name)
        part.write_bytes(kept)
        table = tables.open_table(part, say=lambda line: None)
    return table, table.rows * size // len(kept)


def count_rows(path: Path) -> int:
    """Return the number of rows of a table."""
    from .data import tables

    return tables.open_table(path, say=lambda line: None).rows
