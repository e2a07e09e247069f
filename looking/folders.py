"""Judges folders: the classes in them, or why no project could learn from them."""

from pathlib import Path

from .data.layouts import Layout  # of the project
from .files import ends_of
from .words import count, shorten, shown

A_TABLE = "write a table with the columns path and label, and give that as data_path"


def nothing_in(files: list[Path]) -> str:
    """Return in a few words that there is nothing to learn from."""
    if not files:
        return "no files"
    bare = [file for file in files if not file.suffix]
    if 2 * len(bare) > len(files):
        some = f"{count(bare, 'file')} without a suffix, such as {shown(bare[0].name)}"
        return f"{some}: give them names such as 1.jpg, 1.wav or 1.csv"
    kinds = ", ".join(map(shown, ends_of([file.name for file in files])))
    return f"no tables, images, sounds, videos, volumes or texts that a project could read, only {kinds}"


def files_by_class(files: list[Path], layout: Layout) -> dict[str, list[Path]]:
    """Return the files of every class."""
    classes: dict[str, list[Path]] = {}
    for file, name in zip(files, layout.classes, strict=True):
        if name is not None:
            classes.setdefault(name, []).append(file)
    return dict(sorted(classes.items()))


def why_no_classes(
    path: Path, files: list[Path], wanted: list[Path], by_class: dict[str, list[Path]], name: str
) -> str:
    """Return why a folder tells no classes, and what to do; an empty string where it does."""
    if len(by_class) > 1:
        return ""
    held = f"{path} holds {count(wanted, name)}"
    if tables := [file for file in files if file not in wanted and file.suffix.lower() in (".csv", ".tsv", ".parquet")]:
        names = shorten(map(str, tables), 3)
        return f"{held} and no folder for each class, but {names}: give {path / tables[0]} as data_path"
    if by_class:
        return f"{held}, all of one class, {shown(*by_class)}: put the others into a folder for each class beside it"
    return f"{held}, but no folder for each class: make one for each, or {A_TABLE}"
