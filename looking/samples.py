"""Reads a table with the project's own reader: what that says of all rows, and some of the cells."""

import gzip
import tempfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import Any

from .columns import Column
from .errors import UserError
from .tables.formats import tables_at

LARGE = 30_000_000  # bytes of text, a second or two: of a larger table parts are read
PARTS, PART = 12, 250_000  # from all over it; bytes of text in each
PACKED = 5  # times smaller are files in gzip, about
MOST_ROWS = 3000  # whose cells are looked at
PLACES = 5  # from which they are: in one place, because what rises evenly does so from row to row
AT_ONCE = 100  # columns
MOST_VALUES = 1000  # that are counted


class Sample:
    """What the project's reader says of the columns of a table, and cells of rows from all over it.

    Of a large file only parts are read; row_count is an estimate then. Raises UserError as the project's reader does,
    and ImportError without duckdb.
    """

    def __init__(self, path: Path) -> None:
        self.table, self.row_count, self.is_whole = read_table(path)
        self.names: list[str] = self.table.names
        self.columns: dict[str, TableColumn] = {}

    def __getitem__(self, name: str) -> "TableColumn":
        from .tables.judging import judge  # not above: it imports duckdb, which takes time and may be missing

        if name not in self.columns:
            first = self.names.index(name) // AT_ONCE * AT_ONCE
            judged = judge(self.table, self.names[first : first + AT_ONCE])
            cells = zip(*self.read(*(text_sql(self.table, column) for column in judged)), strict=True)
            self.columns |= {c.name: TableColumn(self, c, texts) for c, texts in zip(judged, cells, strict=True)}
        return self.columns[name]

    def read(self, *sql: str) -> list[tuple[Any, ...]]:
        """Return what SQL finds in some of the rows, in their order."""
        rows, places = self.table.rows, 1 if self.table.rows <= MOST_ROWS else PLACES
        starts = (rows * place // places for place in range(places))
        parts = (self.table.part(start, start + MOST_ROWS // places) for start in starts)
        return [row for part in parts for row in part.query(f"select {', '.join(sql)} from cells order by row_number")]

    def lengths_of(self, series: str) -> list[int]:
        """Return the number of rows of every series."""
        known = self.table.known(series)
        sql = f"select count(*) from cells where {known} is not null group by {known}"
        return [length for (length,) in self.table.query(sql)]

    def constant_within(self, series: str, names: list[str]) -> set[str]:
        """Return the columns with one value in all rows of a series, known for half of the series at least."""
        # First in some rows, where most columns change.
        for table, known in ((self.table.part(0, MOST_ROWS), 0.0), (self.table, 0.5)):
            some = (names[first : first + AT_ONCE] for first in range(0, len(names), AT_ONCE))
            names = [name for names in some for name in constant_columns(table, series, names, known)]
        return set(names)


def constant_columns(table: Any, series: str, names: list[str], known: float) -> list[str]:
    """Return the columns with one value in all rows of a series; it must be known for this share of the series."""
    cells = list(map(table.known, names))
    ends = ", ".join(f"min({cell}) as least_{cell}, max({cell}) as most_{cell}" for cell in cells)
    constant = (
        f"coalesce(bool_and(least_{cell} = most_{cell}), true) and count(least_{cell}) >= {known} * count(*)"
        for cell in cells
    )
    by_series = f"select {ends} from cells group by {table.known(series)}"
    (found,) = table.query(f"select {', '.join(constant)} from ({by_series})")
    return [name for name, is_constant in zip(names, found, strict=True) if is_constant]


class TableColumn(Column):
    """A column of a table, of which more is read where it is needed."""

    def __init__(self, sample: Sample, judged: Any, texts: tuple[str | None, ...]) -> None:
        self.sample, self.judged = sample, judged
        self.text, distinct = text_sql(sample.table, judged), judged.distinct
        cells = [text for text in texts if text is not None]
        super().__init__(kind_of_values(judged), cells, judged.values, distinct, (judged.least, judged.most))

    @property
    def value(self) -> str:
        """The SQL of its numbers, dates or names."""
        from .tables.judging import value_sql

        return str(value_sql(self.sample.table, self.judged))

    @cached_property
    def numbers(self) -> list[float]:
        if self.kind not in ("numbers", "dates"):
            return []
        sql = f"epoch({self.value})" if self.kind == "dates" else self.value
        return [number for (number,) in self.sample.read(sql) if number is not None]

    @property
    def is_time(self) -> bool:
        """Whether the values are dates, or times as a clock shows them."""
        from .tables.number_formats import CLOCK

        return self.kind == "dates" or self.judged.written == CLOCK

    @property
    def frequencies(self) -> Counter[str]:
        sql = f"select {self.text}, count(*) from cells where {self.text} is not null group by {self.text}"
        found = self.sample.table.query(f"{sql} order by count(*) desc, min(row_number) limit {MOST_VALUES}")
        return Counter(dict(found))


def kind_of_values(column: Any) -> str:
    """Return numbers, dates or text, whatever they are good for; an empty string where there is no value."""
    if not column.values:
        return ""
    return {"date": "dates", "number": "numbers", "name": "text"}[str(column.holds)]


def text_sql(table: Any, column: Any) -> str:
    """Return the SQL of the texts of a column: among names NA and None are names."""
    return str(table.text(column.name) if column.holds == "name" else table.known(column.name))


def read_table(path: Path) -> tuple[Any, int, bool]:
    """Read a table, of a large one parts from all over it; return it, its rows in all, and whether it is whole.

    Raises UserError as the project's reader does.
    """
    from .tables.opening import open_table

    if files := tables_at(path):
        sizes = [file.stat().st_size for file in files]
        if sum(sizes) > LARGE:  # the first tells enough
            table, rows, _ = read_table(files[0])
            return table, round(rows * sum(sizes) / sizes[0]), False
        table = open_table(path, say=lambda line: None)
        return table, table.rows, True
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder, f"parts{path.suffix}")
        share = copy_rows(path, parts) if path.suffix.lower() == ".parquet" else copy_lines(path, parts)
        try:
            table = open_table(parts if share < 1 else path, say=lambda line: None)
        except UserError as error:
            raise UserError(str(error).replace(str(parts), str(path))) from None
    return table, round(table.rows / share), share == 1


def copy_lines(path: Path, parts: Path) -> float:
    """Write parts of a large CSV file to another, in whole lines; return their share of the bytes, 1 of a small one."""
    from .tables.dialects import LONGEST

    size = path.stat().st_size
    with open(path, "rb") as file, open(parts, "wb") as target:
        if file.read(2) == b"\x1f\x8b" and size > LARGE // PACKED:
            file.seek(0)
            with gzip.open(file) as unpacked:
                raw = unpacked.read(PARTS * PART)
            target.write(raw[: raw.rfind(b"\n") + 1])
            return min(1.0, file.tell() / size)
        file.seek(0)
        if size <= LARGE or 200 < file.read(1000).count(0) < 800:  # UTF-16, whose lines end otherwise
            return 1
        for start in (part * (size - PART) // (PARTS - 1) for part in range(PARTS)):
            file.seek(start)
            if start and len(file.readline(LONGEST)) == LONGEST:  # the end of the line before
                continue
            lines = file.read(PART)
            end = file.readline(LONGEST)
            if len(end) == LONGEST:  # no line of a table
                end, lines = b"", lines[: lines.rfind(b"\n") + 1]
            target.write(lines + end)
        if not target.tell():
            return 1  # the reader says what is wrong
        return target.tell() / size


def copy_rows(path: Path, parts: Path) -> float:
    """Write parts of a large Parquet file to another; return their share of the rows, 1 of a small one."""
    from .tables.sql import file_in_sql
    from .tables.table import database

    file = file_in_sql(path)
    width = f"select avg(strlen(cells::varchar)) from (from read_parquet({file}) limit 20) as cells"
    try:
        sql = f"select num_rows, ({width}) from parquet_file_metadata({file})"
        ((rows, width),) = database().execute(sql).fetchall()
    except Exception:  # the reader says what is wrong
        return 1
    if not rows or rows * width <= LARGE:
        return 1
    some = max(1, min(round(PART / width), rows // PARTS))
    starts = (part * (rows - some) // (PARTS - 1) for part in range(PARTS))
    places = " or ".join(f"file_row_number between {s} and {s + some - 1}" for s in starts)
    numbered = f"select * exclude file_row_number from read_parquet({file}, file_row_number = true) where {places}"
    database().execute(f"copy ({numbered}) to {file_in_sql(parts)}")
    return float(PARTS * some / rows)
