"""Tables: CSV and Parquet files with a header, which DuckDB reads and keeps."""

import codecs
import copy
import csv
import difflib
import functools
import glob
import itertools
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from ..errors import UserError
from .cells import cell_sql

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = [".csv", ".tsv", ".parquet"]
MEMORY = "2GB"  # of all tables together; the rest is in temporary files
LARGEST = 2**32  # bytes: a small file may unpack to more than fits on a disk
LONGEST = 2**25  # bytes: a line
COLUMNS_AT_ONCE, VALUES_AT_ONCE = 200, 20_000_000  # in one query
NUMERIC = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*")
DIALECT = """auto_detect = false, header = true, quote = '"', escape = '"'"""
# For short rows, and lines that end in several ways; it takes longer.
TOLERANT = (
    "null_padding = true, strict_mode = false, parallel = false,"
    f" max_line_size = {LONGEST}, buffer_size = {2 * LONGEST}"
)
GROUPED = r"\s*[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?\s*"  # 1.234.567,8
COMMA = r"\s*[-+]?\d*,\d+([eE][-+]?\d+)?\s*"  # 1234567,8
EITHER, POINT = COMMA.replace(r"\d*", r"[\d.]*"), COMMA.replace(",", r"\.")
# In a column $: numbers with a comma, with a point; points, and those of thousands.
COUNTS = f"""
    count_if(contains($, ',') and regexp_full_match($, '{EITHER}')),
    count_if(contains($, '.') and regexp_full_match($, '{POINT}')
        and not regexp_full_match($, '{GROUPED}')),
    count_if(contains($, '.')),
    count_if(contains($, '.') and regexp_full_match($, '{GROUPED}'))
"""
NUMBERS = itertools.count()


class Table:
    """Rows of a file, in their order. DuckDB keeps them, on disk where it has to."""

    def __init__(
        self, path: Path, connection: duckdb.DuckDBPyConnection, names: list[str]
    ):
        """Take the columns cell0, cell1, ... of the table data for those of these names."""
        self.path, self.connection, self.names = path, connection, names
        self.places = {name: place for place, name in enumerate(names)}
        self.numeric: set[int] = set()
        """The places of columns that hold numbers in the file, too, not text."""
        self.decimal = "."
        """The decimal mark in the file; in the table it is a point."""
        self.data, self.row_number, self.first = "data", "rowid + 1", 0
        ((self.rows,),) = connection.execute("select count(*) from data").fetchall()

    def text(self, name: str) -> str:
        """Return the name in SQL of a column as text; NULL where it is empty or ?."""
        return f"text{self.places[name]}"

    def known(self, name: str) -> str:
        """Return the name in SQL of a column as text; NULL where a value is missing."""
        return f"known{self.places[name]}"

    def number(self, name: str) -> str:
        """Return the name in SQL of a column as doubles; NULL where there is no number."""
        return f"number{self.places[name]}"

    def query(self, sql: str, *values: Any) -> list[tuple]:
        """Run a query on the rows, which it calls cells; return what it finds.

        Its columns are self.text(name), self.known(name), self.number(name), and
        row_number: the number of a row in the file, from 1 on. Values are for $1, ...
        """
        return self.execute(sql, *values).fetchall()

    def execute(self, sql: str, *values: Any) -> duckdb.DuckDBPyConnection:
        """Run a query as self.query does; what it finds can be fetched in any form."""
        columns = [f"{self.row_number} as row_number"]
        used = set(re.findall(r"\b(cell|text|known|number)(\d+)\b", sql))
        for kind, place in sorted(used):
            cell = cell_sql(kind, f"cell{place}", int(place) in self.numeric)
            columns.append(f"{cell} as {kind}{place}")
        rows = f"rowid >= {self.first} and rowid < {self.first + self.rows}"
        cells = f"select {', '.join(columns)} from {self.data} where {rows}"
        return self.connection.execute(f"with cells as ({cells}) {sql}", values)

    def arrays(self, expressions: list[str]) -> Iterator[Any]:
        """Yield the values of SQL, one per row: NumPy arrays (rows,), masked where NULL."""
        for some in batches(expressions, VALUES_AT_ONCE // max(1, self.rows)):
            sql = ", ".join(
                f"{value} as v{number}" for number, value in enumerate(some)
            )
            yield from self.execute(f"select {sql} from cells").fetchnumpy().values()

    def frame(self, names: list[str]) -> "pd.DataFrame":
        """Return columns as text, missing where empty or ?; the index is from 0 on."""
        import pandas as pd

        need_columns(self.names, names, self.path)
        names = list(dict.fromkeys(names))
        index, *columns = self.arrays(["row_number - 1", *map(self.text, names)])
        texts = [pd.array(column.tolist(), "string") for column in columns]
        return pd.DataFrame(dict(zip(names, texts, strict=True)), pd.Index(index))

    def part(self, first: int, last: int) -> "Table":
        """Return the rows from one position to another, without the last."""
        part = copy.copy(self)
        part.first = self.first + first
        part.rows = max(0, min(last, self.rows) - first)
        return part

    def in_order(self, positions: Any) -> "Table":
        """Return some of the rows, in the order of an array of their positions."""
        table = copy.copy(self)
        table.data, table.row_number, table.first = f"data_{next(NUMBERS)}", "file_row", 0
        table.rows = len(positions)
        self.connection.register("wanted", {"position": self.first + positions})
        columns = ", ".join([*cells_of(self.names), f"{self.row_number} as file_row"])
        self.connection.execute(
            f"create temp table {table.data} as select {columns} from {self.data} join"
            " (select position, row_number() over () as place from wanted)"
            " on rowid = position order by place"
        )
        return table


@functools.cache
def database() -> duckdb.DuckDBPyConnection:
    """Return the database of the process: 40 ms; a connection for each table: 0.1 ms."""
    settings: dict[str, Any] = {
        "autoinstall_known_extensions": False,  # nothing from the network
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
        "preserve_insertion_order": True,
        "memory_limit": MEMORY,
        "temp_directory": tempfile.gettempdir(),
    }
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def open_table(path: Path, say: Callable[[str], None] = print) -> Table:
    """Read a CSV or Parquet file with at least one row; say where it is Latin-1.

    Raises UserError where it cannot be read.
    """
    try:
        if path.is_dir():
            raise UserError(f"{path} is a folder; a CSV or Parquet file is needed")
        if not path.exists():
            raise UserError(f"{path} does not exist")
        if not path.is_file():  # a pipe or a device may never end
            raise ValueError("it is not a file")
        is_parquet = path.suffix.lower() == ".parquet"
        table = read_parquet(path) if is_parquet else read_csv(path, say)
        if not table.rows:
            raise UserError(f"{path} has no rows")
        leave_out_empty_end(table)
        return table
    except (OSError, ValueError, csv.Error, duckdb.Error) as error:
        reason = f"{error}".strip().partition("\n")[0][:200]
        raise UserError(f"{path} cannot be read as a table: {reason}") from None


def table_of(frame: "pd.DataFrame", path: Path) -> Table:
    """Return a frame of text as a table; its index holds the row numbers, from 0 on."""
    columns = {"file_row": frame.index.to_numpy("int64") + 1}
    for number, name in enumerate(frame):
        columns[f"cell{number}"] = frame[name].to_numpy("O", na_value=None)
    connection = database().cursor()
    connection.register("frame", columns)
    texts = "".join(f", {c}::varchar as {c}" for c in columns if c != "file_row")
    connection.execute(f"create temp table data as select file_row{texts} from frame")
    table = Table(path, connection, list(frame))
    table.row_number = "file_row"
    return table


def read_parquet(path: Path) -> Table:
    """Read Parquet; numbers stay numbers, and an index without a name is left out."""
    connection, file = database().cursor(), in_sql(path)

    def look(sql: str) -> list[tuple]:
        return connection.execute(f"{sql}({file})").fetchall()

    ((rows,),) = look("select num_rows from parquet_file_metadata")
    # DuckDB itself would give one of the columns a and A another name.
    names, inside = [], 0
    for name, children in look("select name, num_children from parquet_schema")[1:]:
        if not inside:
            names.append(name)
        inside = max(0, inside - 1) + (children or 0)
    size = 8 * rows * len(names)
    if size > max(LARGEST, 100 * path.stat().st_size):
        raise ValueError(f"it unpacks to {size:,} bytes and more")
    kinds = [kind for _, kind, *_ in look("describe from read_parquet")]
    given = [f"p{number}" for number in range(len(names))]
    cells: dict[str, str] = {}
    numeric = set()
    for name, cell, kind in zip(names, given, kinds, strict=True):
        if re.fullmatch(r"__index_level_\d+__", name):
            continue
        if NUMERIC.fullmatch(kind):
            numeric.add(len(cells))
            cells[name] = cell if "INT" in kind else f"nullif({cell}, 'nan'::{kind})"
        elif kind == "BOOLEAN":
            cells[name] = (
                f"case when {cell} then 'True' when not {cell} then 'False' end"
            )
        else:
            cells[name] = f"{cell}::varchar"
    columns = ", ".join(f"{cell} as cell{n}" for n, cell in enumerate(cells.values()))
    source = f"read_parquet({file}) as given({', '.join(given)})"
    connection.execute(f"create temp table data as select {columns} from {source}")
    table = Table(path, connection, list(cells))
    table.numeric = numeric
    return table


def read_csv(path: Path, say: Callable[[str], None]) -> Table:
    """Read CSV, whose rows may have fewer values than there are columns."""
    connection = database().cursor()
    with tempfile.TemporaryDirectory() as folder:
        file = in_utf8(path, Path(folder), say)
        names, separator, blank_lines = read_header(file)
        for name, other in itertools.pairwise(sorted(names)):
            if name == other:
                raise UserError(f"{path} has two columns called {name}: rename one")
        columns = ", ".join(f"'{cell}': 'VARCHAR'" for cell in cells_of(names))
        dialect = f"{DIALECT}, delim = '{separator}', skip = {blank_lines}"
        sql = f"create temp table data as from read_csv({in_sql(file)}, {dialect},"
        try:
            connection.execute(f"{sql} columns = {{{columns}}})")
        except duckdb.Error as error:
            columns += ", 'more': 'VARCHAR'"
            connection.execute(f"{sql} columns = {{{columns}}}, {TOLERANT})")
            check_rows(connection, f"{error}")
    table = Table(path, connection, names)
    if separator != ",":
        use_decimal_points(table)
    return table


def read_header(file: Path) -> tuple[list[str], str, int]:
    """Return the names of columns, their separator, and the blank lines before them."""
    with open(file, encoding="utf-8-sig", newline="") as lines:
        line, blank_lines = lines.readline(LONGEST), 0
        while line and not line.strip():
            line, blank_lines = lines.readline(LONGEST), blank_lines + 1
        if not line:
            raise ValueError("it is empty")
        if len(line) == LONGEST or re.search(r"[\0-\x08\x0e-\x1a\x1c-\x1f]", line):
            raise ValueError("its first line does not hold the names of columns")
        separator = max(",;\t|", key=line.count)
        # A name may go on in the next line.
        names = next(csv.reader(itertools.chain([line], lines), delimiter=separator))
    names = [name or f"Unnamed: {number}" for number, name in enumerate(names)]
    return names, separator, blank_lines


def check_rows(connection: duckdb.DuckDBPyConnection, error: str) -> None:
    """Raise ValueError where tolerant reading has lost values or joined rows."""
    sql = "select min(rowid) + 1 from data where more is not null"
    ((row,),) = connection.execute(sql).fetchall()
    if row:
        raise ValueError(f"row {row} has more values than the header has names")
    sql = "from data where rowid = (select max(rowid) from data)"
    last = [cell for row in connection.execute(sql).fetchall() for cell in row if cell]
    if "unterminated quote" in error and any("\n" in cell for cell in last):
        raise ValueError('a " that opens a value has no other that closes it')


def leave_out_empty_end(table: Table) -> None:
    """Leave out the last rows if they hold nothing, as Excel may write thousands."""
    has_value = ", ".join(f"{cell} is not null" for cell in cells_of(table.names))
    sql = f"select max(row_number) from cells where greatest({has_value})"
    if table.part(table.rows - 1, table.rows).query(sql) == [(None,)]:
        ((last,),) = table.query(sql)
        table.rows = last or table.rows


def use_decimal_points(table: Table) -> None:
    """Write 1234.5 for 1.234,5 if more numbers in the file have a comma than a point."""
    commas, points, changed = 0, 0, {}
    for cells in batches(cells_of(table.names)):
        sql = ", ".join(COUNTS.replace("$", cell) for cell in cells)
        (counts,) = table.query(f"select {sql} from cells")
        for cell, *found in zip(cells, *[iter(counts)] * 4, strict=True):
            comma, point, dotted, grouped = (count or 0 for count in found)
            commas, points = commas + comma, points + point
            # Where every point of a column may part thousands, all of them do.
            x = f"replace({cell}, '.', '')" if dotted == grouped else cell
            number = f"regexp_full_match({x}, '{COMMA}')"
            x = f"case when {number} then replace({x}, ',', '.') else {x} end"
            changed |= {cell: x} if comma or grouped else {}
    if commas > points:
        table.decimal = ","
        cells = [f"{changed.get(c, c)} as {c}" for c in cells_of(table.names)]
        sql = (
            f"create or replace temp table data as select {', '.join(cells)} from data"
        )
        table.connection.execute(sql)


def in_utf8(path: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Return the file, or a copy in the folder if its encoding is another one."""
    encoding = encoding_of(path)
    if encoding == "utf-8-sig":
        return path
    if encoding == "latin-1":
        say(f"{path} is not UTF-8: read as Latin-1")
    in_utf8 = folder / "table.csv"
    with (
        open(path, encoding=encoding, errors="replace", newline="") as file,
        open(in_utf8, "w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(file, target, 2**20)
    return in_utf8


def encoding_of(path: Path) -> str:
    """Return UTF-8 or UTF-16, as the file is written; Latin-1 where it is neither."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as file:
        start = file.read(2)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        try:
            decoder.decode(start)
            for piece in iter(lambda: file.read(1 << 20), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"


def batches(items: list, most: int = COLUMNS_AT_ONCE) -> Iterator[list]:
    """Yield the items, as many at a time as one query may hold."""
    size = max(1, min(most, COLUMNS_AT_ONCE))
    for start in range(0, len(items), size):
        yield items[start : start + size]


def cells_of(names: list[str]) -> list[str]:
    """Return what DuckDB calls columns: for SQL the names A and a are the same."""
    return [f"cell{number}" for number in range(len(names))]


def in_sql(path: Path) -> str:
    """Return the name of a file as text in SQL, where * and ? stand for themselves."""
    return "'" + glob.escape(f"{path.absolute()}").replace("'", "''") + "'"


def need_columns(names: Iterable[str], needed: Iterable[str], path: Path) -> None:
    """Raise UserError that names the first of the needed columns which a table lacks."""
    names = list(names)
    for name in needed:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(names)}"
            raise UserError(f"{path} has no column {name}; {hint}")


def refuse(table: Table, valid: dict[str, str], wanted: str) -> None:
    """Raise UserError that names the first cell whose value is not valid, in SQL."""
    found = []
    for names in batches(list(valid)):
        sql = [
            f"min(case when {table.known(n)} is not null and {valid[n]} is not true"
            " then row_number end)"
            for n in names
        ]
        (rows,) = table.query(f"select {', '.join(sql)} from cells")
        found += [(row, name) for row, name in zip(rows, names, strict=True) if row]
    if found:
        row, name = min(found, key=lambda place: place[0])
        sql = f"select {table.text(name)} from cells where row_number = {row}"
        cell = table.query(sql)[0][0]
        raise UserError(
            f"{table.path}: column {name}, row {row}: {cell!r} is not {wanted}"
        )
