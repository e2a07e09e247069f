"""Answers, and names in data, come from strangers: whatever they are, they stay text.

A hundred answer sets in every run of the suite; for more: HOSTILE=3100 pytest tests/test_hostile_answers.py
--hypothesis-show-statistics
"""

import ast
import csv
import functools
import os
import re
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import Answers, package_of
from copier.errors import UserMessageError
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from variants import FAMILIES

PIECES = (
    ["'", '"', "'''", '"""', "\\", "\\n", '\\"', "\n", "\r", "\t", "\0", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeff"]
    + ["{{ 7 * 7 }}", "{{", "}}", "{% raw %}", "{% endraw %}", "{#", "#}", "#: endif", "#: if", "{0}", "%s", "${HOME}"]
    + ["$(touch owned)", "`touch owned`", "; touch owned", "| touch owned", "\ntouch owned", "--help", "-"]
    + ["__import__('os').system('touch owned')", "{{ ''.__class__.__mro__ }}", "{% include '/etc/passwd' %}"]
    + ["..", "../", "../../owned", "/", "/owned", "~", "~root", "C:\\", "CON", ".", "file://", "*", "?", " ", ",", ", "]
    + ["class", "None", "True", "keras", "os", "test", "null", "yes", "1", "1e999", "nan", "[]", "{}", "=1+1", "@", "#"]
    + ["😀", "é", "e\u0301", "שלום", "\u202eabc", "ß", "İ", "数据", "<script>alert(1)</script>", "&amp;", "x" * 10_000]
)
CHOICES = ["input", "family", "task", "backend", "loss", "cell", "front_end", "convolution", "target_encoding"]
hostile = st.lists(st.sampled_from(PIECES) | st.text(max_size=6), min_size=1, max_size=4).map("".join)
# Between usual letters, or not: validators strip what is blank at an end.
names = st.tuples(st.sampled_from(["", "a"]), hostile, st.sampled_from(["", "z"])).map("".join)
choices = st.sampled_from(FAMILIES).flatmap(
    lambda row: st.fixed_dictionaries({"input": st.just(row[0]), "family": st.just(row[1])}, optional={
        "task": st.sampled_from(row[2]), "backend": st.sampled_from(["tensorflow", "tensorflow", "jax"])
    })
)  # fmt: skip
one_line = names.map(lambda name: re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", "", f"a{name}")[:80])


def usual_or(usual: Any, other: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(range(16)).flatmap(lambda number: other if number == 7 else usual)


def mostly(usual: Any) -> st.SearchStrategy[Any]:
    """Return the usual answer, and seldom anything: more would leave hardly a project to look at."""
    return usual_or(st.just(usual), hostile)


texts = st.fixed_dictionaries(
    {"package_name": mostly("project")},
    optional={
        "project_name": usual_or(one_line, names),
        "series_column": names,
        "step_column": names,
        "text_column": names,
        "image_size": mostly("[8, 8]"),
        "volume_size": mostly("[8, 8, 8]"),
        "seconds": mostly("1.5"),
        "sample_rate": mostly("8000"),
        "smoke_train": mostly("false"),
        "color": mostly("true"),
    },
)
rare = st.dictionaries(st.sampled_from(["family", "task", "loss", "cell", "backend", "_commit"]) | hostile, hostile)
given_rarely = usual_or(st.just({}), rare)


def usable_as_file_name(name: str) -> bool:
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < length < 250 and not set("/\0") & set(name) and name not in (".", "..", "p")


file_names = usual_or(one_line, names).filter(usable_as_file_name)
column_names = names.map(lambda name: re.sub(r"[\x00-\x1f\x7f,]", "", f"{name}b"))
own_data = st.fixed_dictionaries(
    {
        "file": file_names,
        "columns": st.lists(column_names, min_size=2, max_size=4, unique=True),
        "classes": st.lists(names, min_size=2, max_size=5),
    },
    optional={"target": usual_or(st.integers(0, 3), names)},
)


def write_table(path: Path, columns: list[str], classes: list[str]) -> None:
    """Write a table with these columns; the last one is made of the classes."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for number in range(40):
            writer.writerow([number] * (len(columns) - 1) + [classes[number % len(classes)]])


def code_of(project: Path) -> Any:
    """Return the parsed Python files by name, without the docstring of the package, which names the project."""
    trees = {}
    for path in project.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name == "__init__.py":
            del tree.body[0]
        trees[path.relative_to(project).as_posix()] = ast.dump(tree)
    return trees


@pytest.fixture(scope="module")
def ordinary_code(plain_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return the code of a project with usual names and the same choices."""

    @functools.cache
    def get(*chosen: Any) -> Any:
        folder = tmp_path_factory.mktemp("ordinary") / "p"
        data = tmp_path_factory.mktemp("ordinary") / "table.csv"
        write_table(data, ["x", "y"], ["a", "b"])
        own = {"data_path": str(data), "target": "y"} if ("own", True) in chosen else {}
        answers = {name: value for name, value in chosen if name != "own"} | own | {"package_name": "project"}
        copier.run_copy(
            str(plain_template), folder, data=answers, defaults=True, unsafe=True, quiet=True, skip_tasks=True
        )
        return code_of(folder)

    return get


@settings(
    max_examples=int(os.environ.get("HOSTILE", 40)),
    deadline=None,
    phases=[Phase.generate],
    derandomize="HOSTILE" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(choices, texts, given_rarely, st.none() | own_data)
def test_answers_stay_text(
    plain_template: Path,
    ordinary_code: Callable[..., Any],
    choices: Answers,
    texts: Answers,
    rare: Answers,
    own_data: Answers | None,
) -> None:
    answers = choices | texts | rare
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.chdir(folder)
        patch.setenv("HOME", str(folder))
        present = []
        if own_data:
            present = [own_data["file"]]
            write_table(own_data["file"], own_data["columns"], own_data["classes"])
            answers["data_path"] = own_data["file"]
            target = own_data.get("target", len(own_data["columns"]) - 1)
            columns = own_data["columns"]
            answers["target"] = columns[target % len(columns)] if isinstance(target, int) else target
        try:
            copier.run_copy(
                str(plain_template), "p", data=answers, defaults=True, unsafe=True, quiet=True, skip_tasks=True
            )
        except UserMessageError as error:
            event("refused")
            assert "\n" not in str(error) and str(error).isprintable(), repr(str(error))
            assert os.listdir() == present
            return
        event("rendered")
        assert sorted(os.listdir()) == sorted(["p", *present])
        check_project(folder / "p", answers, ordinary_code)


def check_project(project: Path, answers: Answers, ordinary_code: Callable[..., Any]) -> None:
    """Check that all files are valid, hold the texts as they were given, and the code is the usual code."""
    recorded = yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    config = tomllib.loads((project / "config.toml").read_text(encoding="utf-8"))
    assert pyproject["project"]["description"] == recorded["project_name"]
    assert (project / "README.md").read_bytes().decode().startswith(f"# {recorded['project_name']}\n")
    if "project_name" in answers:
        assert recorded["project_name"] == answers["project_name"]
    if answers.get("data_path"):
        assert config["data_path"] == Path(answers["data_path"]).absolute().as_posix()
        assert config["target"] == [name.strip() for name in answers["target"].split(",") if name.strip()]
    for column in ("series_column", "step_column", "text_column"):
        if column in config and column in answers and answers.get("data_path"):
            assert config[column] == answers[column]
    code = code_of(project)
    if package_of(project) == "project":
        chosen = [(name, recorded[name]) for name in CHOICES if name in recorded]
        usual = ordinary_code(*chosen, ("own", "data_path" in answers))
        assert code == usual
