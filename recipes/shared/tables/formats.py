"""Which files are tables, and what is in those that are packed."""

import gzip
import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from ..names import is_visible
from .other_formats import EXPORT, other_format

TRAIN, TEST = {"train", "training"}, {"test", "testing"}
SUFFIXES = [".csv", ".tsv", ".parquet", ".csv.gz", ".tsv.gz"]
"""How names of tables end in folders, beside files of other kinds."""
OTHERS = [".txt", ".tab", ".json", ".jsonl", ".ndjson", ".gz", ".zip"]
SHEETS = [".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"]
LARGEST = 2**32  # bytes: a small file may unpack to more than fits on a disk
MOST_TIMES = 3  # a file may be packed, one archive in another
BROKEN = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, zlib.error)
CALAMINE = (
    "to read spreadsheets, install python-calamine (`uvx --with python-calamine ...`,"
    " or in the project `uv sync --inexact --extra excel`), or save the sheet as CSV"
)


def tables_at(path: Path, test: bool = False) -> list[Path]:
    """Return the tables in a folder or of a pattern such as sales_*.csv; of a file none.

    Where a folder has a table to train on and others to test, by their names, it is the
    first, or the others for the test.
    """
    if path.is_dir():
        ends = tuple(SUFFIXES)
        found = [file for file in path.iterdir() if file.name.lower().endswith(ends)]
    elif not path.exists() and any(sign in path.name for sign in "*?["):
        found = list(path.parent.glob(path.name))
    else:
        found = []
    files = sorted(f for f in found if f.is_file() and not f.name.startswith("."))
    if path.is_dir():
        files = [file for file in files if not leads_out(file)]
    words = {file: {*re.findall("[a-z]+", file.name.lower())} for file in files}
    train = [file for file in files if words[file] & TRAIN]
    tests = [file for file in files if words[file] & TEST]
    if len(train) == 1 and tests and path.is_dir():
        return tests if test else train
    return [] if test else files


def leads_out(file: Path) -> bool:
    """Tell whether a file is a link that leads out of its folder."""
    folder = os.path.realpath(file.parent)
    return not Path(os.path.realpath(file)).is_relative_to(folder)


def unpack(
    path: Path, folder: Path, say: Callable[[str], None], times: int = 0
) -> tuple[Path, str]:
    """Return the file of a table, taken out of an archive where it is in one, and form.

    The form is csv, json or parquet; a sheet becomes CSV. What is taken out goes into
    the folder. Raises ValueError where the file is no table, saying what to do.
    """
    with open(path, "rb") as file:
        start = file.read(512)
    if what := other_format(start):
        raise ValueError(f"it is {what}")
    if start.startswith(b"\x1f\x8b"):
        name = path.stem if path.suffix.lower() == ".gz" else path.name
        inner = place_for(name, folder, times)
        with gzip.open(path) as packed:
            write(packed, inner)
        return unpack(inner, folder, say, times + 1)
    if start.startswith(b"PK\x03\x04"):
        return from_zip(path, folder, say, times)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        return sheet_as_csv(path, folder, say), "csv"
    is_json = start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")
    if is_json and path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        return path, "json"
    is_parquet = start.startswith(b"PAR1") or path.suffix.lower() == ".parquet"
    return path, "parquet" if is_parquet else "csv"


def place_for(name: str, folder: Path, times: int) -> Path:
    """Return where to put what is unpacked: the same name may come again in it."""
    if times == MOST_TIMES:
        raise ValueError(f"it is packed more than {times} times; unpack it")
    return Path(tempfile.mkdtemp(dir=folder), Path(name).name)


def from_zip(
    path: Path, folder: Path, say: Callable[[str], None], times: int
) -> tuple[Path, str]:
    """Return what unpack does, of a zip file with one table in it, or of a sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            files = [info for info in archive.infolist() if not info.is_dir()]
            names = [info.filename for info in files]
            if {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & {*names}:
                return sheet_as_csv(path, folder, say), "csv"
            ends = tuple(SUFFIXES + OTHERS + SHEETS)
            tables = [name for name in names if is_visible(name)]
            tables = [name for name in tables if name.lower().endswith(ends)]
            if len(tables) != 1:
                visible = [name for name in names if is_visible(name)]
                some = ", ".join(sorted(tables or visible)[:5])
                raise ValueError(
                    f"it is an archive of {len(visible)} files with {len(tables)} tables:"
                    f" {some}; unpack it and give its folder, or one of its files"
                )
            inner = place_for(tables[0], folder, times)
            with archive.open(tables[0]) as packed:
                write(packed, inner)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError(
            f"it is a broken archive, or has a password: {error}"
        ) from None
    say(f"{path}: read {tables[0]} in it")
    return unpack(inner, folder, say, times + 1)


def write(packed: IO[bytes] | gzip.GzipFile, target: Path) -> None:
    """Write what is unpacked to a file; raise ValueError where it is too much."""
    size = 0
    try:
        with open(target, "wb") as file:
            while piece := packed.read(2**20):
                size += len(piece)
                if size > LARGEST:
                    raise ValueError(f"it unpacks to more than {LARGEST:,} bytes")
                file.write(piece)
    except BROKEN as error:
        raise ValueError(f"it is broken: {error}") from None


def sheet_as_csv(path: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """Write the first sheet as CSV that holds about as much as any; return that file.

    In a process of its own, with limited memory: one cell far from the others makes a
    sheet that fits into none, and the program that reads it ends.
    """
    if not find_spec("python_calamine"):
        raise ValueError(CALAMINE)
    target = folder / "sheet.csv"
    program = Path(__file__).with_name("sheets.py")
    command: list[str | Path]
    command = [sys.executable, "-P", "-X", "utf8", program, path.absolute(), target]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode == 1:
        raise ValueError(f"it is a broken spreadsheet: {done.stderr.strip()}")
    if done.returncode:
        raise ValueError(
            "it is a broken spreadsheet, or too large to be read: look for cells far"
            f" below or beside the table, or {EXPORT}"
        )
    filled = json.loads(done.stdout)
    if not filled:
        raise ValueError("its sheets are empty")
    if len(filled) > 1:
        others = ", ".join(filled[1:])
        say(f"{path}: read the sheet {filled[0]}; left out the sheets {others}")
    return target
