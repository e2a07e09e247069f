"""Files in folders: which of them are data, and which class each belongs to."""

import os
import re
from pathlib import Path

from ..errors import say


def list_files(
    folder: Path, suffixes: list[str], outside: bool = False
) -> tuple[list[Path], list]:
    """Return the files with these suffixes, sorted, and the class of each.

    Files are relative to the folder. The class is the name of the first folder below
    it, None for files beside the folders. Hidden files and folders do not count. What
    cannot be read, has a name that is not UTF-8 or, unless outside, is a link that
    leads out of the folder, is left out and printed.
    """
    files = []
    for top, folders, names in os.walk(folder, onerror=print_left_out):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in filter(lambda name: Path(top, name).is_symlink(), folders):
            say(f"Left out: {Path(top, name)} (a link to a folder)")
        wanted = [name for name in names if name.lower().endswith(tuple(suffixes))]
        inside = Path(top).relative_to(folder)
        files += [inside / name for name in wanted if not name.startswith(".")]
    kept = []
    for file in sorted(files):
        if re.search("[\ud800-\udfff]", str(file)):
            say(f"Left out: {ascii(str(file))} (its name is not UTF-8)")
        elif reason := why_not(folder / file, None if outside else folder):
            say(f"Left out: {folder / file} ({reason})")
        else:
            kept.append(file)
    return kept, [file.parts[0] if len(file.parts) > 1 else None for file in kept]


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
