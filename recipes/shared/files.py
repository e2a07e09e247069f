"""Files in folders: which of them are data, and which belong together."""

import hashlib
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from ..errors import say
from ..tables.formats import is_visible
from .layouts import layout_of

START = 2**16  # bytes, which tell most files apart


def list_files(folder: Path, suffixes: list[str], outside: bool = False) -> list[Path]:
    """Return the files with these suffixes below a folder, relative to it and sorted.

    Hidden files and folders do not count. What cannot be read, has a name that is not
    UTF-8 or, unless outside, is a link that leads out of the folder, is left out and
    printed.
    """
    files = []
    for top, folders, names in os.walk(folder, onerror=print_left_out):
        folders[:] = [name for name in folders if is_visible(name)]
        for name in filter(lambda name: Path(top, name).is_symlink(), folders):
            say(f"Left out: {Path(top, name)} (a link to a folder)")
        wanted = [name for name in names if name.lower().endswith(tuple(suffixes))]
        inside = Path(top).relative_to(folder)
        files += [inside / name for name in wanted if is_visible(name)]
    kept = []
    for file in sorted(files):
        if re.search("[\ud800-\udfff]", str(file)):
            say(f"Left out: {ascii(str(file))} (its name is not UTF-8)")
        elif reason := why_not(folder / file, None if outside else folder):
            say(f"Left out: {folder / file} ({reason})")
        else:
            kept.append(file)
    return kept


def why_not(file: Path, root: Path | None) -> str:
    """Return why a file must not be opened, or an empty string.

    It has to be a plain file, as a pipe would be waited for without end, and in the
    folder root, if there is one, also where links lead to it.
    """
    real = Path(os.path.realpath(file))
    if not real.exists():
        return "there is no such file"
    if not real.is_file():
        return "it is no plain file"
    if root and not real.is_relative_to(os.path.realpath(root)):
        return "a link that leads out of the folder"
    return ""


def print_left_out(error: OSError) -> None:
    """Say which folder cannot be read, most often for want of permission."""
    say(f"Left out: {error.filename} ({error.strerror})")


def splits_of_folders(path: Path, files: pd.Series) -> np.ndarray | None:
    """Return the split that its folder tells for every file: text (n,); None of none."""
    if not path.is_dir():
        return None
    splits = np.array(layout_of([*map(Path, files)]).splits, dtype=object)
    return splits if splits.any() else None


def numbers_of_twins(
    path: Path, names: pd.Series, y: np.ndarray, splits: np.ndarray | None
) -> np.ndarray | None:
    """Return the same number for all files with the same content: int (n,).

    None where all differ. path is their folder, or lies in it. Prints how many are the
    same, and which of these have other targets y or lie in folders of other splits.
    """
    folder = path if path.is_dir() else path.parent
    marks: list[tuple] = [(size_of(folder / name),) for name in names]
    for most in (START, -1):  # to read all of all files would take long
        counts = Counter(marks)
        marks = [
            (*mark, hash_of(folder / name, most)) if counts[mark] > 1 else mark
            for mark, name in zip(marks, names, strict=True)
        ]
    numbers, different = pd.factorize(pd.Series(marks, dtype=object))
    if len(different) == len(names):
        return None
    number = len(names) - len(different)
    are = "is a copy of another" if number == 1 else "are copies of others"
    copies = f"{number} of {len(names)} files {are}"
    say(f"Note: {copies}: what is the same stays in one split")
    targets = pd.DataFrame(y.reshape(len(y), -1))
    say_where_they_differ(targets, numbers, names, "have different targets", "")
    if splits is not None:
        where = "are in the folders of different splits"
        kept = "; they count for the test, else to validate"
        say_where_they_differ(pd.DataFrame(splits), numbers, names, where, kept)
    return numbers


def say_where_they_differ(
    values: pd.DataFrame, numbers: np.ndarray, names: pd.Series, what: str, then: str
) -> None:
    """Print how many twins have different values, with two of them."""
    differ = (values.groupby(numbers).nunique() > 1).any(axis=1).to_numpy()[numbers]
    if differ.any():
        first = names.iloc[np.flatnonzero(numbers == numbers[differ.argmax()])]
        example = f"{first.iloc[0]} = {first.iloc[-1]}"
        say(f"Note: {differ.sum()} copies {what}, such as {example}{then}")


def size_of(file: Path) -> int | str:
    """Return the size of a file in bytes; its name where there is none."""
    return file.stat().st_size if os.path.isfile(file) else str(file)


def hash_of(file: Path, most: int) -> bytes | str:
    """Return a hash of a file's first bytes, of all with -1; its name if unreadable."""
    try:
        with open(file, "rb") as content:
            return hashlib.blake2b(content.read(most), digest_size=16).digest()
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return str(file)
