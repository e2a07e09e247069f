"""What the project has on record of its answers, in an update: what holds, and what is of other data than now."""

import os
from pathlib import Path
from typing import Any

import yaml
from jinja2 import pass_context
from jinja2.runtime import Context


def is_temporary(context: Context) -> bool:
    """Tell whether this is one of the two temporary renders of an update."""
    return "copier._main." in str(context["_copier_conf"]["dst_path"])


def recorded(context: Context) -> dict[str, Any]:
    """Return the answers that the project has on record; none where there is no project yet."""
    conf = context["_copier_conf"]
    file = Path(str(conf["dst_path"]), str(conf["answers_file"]))
    return (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.is_file() else {}


def is_given(context: Context, name: str) -> bool:
    """Tell whether the answer was given with the command, or in a file."""
    return name in context["_copier_conf"]["data"]


def is_recorded(context: Context, name: str, answer: object) -> bool:
    """Tell whether the project has this answer on record: then it holds, whatever has become of the data."""
    return is_temporary(context) or recorded(context).get(name) == answer


def has_new_data(context: Context) -> bool:
    """Tell whether the data is another than the project has on record."""
    before = None if is_temporary(context) else recorded(context).get("data_path")
    paths = [path and Path(os.path.expanduser(str(path))).absolute() for path in (before, context.get("data_path"))]
    return before is not None and paths[0] != paths[1]


def is_of_old_data(context: Context, name: str, answer: object) -> bool:
    """Tell whether an answer only stands on record, while the data is another now."""
    return not is_given(context, name) and has_new_data(context) and is_recorded(context, name, answer)


@pass_context
def known(context: Context, name: str) -> str:
    """Return the answer to a later question, as text; empty without one, and where it is of the data before."""
    if not is_given(context, name) and has_new_data(context):
        return ""
    return str(context.get(name) or "")
