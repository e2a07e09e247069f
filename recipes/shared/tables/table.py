"""A table: rows of text and numbers, and queries on them. DuckDB keeps it."""

import copy
import difflib
import functools
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ..errors import UserError
from .sql import cell_sql

if TYPE_CHECKING:
    import pandas as pd

# Of all tables together, in megabytes; what is more is in temporary files.
LEAST, MOST, EACH = 500, 4000, 20  # of a column, in queries on many of them
granted = [LEAST]  # so far
COLUMNS_AT_ONCE, VALUES_AT_ONCE = 200, 20_000_000  # in one query
ROWS_AT_ONCE = 1_000_000  # of texts in Python


class Table:
    """Rows of a file, in their order. DuckDB keeps them, on disk where it has to."""

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, names: list[str]
    ):
        """Give names to cell0, cell1, ..., the columns of the table data."""
        self.path, self.connection, self.names = path, connection, names
        self.places = {name: place for place, name in enumerate(names)}
        self.typed: dict[int, str] = {}
        """The places of columns that are typed in the file, as number or date."""
        self.decimal = self.usual_decimal = ""
        """The mark of decimals; that of another file, where no cell tells it."""
        self.dialect: dict[str, str | int] = {}  # of CSV, as columns.toml has it
        self.last: list[tuple] = []  # what the table counted holds
        self.data, self.row_number, self.first = "data", "rowid + 1", 0
        ((self.rows,),) = connection.execute("select count(*) from data").fetchall()

    def cell(self, name: str) -> str:
        """Return the SQL of a column as it is in the file."""
        return f"cell{self.places[name]}"

    def text(self, name: str) -> str:
        """Return the SQL of a column as text; NULL where it is empty or ?."""
        return f"text{self.places[name]}"

    def known(self, name: str) -> str:
        """Return the SQL of a column as text; NULL where a value is missing."""
        return f"known{self.places[name]}"

    def plain(self, name: str) -> str:
        """Return the SQL of a column as doubles, of plain numbers only: faster."""
        return f"plain{self.places[name]}"

    def query(self, sql: str, *values: Any) -> list[tuple]:
        """Return what a query finds in the rows, which it calls cells.

        It names a column by self.text(name), self.known(name) or self.plain(name), and
        the number of a row in the file, from 1 on, row_number. Values are for $1, ...
        """
        return self.execute(sql, *values).fetchall()

    def ask(self, sql: list[str]) -> list[tuple]:
        """Return the values of several aggregates, which have as many values each."""
        found: list[tuple] = []
        for some in batches(sql):
            (row,) = self.query(f"select {', '.join(some)} from cells")
            found += zip(*[iter(row)] * (len(row) // len(some)), strict=True)
        return found

    def counted(self, name: str) -> str:
        """Return the name of a table of the texts v in a column and how often n each is.

        It holds those of the column that was asked for last.
        """
        wanted = self.data, self.first, self.rows, name
        if self.last != [wanted]:
            known = self.known(name)
            self.execute(
                f"select {known} as v, count(*) as n from cells where {known} is not null"
                f" group by {known}",
                into="counted",
            )
            self.last[:] = [wanted]
        return "counted"

    def execute(self, sql: str, *values: Any, into: str = "") -> Any:
        """Run such a query; return its result, not fetched, or put it into a table."""
        columns = [f"{self.row_number} as row_number"]
        used = set(re.findall(r"\b(cell|text|known|plain)(\d+)\b", sql))
        for kind, place in sorted(used):
            is_number = self.typed.get(int(place)) == "number"
            cell = cell_sql(kind, f"cell{place}", is_number)
            columns.append(f"{cell} as {kind}{place}")
        rows = f"rowid >= {self.first} and rowid < {self.first + self.rows}"
        cells = f"select {', '.join(columns)} from {self.data} where {rows}"
        start = f"create or replace temp table {into} as " if into else ""
        return self.connection.execute(f"{start}with cells as ({cells}) {sql}", values)

    def arrays(self, expressions: list[str]) -> Iterator[Any]:
        """Yield the values of SQL, one per row: arrays (rows,), masked where NULL."""
        for some in batches(expressions, VALUES_AT_ONCE // max(1, self.rows)):
            sql = ", ".join(f"{value} as v{n}" for n, value in enumerate(some))
            yield from self.execute(f"select {sql} from cells").fetchnumpy().values()

    def frame(self, names: list[str]) -> "pd.DataFrame":
        """Return columns as text, missing where empty or ?; its index starts at 0."""
        import pandas as pd

        need_columns(self.names, names, self.path)
        names = list(dict.fromkeys(names))
        sql, parts = ["row_number - 1", *map(self.text, names)], []
        for first in range(0, max(1, self.rows), ROWS_AT_ONCE):
            index, *columns = self.part(first, first + ROWS_AT_ONCE).arrays(sql)
            part = {}
            for name, column in zip(names, columns, strict=True):
                # Equal texts are kept once: a class takes 8 bytes per row.
                places, texts = pd.factorize(pd.array(column.tolist(), "string"))
                part[name] = texts.take(places, allow_fill=True)
            parts.append(pd.DataFrame(part, pd.Index(index)))
        frame = pd.concat(parts)
        frame.attrs["decimal"] = self.decimal
        return frame

    def part(self, first: int, last: int) -> "Table":
        """Return the rows from one position to another, without the last."""
        part = copy.copy(self)
        part.first = self.first + first
        part.rows = max(0, min(last, self.rows) - first)
        return part


@functools.cache
def database() -> duckdb.DuckDBPyConnection:
    """Return the database of the process; tables have connections of their own.

    To start it takes 40 ms, a connection 0.1 ms.
    """
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,  # nothing from the network
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        "preserve_insertion_order": True,
        "memory_limit": f"{LEAST}MB",
        "temp_directory": tempfile.gettempdir(),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def give_memory(connection: duckdb.DuckDBPyConnection, columns: int) -> None:
    """Let DuckDB take what queries on so many columns need; never less than before."""
    granted[0] = max(granted[0], min(MOST, EACH * columns))
    connection.execute(f"set memory_limit = '{granted[0]}MB'")


def table_of(frame: "pd.DataFrame", path: Path) -> Table:
    """Return a frame of text as a table; its index holds the row numbers, from 0 on."""
    columns = {"file_row": frame.index.to_numpy("int64") + 1}
    for number, name in enumerate(frame):
        columns[f"cell{number}"] = frame[name].to_numpy("O", na_value=None)  # type: ignore[call-overload]  # None is allowed
    connection = database().cursor()
    give_memory(connection, len(columns))
    connection.register("frame", columns)
    texts = "".join(f", {c}::varchar as {c}" for c in columns if c != "file_row")
    connection.execute(f"create temp table data as select file_row{texts} from frame")
    connection.unregister("frame")
    table = Table(path, connection, frame.columns.tolist())
    table.row_number = "file_row"
    table.decimal = frame.attrs.get("decimal", "")
    return table


def batches(items: list, most: int = COLUMNS_AT_ONCE) -> Iterator[list]:
    """Yield the items, as many at a time as one query may hold."""
    size = max(1, min(most, COLUMNS_AT_ONCE))
    for start in range(0, len(items), size):
        yield items[start : start + size]


def need_columns(names: Iterable[str], needed: Iterable[str], path: Path) -> None:
    """Raise UserError that names the first of the needed columns that is missing."""
    names = list(dict.fromkeys(names))
    there = set(names)
    for name in needed:
        if name not in there:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}"
            raise UserError(f"{path} has no column {name}; {hint}")
