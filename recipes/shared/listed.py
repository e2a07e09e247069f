"""Files that a table lists: found by their paths, or by as much of these as there is."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path


def find_listed(
    names: list[str],
    folder: Path,
    root: str,
    suffixes: Iterable[str],
    files: Callable[[], Iterable[Path]],
) -> list[str]:
    """Return the path of each file in root, relative to folder; the name if not found.

    A path may be of another machine, with backslashes, without folders or suffix: the
    one file counts that ends with as much of it as any. What is cut off from the
    beginning must be the same for all. root is relative to
    the folder, too; files returns what is in it.
    """
    if all(os.path.isfile(folder / name) for name in names):
        return names
    ends = tuple(sorted(suffixes, key=len, reverse=True))
    # Files by all ends of their paths, with and without suffix.
    whole: dict[str, Path | None] = {}
    bare: dict[str, Path | None] = {}
    for file in files():
        file = root / file
        path = file.as_posix().lower()
        for found, key in ((whole, path), (bare, without(path, ends))):
            parts = key.split("/")
            for first in range(len(parts)):
                tail = "/".join(parts[first:])
                found[tail] = None if found.get(tail, file) != file else file
    places = [
        ("", name) if os.path.isfile(folder / name) else find(name, whole, bare, ends)
        for name in names
    ]
    counts = Counter(cut for cut, place in places if place)
    usual = counts.most_common(1)[0][0] if counts else ""
    return [
        place if place and cut == usual else name
        for name, (cut, place) in zip(names, places, strict=True)
    ]


def find(name: str, whole: dict, bare: dict, ends: tuple[str, ...]) -> tuple[str, str]:
    """Return what is cut off from a name, and the file; empty where it is not clear."""
    parts = name.lower().replace("\\", "/").split("/")
    parts = [part for part in parts if part not in ("", ".")]
    for first in range(len(parts)):
        tail = "/".join(parts[first:])
        for found, key in ((whole, tail), (bare, tail), (bare, without(tail, ends))):
            if key in found:
                file = found[key]
                return "/".join(parts[:first]), file.as_posix() if file else ""
    return "", ""


def without(name: str, ends: tuple[str, ...]) -> str:
    """Return a name without its suffix, if it has one of these, the longest first."""
    if not name.endswith(ends):
        return name
    return name.removesuffix(next(end for end in ends if name.endswith(end)))
