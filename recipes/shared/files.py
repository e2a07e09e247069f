"""Files in folders: which of them are data."""

import os
import re
from pathlib import Path

from ..errors import say
from ..tables.formats import is_visible


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
