"""Looks at the user's data while copier asks its questions, and proposes answers. Standard library only.

It reads samples, never the whole, and never fails: what it cannot make sense of it says nothing about.
Beside it: samples.py and files.py read, tables.py and facts.py judge.
"""

import difflib
import json
import os
import sys
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

import yaml
from copier.errors import UserMessageError
from jinja2 import pass_context
from jinja2.ext import Extension

LACKS_PYARROW = "to look into Parquet add pyarrow: `uvx --with pyarrow ...` or `pip install pyarrow`"
LACKS_ARRAYS = "it needs the arrays x (series, steps, features) and y (one value per series)"
MOST_IMAGES = 50  # whose headers are read


def load(*names):
    """Import files of this folder, as parts of a package so that they can import one another.

    Copier loads an extension by its path, without a package. An update loads two versions of the template into one
    process: the other one's files are forgotten first.
    """
    package = ModuleType("copier_keras_extensions")
    package.__path__ = [str(Path(__file__).parent)]
    for name in [name for name in sys.modules if name.split(".")[0] == package.__name__]:
        del sys.modules[name]
    sys.modules[package.__name__] = package
    return [import_module(f"{package.__name__}.{name}") for name in names]


facts, files, samples, tables = load("facts", "files", "samples", "tables")


def look(path):
    """Return what can be seen of the file or folder; empty facts where there is nothing to see."""
    if not path:
        return facts.Facts()
    try:
        path = Path(os.path.expanduser(path)).absolute()
        status = path.stat()
    except (OSError, ValueError):
        return facts.Facts()
    return look_once(path, status.st_mtime_ns, status.st_size)


@lru_cache
def look_once(path, changed, size):
    """Look at a path, once for all questions as long as it stays as it is."""
    try:
        if path.is_dir():
            return look_at_folder(path)
        if not path.is_file():  # a device or a pipe may never end
            return facts.Facts()
        return look_at_arrays(path) if path.suffix == ".npz" else look_at_table(path)
    except PermissionError:
        return facts.Facts(lacks="you have no permission to read it")
    except Exception:  # whatever is wrong with the data: the project says it better
        return facts.Facts()


def look_at_table(path):
    """Return the facts of a CSV or Parquet file."""
    try:
        sample = samples.read_parquet(path) if path.suffix == ".parquet" else samples.read_csv(path)
    except ImportError:
        return facts.Facts(lacks=LACKS_PYARROW)
    seen = facts.TableFacts(tables.Table(*sample))
    if seen.has_images:
        seen.headers = read_headers(path.parent / name for name in files.spread(seen.paths, MOST_IMAGES))
    return seen


def read_headers(paths):
    """Return height, width and colour of the images whose headers can be read."""
    return list(filter(None, map(files.image_header, paths)))


def look_at_folder(path):
    """Return the facts of a folder of images or of CSV files, with or without a folder per class."""
    top, folders, cut = files.list_files(path)
    everything = top + sum(folders.values(), [])
    input, is_wanted, name = max(
        [("images", facts.is_image, "image"), ("series", is_csv, "CSV file")],
        key=lambda kind: sum(map(kind[1], everything)),
    )
    wanted = list(filter(is_wanted, everything))
    if not wanted:
        return facts.Facts()
    by_class = {folder: inside for folder in folders if (inside := list(filter(is_wanted, folders[folder])))}
    # Files from all over the folder, as many from each class.
    some = [file for inside in by_class.values() for file in files.spread(inside, -(-MOST_IMAGES // len(by_class)))]
    some = files.spread(some or wanted, MOST_IMAGES)
    if any(map(is_wanted, top)):  # as in the project: beside other files folders are no classes
        by_class = {}
    classes = facts.count(by_class, "folder")
    found = f"{'more than ' * cut}{facts.count(wanted, name)}, {f'in {classes}' if by_class else 'no class folders'}"
    headers = read_headers(some) if input == "images" else []
    if input == "series":
        steps = [samples.read_csv(Path(file))[2] for file in files.spread(some, 5)]
        found += f"; {facts.span(steps)} steps in each"
    task = {0: "", 1: "", 2: "binary"}.get(len(by_class), "multiclass")
    values = by_class and f"{classes}: {facts.shorten(map(facts.shown, by_class), 5)}"
    return facts.Facts(input, "class", task, found, values or "", headers)


def is_csv(path):
    return Path(path).suffix.lower() == ".csv"


def look_at_arrays(path):
    """Return the facts of an .npz file of series."""
    try:
        x_shape, y_shape, kind, values = files.read_arrays(path)
    except KeyError:
        x_shape = y_shape = ()
    if len(x_shape) != 3 or len(y_shape) != 1 or x_shape[0] != y_shape[0]:
        return facts.Facts("series", "y", lacks=LACKS_ARRAYS)
    number, steps, features = x_shape
    found = f"{number:,} series of {steps:,} steps, {facts.count(range(features), 'feature')}"
    if kind[1:2] == "f":
        return facts.Facts("series", "y", "regression", found)
    column = tables.Column(values)
    return facts.Facts("series", "y", column.task, found, f"y: {column.describe()}" if values else "")


def in_brackets(text):
    return f" ({text})" if text else ""


def is_recorded(context, name, answer):
    """Tell whether the project has this answer on record: then it holds, whatever has become of the data."""
    conf = context["_copier_conf"]
    if "copier._main." in str(conf["dst_path"]):  # one of the two temporary renders of an update
        return True
    file = Path(str(conf["dst_path"]), str(conf["answers_file"]))
    return file.is_file() and (yaml.safe_load(file.read_text(encoding="utf-8")) or {}).get(name) == answer


@pass_context
def data_path_problem(context, path):
    """Return why there is no data at the path, or an empty string; a recorded path may have gone."""
    if not path or is_recorded(context, "data_path", path) or os.path.exists(os.path.expanduser(path)):
        return ""
    return f"{path} does not exist (looked in {Path.cwd()})"


@pass_context
def proposed_input(context, path):
    """Return what kind of data it is, as far as it can be seen, given the answers that are known already."""
    return look(path).propose_input(*(str(context.get(name) or "") for name in ("task", "target")))


@pass_context
def proposed_target(context, path):
    """Return the target that is most likely; stop where nobody can be asked and Parquet cannot be read."""
    seen = look(path)
    if seen.lacks == LACKS_PYARROW and context["_copier_conf"]["defaults"]:
        raise UserMessageError(f"target: {LACKS_PYARROW}; or name the column to predict: -d target=COLUMN")
    return seen.propose_target(context["input"], context.get("task")) or "target"


@pass_context
def target_problem(context, target, path):
    """Return which target is not a column of the data, or an empty string; a recorded target may have gone."""
    columns = look(path).columns
    if not columns or is_recorded(context, "target", target):
        return ""
    for name in filter(None, map(str.strip, target.split(","))):
        if name not in columns:
            near = difflib.get_close_matches(name, columns, 1)
            known = ", ".join(columns[:20])
            return f"no column {name!r} in {path}; " + (f"did you mean {near[0]!r}?" if near else f"it has {known}")
    return ""


def image_size_problem(size):
    """Return why this is no image size, or an empty string."""
    try:
        sides = json.loads(str(size))
    except ValueError:
        sides = None
    if isinstance(sides, list) and len(sides) == 2 and all(type(side) is int and 0 < side <= 4096 for side in sides):
        return ""
    return f"height and width in pixels, please, such as [64, 64], not {size}"


class DataProbe(Extension):
    """Adds the functions of this file to Jinja."""

    def __init__(self, environment):
        super().__init__(environment)
        environment.filters |= {
            "look": look,
            "in_brackets": in_brackets,
            "data_path_problem": data_path_problem,
            "proposed_input": proposed_input,
            "proposed_target": proposed_target,
            "target_problem": target_problem,
            "image_size_problem": image_size_problem,
        }
