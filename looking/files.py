"""Looks at folders: which files they hold, and of which kind these are."""

import os
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path

from .names import is_visible  # of the project: template/src/, recipes/shared/
from .recipes import load_recipes  # extensions/recipes.py
from .tables.formats import SUFFIXES

ROOT = Path(__file__).parents[1]
# Kinds of data that folders hold; the first of them whose project reads a file says what it is.
KINDS = ["images", "video", "sound", "volumes", "series", "text"]
MOST_FILES = 5000
MOST_FOLDERS = 1000
FIRST_FILES = 5  # of every folder, however many the others hold
OF_SYSTEMS = {"thumbs.db", "desktop.ini"}


@lru_cache
def suffixes_of(kind: str) -> tuple[str, ...]:
    """Return how the names of the files end which a project of this kind can read, in lower case."""
    of_tables = SUFFIXES if kind == "series" else []
    recipe = load_recipes(ROOT)["inputs"].get(kind, {})
    optional = [suffix for format in recipe.get("optional", {}).values() for suffix in format["suffixes"]]
    return (*of_tables, *recipe.get("suffixes", ()), *optional)


def formats_among(kind: str, paths: Iterable[str]) -> list[str]:
    """Return the names of the formats of these files that need a package more."""
    names = [path.lower() for path in paths]
    optional = load_recipes(ROOT)["inputs"].get(kind, {}).get("optional", {})
    return [name for name, format in optional.items() if any(n.endswith(tuple(format["suffixes"])) for n in names)]


def reads(kind: str, name: str) -> bool:
    """Tell whether a project of this kind reads a file, going by its name."""
    return name.lower().endswith(suffixes_of(kind))


def kind_of(path: str) -> str:
    """Return which kind of data a file holds, going by its name, or an empty string."""
    name = os.path.basename(path.lower()).lstrip(".")
    return next((kind for kind in KINDS if name.endswith(suffixes_of(kind))), "")


def ends_of(files: list[str]) -> list[str]:
    """Return how the names end, the most frequent first, each once; five at most."""
    ends = Counter(os.path.splitext(file)[1].lower() or os.path.basename(file) for file in files)
    return [end for end, _ in ends.most_common(5)]


def list_files(folder: Path, most: int = MOST_FILES, ends: tuple[str, ...] = ("",)) -> tuple[list[Path], bool]:
    """Return the visible files below a folder with one of the ends, relative to it, and whether there are more.

    It looks at so many files, and MOST_FOLDERS of a folder, but at FIRST_FILES of each of these at least.
    """
    files, cut = below(str(folder), most)
    return [Path(os.path.relpath(file, folder)) for file in files if file.lower().endswith(ends)], cut


def below(folder: str, most: int) -> tuple[list[str], bool]:
    """Return at most so many files below a folder, and whether there are more."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(islice(filter(is_wanted, entries), most + MOST_FOLDERS), key=lambda entry: entry.name)
    except OSError:  # no permission, or gone
        return [], False
    # Links to folders may form a loop.
    folders = [entry.path for entry in found if entry.is_dir(follow_symlinks=False)]
    beside = [entry.path for entry in found if not entry.is_dir(follow_symlinks=False)]
    files, cut = beside[:most], len(beside) > most or len(folders) > MOST_FOLDERS or len(found) == most + MOST_FOLDERS
    for number, inside in enumerate(folders[:MOST_FOLDERS], start=1):
        left = max(0, most - len(files))
        share = max(FIRST_FILES, left - FIRST_FILES * (len(folders) - number))
        some, is_more = below(inside, share)
        files, cut = files + some, cut or is_more
    return files, cut


def is_wanted(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file or folder is none that a system adds."""
    return is_visible(entry.name) and entry.name.lower() not in OF_SYSTEMS
