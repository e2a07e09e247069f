"""Looks at folders: which files they hold, and of which kind these are."""

import os
from contextlib import closing
from itertools import islice

MOST_FILES = 5000
MOST_FOLDERS = 1000
FIRST_FILES = 5  # of every folder, however many the others hold
SUFFIXES = {
    "images": ".png .jpg .jpeg .bmp .gif .tif .tiff .webp",
    "series": ".csv",
    "text": ".txt",
    "sound": ".wav .flac .ogg .mp3 .aiff .aif .opus",
    "video": ".mp4 .avi .mov .mkv .webm .mpg .mpeg .m4v",
    "volumes": ".npy .npz .nii .nii.gz",
}
KINDS = {suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes.split()}


def kind_of(path):
    """Return which kind of data a file holds, going by its name, or an empty string."""
    stem, suffix = os.path.splitext(str(path).lower())
    if suffix == ".gz":
        suffix = os.path.splitext(stem)[1] + suffix
    return KINDS.get(suffix, "")


def walk(folder):
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
            pass  # not for us to read, or gone


def first_below(folder, most):
    """Return at most so many of the files and folders below a folder, which is closed again."""
    with closing(walk(folder)) as entries:
        return list(islice(entries, most))


def list_files(folder):
    """Return the files at the top, those of every folder by its name, and whether there are more.

    It looks at MOST_FILES and MOST_FOLDERS, but at FIRST_FILES of each of these at least.
    """
    with os.scandir(folder) as entries:
        visible = islice((entry for entry in entries if not entry.name.startswith(".")), MOST_FILES + 1)
        top = sorted(visible, key=lambda entry: entry.name)
    folders = [entry for entry in top if entry.is_dir(follow_symlinks=False)]
    beside = [entry.path for entry in top if not entry.is_dir(follow_symlinks=False)][:MOST_FILES]
    found = {entry.name: first_below(entry.path, FIRST_FILES) for entry in folders[:MOST_FOLDERS]}
    left = MOST_FILES - len(beside) - sum(map(len, found.values()))
    cut = len(top) > MOST_FILES or len(folders) > MOST_FOLDERS
    for entry in folders[:MOST_FOLDERS]:
        known = len(found[entry.name])
        if known < FIRST_FILES or left <= 0 and cut:
            continue
        below = first_below(entry.path, known + max(0, left) + 1)
        cut = cut or len(below) > known + max(0, left)
        found[entry.name] = below[: known + max(0, left)]
        left -= len(found[entry.name]) - known
    # A folder may have a name like that of a file.
    files = {
        name: [entry.path for entry in entries if not entry.is_dir(follow_symlinks=False)]
        for name, entries in found.items()
    }
    return beside, files, cut


def spread(items, most):
    """Return at most so many of the items, from all over the list."""
    return items[:: -(-len(items) // most)] if items else []
