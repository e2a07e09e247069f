"""Reads files of tables that are written in many ways, and compares what comes out with what they hold.

    python benchmarks/pollock.py FOLDER [--list]

FOLDER has the files in csv/, and in clean/ under the same names what they hold: commas, double quotes, UTF-8, one line
of names. So has polluted_files of the repository HPI-Information-Systems/Pollock (Vitagliano and others, Pollock: A
Data Loading Benchmark, 2023). A header is right if its names are; cells are compared as multisets without blanks
around them, those that are empty left out, numbers as numbers. pandas and DuckDB read with their defaults, all as text.
--list names the files with a wrong header or wrong cells.
"""

import argparse
import csv
import importlib.util
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

ROOT = Path(__file__).parents[1]
Read = Callable[[Path], tuple[list[str], list[list[str]]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--list", action="store_true", help="name the files with a wrong header or wrong cells")
    arguments = parser.parse_args()
    csv.field_size_limit(2**30)
    names = sorted(path.name for path in (arguments.folder / "csv").iterdir())
    names = [name for name in names if (arguments.folder / "clean" / name).stat().st_size]
    print(f"{len(names)} files | read | headers right | cells right")
    for reader, read in {"copier-keras": project_reader(), "DuckDB": by_duckdb, "pandas": by_pandas}.items():
        files = headers = 0
        shares = []
        for name in names:
            expected = rows_of(arguments.folder / "clean" / name)
            try:
                header, rows = read(arguments.folder / "csv" / name)
            except Exception as error:
                shares.append(0.0)
                if arguments.list and reader == "copier-keras":
                    print(f"  {name}: {error}")
                continue
            files += 1
            is_right = [cell.strip() for cell in header] == [cell.strip() for cell in expected[0]]
            headers += is_right
            shares.append(share_right(expected[1:], rows))
            if arguments.list and reader == "copier-keras" and not (is_right and shares[-1] > 0.95):
                print(f"  {name}: {shares[-1]:.3f} of the cells{'' if is_right else f', header {header}'[:150]}")
        print(f"{reader} | {files} | {headers} | {sum(shares) / len(shares):.4f}", flush=True)


def rows_of(path: Path) -> list[list[str]]:
    """Return the rows of a clean file, the names first."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        return list(csv.reader(file)) or [[]]


def share_right(expected: list[list[str]], found: list[list[str]]) -> float:
    """Return the share of cells that are both in the file and in what was read; what is too much counts as wrong."""
    wanted, got = (
        Counter(map(plain, filter(None, (c.strip() for row in rows for c in row)))) for rows in (expected, found)
    )
    most = max(wanted.total(), got.total())
    return (wanted & got).total() / most if most else 1.0


def plain(cell: str) -> object:
    """Return a number for a cell that holds one."""
    try:
        return float(cell.replace(",", ".")) if any(c.isdigit() for c in cell) else cell
    except ValueError:
        return cell


def project_reader() -> Read:
    """Return the reader of the projects, as the look imports it."""
    spec = importlib.util.spec_from_file_location("look_alone", ROOT / "extensions" / "look.py")
    assert spec and spec.loader
    look: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(look)
    open_table = look.load("tables.opening").open_table

    def read(path: Path) -> tuple[list[str], list[list[str]]]:
        table = open_table(path, lambda line: None)
        cells = ", ".join(table.cell(name) for name in table.names)
        rows = table.query(f"select {cells} from cells")
        # A column without a name gets one.
        names = ["" if name.startswith("Unnamed: ") else name for name in table.names]
        return names, [["" if cell is None else str(cell) for cell in row] for row in rows]

    return read


def by_duckdb(path: Path) -> tuple[list[str], list[list[str]]]:
    with duckdb.connect() as connection:
        found = connection.execute("from read_csv($1, all_varchar = true)", [str(path)])
        names = [column[0] for column in found.description or []]
        return names, [[cell or "" for cell in row] for row in found.fetchall()]


def by_pandas(path: Path) -> tuple[list[str], list[list[str]]]:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    return list(frame.columns), frame.astype(str).values.tolist()


if __name__ == "__main__":
    main()
