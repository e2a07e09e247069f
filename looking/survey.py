"""Goes through a file or folder, and returns what is seen of it."""

import os
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from . import headers, pictures
from .arrays import read_arrays
from .columns import column_of
from .data.layouts import layout_of  # of the project
from .errors import UserError
from .facts import Facts, Header
from .files import KINDS, ends_of, formats_among, kind_of, list_files, reads
from .folders import files_by_class, nothing_in, why_no_classes
from .other_tasks import other_task
from .samples import read_table
from .table_facts import TableFacts
from .tables.formats import tables_at
from .texts import length_in_words
from .unread import BY_CONTENT, kind_by_content, why_unfit, why_unread
from .words import count, shown, span, spread

LACKS_DUCKDB = "to look into tables add duckdb: `uvx --with duckdb ...` or `pip install duckdb`"
LACKS_ARRAYS = "it needs the arrays x (series, steps, features) and y (one value per series)"
LACKS_AXES = "each needs three axes, or a fourth for channels"
MOST_HEADERS = 50  # that are read
MOST_TEXTS = 20  # that are looked into
TEXT_BYTES = 50_000  # of each
MOST_SERIES = 5  # whose steps are counted
NAMES = {
    "images": "image",
    "series": "CSV file",
    "text": "text",
    "sound": "recording",
    "video": "clip",
    "volumes": "volume",
}
READ_HEADER: dict[str, Callable[[str], Header | None]] = {
    "images": pictures.image_header,
    "sound": headers.sound_header,
    "volumes": headers.volume_header,
}


@lru_cache(maxsize=8)  # of large tables
def look_once(path: Path, changed: int, size: int) -> Facts:
    """Look at a path, once for all questions as long as it stays as it is; return empty facts where that fails."""
    try:
        return look_at(path)
    except PermissionError:
        lacks = "you have no permission to read it"
        return Facts(lacks=lacks, refused="" if path.is_dir() else f"{path} cannot be read: {lacks}")
    except UserError as error:
        return Facts(refused=str(error))
    except Exception:  # whatever is wrong with the data: the project says it better
        return Facts()


def look_at(path: Path) -> Facts:
    """Return the facts of a file or folder; raises whatever goes wrong, UserError as the project's reader does."""
    if path.is_dir():
        return look_at_folder(path)
    if tables_at(path):  # of a pattern
        return look_at_table(path)
    if not path.is_file():  # a device or a pipe may never end
        return Facts()
    return look_at_arrays(path) if path.suffix == ".npz" else look_at_table(path)


def look_at_table(path: Path) -> Facts:
    """Return the facts of a table."""
    try:
        seen = TableFacts(path)
    except ImportError:
        return Facts(lacks=LACKS_DUCKDB)
    if seen.listed:
        seen.headers = read_headers(seen.listed, [str(path.parent / name) for name in spread(seen.paths, MOST_HEADERS)])
    return seen


def read_headers(kind: str, paths: Iterable[str]) -> list[Header]:
    """Return the headers that can be read of files of this kind."""
    if kind not in READ_HEADER:
        return []
    # Without pipes, which never end.
    return list(filter(None, map(READ_HEADER[kind], filter(os.path.isfile, paths))))


def look_at_folder(path: Path) -> Facts:
    """Return the facts of a folder of images, texts, CSV files or the like; refuse what no project could learn from."""
    files, cut = list_files(path)
    if not files:
        os.scandir(path).close()  # raises PermissionError where it may not be read
    if unread := why_unread([file.name for file in files]):
        return Facts(refused=f"{path} holds {unread}")
    kind = most_frequent_kind([file.name for file in files])
    if not kind:
        return Facts(refused=f"{path} holds {nothing_in(files)}")
    if other := other_task(path, files):
        return Facts(refused=f"{path} {other}")
    wanted = [file for file in files if kind_of(file.name) == kind]
    layout = layout_of(wanted)
    by_class = files_by_class(wanted, layout)
    # Files from all over the folder, as many from each class.
    some = [file for of_class in by_class.values() for file in spread(of_class, -(-MOST_HEADERS // len(by_class)))]
    looked_at = [str(path / file) for file in spread(some or wanted, MOST_HEADERS)]
    if unfit := why_unfit(kind, looked_at):
        return Facts(refused=f"{path} holds {unfit}")
    if 2 * layout.classes.count(None) >= len(wanted) and not any(layout.splits):
        by_class = {}  # folders beside so many files are no classes
    if kind == "series" and not by_class and tables_at(path):
        return look_at_tables(path)
    in_folders = all(name in of_class[0].parts[:-1] for name, of_class in by_class.items())
    classes = count(by_class, "folder") if in_folders else f"{len(by_class):,} classes"
    found = f"{'more than ' * cut}{count(wanted, NAMES[kind])}, {f'in {classes}' if by_class else 'no class folders'}"
    others = [file.name for file in files if kind_of(file.name) != kind and not reads(kind, file.name)]
    if others:
        found += f"; left out: {count(others, 'other file')} ({', '.join(map(shown, ends_of(others)))})"
    steps = count_steps(spread(looked_at, MOST_SERIES)) if kind == "series" else []
    if steps:
        found += f"; {span(steps)} steps in each"
    if kind == "text" and (texts := read_texts(spread(looked_at, MOST_TEXTS))):
        found += f"; {length_in_words(texts)} in each"
    found = "; ".join([found, *layout.notes])
    facts = Facts(kind, "class", "", found, headers=read_headers(kind, looked_at), lengths=steps, files=len(wanted))
    names = [str(path / file) for file in wanted]
    if other := kind_by_content(kind, names, facts.images):
        facts.input = other
        facts.headers = facts.headers if other == "video" else read_headers(other, looked_at)
        facts.found += f"; {BY_CONTENT[other]}"
    facts.formats = {kind: formats_among(facts.input, names) for kind in (kind, facts.input)}
    if by_class:
        facts.set_classes(by_class, layout.levels, wanted)
    facts.refused = why_no_classes(path, files, wanted, by_class, NAMES[kind])
    if kind == "text":
        facts.bytes_on_disk = sum(os.path.getsize(path / file) for file in wanted if os.path.isfile(path / file))
    if kind == "volumes" and not facts.headers:
        facts.lacks = facts.lacks or LACKS_AXES
    return facts


def look_at_tables(path: Path) -> Facts:
    """Return the facts of a folder of tables: of that for training, where another is for the test."""
    seen = look_at_table(path)
    for file in tables_at(path, test=True)[:1]:
        with suppress(UserError, ImportError):
            seen.test_columns, seen.test_path = read_table(file)[0].names, file.as_posix()
    return seen


def most_frequent_kind(paths: list[str]) -> str:
    """Return the kind of most of the files, or an empty string."""
    kinds = Counter(filter(None, map(kind_of, paths)))
    # Texts often only describe other files, each of them one, or are lists and notes.
    if 4 * (kinds.total() - kinds["text"]) >= kinds["text"]:
        del kinds["text"]
    return max(KINDS, key=lambda kind: kinds[kind]) if kinds else ""


def count_steps(paths: list[str]) -> list[int]:
    """Return the number of rows in every table that can be read."""
    steps = []
    for path in paths:
        with suppress(Exception):  # a broken table, or no duckdb: the others tell enough
            steps.append(read_table(Path(path))[1])
    return steps


def read_texts(paths: list[str]) -> list[str]:
    """Return the beginnings of the texts that can be read, without those that are empty."""
    texts = []
    for path in filter(os.path.isfile, paths):
        with suppress(OSError), open(path, "rb") as file:
            texts.append(file.read(TEXT_BYTES).decode("utf-8", "ignore").strip())
    return list(filter(None, texts))


def look_at_arrays(path: Path) -> Facts:
    """Return the facts of an .npz file of series."""
    x_shape: tuple[int, ...] = ()
    y_shape: tuple[int, ...] = ()
    try:
        x_shape, y_shape, kind, values = read_arrays(path)
    except KeyError:
        pass
    if len(x_shape) in (4, 5):  # volumes or images: those come as files
        return Facts()
    if len(x_shape) != 3 or len(y_shape) != 1 or x_shape[0] != y_shape[0]:
        return Facts("series", "y", lacks=LACKS_ARRAYS)
    number, steps, features = x_shape
    found = f"{number:,} series of {steps:,} steps, {count(features, 'feature')}"
    column = column_of(values)
    if kind[1:2] == "f" and not column.numbers:  # not read, or not all finite
        return Facts("series", "y", "regression", found, lengths=[steps])
    seen = f"y: {column.describe()}" if values else ""
    return Facts("series", "y", column.task, found, seen, lengths=[steps])
