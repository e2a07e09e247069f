"""The questions: few, each with a default and help; wrong answers give one line and write nothing."""

import csv
import importlib.util
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import ROOT, Answers, Render, commit, copier_command
from copier.errors import UserMessageError
from updating import SEED, release, update
from variants import FAMILIES

QUESTIONS = {
    name: question
    for file in sorted((ROOT / "questions").glob("*.yml"))
    for name, question in yaml.safe_load(file.read_text(encoding="utf-8")).items()
}
WRONG = {
    "unknown name": ({"famly": "regression"}, "unknown answer 'famly'; did you mean 'family'?"),
    "unknown family": ({"family": "stacked-ltsm"}, "'stacked-ltsm' is not known; did you mean 'stacked-lstm'?"),
    "family for another input": (
        {"family": "separable-cnn", "input": "table"},
        "separable-cnn takes input images, not table",
    ),
    "family for another task": (
        {"family": "dense-binary", "task": "regression"},
        "dense-binary takes task binary, not regression",
    ),
    "text with JAX": (
        {"backend": "jax", "input": "text"},
        "backend: text is split into words by TensorFlow, choose backend tensorflow",
    ),
    "network for other data": (
        {"family": "cnn-3d", "input": "text"},
        "family: cnn-3d takes input volumes or video, not text",
    ),
    "forecast without a series": (
        {"task": "forecast", "family": "separable-cnn-1d", "input": "sound"},
        "task: forecast is possible for input series, not sound",
    ),
    "cell of another network": (
        {"cell": "Conv1D", "family": "stacked-lstm"},
        "cell: Conv1D is for family frames-rnn; choose one of LSTM, GRU, SimpleRNN",
    ),
    "unknown choice": ({"backend": "torch"}, "backend: 'torch' is not possible; choose one of tensorflow, jax"),
    "keyword as package": ({"package_name": "class"}, "'class' is taken by Python"),
    "library as package": ({"package_name": "keras"}, "'keras' is taken by Python or by a library"),
    **{
        f"package like the module {name}": ({"package_name": name}, f"{name!r} is taken by Python or by a library")
        for name in "pyarrow h5py rich absl optree packaging sqlite3 pil".split()
    },
    "path as package": ({"package_name": "../evil"}, "'../evil' cannot be a package name"),
    "empty project name": ({"project_name": " "}, "project_name: 1 to 80 printable characters"),
    "two lines as project name": ({"project_name": "a\nb"}, "project_name: 1 to 80 printable characters"),
    "neither true nor false": ({"smoke_train": "maybe"}, "smoke_train: 'maybe' is neither true nor false"),
    "size that is none": (
        {"input": "volumes", "data_path": str(ROOT / "README.md"), "volume_size": "'"},
        "depth, height and width in voxels, please, such as [32, 32, 32]",
    ),
    "no number": ({"sample_rate": "fast"}, "sample_rate: 'fast' is not a positive whole number"),
    "no length": ({"seconds": float("inf")}, "seconds: inf is not a positive number"),
    "no rate": ({"sample_rate": float("inf")}, "sample_rate: inf is not a positive whole number"),
    "no target": ({"target": " , ", "data_path": str(ROOT / "README.md")}, "target: at least one column name"),
    "target of the sample": ({"target": "mean_area"}, "target: only together with data_path"),
    "two targets for one head": (
        {"target": "ash, hue", "data_path": str(ROOT / "template" / "data" / "wine.csv"), "task": "binary"},
        "target: binary predicts one column, not ash, hue",
    ),
    "computed value": ({"sample_files": "[]"}, "sample_files follows from the other answers"),
}


@pytest.mark.parametrize(("answers", "message"), WRONG.values(), ids=WRONG)
def test_wrong_answer_stops_before_anything_is_written(
    answers: Answers, message: str, template: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserMessageError) as error:
        copier.run_copy(str(template), tmp_path / "p", data=answers, defaults=True, unsafe=True, quiet=True)
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "p").exists()


def test_wrong_answer_on_the_command_line_is_one_line(template: Path, tmp_path: Path) -> None:
    done = copier_command("copy", "--trust", "--defaults", "-d", "family=svm", template, tmp_path / "p")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.endswith(f"choose one of {', '.join(dict.fromkeys(family for _, family, _ in FAMILIES))}")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "p").exists()


def test_without_trust_nothing_is_written(template: Path, tmp_path: Path) -> None:
    done = copier_command("copy", "--defaults", template, tmp_path / "p")
    assert done.returncode != 0
    assert "trust" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_has_a_default_and_some_lines_of_help(name: str) -> None:
    question = QUESTIONS[name]
    assert "default" in question
    if question.get("when") is not False and question.get("ask") is not False:
        assert 1 <= len(question["help"].strip().splitlines()) <= 5  # the question is the last one


@pytest.fixture
def asked(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[list[str], Answers]]:
    """Answer as a person would who takes every default but those given; return the names of the questions."""

    def interview(**chosen: Any) -> tuple[list[str], Answers]:
        names = []

        def answer(questions: Any, answers: Any) -> Answers:
            name = questions[0]["name"]
            if questions[0]["when"](answers):
                names.append(name)
            return {name: chosen.get(name, answers[name])}

        monkeypatch.setattr("copier._main.unsafe_prompt", answer)
        project = tmp_path / "p"
        copier.run_copy(str(template), project, unsafe=True, quiet=True, skip_tasks=True)
        return names, yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))

    return interview


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        {"input": "images", "data_path": str(ROOT / "README.md")},
        {"input": "series", "task": "regression", "data_path": str(ROOT / "README.md")},
        {"input": "series", "task": "multiclass", "data_path": str(ROOT / "README.md")},
        {"input": "sound", "family": "stacked-lstm", "data_path": str(ROOT / "README.md")},
        {"input": "video", "family": "frames-rnn", "data_path": str(ROOT / "README.md")},
        {"input": "text", "family": "stacked-lstm", "task": "regression", "data_path": str(ROOT / "README.md")},
    ],
    ids=lambda chosen: "-".join(list(chosen.values())[:-1]) or "defaults",
)
def test_an_interview_has_at_most_ten_questions(
    asked: Callable[..., tuple[list[str], Answers]], chosen: Answers
) -> None:
    names, answers = asked(**chosen)
    assert 5 <= len(names) <= 10
    assert chosen.items() <= answers.items()


def test_the_sample_needs_no_question_about_columns(asked: Callable[..., tuple[list[str], Answers]]) -> None:
    names, answers = asked()
    assert "target" not in names and "target" not in answers


def test_answers_from_a_file(template: Path, tmp_path: Path) -> None:
    answers = {"family": "stacked-lstm", "task": "binary", "cell": "GRU", "backend": "jax", "project_name": "Übung 7"}
    (tmp_path / "answers.yml").write_text(yaml.safe_dump(answers, allow_unicode=True), encoding="utf-8")
    done = copier_command(
        "copy",
        "--trust",
        "--defaults",
        "--skip-tasks",
        "--data-file",
        tmp_path / "answers.yml",
        template,
        tmp_path / "p",
    )
    assert done.returncode == 0, done.stderr
    recorded = yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert answers.items() <= recorded.items()


@pytest.mark.parametrize(
    "project_name",
    [
        'O\'Brien "quoted" \\ back',
        "emoji 😀 and ümlaut",
        "{{ braces }} {% raw %}",
        "#: if x",
        '"""',
        "شبكة",
        "a" * 80,
        "€$%",
    ],
)
def test_any_project_name_renders_valid_files(project_name: str, render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", project_name=project_name)
    pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert pyproject["project"]["description"] == project_name
    assert (project / "README.md").read_text(encoding="utf-8").startswith(f"# {project_name}\n")
    for path in project.rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), path, "exec")


@pytest.mark.parametrize(
    ("target", "columns"),
    [
        ("a", ["a"]),
        ("a, b c ,d", ["a", "b c", "d"]),
        ('say "x"', ['say "x"']),
        ("{{ a }}", ["{{ a }}"]),
        ("\\ü😀", ["\\ü😀"]),
    ],
)
def test_targets_arrive_in_the_settings(target: str, columns: list[str], render: Render, tmp_path: Path) -> None:
    data_path = tmp_path / "my table.csv"
    with open(data_path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*columns, "x"], *[[n % 2] * len(columns) + [n / 7] for n in range(20)]])
    project = render(tmp_path / "p", data_path=str(data_path), target=target)
    settings = tomllib.loads((project / "config.toml").read_text(encoding="utf-8"))
    assert settings["target"] == columns
    assert settings["data_path"] == data_path.as_posix()
    assert not (project / "data").exists()


@pytest.mark.parametrize(
    ("data", "answers", "family"),
    [
        ("", {}, "dense-binary"),
        ("", {"recipe": "strong"}, "tabular-ensemble"),
        ("", {"input": "text"}, "separable-cnn-1d"),
        ("text,y\n" + "the good film,a\nof a bad film,b\n" * 9, {"input": "text", "target": "y"}, "text-ngrams"),
        ("", {"input": "video", "recipe": "strong", "motion_matters": "false"}, "frames-rnn"),
        ("id,x,y\n1,0.5,a\n2,1.5,b\n3,0.7,a\n", {"target": "y"}, "tabular-ensemble"),
        ("id,x,y\n1,0.5,a\n2,1.5,b\n3,0.7,a\n", {"target": "y", "recipe": "guide"}, "dense-binary"),
        (
            "id,x,y\n1,0.5,a\n2,1.5,b\n",
            {"target": "y", "recipe": "guide", "family": "dense-residual"},
            "dense-residual",
        ),
    ],
)
def test_the_recipe_proposes_the_network(
    data: str, answers: dict[str, str], family: str, render: Render, tmp_path: Path
) -> None:
    """The guide's network, or the best that is known; a network that is named counts."""
    if data:
        (tmp_path / "mine.csv").write_text(data)
        answers = answers | {"data_path": str(tmp_path / "mine.csv")}
    answered = yaml.safe_load((render(tmp_path / "p", **answers) / ".copier-answers.yml").read_text("utf-8"))
    assert answered["family"] == family


@pytest.mark.parametrize(
    ("folder", "project_name", "package"),
    [
        ("my_project", "My project", "my_project"),
        ("wine-quality 2", "Wine quality 2", "wine_quality_2"),
        ("keras", "Keras", "keras_project"),
        ("123", "123", "project"),
        ("test", "Test", "test_project"),
        ("Ünï côdé 1", "Ünï côdé 1", "uni_code_1"),
        ("数据", "数据", "project"),
    ],
)
def test_names_come_from_the_folder(
    folder: str, project_name: str, package: str, render: Render, tmp_path: Path
) -> None:
    project = render(tmp_path / folder)
    assert (project / "README.md").read_text(encoding="utf-8").startswith(f"# {project_name}\n")
    assert (project / "src" / package / "config.py").is_file()


def test_a_relative_data_path_holds_from_anywhere(
    render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("x,y\n0.5,a\n1.5,b\n")
    project = render(tmp_path / "p", data_path="mine.csv", target="y")
    settings = tomllib.loads((project / "config.toml").read_text(encoding="utf-8"))
    assert settings["data_path"] == (tmp_path / "mine.csv").as_posix()


@pytest.mark.parametrize(("backend", "package"), [("tensorflow", "tensorflow[and-cuda]"), ("jax", "jax[cuda12]")])
def test_a_gpu_gets_its_packages_and_stays_on_record(
    backend: str, package: str, own_template: Path, render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = tmp_path / "bin" / "nvidia-smi"
    driver.parent.mkdir()
    driver.write_text("#!/bin/sh\n")
    driver.chmod(0o755)
    with monkeypatch.context() as with_gpu:
        with_gpu.setenv("PATH", str(driver.parent), prepend=os.pathsep)
        project = render(tmp_path / "p", source=own_template, backend=backend)
    dependencies = tomllib.loads((project / "pyproject.toml").read_text())["project"]["dependencies"]
    found = {name for name in dependencies if name.startswith((package, backend))}
    bounds = {"tensorflow": ">=2.19,<3", "jax": ">=0.6,<1"}[backend]
    linux = "platform_system == 'Linux'"  # CUDA is there for no other
    assert found == {f"{package}{bounds}; {linux}", f"{backend}{bounds}; {linux.replace('==', '!=')}"}
    commit(project)
    copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True, skip_tasks=True)
    assert f'"{package}>=' in (project / "pyproject.toml").read_text()


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_a_gpu_is_proposed_on_linux_only(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("answers_of_the_template", ROOT / "extensions" / "answers.py")
    assert spec and spec.loader
    answers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(answers)
    monkeypatch.setattr(answers.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(sys, "platform", "linux")
    assert answers.has_gpu()
    monkeypatch.setattr(sys, "platform", platform)
    assert not answers.has_gpu()


def test_without_a_gpu_the_smaller_packages_are_enough(render: Render, tmp_path: Path) -> None:
    dependencies = tomllib.loads((render(tmp_path / "p") / "pyproject.toml").read_text())["project"]["dependencies"]
    assert [name for name in dependencies if "cuda" in name] == []
    assert any(name.startswith("tensorflow-cpu>=") for name in dependencies)


def test_no_package_can_have_the_name_of_a_locked_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(ROOT / "tools")
    import taken_names

    listed = set((ROOT / "extensions" / "taken_names.txt").read_text().split())
    assert taken_names.taken_names() <= listed, "python tools/taken_names.py > extensions/taken_names.txt"


def test_a_project_keeps_a_package_name_that_has_been_taken_since(started: Render, own_template: Path) -> None:
    file = own_template / "extensions" / "taken_names.txt"
    start = file.read_text()
    file.write_text(start.replace("rich\n", ""))
    commit(own_template, "As it was", tag="v0.1.1")
    project = started(package_name="rich")
    file.write_text(start)
    release(own_template, *SEED)
    update(project, hooks=True)
    assert (project / "src" / "rich").is_dir() and len(list((project / "src").iterdir())) == 1
    assert "package_name: rich" in (project / ".copier-answers.yml").read_text()


def test_a_copy_that_would_overwrite_writes_nothing_where_nobody_can_be_asked(template: Path, tmp_path: Path) -> None:
    own = {"README.md": "mine", "pyproject.toml": "[tool]", "data/wine.csv": "a,b", ".github/workflows/test.yml": "on"}
    for name, text in own.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_text(text)
    copy = ("copy", "--trust", "--defaults", "--skip-tasks", template, tmp_path / "p")
    done = copier_command(*copy)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "would be overwritten, so nothing is written: README.md, pyproject.toml. Choose another" in done.stderr
    written = (path for path in (tmp_path / "p").rglob("*") if path.is_file())
    assert {path.relative_to(tmp_path / "p").as_posix(): path.read_text() for path in written} == own
    assert copier_command(*copy, "--overwrite").returncode == 0
    assert copier_command(*copy).returncode == 0  # all is there, as it would be written
