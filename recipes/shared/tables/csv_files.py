"""CSV files: their cells as a table."""

import codecs
import itertools
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from .code_pages import SINGLE_BYTES
from .dialects import LONGEST, Dialect, find_dialect
from .encodings import encoding_of, is_utf8
from .odd_rows import leave_out_odd_rows, repair
from .sql import cells_of, file_in_sql
from .table import Table, database, give_memory
from .text_forms import in_csv

# With smaller buffers it takes twice as long to keep the order of the rows.
OPTIONS = f"auto_detect = false, header = false, buffer_size = {2 * LONGEST}"


def read_csv(
    file: Path,
    path: Path,
    say: Callable[[str], None],
    told: Mapping[str, str | int] | None = None,
) -> Table:
    """Read CSV however it is written; say what is left out, and what was mended.

    path is how its owner calls the file; what is told of its encoding, separator,
    decimal and header need not be found; usual_encoding is taken where the bytes of
    the file may be in several code pages. Raises ValueError and duckdb.Error where it
    holds no table.
    """
    connection = database().cursor()
    told = told or {}
    with tempfile.TemporaryDirectory() as folder:
        file, encoding = in_utf8(file, Path(folder), say, path, told)
        file = in_csv(file, Path(folder), say, path)
        dialect = find_dialect(file, told)
        said, is_mended = dialect.said + dialect.header.said, False
        if not dialect.is_plain or not load(connection, file, dialect, Path(folder)):
            mended = Path(folder, "mended.csv")
            said = said + repair(file, mended, dialect)
            plain = Dialect(line_end="\r\n", header=dialect.header.without_lines())
            if not load(connection, mended, plain, Path(folder), "file_row"):
                raise ValueError("its rows cannot be told apart")
            is_mended = True
    for line in said:
        say(f"{path}: {line}")
    table = Table(path, connection, list(dialect.header.names))
    table.dialect = {"encoding": encoding, "separator": dialect.separator}
    table.dialect |= {"header": dialect.header.line}
    table.decimal = str(told.get("decimal", ""))
    table.row_number = "file_row" if is_mended else table.row_number
    leave_out_odd_rows(table, dialect.header, say)
    return table


def load(
    connection: duckdb.DuckDBPyConnection,
    file: Path,
    dialect: Dialect,
    folder: Path,
    *more: str,
) -> bool:
    """Read a file into the table data; return False where not all its rows fit.

    more are columns of whole numbers behind the others.
    """
    header, skip = dialect.header, dialect.header.first
    columns = [f"'{cell}': 'VARCHAR'" for cell in cells_of(header.names)]
    columns += [f"'{name}': 'BIGINT'" for name in more]
    if not header.is_regular:  # DuckDB would look for the end of a quote below it
        file, skip = copy_below(file, skip, folder / "below.csv"), 0
    s, q, e = (sign.replace("'", "''") for sign in dialect.signs)
    sql = (
        f"create or replace temp table data as from read_csv({file_in_sql(file)},"
        f" {OPTIONS}, delim = '{s}', quote = '{q}', escape = '{e}', skip = {skip},"
        f" new_line = {dialect.line_end!r}, columns = "
    )
    give_memory(connection, len(columns))
    try:
        connection.execute(sql + "{" + ", ".join(columns) + "})")
    except duckdb.Error as error:
        if "CSV" not in f"{error}":
            raise
        return False
    # Of unusual files it may find no rows, and say nothing.
    return (
        not header.has_rows or connection.execute("from data limit 1").fetchall() != []
    )


def copy_below(file: Path, lines: int, target: Path) -> Path:
    """Copy a file without its first lines."""
    with (
        open(file, encoding="utf-8-sig", errors="replace", newline="") as text,
        open(target, "w", encoding="utf-8", newline="") as below,
    ):
        for _ in itertools.islice(text, lines):
            pass
        shutil.copyfileobj(text, below, 2**20)
    return target


def in_utf8(
    path: Path,
    folder: Path,
    say: Callable[[str], None],
    name: Path,
    dialect: Mapping[str, str | int],
) -> tuple[Path, str]:
    """Return the file, or a copy in the folder if its encoding is another one; and it.

    What is said calls it by its name. A told encoding takes the place of a guess only.
    """
    told = str(dialect.get("encoding", ""))
    encoding = encoding_of(path, str(dialect.get("usual_encoding", "")))
    if encoding == "utf-8-sig":
        return path, "utf-8"
    told = told and codecs.lookup(told).name.replace("-", "_")
    if told and not encoding.startswith("utf") and not told.startswith("utf"):
        encoding = told
    converted = folder / "table.csv"
    if encoding in SINGLE_BYTES:
        lines = write_lines(path, converted, encoding)
        some = "" if not lines else f"; {lines:,} of its lines are UTF-8"
        say(f"{name} is not UTF-8: read as {name_of(encoding)}{some}")
        return converted, encoding
    if not encoding.startswith(("utf-16", "utf-32")):
        say(f"{name} is not UTF-8: read as {name_of(encoding)}")
    with (
        open(path, encoding=encoding, errors="replace", newline="") as file,
        open(converted, "w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(file, target, 2**20)
    return converted, encoding


def write_lines(path: Path, target: Path, encoding: str) -> int:
    """Write lines as UTF-8; return how many were, as where files have been joined.

    Text with accents in another encoding is hardly ever UTF-8 by chance.
    """
    count = 0
    with open(path, "rb") as file, open(target, "wb") as written:
        for line in iter(lambda: file.readline(2**20), b""):
            if not line.isascii():
                if is_utf8(line):
                    count += 1
                else:
                    line = line.decode(encoding, "replace").encode()
            written.write(line)
    return count


def name_of(encoding: str) -> str:
    """Return how people call an encoding: Windows-1252 for cp1252."""
    if encoding == "utf-8":
        return "UTF-8 with broken signs"
    names = {"cp949": "Korean (cp949)", "cp932": "Shift-JIS", "gb18030": "GB18030"}
    return names.get(encoding, re.sub(r"^cp(12\d\d)$", r"Windows-\1", encoding))
