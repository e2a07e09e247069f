"""Layouts of folders: which class and which split the place of a file tells."""

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ..errors import shorten

SPLITS = {  # what their folders are called
    "train": "train training",
    "validation": "val valid validation dev",
    "test": "test testing",
    "": "pred predict prediction unlabeled unlabelled unsup",  # without classes
}
SPLIT_OF = {word: split for split, words in SPLITS.items() for word in words.split()}
# No classes, though names begin with them: what cameras and programs write.
OF_DEVICES = set(
    "audio clip dji dsc dscf dscn file frame gopr image img imgp item mov p photo pic"
    " picture pxl rec recording sample scan screenshot track vid video vlc voice".split()
)
MOST_IN_NAMES = 100  # classes
LEAST_IN_NAMES = 3  # files of each class

Folders = tuple[str, ...]


class Layout(NamedTuple):
    """What the places of files tell."""

    classes: list[str | None]
    """The class of every file; None where nothing tells it."""
    splits: list[str]
    """train, validation or test for every file; empty where no folder tells it."""
    levels: int
    """How many levels of folders could be the classes."""
    notes: list[str]
    """What to know of it."""


def layout_of(files: list[Path], level: int = 1) -> Layout:
    """Find classes and splits in the paths of files, relative to their folder.

    Folders around all others do not count, nor do those of splits, such as train and
    test. Of what is left the folders at this level, 1 for the first, are the classes;
    where there are fewer than two the names of the files may tell the classes.
    """
    splits, folders = find_splits(without_wrappers([file.parts[:-1] for file in files]))
    classes = [f[min(level, len(f)) - 1] if f else None for f in folders]
    classes = [None if SPLIT_OF.get(f"{c}".lower()) == "" else c for c in classes]
    levels, notes = 1, []
    deeper = sorted({f[level] for f in folders if len(f) > level})
    found = [] if len({*classes} - {None}) > 1 else classes_in_names(files, splits)
    if found:
        classes = found
        some = {c: file.name for c, file in zip(classes, files, strict=True) if c}
        pairs = [f"{name} ({some[name]})" for name in sorted(some)]
        notes.append(f"the names of the files tell the classes: {shorten(pairs, 4)}")
    elif len(deeper) > 1 or level > 1:
        levels = max(map(len, folders), default=1)
        note = f"the folders at level {level} are the classes"
        if deeper:
            below = f"not those below ({shorten(deeper, 4)})"
            note += f", {below}: class_level = {level + 1} takes these"
        notes.append(note)
    if any(splits):
        placed = [*zip(classes, splits, strict=True)]
        learned = {c for c, split in placed if split == "train"}
        # What has no class may lie in a folder, too, or be of a class that no one learns.
        classes = [c if split and c in learned else None for c, split in placed]
        counts = Counter(s for c, s in zip(classes, splits, strict=True) if c)
        said = [f"{counts[split]} {split}" for split in SPLITS if counts[split]]
        notes.append(f"the folders tell the split: {', '.join(said)}")
    return Layout(classes, splits, levels, notes)


def without_wrappers(folders: list[Folders]) -> list[Folders]:
    """Leave out the folders around all others, as archives have them."""
    while len({f[:1] for f in folders if f}) == 1:
        if 2 * sum(len(f) > 1 for f in folders) < len(folders):
            break
        folders = [f[1:] for f in folders]
    return folders


def find_splits(folders: list[Folders]) -> tuple[list[str], list[Folders]]:
    """Return the split of each file, and its other folders.

    The folders of splits are around those of the classes, or in each of these.
    """
    for place in (0, 1):
        names = {f[place] for f in folders if len(f) > place}
        split_of = splits_called(names)
        if split_of and (place == 0 or all(len(f) > 1 for f in folders)):
            break
    else:
        return [""] * len(folders), folders
    splits = [split_of[f[place]] if len(f) > place else "" for f in folders]
    rest = [f[:place] + f[place + 1 :] for f in folders]
    for split in {*splits}:
        rows = [row for row, name in enumerate(splits) if name == split]
        inside = without_wrappers([rest[row] for row in rows])
        for row, names_left in zip(rows, inside, strict=True):
            rest[row] = names_left
    return splits, rest


def splits_called(names: set[str]) -> dict[str, str]:
    """Return the split that each name tells; empty where not all are splits."""
    words = {name: re.findall("[a-z]+", name.lower()) for name in names}
    found = {n: [SPLIT_OF[w] for w in ws if w in SPLIT_OF] for n, ws in words.items()}
    others = {tuple(w for w in ws if w not in SPLIT_OF) for ws in words.values()}
    splits = {split for of_name in found.values() for split in of_name}
    if "train" not in splits or len(splits) < 2 or len(others) > 1:
        return {}
    if any(len(of_name) != 1 for of_name in found.values()):
        return {}
    return {name: of_name[0] for name, of_name in found.items()}


def classes_in_names(files: list[Path], splits: list[str]) -> list[str | None]:
    """Return the classes that the names of files tell, in each split; empty if none."""
    classes: list[str | None] = [None] * len(files)
    for split in {*splits}:
        rows = [row for row, name in enumerate(splits) if name == split]
        labels = labels_in([files[row].stem for row in rows])
        for row, label in zip(rows, labels, strict=False):  # labels may be empty
            classes[row] = label
    return classes if any(classes) else []


def labels_in(stems: list[str]) -> list[str]:
    """Return the class in every name; empty unless one pattern fits all.

    That is words and numbers, as in cat_001.jpg, 001-dog.png or dog (3).jpg; or a first
    word and any rest, as in cat_a3f9.jpg.
    """
    shapes = {re.sub(r"[\W\d_]*\d[\W\d_]*", "9", stem) for stem in stems}
    shapes = {re.sub("[^9]+", "a", shape) for shape in shapes}
    words = [re.findall(r"[^\W\d_]+", stem) for stem in stems]
    in_all = set.intersection(*map(set, words))
    labels = [" ".join(w for w in ws if w not in in_all) for ws in words]
    if len(shapes) == 1 and are_classes(labels) and not are_numbered(stems):
        return labels
    parts = [re.split(r"[\s_.-]+", stem, maxsplit=1) for stem in stems]
    if all(len(part) == 2 and part[0].isalpha() for part in parts):
        labels, rest = map(list, zip(*parts, strict=True))
        if are_classes(labels) and len({*rest}) > 0.9 * len(stems):
            return labels
    return []


def are_classes(labels: list[str]) -> bool:
    """Tell whether labels from names occur often enough, and are none of a device."""
    counts = Counter(labels)
    words = {word.lower() for label in counts for word in label.split() or [""]}
    return (
        2 <= len(counts) <= min(MOST_IN_NAMES, len(labels) / LEAST_IN_NAMES)
        and min(counts.values()) >= LEAST_IN_NAMES
        and "" not in words
        and not words & OF_DEVICES
    )


def are_numbered(stems: list[str]) -> bool:
    """Tell whether one of several numbers in the names could be a class, too."""
    numbers = [re.findall(r"\d+", stem) for stem in stems]
    if min(map(len, numbers)) < 2 or len({*map(len, numbers)}) > 1:
        return False
    values = [Counter(column) for column in zip(*numbers, strict=True)]
    return any(
        1 < len(of_place) <= 20 and min(of_place.values()) >= LEAST_IN_NAMES
        for of_place in values
    )
