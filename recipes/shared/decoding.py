"""Files that are decoded: where those are that a table names, and what they may take."""

import contextlib
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from ..errors import UserError, say
from .files import list_files, why_not
from .listed import find_listed


class Memory:
    """What files that are decoded at the same time may take together, in bytes."""

    def __init__(self, most: int):
        self.most = self.free = most
        self.changed = threading.Condition()

    @contextlib.contextmanager
    def of(self, size: int) -> Iterator[None]:
        """Wait until there is so much of it; raise ValueError if there never is."""
        if size > self.most:
            raise ValueError(f"to decode it takes {size:,} bytes, over {self.most:,}")
        with self.changed:
            self.changed.wait_for(lambda: size <= self.free)
            self.free -= size
        try:
            yield
        finally:
            with self.changed:
                self.free += size
                self.changed.notify_all()


MEMORY = Memory(2**31)  # a small file may unpack to more than any memory holds
NOTED: list[str] = []  # what is lost of files that are read all the same


def find_files(
    names: list[str], path: Path, suffixes: list[str], outside: bool
) -> list[str]:
    """Return where the files are that the table at path names, relative to its folder.

    An empty name stays empty. Raises UserError for a file that is not in the folder of
    the table or below, unless outside.
    """
    place = path if path.is_dir() else path.parent
    folder, known = os.path.abspath(place), [name for name in names if name]
    for root in [".", ".."] if outside else ["."]:
        inside = partial(list_files, place / root, suffixes, outside)
        known = find_listed(known, place, root, suffixes, inside)
    found = iter(known)
    names = [next(found) if name else "" for name in names]
    for row, name in enumerate(names, start=1):
        is_inside = Path(os.path.abspath(Path(folder, name))).is_relative_to(folder)
        if not is_inside and not outside:
            raise UserError(
                f"{path}: row {row}: {name} is outside of the folder of the list;"
                " outside_paths = true (or --outside-paths) allows it"
            )
    return names


def decode_all(
    files: list[Path], root: Path | None, decode: Callable[[Path], np.ndarray | str]
) -> Iterator[np.ndarray | str]:
    """Decode files, several at a time; yield for each its values, or why not.

    Files must be in the folder root, if there is one.
    """

    def decode_one(file: Path) -> np.ndarray | str:
        try:
            reason = why_not(file, root)
            return f"{file}: {reason}" if reason else decode(file)
        except Exception as error:  # damaged files raise nearly any
            return f"{file}: {error}"

    with ThreadPoolExecutor() as pool:
        yield from pool.map(decode_one, files)


def tell(reasons: list[str], files: int, name: str) -> None:
    """Print what is lost of some files, and which cannot be read."""
    for text, times in Counter(NOTED).items():
        say(f"Note: {times} of {files} {name}s {text}")
    NOTED.clear()
    for reason in reasons[:10]:
        say(f"Skipped: {reason}")
    if reasons:
        say(f"Skipped: {len(reasons)} of {files} {name}s, which cannot be read")
