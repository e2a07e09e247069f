"""Tables on disk: CSV and Parquet files with a header."""

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ..errors import UserError
from .csv_files import read_csv
from .table import Table, batches, cells_of, database, file_in_sql

if TYPE_CHECKING:
    import pandas as pd

SUFFIXES = [".csv", ".tsv", ".parquet"]
LARGEST = 2**32  # bytes: a small file may unpack to more than fits on a disk
NUMERIC = re.compile("U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*")


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
    connection.unregister("frame")
    table = Table(path, connection, list(frame))
    table.row_number = "file_row"
    table.decimal = frame.attrs.get("decimal", "")
    return table


def read_parquet(path: Path) -> Table:
    """Read Parquet; numbers stay numbers, and an index without a name is left out."""
    connection, file = database().cursor(), file_in_sql(path)

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
    cells, typed = {}, {}
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
    source = f"read_parquet({file}) as given({', '.join(given)})"
    connection.execute(f"create temp table data as select {columns} from {source}")
    table = Table(path, connection, list(cells))
    table.typed = typed
    return table


def leave_out_empty_end(table: Table) -> None:
    """Leave out the last rows if they hold nothing, as Excel may write thousands."""
    sql = []
    for cells in batches(cells_of(table.names)):
        has_value = ", ".join(f"{cell} is not null" for cell in cells)
        sql.append(f"select max(row_number) from cells where greatest({has_value})")
    last = table.part(table.rows - 1, table.rows)
    if not any(row for part in sql for (row,) in last.query(part)):
        rows = [row or 0 for part in sql for (row,) in table.query(part)]
        table.rows = max(rows) or table.rows
