"""Finds out whether a table lists files: which column names them, and where they are."""

import os
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .data.listed import find_listed  # of the project
from .errors import UserError
from .files import kind_of, list_files, suffixes_of
from .other_tasks import INSTEAD
from .samples import Sample
from .words import shown, spread

LISTED = ["images", "sound", "video", "volumes"]  # files that a column of paths may list
OF_FILES = set(  # words in names of columns
    "path paths file files filename filenames filepath image images img photo photos picture pictures pic scan slice"
    " audio sound clip recording wav video volume nifti id name".split()
)
SOME_FILES = 50  # that are looked for
MOST_LISTED = 200_000  # files in a folder among which they are looked for


class FileList(NamedTuple):
    """The files that a table lists."""

    kind: str = ""  # of the files, empty where there are none
    column: str = ""  # that names them
    paths: list[str] = []
    is_outside: bool = False  # whether some are outside of the folder of the table
    lacks: str = ""


def find_list(table: Sample, columns: list[str], path: Path) -> FileList:
    """Find the column that names files, and these.

    Raises UserError where the table says where in them objects are.
    """
    named = [c for c in columns if set(re.findall("[a-z]+", c.lower())) & OF_FILES]
    lacks = ""
    for name in sorted(columns, key=lambda c: (c != "path", c not in named)):
        texts = table[name].texts
        kind = kind_of_files(texts)
        # Names without a suffix may be numbers of anything, such as customers: each must be of one row, and there
        # must be as many files.
        may_be = table.row_count <= MOST_LISTED and name in named
        is_name = kind in LISTED or may_be and table[name].judged.tells_apart
        if not texts or not is_name:
            continue
        found = find_beside(spread(texts, SOME_FILES), path.parent, [kind] if kind else LISTED)
        if found or name == "path" and kind in LISTED:
            refuse_boxes(table.names, path)
            there = [text for text in texts if is_outside(text) and os.path.exists(path.parent / text)]
            outside = any(map(is_outside, there + found))
            return FileList(kind_of_files(found) or kind, name, found or texts, outside, lacks)
        if kind in LISTED and name in named:
            lacks = f"column {shown(name)} names {kind}, but none of these files is in {path.parent}"
    return FileList(lacks=lacks)


def refuse_boxes(columns: list[str], path: Path) -> None:
    """Raise UserError where a table of files says where in them objects are."""
    names = {re.sub("[^a-z]", "", column.lower()) for column in columns}
    if names & {"bbox", "bboxes"} or {"xmin", "xmax"} <= names:
        raise UserError(f"{path} holds boxes of objects in images: detection is not supported; {INSTEAD}")


def kind_of_files(names: list[str]) -> str:
    """Return the kind of most of some files that a project reads, going by their names, or an empty string."""
    kinds = Counter(map(kind_of, names[:SOME_FILES]))
    most = max(LISTED, key=lambda kind: kinds[kind])
    return most if kinds[most] else ""


def first_files(folder: Path, ends: list[str]) -> list[Path]:
    """Return the files below a folder among which listed ones are looked for: those with one of these suffixes."""
    return list_files(folder, MOST_LISTED, tuple(ends))[0]


def find_beside(names: list[str], folder: Path, kinds: list[str]) -> list[str]:
    """Return those of the files that are in a folder, or in the one around it, relative to it.

    Of names without a suffix nearly all must be files.
    """
    ends = [suffix for kind in kinds for suffix in suffixes_of(kind)]
    least = 1 if kind_of_files(names) else 0.9 * len(names)
    for root in (".", ".."):
        found = find_listed(names, folder, root, ends, partial(first_files, folder / root, ends))
        if len(there := [name for name in found if os.path.isfile(folder / name)]) >= least:
            return there
    return []


def is_outside(path: str) -> bool:
    """Tell whether a path that stands in a list leads out of the list's folder, or may do so."""
    return os.path.isabs(path) or os.path.normpath(path).split(os.sep)[0] == os.pardir
