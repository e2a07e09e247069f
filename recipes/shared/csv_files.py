"""CSV files: how they are written, and their cells as a table."""

import codecs
import csv
import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from ..errors import UserError
from .table import Table, cells_of, database, file_in_sql

LONGEST = 2**25  # bytes: a line
# With smaller buffers it takes twice as long to keep the order of the rows.
OPTIONS = (
    f"auto_detect = false, header = true, buffer_size = {2 * LONGEST},"
    """ quote = '"', escape = '"'"""
)
# For short rows, and lines that end in several ways; it takes longer.
TOLERANT = (
    r"null_padding = true, strict_mode = false, parallel = false, new_line = '\n',"
    f" max_line_size = {LONGEST}"
)


def read_csv(path: Path, say: Callable[[str], None]) -> Table:
    """Read CSV, whose rows may have fewer values than there are columns."""
    connection = database().cursor()
    with tempfile.TemporaryDirectory() as folder:
        file = in_utf8(path, Path(folder), say)
        names, separator, blank_lines, line_end = read_header(file)
        for name, other in itertools.pairwise(sorted(names)):
            if name == other:
                raise UserError(f"{path} has two columns called {name}: rename one")
        columns = ", ".join(f"'{cell}': 'VARCHAR'" for cell in cells_of(names))
        dialect = f"{OPTIONS}, delim = '{separator}', skip = {blank_lines}"
        sql = (
            "create or replace temp table data as"
            f" from read_csv({file_in_sql(file)}, {dialect}, columns = "
        )
        error = ""
        try:
            columns_in_sql = "{" + columns + "}"
            connection.execute(f"{sql}{columns_in_sql}, new_line = {line_end!r})")
        except duckdb.Error as strict_error:
            error = f"{strict_error}"
        # With unusual line ends DuckDB may find no rows, and say nothing.
        if error or not connection.execute("from data limit 1").fetchall():
            columns_in_sql = "{" + columns + ", 'more': 'VARCHAR'}"
            connection.execute(f"{sql}{columns_in_sql}, {TOLERANT})")
            check_rows(connection, file, error)
    return Table(path, connection, names)


def read_header(file: Path) -> tuple[list[str], str, int, str]:
    """Return the names, what separates them, the blank lines before, the line end."""
    with open(file, encoding="utf-8-sig", newline="") as lines:
        line, blank_lines = lines.readline(LONGEST), 0
        while line and not line.strip():
            line, blank_lines = lines.readline(LONGEST), blank_lines + 1
        if not line:
            raise ValueError("it is empty")
        if len(line) == LONGEST or "\0" in line:
            raise ValueError("its first line does not hold the names of columns")
        separator = max(",;\t|", key=line.count)
        # A name may go on in the next line.
        some = (line := text for text in itertools.chain([line], lines))
        names = next(csv.reader(some, delimiter=separator))
    names = [name or f"Unnamed: {number}" for number, name in enumerate(names)]
    line_end = line[len(line.rstrip("\r\n")) :] or "\n"
    return names, separator, blank_lines, line_end


def check_rows(connection: duckdb.DuckDBPyConnection, file: Path, error: str) -> None:
    """Raise ValueError where tolerant reading has lost values or joined rows."""
    sql = "select min(rowid) + 1 from data where more is not null"
    ((row,),) = connection.execute(sql).fetchall()
    if row:
        raise ValueError(f"row {row} has more values than the header has names")
    sql = "from data where rowid = (select max(rowid) from data)"
    cells = [cell for row in connection.execute(sql).fetchall() for cell in row if cell]
    with open(file, "rb") as end:
        end.seek(max(0, file.stat().st_size - 100))
        is_open = not end.read().rstrip(b"\r\n ,;\t|").endswith(b'"')
    if is_open and "unterminated quote" in error and "\n" in "".join(cells[-1:]):
        raise ValueError('a " that opens a value has no other that closes it')


def in_utf8(path: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Return the file, or a copy in the folder if its encoding is another one."""
    encoding = encoding_of(path)
    if encoding == "utf-8-sig":
        return path
    if encoding == "latin-1":
        say(f"{path} is not UTF-8: read as Latin-1")
    converted = folder / "table.csv"
    with (
        open(path, encoding=encoding, errors="replace", newline="") as file,
        open(converted, "w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(file, target, 2**20)
    return converted


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
