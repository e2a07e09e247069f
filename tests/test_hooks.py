"""The hooks on copy, recopy, --skip-tasks, --pretend, failures, and where black, uv or the requirements are missing."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Finished, Render, commit, copier_command, git, package_of
from updating import SEED, release

FAIL = "raise SystemExit('the training broke')\n"


@pytest.fixture
def broken_template(own_template: Path) -> Path:
    """A template whose projects cannot be trained."""
    train = own_template / "template" / "src" / "{{ package_name }}" / "commands" / "train.py.jinja"
    train.write_text(FAIL)
    commit(own_template, "Break the training", tag="v0.1.1")
    return own_template


def copy(template: Path, project: Path, *options: object, **keywords: Any) -> Finished:
    return copier_command("copy", "--trust", "--defaults", *options, template, project, **keywords)


@pytest.fixture
def nothing_installed(tmp_path: Path) -> dict[str, str]:
    """Variables of an environment with git, but without uv and without a black that runs."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "black.py").write_text("raise ImportError('no black here')\n")
    return os.environ | {"PYTHONPATH": str(tmp_path / "hidden"), "PATH": "/usr/bin:/bin"}


def test_skip_tasks_trains_nothing_and_says_what_comes_next(template: Path, tmp_path: Path) -> None:
    done = copy(template, tmp_path / "p", "--skip-tasks")
    assert done.returncode == 0
    assert not (tmp_path / "p" / "runs").exists()
    said = done.stderr + done.stdout
    assert "It has not been trained yet" in said
    for command in (
        "train",
        "predict data/breast_cancer.csv --output runs/predictions.csv",
        "git init && git add --all",
    ):
        assert command in said


def test_pretend_writes_nothing(template: Path, tmp_path: Path) -> None:
    done = copy(template, tmp_path / "p", "--pretend")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "p").exists()


def test_without_black_the_code_stays_as_it_was_rendered(
    template: Path, tmp_path: Path, nothing_installed: dict[str, str]
) -> None:
    done = copy(template, tmp_path / "p", "-d", "smoke_train=false", env=nothing_installed)
    assert done.returncode == 0, done.stderr
    assert "Note: black" in done.stderr
    assert (tmp_path / "p" / "src").is_dir()


def test_without_black_an_update_brings_what_is_new(
    own_template: Path, tmp_path: Path, nothing_installed: dict[str, str]
) -> None:
    project = tmp_path / "p"
    copy(own_template, project, "-d", "smoke_train=false", check=True)
    commit(project, "Start")
    release(own_template, *SEED)
    done = copier_command("update", "--trust", "--defaults", cwd=project, env=nothing_installed)
    assert done.returncode == 0 and "Note: black" in done.stderr
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml", "config.toml"]


def test_format_mends_what_a_recipe_got_wrong(own_template: Path, tmp_path: Path) -> None:
    init = own_template / "template" / "src" / "{{ package_name }}" / "__init__.py.jinja"
    init.write_text("x = {  'a':1 }\n")
    commit(own_template, "Write badly", tag="v0.1.1")
    copy(own_template, tmp_path / "p", "-d", "smoke_train=false", check=True)
    assert next((tmp_path / "p" / "src").glob("*/__init__.py")).read_text() == 'x = {"a": 1}\n'


@pytest.mark.parametrize(
    ("family", "predicted"),
    [
        ("regression", "progression (regression"),
        ("separable-cnn", "digit (multiclass"),
        ("cnn-3d", "pores (multiclass"),
    ],
)
def test_it_says_what_is_predicted(family: str, predicted: str, template: Path, tmp_path: Path) -> None:
    said = copy(template, tmp_path / "p", "-d", f"family={family}", "--skip-tasks", check=True).stderr
    assert f"It predicts {predicted}, with {family}) from a sample, data/" in said


UGLY = "x = {  'mine':1 }\n"


def test_format_leaves_files_of_the_user_in_a_folder_without_git(template: Path, tmp_path: Path) -> None:
    files = [tmp_path / "p" / name for name in ("src/mine/m.py", "src/p/mine.py", "tests/mine.py")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(UGLY)
    copy(template, tmp_path / "p", "-d", "smoke_train=false", check=True)
    assert [file.read_text() for file in files] == 3 * [UGLY]


def test_recopy_formats_neither_new_files_of_the_user_nor_stumbles_over_their_names(
    own_template: Path, tmp_path: Path
) -> None:
    project = tmp_path / "p"
    copy(own_template, project, "-d", "smoke_train=false", check=True)
    commit(project, "Start")
    (project / "scratch.py").write_text(UGLY)
    Path(os.fsdecode(os.fsencode(project) + b"/caf\xe9.py")).write_text(UGLY)
    (project / "src" / "p" / "commands" / "train.py").write_text(UGLY)
    command = [sys.executable, str(ROOT / "hooks" / "format.py"), "p"]
    done = subprocess.run(command, cwd=project, text=True, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (project / "scratch.py").read_text() == UGLY
    assert (project / "src" / "p" / "commands" / "train.py").read_text() == 'x = {"mine": 1}\n'


def test_format_leaves_what_is_saved_while_black_runs(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    file = project / "src" / "p" / "commands" / "train.py"
    file.write_text(UGLY)
    # A black that formats, and while it does so an editor saves.
    (tmp_path / "black.py").write_text(
        "import pathlib, sys\n"
        f"pathlib.Path({str(file)!r}).write_text('saved')\n"
        "for name in sys.argv[sys.argv.index('--') + 1:]:\n"
        "    pathlib.Path(name).write_text('formatted')\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, str(ROOT / "hooks" / "format.py"), "p"]
    subprocess.run(command, cwd=project, env=environment, check=True)
    assert file.read_text() == "saved"
    assert (file.parent / "look.py").read_text() == "formatted"


def test_a_failed_training_keeps_the_project_and_says_what_to_run(broken_template: Path, tmp_path: Path) -> None:
    done = copy(broken_template, tmp_path / "p")
    assert done.returncode == 0
    assert "SMOKE TRAINING FAILED: the training broke" in done.stderr
    assert "The project is kept. Log: runs/smoke.log" in done.stderr
    assert "train --smoke" in done.stderr
    assert (tmp_path / "p" / "runs" / "smoke.log").read_text() == "the training broke\n"
    assert (tmp_path / "p" / "config.toml").is_file()


def test_a_failed_training_fails_the_copy_where_nothing_is_cleaned_up(broken_template: Path, tmp_path: Path) -> None:
    done = copy(broken_template, tmp_path / "p", "--no-cleanup")
    assert done.returncode != 0
    assert "SMOKE TRAINING FAILED" in done.stderr and "Traceback" not in done.stderr
    assert (tmp_path / "p" / "config.toml").is_file()


BARE_PYTHON = os.path.realpath(sys.executable)  # without the packages of the test environment


@pytest.fixture
def smoke_train(render: Render, tmp_path: Path) -> Callable[..., tuple[Path, Finished]]:
    """Run the hook with an interpreter that has nothing installed."""
    project = render(tmp_path / "p", family="dense-binary")

    def run_hook(mode: str, path: str, python: object = "", **variables: str) -> tuple[Path, Finished]:
        environment = {"PATH": str(path), "HOME": str(tmp_path)} | variables
        command = [BARE_PYTHON, str(ROOT / "hooks" / "smoke_train.py"), package_of(project), mode, str(python)]
        return project, subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True)

    return run_hook


@pytest.mark.train
def test_uv_makes_the_environment(smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    python = f'#!/bin/sh\nPYTHONPATH=src exec {sys.executable} "$@"\n'
    uv.write_text(
        f"#!/bin/sh\necho uv $@\nmkdir -p .venv/bin\ncat > .venv/bin/python <<'END'\n{python}END\n"
        "chmod +x .venv/bin/python\n"
    )
    uv.chmod(0o755)
    project, done = smoke_train("fail", f"{uv.parent}:/usr/bin:/bin")
    assert done.returncode == 0, done.stderr
    assert "Installing what the project needs into .venv, with uv" in done.stderr
    assert "uv sync" in done.stderr  # its progress is shown
    assert "Smoke training passed: loss" in done.stderr
    assert '"command": ".venv/bin/python -m p"' in (project / "runs" / "smoke.json").read_text()


@pytest.mark.train
def test_an_environment_that_is_there_is_used(
    smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    python = Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin") / "python"
    project, done = smoke_train("fail", "/usr/bin:/bin", python)
    assert done.returncode == 0, done.stderr
    assert "Smoke training passed: loss" in done.stderr and "Installing" not in done.stderr
    assert not (project / ".venv").exists()
    command = json.loads((project / "runs" / "smoke.json").read_text())["command"]
    assert command == f"PYTHONPATH=src {python} -m p"


@pytest.mark.parametrize("folder", [False, True])
def test_an_environment_that_lacks_packages_or_is_none_is_named(
    folder: bool, smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    given = tmp_path / "environment" if folder else BARE_PYTHON
    _, done = smoke_train("fail", "/usr/bin:/bin", given)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    wrong = "does not run" if folder else "keras, "
    assert f"SMOKE TRAINING FAILED: python: {given}" in done.stderr and wrong in done.stderr


@pytest.mark.train
@pytest.mark.parametrize(("mode", "code"), [("report", 0), ("fail", 1)])
def test_a_failed_installation_says_what_to_run(
    mode: str, code: int, smoke_train: Callable[..., tuple[Path, Finished]]
) -> None:
    project, done = smoke_train(mode, "/usr/bin:/bin", PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == code
    assert "Installing what the project needs into .venv, with pip" in done.stderr
    assert "No matching distribution found" in done.stderr  # the reason, as pip says it
    assert "pip install --editable . pytest` failed, for the reason above." in done.stderr
    assert "Run it again in the project folder, with a network.\nThe project is kept.\n" in done.stderr
    assert "Then run: .venv/bin/python -m p train --smoke" in done.stderr
    assert (project / "config.toml").is_file()


@pytest.mark.train
def test_uv_without_a_network_says_what_to_run(
    smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    uv = shutil.which("uv", path=os.path.dirname(sys.executable)) or shutil.which("uv")
    assert uv
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").symlink_to(uv)
    path = f"{tmp_path / 'bin'}:/usr/bin:/bin"
    project, done = smoke_train("fail", path, UV_OFFLINE="1", UV_CACHE_DIR=str(tmp_path / "cache"))
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "the network was disabled" in done.stderr  # the reason, as uv says it
    assert f"SMOKE TRAINING FAILED: `{tmp_path / 'bin' / 'uv'} sync` failed, for the reason above." in done.stderr
    assert "Then run: .venv/bin/python -m p train --smoke" in done.stderr
    assert (project / "config.toml").is_file()


def test_uv_is_told_where_the_environment_belongs(
    smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    uv = tmp_path / "bin" / "uv"
    uv.parent.mkdir()
    uv.write_text('#!/bin/sh\necho "into $UV_PROJECT_ENVIRONMENT, not ${VIRTUAL_ENV-any other}"\nexit 1\n')
    uv.chmod(0o755)
    elsewhere = {"UV_PROJECT_ENVIRONMENT": str(tmp_path / "elsewhere"), "VIRTUAL_ENV": str(tmp_path / "active")}
    project, done = smoke_train("fail", f"{uv.parent}:/usr/bin:/bin", **elsewhere)
    assert f"into {project / '.venv'}, not any other\n" in done.stderr


UNREADABLE: dict[str, tuple[str | bytes | None, str]] = {
    "other tool": ("[tool.poetry]\nname = 'p'\n", "has no section [project] with name and dependencies"),
    "no dependencies": ("[project]\nname = 'p'\n", "has no section [project] with name and dependencies"),
    "broken": ("[project\n", "cannot be read (Expected ']'"),
    "not UTF-8": (b"# caf\xe9\n", "cannot be read ('utf-8' codec"),
    "missing": (None, "cannot be read ([Errno 2]"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_requirements_that_cannot_be_read_are_one_line(
    case: str, smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    content, reason = UNREADABLE[case]
    file = tmp_path / "p" / "pyproject.toml"
    file.unlink()
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    _, done = smoke_train("fail", "/usr/bin:/bin")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"SMOKE TRAINING FAILED: pyproject.toml {reason}" in done.stderr
    assert "To update without a training: -d smoke_train=false\n" in done.stderr


def test_an_environment_that_does_not_run_is_named(
    smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    python = tmp_path / "p" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"no program")
    _, done = smoke_train("fail", "/usr/bin:/bin")
    assert done.returncode == 1
    assert "SMOKE TRAINING FAILED: .venv/bin/python does not run: remove the folder .venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_log_that_cannot_be_written_is_named(
    smoke_train: Callable[..., tuple[Path, Finished]], tmp_path: Path
) -> None:
    (tmp_path / "p" / "runs" / "smoke.log" / "in_the_way").mkdir(parents=True)
    _, done = smoke_train("fail", "/usr/bin:/bin")
    assert done.returncode == 1
    assert "SMOKE TRAINING FAILED: " in done.stderr and "runs/smoke.log" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.train
def test_recopy_formats_and_trains_again(template: Path, tmp_path: Path) -> None:
    project = tmp_path / "p"
    copy(template, project, "-d", "smoke_train=false", check=True)
    commit(project, "Start")
    done = copier_command(
        "recopy", "--trust", "--defaults", "--overwrite", "-d", "smoke_train=true", "--vcs-ref", ":current:", project
    )
    assert done.returncode == 0, done.stderr
    assert "Smoke training passed" in done.stderr


def test_the_sample_is_unpacked_but_never_over_a_folder_and_no_other_archive_is(tmp_path: Path) -> None:
    (tmp_path / "data" / "digits").mkdir(parents=True)
    for name in ("clips.zip", "digits.zip"):
        shutil.copy(ROOT / "template" / "data" / name, tmp_path / "data")
    for name in ("rocks.zip", "own.zip"):  # the name of a sample, but the user's
        (tmp_path / "data" / name).write_bytes(b"own")
    for name in ("clips.zip", "digits.zip", "rocks.zip", "own.zip"):
        subprocess.run([sys.executable, str(ROOT / "hooks" / "unpack_sample.py"), name], cwd=tmp_path, check=True)
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"clips", "digits", "rocks.zip", "own.zip"}
    assert any((tmp_path / "data" / "clips").iterdir()) and not any((tmp_path / "data" / "digits").iterdir())
