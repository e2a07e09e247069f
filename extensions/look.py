"""Copier's door to the look at the user's data: functions and filters for the questions.

What is looked at and proposed is in looking/, which imports the readers that the project gets. Here answers are
compared with it: those that are given, and those that a project has on record (record.py).
"""

import difflib
import json
import os
import sys
import textwrap
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

ROOT = Path(__file__).parents[1]
# What looking/ imports from the template, by the name of the package in a project.
READERS = {"": "template/src/{{ package_name }}", ".data": "recipes/shared", ".tables": "recipes/shared/tables"}


def load(name: str) -> Any:
    """Import a module of looking/, of this folder, or of the project.

    Copier loads an extension by its path, without a package. An update loads two versions of the template into one
    process: each gets a package of its own, named after its folder.
    """
    package = f"copier_keras_{abs(hash(str(ROOT)))}"
    for part, folder in READERS.items():
        if package + part not in sys.modules:
            module = sys.modules[package + part] = ModuleType(package + part)
            own = [] if part else [str(ROOT / "looking"), str(ROOT / "extensions")]
            module.__path__ = [*own, str(ROOT / folder)]
    return import_module(f"{package}.{name}")


facts, record, survey, elsewhere = load("facts"), load("record"), load("survey"), load("elsewhere")


def look(path: object) -> Any:
    """Return what can be seen of the file or folder; empty facts where there is nothing to see."""
    path = elsewhere.local_copy(path)
    if not path:
        return facts.Facts()
    try:
        path = Path(os.path.expanduser(str(path))).absolute()  # an answers file may hold a number
        status = (path if path.exists() else path.parent).stat()  # a pattern has none
    except (OSError, ValueError):
        return facts.Facts()
    return survey.look_once(path, status.st_mtime_ns, status.st_size)


def printable(text: str) -> str:
    """Return the text as it is, or quoted where a terminal would not print all of it."""
    return text if text.isprintable() else repr(text)


def in_brackets(text: str) -> str:
    """Return the text in brackets behind a question, or an empty string."""
    return f" ({text})" if text else ""


def above(text: str) -> str:
    """Return the text as lines above a question, or an empty string; they fit in a terminal of 80 columns."""
    return "".join(f"{line}\n" for line in textwrap.wrap(text, 76, break_long_words=False, break_on_hyphens=False))


def has_other_columns(context: Context) -> bool:
    """Tell whether the data lacks the recorded target, or is of another kind where it has no columns."""
    seen, before = look(context.get("data_path")), record.recorded(context)
    if not seen.columns:
        return seen.input not in ("", before.get("input"))
    targets = [name.strip() for name in str(before.get("target") or "").split(",")]
    return not set(targets) <= set(seen.columns)


def old_answer_problem(name: str, answer: str, proposed: str, could_be: bool) -> str:
    """Return that an answer on record was for other data, and how to keep it; an empty string where it fits."""
    fits = could_be or proposed in ("", answer)
    return "" if fits else f"{name}: {answer} is of the data before; to keep it: -d {name}={answer}"


@pass_context
def data_path_problem(context: Context, path: str) -> str:
    """Return why there is no data at the path, or an empty string; a recorded path may have gone."""
    if not path or record.is_recorded(context, "data_path", path):
        return ""
    if elsewhere.fetch.is_address(path):
        copy, reason = elsewhere.copy_or_reason(path)
        return printable(reason or look(path).refused.replace(str(copy), elsewhere.fetch.safe(path)))
    file = Path(os.path.expanduser(str(path)))
    if file.exists() or load("tables.formats").tables_at(file):
        return printable(look(path).refused)
    return f"{printable(path)} does not exist (looked in {printable(str(Path.cwd()))})"


@pass_context
def proposed_input(context: Context, path: str) -> str:
    """Return what kind of data it is, as far as it can be seen, given the answers that are known already."""
    return str(look(path).propose_input(record.known(context, "task"), record.known(context, "target")))


@pass_context
def recipe_problem(context: Context, recipe: str, path: str) -> str:
    """Return that a recorded recipe was only the default for other data, or an empty string."""
    before = "strong" if record.recorded(context).get("data_path") else "guide"
    could_be = recipe != before or not record.is_of_old_data(context, "recipe", recipe)
    return old_answer_problem("recipe", recipe, "strong" if path else "guide", could_be)


@pass_context
def input_problem(context: Context, input: str, path: str) -> str:
    """Return that a recorded input does not fit other data, or an empty string."""
    if not record.is_of_old_data(context, "input", input) or record.known(context, "family"):
        return ""
    proposed = proposed_input(context, path)
    # The same columns may be read as any of the three.
    could_be = {input, proposed} <= {"table", "series", "text"} and not has_other_columns(context)
    return old_answer_problem("input", input, proposed, could_be)


@pass_context
def proposed_target(context: Context, path: str) -> str:
    """Return the target that is most likely; stop where nobody can be asked and it cannot be known."""
    seen = look(path)
    if seen.lacks == survey.LACKS_DUCKDB and context["_copier_conf"]["defaults"]:
        raise UserMessageError(f"target: {survey.LACKS_DUCKDB}; or name the column to predict: -d target=COLUMN")
    return seen.propose_target(context["input"], record.known(context, "task")) or "target"


@pass_context
def task_problem(context: Context, task: str, path: str) -> str:
    """Return that a recorded task does not fit other data, or an empty string."""
    if not path or not record.is_of_old_data(context, "task", task) or record.known(context, "family"):
        return ""
    # For the same target another task may be a choice, but not two classes where there are more.
    could_be = task != "binary" and not has_other_columns(context)
    proposed = look(path).propose_task(context["target"], context["input"])
    return old_answer_problem("task", task, proposed, could_be)


@pass_context
def column_problem(context: Context, column: str, name: str, proposed: str) -> str:
    """Return that a recorded column is not what it was in other data, or an empty string."""
    if not record.is_of_old_data(context, name, column):
        return ""
    could_be = column in look(context["data_path"]).columns and not has_other_columns(context)
    return old_answer_problem(name, column, proposed, could_be)


@pass_context
def proposed_split(context: Context, path: str, kind: str) -> str:
    """Return the column to split by, group or time, where that is clear; a project that is there keeps its splits."""
    is_old = record.is_temporary(context) or bool(record.recorded(context))
    return "" if is_old or not splits_seen(context, path, kind) else for_split(context, path, kind).clear


@pass_context
def proposed_image_column(context: Context, path: str) -> str:
    """Return the column of a table that names images; a project that is there keeps what it sees."""
    is_old = record.is_temporary(context) or bool(record.recorded(context)) and not record.has_new_data(context)
    return "" if is_old else str(look(path).images_in)


@pass_context
def why_tables(context: Context) -> str:
    """Return why the project has to read tables, or an empty string: folders of files may tell all by their names."""
    recipes, path = context["recipes"], context.get("data_path")
    if not recipes["inputs"][context["reader"]]["in_folders"]:
        return "such data is a table"
    if recipes["heads"][context["task"]]["reads_cells"]:
        return f"targets of task {context['task']} are read as the cells of a table are"
    if context.get("group_column") or context.get("time_column"):
        return "a column to split by is one of a table"
    if not path:
        return "the sample has a table" if context["sample"]["path"].endswith(".csv") else ""
    is_old = record.is_temporary(context) or record.recorded(context) and not record.has_new_data(context)
    return "" if is_old or look(path).places else f"{printable(path)} is no folder whose names tell the classes"


@pass_context
def propose_tables(context: Context) -> bool:
    """Tell whether the project reads tables; one from before this answer does."""
    return bool(why_tables(context) or record.recorded(context))


@pass_context
def splits_seen(context: Context, path: str, kind: str) -> str:
    """Return in a few words what speaks for a split by groups or time; empty where nothing does."""
    return str(for_split(context, path, kind).seen) if path and context["task"] != "forecast" else ""


def for_split(context: Context, path: str, kind: str) -> Any:
    """Return what is proposed to split by."""
    seen = look(path)
    return (seen.group_for if kind == "group" else seen.time_for)(context["target"])


def stands_anyway(context: Context, answer: str, name: str, path: str) -> bool:
    """Tell whether nothing is known of the columns, or they are on record for this data, whatever became of it."""
    return not look(path).columns or record.is_recorded(context, name, answer) and not record.has_new_data(context)


@pass_context
def columns_problem(context: Context, text: str, name: str, path: str) -> str:
    """Return which of the columns in an answer is not in the data, or an empty string."""
    if stands_anyway(context, text, name, path):
        return ""
    columns = look(path).columns
    for column in filter(None, map(str.strip, text.split(","))):
        if column not in columns:
            near = difflib.get_close_matches(column, columns, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"it has {printable(', '.join(columns[:20]))}"
            return f"no column {column!r} in {printable(str(path))}; {hint}"
    return ""


@pass_context
def target_problem(context: Context, target: str, path: str) -> str:
    """Return which target is not a column of the data, or an empty string; of recorded data it may have gone."""
    if stands_anyway(context, target, "target", path):
        return ""
    if problem := columns_problem(context, target, "target", path):
        return problem
    text = look(path).text_unlike_classes(target)
    # A person who is asked sees what the column holds.
    if text and record.is_given(context, "target") and not record.known(context, "task"):
        return (
            f"{target.strip()!r} holds texts that are nearly all different, no classes and no numbers, such as"
            f" {text[:30]!r}; if it has classes all the same: -d task=multiclass"
        )
    return ""


def size_problem(axes: str, unit: str, example: list[int]) -> Callable[[object], str]:
    """Return a filter that says why an answer is not a list of that many lengths, as JSON, or an empty string."""

    def problem(size: object) -> str:
        try:
            lengths = json.loads(str(size))
        except (ValueError, RecursionError):
            lengths = None
        is_list = isinstance(lengths, list) and len(lengths) == len(example)
        if is_list and all(type(length) is int and 0 < length <= 4096 for length in lengths):
            return ""
        return f"{axes} in {unit}, please, such as {example}, not {printable(str(size))}"

    return problem


class Look(Extension):
    """Adds the functions of this file to Jinja."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {"why_tables": why_tables, "propose_tables": propose_tables}
        environment.filters |= {
            "look": look,
            "is_address": elsewhere.fetch.is_address,
            "local_copy": elsewhere.local_copy,
            "placed": elsewhere.placed,
            "place_in_project": elsewhere.place_in_project,
            "packages_at": elsewhere.packages_at,
            "in_brackets": in_brackets,
            "above": above,
            "known": record.known,
            "data_path_problem": data_path_problem,
            "proposed_input": proposed_input,
            "input_problem": input_problem,
            "recipe_problem": recipe_problem,
            "proposed_target": proposed_target,
            "target_problem": target_problem,
            "task_problem": task_problem,
            "column_problem": column_problem,
            "proposed_split": proposed_split,
            "proposed_image_column": proposed_image_column,
            "splits_seen": splits_seen,
            "columns_problem": columns_problem,
            "image_size_problem": size_problem("height and width", "pixels", [64, 64]),
            "volume_size_problem": size_problem("depth, height and width", "voxels", [32, 32, 32]),
        }
