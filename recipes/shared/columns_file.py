"""columns.toml: what each column holds, for its owner to read and to correct."""

import difflib
import json
import re
import tomllib
from itertools import groupby
from pathlib import Path

from ..config import Config
from ..errors import UserError, say
from ..tables.columns import Columns

KINDS = ["number", "date", "category", "text", "identifier", "ignored"]
HEAD = """\
# What each column holds. Correct it by hand: training follows it, and what a model was
# trained on, evaluation and prediction follow. `look` writes it anew.
# number and date may be followed by how they are written: "date 31.12.1999".
# identifier: only comes with the predictions; ignored: not seen at all.
# dialect is of this file; header is the line of the names, 0 if there is none.
"""
SERIES = re.compile(r"(?s)(.*?)(\d+)")  # pixel17
MANY = 10  # columns such as pixel1, pixel2, ... in one line


def read_told(config: Config) -> tuple[dict[str, str], dict[str, str | int]]:
    """Return what the file says of columns, and how the data is written.

    It is nothing where there is no such file for the data.
    """
    path = Path(config.columns_file)
    if not config.columns_file or not path.exists():
        return {}, {}
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        of, columns = told["data"], told["columns"].items()
        dialect = {**told.get("dialect", {})}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise UserError(f"{path} cannot be read: {error}; `look` writes it anew")
    if of != data_of(config):
        say(f"Note: {path} is not followed: it is of {of}; `look` writes it anew")
        return {}, {}
    for name, value in dialect.items():
        if name not in DIALECT or not DIALECT[name](value):
            raise UserError(f"{path}: {name} = {value!r} is no {name} of a file")
    kinds = {name: kind for key, kind in columns for name in names_in(key)}
    for name, kind in kinds.items():
        if not isinstance(kind, str) or kind.partition(" ")[0] not in KINDS:
            known = ", ".join(KINDS)
            raise UserError(f"{path}: {name} = {kind!r} is none of {known}")
    return kinds, dialect


def is_encoding(name: object) -> bool:
    """Tell whether Python can read text in it."""
    try:
        return "".encode(str(name)) is not None
    except LookupError:
        return False


DIALECT = {  # what may be said of how a file is written
    "encoding": is_encoding,
    "separator": lambda sign: isinstance(sign, str) and len(sign) == 1,
    "header": lambda line: isinstance(line, int) and line >= 0,
    "decimal": lambda mark: mark in (".", ","),
}


def data_of(config: Config) -> str:
    """Return the data as the file names it."""
    path = Path(config.data_path)
    is_inside = path.is_absolute() and path.is_relative_to(Path.cwd())
    return (path.relative_to(Path.cwd()) if is_inside else path).as_posix()


def note_columns(columns: Columns, config: Config, anew: bool = False) -> None:
    """Write the file if there is none; anew, replace it and print what has changed."""
    path = Path(config.columns_file)
    if not config.columns_file or path.exists() and not anew:
        return
    lines = [*lines_of(columns, config)]
    text = f"{HEAD}data = {in_quotes(data_of(config))}\n\n"
    if columns.dialect:
        text += "\n".join(["[dialect]", *map(line_of, columns.dialect.items()), "", ""])
    text += "\n".join(["[columns]", *lines, ""])
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    if text == before:
        say(f"{path} is as it was")
        return
    if before:
        old = path.with_name(f"{path.name}.old")
        old.write_text(before, encoding="utf-8")
        say(f"{path} is new, as it was before it is in {old}:")
        changes = difflib.ndiff(before.split("\n"), text.split("\n"))
        say("\n".join(line for line in changes if line.startswith(("+", "-"))))
    else:
        say(f"{path} says what each column holds: correct it where it is wrong")
    path.write_text(text, encoding="utf-8")


def lines_of(columns: Columns, config: Config):
    """Yield a line for each column, those of a kind together."""
    yield f"# to predict: {one_line(', '.join(config.target))}"
    kinds = {n: f"number {columns.written.get(n, '')}" for n in columns.numbers}
    kinds |= {name: f"date {written}" for name, written in columns.dates.items()}
    kinds |= dict.fromkeys(columns.categories, "category")
    kinds |= dict.fromkeys(columns.texts, "text")
    kinds |= dict.fromkeys(columns.left_out, "ignored")
    kinds |= dict.fromkeys(columns.identifiers, "identifier")

    def alike(name: str) -> tuple:
        stem = SERIES.fullmatch(name)
        note = columns.odd.get(name, columns.left_out.get(name, ""))
        return stem and stem[1], kinds[name].strip(), note

    for (_, kind, note), group in groupby(kinds, alike):
        names = list(group)
        if len(names) >= MANY and expand(names[0], names[-1]) == names:
            names = [f"{names[0]} ... {names[-1]}"]
        for name in names:
            key = name if re.fullmatch("[A-Za-z0-9_-]+", name) else in_quotes(name)
            comment = f"  # {one_line(note)}" if note else ""
            yield f"{key} = {in_quotes(kind)}{comment}"


def line_of(item: tuple[str, str | int]) -> str:
    """Return a line about the dialect."""
    name, value = item
    return f"{name} = {value if isinstance(value, int) else in_quotes(value)}"


def in_quotes(text: str) -> str:
    """Return a text as TOML takes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def one_line(note: str) -> str:
    """Return a note as a comment in TOML takes it."""
    return "".join(c if c.isprintable() else " " for c in note)


def names_in(key: str) -> list[str]:
    """Return the columns that a line is about: pixel0 ... pixel783, or one."""
    first, dots, last = key.partition(" ... ")
    return dots and expand(first, last) or [key]


def expand(first: str, last: str) -> list[str]:
    """Return the names from pixel0 to pixel783; none where they are not alike."""
    start, end = SERIES.fullmatch(first), SERIES.fullmatch(last)
    if not start or not end or start[1] != end[1]:
        return []
    stem, digits = start.groups()
    numbers = range(int(digits), int(end[2]) + 1)
    return [f"{stem}{number:0{len(digits)}}" for number in numbers]
