"""Tables on disk: CSV, Parquet and JSON, also packed, and sheets."""

import csv
import re
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb

from ..errors import UserError, say
from .csv_files import read_csv
from .formats import LARGEST, SUFFIXES, leads_out, tables_at, unpack
from .json_files import read_json
from .odd_rows import leave_out_empty_end
from .sql import cells_of, file_in_sql
from .table import Table, database, give_memory

NUMERIC = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*")


def open_table(
    path: Path,
    say: Callable[[str], None] = say,
    told: Mapping[str, str | int] | None = None,
) -> Table:
    """Read a table with at least one row; say what in it was not as it should be.

    The files of a folder or of a pattern are one table. What is told of the dialect of
    CSV need not be found. Raises UserError where it cannot be read.
    """
    for file in sorted(path.iterdir()) if path.is_dir() else []:
        if file.name.lower().endswith(tuple(SUFFIXES)):
            if leads_out(file):
                say(f"Left out: {file} (a link that leads out of the folder)")
            elif not file.is_file():
                say(f"Left out: {file} (it is no plain file)")
    if files := tables_at(path):
        return join_tables(files, path, say, told)
    try:
        if path.is_dir():
            raise UserError(
                f"{path} is a folder without tables ({', '.join(SUFFIXES)})"
            )
        if not path.exists():
            raise UserError(f"{path} does not exist")
        if not path.is_file():  # a pipe or a device may never end
            raise ValueError("it is not a file")
        before = path.stat()
        with tempfile.TemporaryDirectory() as folder:
            file, form = unpack(path, Path(folder), say)
            if form == "csv":
                table = read_csv(file, path, say, told)
            else:
                table = {"json": read_json, "parquet": read_parquet}[form](file, path)
        after = path.stat()
        if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, after.st_size):
            raise ValueError("it changed while it was read: try again when it is done")
        if not table.rows:
            raise UserError(f"{path} has no rows")
        leave_out_empty_end(table)
        return table
    except (OSError, ValueError, csv.Error, duckdb.Error) as error:
        reason = f"{error}".strip().partition("\n")[0][:200]
        raise UserError(f"{path} cannot be read as a table: {reason}") from None


def join_tables(
    files: list[Path],
    path: Path,
    say: Callable[[str], None],
    told: Mapping[str, str | int] | None,
) -> Table:
    """Read tables with the same columns, in any order, one below the other."""
    whole = open_table(files[0], say, told)
    columns = ", ".join(cells_of(whole.names))
    sql = f"create or replace temp table data as select {columns} from data"
    whole.connection.execute(f"{sql} limit {whole.rows}")
    whole.path, whole.row_number = path, "rowid + 1"
    for file in files[1:]:
        part = open_table(file, say, told)
        other = {*whole.names} ^ {*part.names}
        typed = {
            whole.places[part.names[n]]: k for n, k in part.typed.items() if not other
        }
        if other or whole.typed != typed:
            what = f"column {min(other)} is" if other else "types of columns are"
            raise UserError(
                f"{path} holds tables that differ: {what} not the same in {files[0].name}"
                f" and {file.name}; name one file, or those of one kind: sales_*.csv"
            )
        cells = ", ".join(
            f"{part.cell(name)} as {cell}"
            for name, cell in zip(whole.names, cells_of(whole.names), strict=True)
        )
        with tempfile.TemporaryDirectory() as folder:
            target = file_in_sql(Path(folder, "part.parquet"))
            some = f"select {cells} from data limit {part.rows}"
            part.connection.execute(f"copy ({some}) to {target}")
            whole.connection.execute(f"insert into data from read_parquet({target})")
        whole.rows += part.rows
    return whole


def read_parquet(file: Path, path: Path) -> Table:
    """Read Parquet; numbers stay numbers, and an index without a name is left out."""
    connection, source = database().cursor(), file_in_sql(file)

    def look(sql: str) -> list[tuple]:
        return connection.execute(f"{sql}({source})").fetchall()

    give_memory(connection, len(look("select 1 from parquet_schema")))
    ((rows,),) = look("select num_rows from parquet_file_metadata")
    # DuckDB itself would give one of the columns a and A another name.
    names, inside = [], 0
    for name, children in look("select name, num_children from parquet_schema")[1:]:
        if not inside:
            names.append(name)
        inside = max(0, inside - 1) + (children or 0)
    size = 8 * rows * len(names)
    if size > max(LARGEST, 100 * file.stat().st_size):
        raise ValueError(f"it unpacks to {size:,} bytes and more")
    kinds = [kind for _, kind, *_ in look("describe from read_parquet")]
    given = [f"p{number}" for number in range(len(names))]
    cells: dict[str, str] = {}
    typed: dict[int, str] = {}
    for name, cell, kind in zip(names, given, kinds, strict=True):
        if re.fullmatch(r"__index_level_\d+__", name):
            continue
        if kind.startswith(("DATE", "TIMESTAMP")):
            typed[len(cells)] = "date"
        if NUMERIC.fullmatch(kind):
            typed[len(cells)] = "number"
            cells[name] = cell
        elif kind == "BOOLEAN":
            cells[name] = (
                f"case {cell} when true then 'True' when false then 'False' end"
            )
        else:
            cells[name] = f"{cell}::varchar"
    columns = ", ".join(f"{cell} as cell{n}" for n, cell in enumerate(cells.values()))
    given_rows = f"read_parquet({source}) as given({', '.join(given)})"
    connection.execute(f"create temp table data as select {columns} from {given_rows}")
    table = Table(path, connection, list(cells))
    table.typed = typed
    return table
