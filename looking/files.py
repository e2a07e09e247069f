"""Looks at folders: which files they hold, and of which kind these are."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import lru_cache
from itertools import islice
from pathlib import Path

from .recipes import load_recipes  # extensions/recipes.py
from .tables.formats import SUFFIXES  # of the project: recipes/shared/

ROOT = Path(__file__).parents[1]
# Kinds of data that folders hold; the first of them whose project reads a file says what it is.
KINDS = ["images", "video", "sound", "volumes", "series", "text"]
MOST_FILES = 5000
MOST_FOLDERS = 1000
FIRST_FILES = 5  # of every folder, however many the others hold


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


def kind_of(path: str) -> str:
    """Return which kind of data a file holds, going by its name, or an empty string."""
    name = os.path.basename(path.lower()).lstrip(".")
    return next((kind for kind in KINDS if name.endswith(suffixes_of(kind))), "")


def walk(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield every visible file and folder below a folder."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    # Links to folders may form a loop.
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    yield entry
        except OSError:
            pass  # no permission, or gone


def first_below(folder: str, most: int) -> list[os.DirEntry[str]]:
    """Return at most so many of the files and folders below a folder, which is closed again."""
    with closing(walk(folder)) as entries:  # type: ignore[type-var]  # a generator
        return list(islice(entries, most))


def list_files(folder: Path) -> tuple[list[str], dict[str, list[str]], bool]:
    """Return the files at the top, those of every folder by its name, and whether there are more.

    It looks at MOST_FILES and MOST_FOLDERS, but at FIRST_FILES of each of these at least.
    """
    with os.scandir(folder) as entries:
        visible = islice((entry for entry in entries if not entry.name.startswith(".")), MOST_FILES + 1)
        top = sorted(visible, key=lambda entry: entry.name)
    folders = [entry for entry in top if entry.is_dir(follow_symlinks=False)]
    beside = [entry.path for entry in top if not entry.is_dir(follow_symlinks=False)][:MOST_FILES]
    files = {}
    left, cut = MOST_FILES - len(beside), len(top) > MOST_FILES or len(folders) > MOST_FOLDERS
    for number, folder_in_it in enumerate(folders[:MOST_FOLDERS], start=1):
        share = max(FIRST_FILES, left - FIRST_FILES * (len(folders) - number))
        below = first_below(folder_in_it.path, share + 1)
        cut, left = cut or len(below) > share, left - min(share, len(below))
        # A folder may have a name like that of a file.
        paths = [entry.path for entry in below[:share] if not entry.is_dir(follow_symlinks=False)]
        files[folder_in_it.name] = paths
    return beside, files, cut
