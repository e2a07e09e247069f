"""Files in folders: which of them are data, and which class each belongs to."""

import os
import re
from pathlib import Path


def list_files(folder: Path, suffixes: list[str]) -> tuple[list[Path], list]:
    """Return the files with these suffixes, sorted, and the class of each.

    Files are relative to the folder. The class is the name of the first folder below
    it, None for files beside the folders. Hidden files and folders do not count. What
    cannot be read, or has a name that is not UTF-8, is left out and printed.
    """
    files = []
    for top, folders, names in os.walk(folder, onerror=print_left_out):
        folders[:] = [name for name in folders if not name.startswith(".")]
        wanted = [name for name in names if name.lower().endswith(tuple(suffixes))]
        inside = Path(top).relative_to(folder)
        files += [inside / name for name in wanted if not name.startswith(".")]
    files.sort()
    for file in [file for file in files if re.search("[\ud800-\udfff]", str(file))]:
        print(f"Left out: {ascii(str(file))} (its name is not UTF-8)")
        files.remove(file)
    return files, [file.parts[0] if len(file.parts) > 1 else None for file in files]


def print_left_out(error: OSError) -> None:
    """Say which folder cannot be read, most often for want of permission."""
    print(f"Left out: {error.filename} ({error.strerror})")
