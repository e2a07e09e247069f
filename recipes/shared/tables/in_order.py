"""Rows of a table in another order: of data that is larger than memory."""

import copy
import itertools

import numpy as np

from .sql import cells_of
from .table import Table

NUMBERS = itertools.count()


def in_order(rows: Table, positions: np.ndarray) -> Table:
    """Return some of the rows, in the order of an array of their positions."""
    table = copy.copy(rows)
    table.data, table.row_number = f"data_{next(NUMBERS)}", "file_row"
    table.first, table.rows = 0, len(positions)
    rows.connection.register("wanted", {"position": rows.first + positions})
    columns = ", ".join([*cells_of(rows.names), f"{rows.row_number} as file_row"])
    rows.connection.execute(
        f"create temp table {table.data} as select {columns} from {rows.data} join"
        " (select position, row_number() over () as place from wanted)"
        " on rowid = position order by place"
    )
    rows.connection.unregister("wanted")
    return table
