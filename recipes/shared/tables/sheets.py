"""A sheet as CSV, written by a program of its own, which may run out of memory.

    sheets.py SPREADSHEET CSV_FILE

Prints the names of the sheets that hold something, as JSON; the first of these names
is that of the one that is written.
Exits with 1 and a line where the file is broken.
"""

import csv
import json
import sys
from contextlib import suppress
from datetime import datetime, time
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 2**32  # bytes


def write_sheet(path: str, target: str) -> None:
    """Write the first sheet as CSV that holds about as much as any."""
    with suppress(ImportError):  # on Windows, where nothing limits it
        import resource

        # Python 3.11 starts with 40 MB, so all of it is for the sheet.
        most = resource.getrlimit(resource.RLIMIT_AS)[1]
        wanted = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = {name: book.get_sheet_by_name(name) for name in book.sheet_names}
    except CalamineError as error:
        sys.exit(f"{error}")
    except MemoryError:
        sys.exit(2)
    sizes = {name: sheet.height * sheet.width for name, sheet in sheets.items()}
    # What explains a table, or lists a few codes, is small beside it.
    large = [name for name, size in sizes.items() if 10 * size >= max(sizes.values())]
    filled = [name for name in sheets if sizes[name]]
    filled.sort(
        key=lambda name: name != large[0]
    )  # stable: the others keep their order
    print(json.dumps(filled))
    with open(target, "w", encoding="utf-8", newline="") as file:
        for row in sheets[filled[0]].iter_rows() if filled else []:
            csv.writer(file).writerow([text_of(cell) for cell in row])


def text_of(cell: Any) -> str:
    """Return a cell as it is written in CSV: 7 for 7.0, a date without 00:00."""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == time():
        return str(cell.date())
    return str(cell)


if __name__ == "__main__":
    write_sheet(*sys.argv[1:])
