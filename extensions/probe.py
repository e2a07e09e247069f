"""Looks at the user's data while copier asks its questions, and proposes answers. Standard library only.

It reads samples, never the whole, and never fails: what it cannot make sense of it says nothing about.
Beside it: survey.py goes through a file or folder; csv_samples.py, parquet_samples.py, files.py, headers.py and
arrays.py read; tables.py and texts.py judge columns; from facts.py (of tables) and media.py (of all else) come the
answers; record.py knows those that a project has on record.
"""

import difflib
import json
import os
import sys
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from copier.errors import UserMessageError
from jinja2 import pass_context
from jinja2.ext import Extension


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


media, record, survey = load("media", "record", "survey")


def look(path):
    """Return what can be seen of the file or folder; empty facts where there is nothing to see."""
    if not path:
        return media.Facts()
    try:
        path = Path(os.path.expanduser(str(path))).absolute()  # an answers file may hold a number
        status = path.stat()
    except (OSError, ValueError):
        return media.Facts()
    return look_once(path, status.st_mtime_ns, status.st_size)


@lru_cache
def look_once(path, changed, size):
    """Look at a path, once for all questions as long as it stays as it is."""
    try:
        return survey.look_at(path)
    except PermissionError:
        return media.Facts(lacks="you have no permission to read it")
    except Exception:  # whatever is wrong with the data: the project says it better
        return media.Facts()


def printable(text):
    """Return the text as it is, or quoted where a terminal would not print all of it."""
    return text if text.isprintable() else repr(text)


def in_brackets(text):
    return f" ({text})" if text else ""


def has_other_columns(context):
    """Tell whether the data has not got the recorded target, or is of another kind where it has no columns."""
    seen, before = look(context.get("data_path")), record.recorded(context)
    if not seen.columns:
        return seen.input not in ("", before.get("input"))
    targets = [name.strip() for name in str(before.get("target") or "").split(",")]
    return not set(targets) <= set(seen.columns)


def old_answer_problem(name, answer):
    return f"{name}: {answer} is of the data before; to keep it: -d {name}={answer}"


@pass_context
def data_path_problem(context, path):
    """Return why there is no data at the path, or an empty string; a recorded path may have gone."""
    if not path or record.is_recorded(context, "data_path", path) or os.path.exists(os.path.expanduser(str(path))):
        return ""
    return f"{printable(path)} does not exist (looked in {printable(str(Path.cwd()))})"


@pass_context
def proposed_input(context, path):
    """Return what kind of data it is, as far as it can be seen, given the answers that are known already."""
    return look(path).propose_input(record.known(context, "task"), record.known(context, "target"))


@pass_context
def input_problem(context, input, path):
    """Return that a recorded input does not fit other data, or an empty string."""
    if not record.is_of_old_data(context, "input", input) or record.known(context, "family"):
        return ""
    proposed = proposed_input(context, path)
    # The same columns may be read as any of the three.
    could_be = {input, proposed} <= {"table", "series", "text"} and not has_other_columns(context)
    return "" if could_be or proposed in ("", input) else old_answer_problem("input", input)


@pass_context
def proposed_target(context, path):
    """Return the target that is most likely; stop where nobody can be asked and it cannot be known."""
    seen = look(path)
    if seen.lacks == survey.LACKS_PYARROW and context["_copier_conf"]["defaults"]:
        raise UserMessageError(f"target: {survey.LACKS_PYARROW}; or name the column to predict: -d target=COLUMN")
    if seen.splits and context["_copier_conf"]["defaults"]:
        raise UserMessageError(f"data_path: {seen.lacks}")
    return seen.propose_target(context["input"], record.known(context, "task")) or "target"


@pass_context
def task_problem(context, task, path):
    """Return that a recorded task does not fit other data, or an empty string."""
    if not path or not record.is_of_old_data(context, "task", task) or record.known(context, "family"):
        return ""
    # Of the same target only two classes are no matter of choice.
    could_be = task != "binary" and not has_other_columns(context)
    proposed = look(path).propose_task(context["target"], context["input"])
    return "" if could_be or proposed in ("", task) else old_answer_problem("task", task)


@pass_context
def column_problem(context, column, name, proposed):
    """Return that a recorded column is not what it was in other data, or an empty string."""
    if not record.is_of_old_data(context, name, column):
        return ""
    could_be = column in look(context["data_path"]).columns and not has_other_columns(context)
    return "" if could_be or proposed in ("", column) else old_answer_problem(name, column)


@pass_context
def target_problem(context, target, path):
    """Return which target is not a column of the data, or an empty string; of recorded data it may have gone."""
    columns = look(path).columns
    if not columns or record.is_recorded(context, "target", target) and not record.has_new_data(context):
        return ""
    for name in filter(None, map(str.strip, target.split(","))):
        if name not in columns:
            near = difflib.get_close_matches(name, columns, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {printable(', '.join(columns[:20]))}"
            return f"no column {name!r} in {printable(str(path))}; {hint}"
    text = look(path).text_unlike_classes(target)
    # Who is asked sees what the column holds.
    if text and record.is_given(context, "target") and not record.known(context, "task"):
        return (
            f"{target.strip()!r} holds texts that are nearly all different, no classes and no numbers, such as"
            f" {text[:30]!r}; if it has classes all the same: -d task=multiclass"
        )
    return ""


def is_size(text, count):
    """Tell whether this is a list of so many usual lengths, as JSON."""
    try:
        sides = json.loads(str(text))
    except (ValueError, RecursionError):
        return False
    return isinstance(sides, list) and len(sides) == count and all(type(s) is int and 0 < s <= 4096 for s in sides)


def image_size_problem(size):
    """Return why this is no image size, or an empty string."""
    if is_size(size, 2):
        return ""
    return f"height and width in pixels, please, such as [64, 64], not {printable(str(size))}"


def volume_size_problem(size):
    """Return why this is no size of a volume, or an empty string."""
    if is_size(size, 3):
        return ""
    return f"depth, height and width in voxels, please, such as [32, 32, 32], not {printable(str(size))}"


class DataProbe(Extension):
    """Adds the functions of this file to Jinja."""

    def __init__(self, environment):
        super().__init__(environment)
        environment.filters |= {
            "look": look,
            "in_brackets": in_brackets,
            "known": record.known,
            "data_path_problem": data_path_problem,
            "proposed_input": proposed_input,
            "input_problem": input_problem,
            "proposed_target": proposed_target,
            "target_problem": target_problem,
            "task_problem": task_problem,
            "column_problem": column_problem,
            "image_size_problem": image_size_problem,
            "volume_size_problem": volume_size_problem,
        }
