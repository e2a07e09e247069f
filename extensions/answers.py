"""Checks of the answers and small filters for copier's Jinja; standard library and copier's own parts only."""

import difflib
import json
import keyword
import os
import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from typing import Any

import yaml
from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension
from jinja2.runtime import Context

QUESTIONS = Path(__file__).parents[1] / "questions"
# Names that would hide a module that a project imports; tools/taken_names.py lists them.
TAKEN = set(Path(__file__).with_name("taken_names.txt").read_text(encoding="utf-8").split())
# copier loads an extension by its path, without a package.
record = SimpleNamespace(**run_path(str(Path(__file__).with_name("record.py"))))
YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C is ten times as fast
NUMBERS = {"int": int, "float": float}
TRUE_OR_FALSE = {"true", "false", "yes", "no", "on", "off", "1", "0", "t", "f", "y", "n"}


def grammar_problem(name: str) -> str:
    """Return why nothing can have this name as a package, or an empty string."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,49}", name):
        return f"{name!r} cannot be a package name: 1 to 50 lowercase letters, digits and _, a letter first"
    return f"{name!r} is taken by Python; choose another package name" if keyword.iskeyword(name) else ""


def name_problem(name: str) -> str:
    """Return why the name cannot be a package name, or an empty string."""
    if name in sys.stdlib_module_names or name in TAKEN:
        return f"{name!r} is taken by Python or by a library; choose another package name"
    return grammar_problem(name)


@pass_context
def package_name_problem(context: Context, name: str) -> str:
    """Return why the name cannot be a package name, or an empty string; a project keeps the name that it has."""
    return grammar_problem(name) if record.is_recorded(context, "package_name", name) else name_problem(name)


def has_gpu() -> bool:
    """Tell whether this machine has a GPU that TensorFlow and JAX can use: on Linux, its driver brings nvidia-smi."""
    return sys.platform == "linux" and shutil.which("nvidia-smi") is not None


def gpus_here() -> int:
    """Return how many NVIDIA GPUs the driver of this machine lists."""
    return len(list(Path("/proc/driver/nvidia/gpus").glob("*"))) if has_gpu() else 0


def project_name_from(folder: str) -> str:
    """Return a project name for a folder: `my_project` is My project."""
    words = re.sub(r"[\W_]+", " ", Path(folder).expanduser().absolute().name).strip()
    return (words[:1].upper() + words[1:80]) or "My Keras Project"


def package_name_from(project_name: str) -> str:
    """Return a package name for a project name: `My project 2` is my_project_2."""
    letters = unicodedata.normalize("NFKD", project_name).encode("ascii", "ignore").decode()
    name = re.sub(r"[^a-z0-9]+", "_", letters.lower())
    name = re.sub(r"^[^a-z]+", "", name)[:40].rstrip("_") or "project"
    return f"{name}_project" if name_problem(name) else name


def toml_text(text: str) -> str:
    """Return the text as it stands between the quotes of a TOML string."""
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")


def toml_list(names: str) -> str:
    """Return comma-separated names as they stand between the outer quotes of a TOML list of strings."""
    return '", "'.join(toml_text(name.strip()) for name in names.split(",") if name.strip())


@pass_context
def absolute_path(context: Context, path: str) -> str:
    """Return a path that the user gave as seen from the current folder as one that holds anywhere; empty if empty.

    An address stays as it is.
    """
    if context.environment.filters["is_address"](path):
        return path
    return Path(path).expanduser().absolute().as_posix() if path else ""


@pass_context
def in_its_python(context: Context, module: str) -> str:
    """Return the command that runs a module where the project's packages are: -d python=PATH, or its own folder."""
    python = absolute_path(context, context.get("python") or "")
    if python and Path(python).is_dir():  # an environment
        python += "/Scripts/python" if os.name == "nt" else "/bin/python"
    # Only .venv has the project installed.
    return f"PYTHONPATH=src {shlex.quote(python)} -m {module}" if python else f".venv/bin/python -m {module}"


@pass_context
def path_in_config(context: Context, path: str) -> str:
    """Return the path of the data as config.toml names it: relative where it lies inside the project, else absolute."""
    project = Path(context.get("updated_project") or context["_copier_conf"]["dst_path"]).absolute()
    if context.environment.filters["is_address"](path):
        return str(context.environment.filters["place_in_project"](path))
    data = Path(absolute_path(context, path))
    return data.relative_to(project).as_posix() if data.is_relative_to(project) else data.as_posix()


def docstring(text: str) -> str:
    """Return the text as it stands in a Python docstring."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def read_questions() -> dict[str, Any]:
    """Return every question of the template by name, with its settings."""
    questions: dict[str, Any] = {}
    for file in sorted(QUESTIONS.glob("*.yml")):
        questions |= yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER)
    return questions


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return which of the known names may have been meant, or all of them."""
    near = difflib.get_close_matches(name, known, 1)
    return f"did you mean {near[0]!r}?" if near else f"choose one of {', '.join(known)}"


def is_positive(value: Any, kind: Callable[[Any], float]) -> bool:
    """Tell whether this is, or says, a positive number of this type."""
    try:
        return 0 < kind(value) < 1e9
    except (TypeError, ValueError, OverflowError):
        return False


def possible_answers(name: str, question: dict[str, Any], environment: Environment) -> list[str]:
    """Return the choices of a question; none where any answer will do, or where other checks tell (family)."""
    recipes: Any = environment.globals["recipes"]
    if name == "input":
        return [input for input, recipe in recipes["inputs"].items() if "choice" in recipe]
    if name == "task":
        return list(recipes["heads"])
    choices = question.get("choices")
    if not isinstance(choices, dict):
        return []
    return [choice["value"] if isinstance(choice, dict) else choice for choice in choices.values()]


def problem_with(name: str, value: Any, questions: dict[str, Any], context: Context) -> str:
    """Return what is wrong with an answer given by -d or an answers file, or an empty string."""
    if name not in questions:
        return f"unknown answer {name!r}; {suggestion(name, questions)}"
    question = questions[name]
    if question.get("when") is False:
        return f"{name} follows from the other answers and cannot be given"
    possible = possible_answers(name, question, context.environment)
    if possible and value not in possible:
        return f"{name}: {value!r} is not possible; choose one of {', '.join(possible)}"
    if question["type"] == "bool" and str(value).lower() not in TRUE_OR_FALSE:
        return f"{name}: {value!r} is neither true nor false"
    if question["type"] in NUMBERS and not is_positive(value, NUMBERS[question["type"]]):
        return f"{name}: {value!r} is not a positive {'whole ' * (question['type'] == 'int')}number"
    if question["type"] == "str" and not isinstance(value, (str, int, float)):
        return f"{name}: {value!r} is not a text"
    if "validator" in question:
        template = context.environment.from_string(question["validator"])
        problem = template.render({**context.get_all(), name: str(value)}).strip()
        return problem and f"{name}: {problem}"
    return ""


def problem_with_family(answers: dict[str, Any], environment: Environment) -> str:
    """Return why the family does not fit the input or the task, or an empty string."""
    families: Any = environment.globals["families"]
    name, input, task = (answers.get(question) for question in ("family", "input", "task"))
    tasks_of: dict[str, list[str]] = {}
    for family in families.values():
        for fitting, fit in family["fits"].items():
            tasks_of.setdefault(fitting, []).extend(fit["tasks"])
    if input and task and task not in tasks_of.get(input, []):
        inputs = [fitting for fitting, tasks in tasks_of.items() if task in tasks]
        return f"task: {task} is possible for input {' or '.join(inputs)}, not {input}"
    if name is None:
        return ""
    if name not in families:
        return f"family: {name!r} is not known; {suggestion(str(name), families)}"
    fits = families[name]["fits"]
    if input and input not in fits:
        return f"family: {name} takes input {' or '.join(fits)}, not {input}"
    tasks = fits[input]["tasks"] if input else dict.fromkeys(sum((fit["tasks"] for fit in fits.values()), []))
    if task and task not in tasks:
        return f"family: {name} takes task {' or '.join(tasks)}, not {task}"
    return ""


def problem_with_target(given: dict[str, Any], context: Context) -> str:
    """Return why the given target cannot be, or an empty string."""
    if "target" not in given:
        return ""
    if not given.get("data_path", context.get("data_path")):
        return "target: only together with data_path, the sample has its own"
    one_column = {given.get("task"), given.get("family")} & {"binary", "multiclass", "dense-binary", "dense-softmax"}
    if "," in str(given["target"]) and one_column:
        return f"target: {one_column.pop()} predicts one column, not {given['target']}"
    return ""


def folder_problem(folder: str | Path) -> str:
    """Return why no project can be written to a folder, there already or not, or an empty string."""
    folder = Path(folder).expanduser().absolute()
    there = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
    if not os.path.isdir(there):
        return f"{there} is no folder"
    if not os.access(there, os.W_OK | os.X_OK):
        return f"you have no permission to write to {there}: choose another folder"
    return ""


def problem_on_record(name: str, value: Any, questions: dict[str, Any], context: Context) -> str:
    """Return why a recorded answer can no longer be, or an empty string; copier would take the default silently."""
    question = questions.get(name, {"when": False})
    if question.get("when") is False or question["type"] not in ("str", "bool", *NUMBERS) or name == "family":
        return ""
    possible = possible_answers(name, question, context.environment)
    if possible and value not in possible:
        return f"{name}: {value!r} is on record, but no longer possible; choose one of {', '.join(possible)}"
    return ""


@pass_context
def check_record(context: Context) -> str:
    """Stop with one clean line where an answer on record cannot be used at all: copier would show a traceback."""
    name = record.recorded(context).get("package_name")
    problem = "" if name is None else grammar_problem(str(name))
    if problem:
        raise UserMessageError(
            f"package_name: {problem}. It is on record so: nothing is updated. Write the name of the folder in src/"
            f" into {context['_copier_conf']['answers_file']}, commit it, and update again."
        )
    return ""


@pass_context
def check_answers(context: Context) -> bool:
    """Stop with one clean line on a wrong answer."""
    # On its own copier ignores unknown names, and shows a traceback for wrong values.
    conf = context["_copier_conf"]
    if "copier._main." in str(conf["dst_path"]):  # one of the two temporary renders of an update
        return True
    questions = read_questions()
    given = {name: value for name, value in conf["data"].items() if not name.startswith("_")}
    problems = [problem_with(name, value, questions, context) for name, value in given.items()]
    recorded = {name: context[name] for name in ("input", "task", "family") if name in context}
    if not any(problems):  # these take texts
        problems.append(problem_with_family(recorded | given, context.environment))
        problems.append(problem_with_target(given, context))
    problems.append("" if conf["pretend"] else folder_problem(conf["dst_path"]))
    for problem in filter(None, problems):
        raise UserMessageError(problem)
    lost = [problem_on_record(name, value, questions, context) for name, value in record.recorded(context).items()]
    for problem in filter(None, lost):
        print(f"{problem} (-d ...): the default is taken. git diff shows what that changes.", file=sys.stderr)
    return True


@pass_context
def check_fit(context: Context, input: str, architecture: str) -> bool:
    """Stop with one clean line where a choice that was given is not there for this input or network."""
    given = context["_copier_conf"]["data"]
    if given.get("backend") == "jax" and input == "text":
        raise UserMessageError("backend: text is split into words by TensorFlow, choose backend tensorflow")
    if given.get("cell") == "Conv1D" and architecture != "frames_rnn":
        raise UserMessageError("cell: Conv1D is for family frames-rnn; choose one of LSTM, GRU, SimpleRNN")
    if given.get("cell") == "SimpleRNN" and architecture == "frames_rnn":
        raise UserMessageError("cell: SimpleRNN forgets too quickly for frames-rnn; choose one of LSTM, GRU, Conv1D")
    return True


@pass_context
def check_devices(context: Context, devices: str, fused: bool, large: bool, launch: str) -> bool:
    """Stop with one clean line where a project of these answers cannot run on these devices."""
    problem, architecture = "", context["recipes"]["architectures"][context["architecture"]]
    if fused and (devices != "one" or not architecture["fuses"]):
        raise UserMessageError(f"fused: not with family {context['family']} on devices {devices}, choose false")
    if devices != "one" and architecture["extracts"]:
        problem = f"family {context['family']} learns from features that are made once, choose one"
    elif devices == "hosts" and context["backend"] != "jax":
        problem = "several machines need backend jax (-d backend=jax)"
    elif devices == "hosts" and not large and context["recipes"]["inputs"][context["reader"]]["parts"]:
        problem = "each of several machines reads its share, choose large true (-d large=true)"
    if problem:
        raise UserMessageError(f"devices: {problem}")
    if devices != "hosts" and launch not in ("none", "container"):
        raise UserMessageError(f"launch: {launch} starts several processes, add -d devices=hosts")
    return True


class AnswerChecks(Extension):
    """Adds the functions of this file to Jinja."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.globals |= {
            "check_answers": check_answers,
            "check_devices": check_devices,
            "check_fit": check_fit,
            "check_record": check_record,
            "gpus_here": gpus_here,
            "has_gpu": has_gpu,
        }
        environment.filters |= {
            "package_name_from": package_name_from,
            "package_name_problem": package_name_problem,
            "project_name_from": project_name_from,
            "toml_text": toml_text,
            "toml_list": toml_list,
            "absolute_path": absolute_path,
            "in_its_python": in_its_python,
            "path_in_config": path_in_config,
            "docstring": docstring,
        }
