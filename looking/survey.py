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
from .errors import UserError  # of the project
from .facts import Facts, Header
from .files import KINDS, formats_among, kind_of, list_files, suffixes_of
from .samples import read_table
from .table_facts import TableFacts
from .tables.formats import tables_at
from .texts import length_in_words
from .unread import BY_CONTENT, kind_by_content, why_unfit, why_unread
from .words import count, shorten, shown, span, spread

LACKS_DUCKDB = "to look into tables add duckdb: `uvx --with duckdb ...` or `pip install duckdb`"
LACKS_ARRAYS = "it needs the arrays x (series, steps, features) and y (one value per series)"
LACKS_AXES = "each needs three axes, or a fourth for channels"
SPLITS = ["train", "training", "test", "testing", "val", "valid", "validation", "dev"]
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
    """Return the facts of a folder of images, texts, CSV files or the like, with or without a folder per class."""
    top, folders, cut = list_files(path)
    every = top + sum(folders.values(), [])
    if unread := why_unread(every):
        return Facts(refused=f"{path} holds {unread}")
    kind = most_frequent_kind(every)
    if not kind:
        return Facts()
    beside, *inside = ([file for file in files if kind_of(file) == kind] for files in (top, *folders.values()))
    by_class = {folder: files for folder, files in zip(folders, inside, strict=True) if files}
    wanted = beside + sum(by_class.values(), [])
    # Files from all over the folder, as many from each class.
    some = [file for files in by_class.values() for file in spread(files, -(-MOST_HEADERS // len(by_class)))]
    some = spread(some or wanted, MOST_HEADERS)
    if unfit := why_unfit(kind, some):
        return Facts(refused=f"{path} holds {unfit}")
    if 2 * len(beside) >= len(wanted):  # folders beside so many files are no classes
        by_class = {}
    if kind == "series" and not by_class and tables_at(path):
        return look_at_tables(path)
    classes = count(by_class, "folder")
    found = f"{'more than ' * cut}{count(wanted, NAMES[kind])}, {f'in {classes}' if by_class else 'no class folders'}"
    others = [file for file in every if kind_of(file) != kind and not file.lower().endswith(suffixes_of(kind))]
    if others:
        found += f"; left out: {count(others, 'other file')} ({', '.join(map(shown, ends_of(others)))})"
    steps = count_steps(spread(some, MOST_SERIES)) if kind == "series" else []
    if steps:
        found += f"; {span(steps)} steps in each"
    if kind == "text" and (texts := read_texts(spread(some, MOST_TEXTS))):
        found += f"; {length_in_words(texts)} in each"
    facts = Facts(kind, "class", "", found, headers=read_headers(kind, some), lengths=steps, files=len(wanted))
    if other := kind_by_content(kind, wanted, facts.images):
        facts.input = other
        facts.headers = facts.headers if other == "video" else read_headers(other, some)
        facts.found += f"; {BY_CONTENT[other]}"
    facts.formats = {kind: formats_among(facts.input, wanted) for kind in (kind, facts.input)}
    if kind == "text":
        facts.bytes_on_disk = sum(map(os.path.getsize, filter(os.path.isfile, wanted)))
    if splits := splits_among(by_class):
        parent = shown(path.name)
        names = f"{', '.join(map(shown, splits[:-1]))} and {shown(splits[-1])}"
        advice = f"give {parent}/{splits[0]} as data_path here, {parent}/{splits[1]} as test_path in config.toml"
        facts.lacks, facts.splits = f"{names} are no classes but splits: {advice}", True
    elif by_class:
        facts.task = {1: "", 2: "binary"}.get(len(by_class), "multiclass")
        facts.values = f"{classes}: {shorten(map(shown, by_class), 5)}"
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


def ends_of(files: list[str]) -> list[str]:
    """Return how the names end, the most frequent first, each once; five at most."""
    ends = Counter(os.path.splitext(file)[1].lower() or os.path.basename(file) for file in files)
    return [end for end, _ in ends.most_common(5)]


def splits_among(folders: Iterable[str]) -> list[str]:
    """Return the folders, that of the training first, if all are splits of the data; otherwise none."""
    splits = {folder.lower(): folder for folder in folders}
    if len(splits) < 2 or not set(splits) <= set(SPLITS) or not set(splits) & set(SPLITS[:2]):
        return []
    return [splits[name] for name in SPLITS if name in splits]


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
