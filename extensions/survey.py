"""Goes through a file or folder, and hands back what is seen of it."""

import os
from collections import Counter
from pathlib import Path

from . import csv_samples, headers, parquet_samples
from .arrays import read_arrays
from .facts import TableFacts
from .files import kind_of, list_files, spread
from .media import Facts
from .tables import Column, Table, count, rounded, shorten, shown, span
from .texts import length_of

LACKS_PYARROW = "to look into Parquet add pyarrow: `uvx --with pyarrow ...` or `pip install pyarrow`"
LACKS_ARRAYS = "it needs the arrays x (series, steps, features) and y (one value per series)"
LACKS_AXES = "each needs three axes, or a fourth for channels"
SPLITS = ["train", "training", "test", "testing", "val", "valid", "validation", "dev"]
MOST_HEADERS = 50  # that are read
MOST_TEXTS = 20  # that are looked into
TEXT_BYTES = 50_000  # of each
NAMES = {
    "images": "image",
    "series": "CSV file",
    "text": "text",
    "sound": "recording",
    "video": "clip",
    "volumes": "volume",
}
READ_TOO = {"video": (".gif",), "series": (".tsv", ".parquet")}  # by the project
READ_HEADER = {"images": headers.image_header, "sound": headers.sound_header, "volumes": headers.volume_header}


def look_at(path):
    """Return the facts of a file or folder; raises whatever goes wrong."""
    if path.is_dir():
        return look_at_folder(path)
    if not path.is_file():  # a device or a pipe may never end
        return Facts()
    return look_at_arrays(path) if path.suffix == ".npz" else look_at_table(path)


def look_at_table(path):
    """Return the facts of a CSV or Parquet file."""
    try:
        sample = parquet_samples.read_parquet(path) if path.suffix == ".parquet" else csv_samples.read_csv(path)
    except ImportError:
        return Facts(lacks=LACKS_PYARROW)
    seen = TableFacts(Table(*sample))
    if seen.listed:
        seen.headers = read_headers(seen.listed, [path.parent / name for name in spread(seen.paths, MOST_HEADERS)])
    return seen


def read_headers(kind, paths):
    """Return the headers that can be read of files of this kind."""
    if kind not in READ_HEADER:
        return []
    # Without pipes, which never end.
    return list(filter(None, map(READ_HEADER[kind], filter(os.path.isfile, paths))))


def look_at_folder(path):
    """Return the facts of a folder of images, texts, CSV files or the like, with or without a folder per class."""
    top, folders, cut = list_files(path)
    kind = most_frequent_kind(top + sum(folders.values(), []))
    if not kind:
        return Facts()
    beside, *inside = ([file for file in files if kind_of(file) == kind] for files in (top, *folders.values()))
    by_class = {folder: files for folder, files in zip(folders, inside, strict=True) if files}
    wanted = beside + sum(by_class.values(), [])
    # Files from all over the folder, as many from each class.
    some = [file for files in by_class.values() for file in spread(files, -(-MOST_HEADERS // len(by_class)))]
    some = spread(some or wanted, MOST_HEADERS)
    if 2 * len(beside) >= len(wanted):  # folders beside so many files are no classes
        by_class = {}
    classes = count(by_class, "folder")
    found = f"{'more than ' * cut}{count(wanted, NAMES[kind])}, {f'in {classes}' if by_class else 'no class folders'}"
    others = [file for file in top + sum(folders.values(), []) if kind_of(file) != kind]
    if others := [file for file in others if not file.lower().endswith(READ_TOO.get(kind, ()))]:
        found += f"; left out: {count(others, 'other file')} ({', '.join(map(shown, suffixes_of(others)))})"
    steps = []
    if kind == "series":
        steps = [csv_samples.read_csv(Path(file))[2] for file in spread(some, 5)]
        found += f"; {span(steps)} steps in each"
    if kind == "text":
        found += about_texts(read_texts(spread(some, MOST_TEXTS)))
    task = {0: "", 1: "", 2: "binary"}.get(len(by_class), "multiclass")
    values = by_class and f"{classes}: {shorten(map(shown, by_class), 5)}"
    seen = read_headers(kind, some)
    lacks = LACKS_AXES if kind == "volumes" and not seen else ""
    splits = splits_among(by_class)
    if splits:
        parent = shown(path.name)
        names = f"{', '.join(map(shown, splits[:-1]))} and {shown(splits[-1])}"
        advice = f"give {parent}/{splits[0]} as data_path here, {parent}/{splits[1]} as test_path in config.toml"
        return Facts(kind, "class", "", found, "", seen, f"{names} are no classes but splits: {advice}", steps, True)
    return Facts(kind, "class", task, found, values or "", seen, lacks, steps)


def suffixes_of(files):
    """Return how the names end, the most frequent first, each once; five at most."""
    ends = Counter(os.path.splitext(file)[1].lower() or os.path.basename(file) for file in files)
    return [end for end, _ in ends.most_common(5)]


def splits_among(folders):
    """Return the folders, that of the training first, if all are splits of the data; otherwise none."""
    splits = {folder.lower(): folder for folder in folders}
    if len(splits) < 2 or not set(splits) <= set(SPLITS) or not set(splits) & set(SPLITS[:2]):
        return []
    return [splits[name] for name in SPLITS if name in splits]


def most_frequent_kind(paths):
    """Return the kind of most of the files, or an empty string."""
    kinds = Counter(filter(None, map(kind_of, paths)))
    # Texts often only describe other files, each of them one, or are lists and notes.
    if 4 * sum(kinds[kind] for kind in NAMES if kind != "text") >= kinds["text"]:
        del kinds["text"]
    return max(NAMES, key=lambda kind: kinds[kind]) if kinds else ""


def read_texts(paths):
    """Return the beginnings of the texts that can be read, without those that are empty."""
    texts = []
    for path in filter(os.path.isfile, paths):
        try:
            with open(path, "rb") as file:
                texts.append(file.read(TEXT_BYTES).decode("utf-8", "ignore").strip())
        except OSError:
            pass
    return list(filter(None, texts))


def about_texts(texts):
    """Return in a few words how long the texts are, or an empty string."""
    if not texts:
        return ""
    length, unit = length_of(texts)
    return f"; about {rounded(round(length))} {unit} in each"


def look_at_arrays(path):
    """Return the facts of an .npz file of series."""
    try:
        x_shape, y_shape, kind, values = read_arrays(path)
    except KeyError:
        x_shape = y_shape = ()
    if len(x_shape) in (4, 5):  # volumes or images: those come as files
        return Facts()
    if len(x_shape) != 3 or len(y_shape) != 1 or x_shape[0] != y_shape[0]:
        return Facts("series", "y", lacks=LACKS_ARRAYS)
    number, steps, features = x_shape
    found = f"{number:,} series of {steps:,} steps, {count(range(features), 'feature')}"
    column = Column(values)
    if kind[1:2] == "f" and not column.numbers:  # not read, or not all finite
        return Facts("series", "y", "regression", found, lengths=[steps])
    seen = f"y: {column.describe()}" if values else ""
    return Facts("series", "y", column.task, found, seen, lengths=[steps])
