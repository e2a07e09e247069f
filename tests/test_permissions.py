"""What may not be read or written: one clear line that names it, exit code 1, and nothing is lost."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Finished, Render, git, package_of
from updating import SEED, release

# Root may do anything, unless it gives up the two capabilities that let it.
AS_A_USER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions"),
    pytest.mark.skipif(IS_ROOT and not shutil.which("setpriv"), reason="root may do anything, and setpriv is missing"),
]


def run(*command: object, cwd: Path | None = None) -> Finished:
    """Run Python with these arguments, held to permissions; return the finished process."""
    held = [*(AS_A_USER if IS_ROOT else []), sys.executable, *map(str, command)]
    environment = os.environ | {"PYTHONPATH": "src"}
    return subprocess.run(held, cwd=cwd, env=environment, text=True, capture_output=True, stdin=subprocess.DEVNULL)


@pytest.fixture
def forbid() -> Iterator[Callable[[Path, int], None]]:
    """Take permissions away until the test ends."""
    before = []

    def change(path: Path, mode: int) -> None:
        before.append((path, path.stat().st_mode))
        path.chmod(mode)

    yield change
    for path, mode in reversed(before):
        path.chmod(mode)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# Commands one after the other in one process: each of its own would need seconds to start.
COMMANDS = """
import importlib, json, os, sys
package, commands = sys.argv[1:]
main = importlib.import_module(f"{package}.__main__").main
for folder, *command in json.loads(commands):
    os.chdir(folder)
    try:
        main(command)
        print("ended:", "without an error")
    except SystemExit as stopped:
        print("ended:", stopped.code)
"""


@pytest.fixture
def ends_of() -> Callable[..., list[str]]:
    """Run commands of a project in these folders, held to permissions; return how each ended."""

    def run_commands(project: Path, *commands: Iterable[object]) -> list[str]:
        as_json = json.dumps([list(map(str, command)) for command in commands])
        done = run("-c", COMMANDS, package_of(project), as_json, cwd=project)
        assert done.returncode == 0, done.stderr
        return [line.removeprefix("ended: ") for line in done.stdout.splitlines() if line.startswith("ended: ")]

    return run_commands


@pytest.mark.parametrize("inside", ["", "p", "deep/p"])
def test_copy_into_a_folder_that_may_not_be_written(
    inside: str, template: Path, tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    (tmp_path / "theirs").mkdir()
    forbid(tmp_path / "theirs", 0o555)
    done = run("-m", "copier", "copy", "--trust", "--defaults", template, tmp_path / "theirs" / inside)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    said = f"you have no permission to write to {tmp_path / 'theirs'}: choose another folder"
    assert done.stderr.strip().splitlines()[-1] == said


def test_copy_to_where_a_file_is(template: Path, tmp_path: Path) -> None:
    (tmp_path / "p").write_text("mine")
    done = run("-m", "copier", "copy", "--trust", "--defaults", template, tmp_path / "p")
    assert done.returncode == 1 and done.stderr.strip().splitlines()[-1] == f"{tmp_path / 'p'} is no folder"
    assert (tmp_path / "p").read_text() == "mine"


def test_update_of_a_project_that_may_not_be_written(
    started: Render, own_template: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = started(family="dense-binary")
    release(own_template, *SEED)
    forbid(project, 0o555)
    done = run("-m", "copier", "update", "--trust", "--defaults", project)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert f"you have no permission to write to {project}" in done.stderr
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.train
def test_train_where_nothing_may_be_written(
    trained: Render, ends_of: Callable[..., list[str]], tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = trained(family="dense-binary")
    new, old, half = (shutil.copytree(project, tmp_path / name, symlinks=True) for name in ("new", "old", "half"))
    shutil.rmtree(new / "runs")
    (half / "runs" / "smoke" / "lock").touch()
    for folder in (new, old / "runs", old / "runs" / "smoke", half / "runs"):
        forbid(folder, 0o555)
    before = contents(tmp_path)
    commands = [new, "train"], [old, "train"], [old, "train", "--smoke"], [half, "train", "--smoke"]
    first, again, smoke, other_smoke = ends_of(project, *commands)
    assert first == "error: [Errno 13] Permission denied: 'runs'"
    assert again.startswith("error: [Errno 13] Permission denied: 'runs/2")
    for end in (smoke, other_smoke):
        assert re.fullmatch(r"error: \[Errno 13\] Permission denied: '[^']*runs/smoke.*'", end)
    assert contents(tmp_path) == before


@pytest.mark.train
@pytest.mark.parametrize("family", ["dense-binary", "stacked-lstm"])
def test_predict_to_where_nothing_may_be_written(
    family: str, trained: Render, ends_of: Callable[..., list[str]], tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = trained(family=family)
    (sample,) = (project / "data").glob("*.csv")
    theirs, taken = tmp_path / "theirs", tmp_path / "taken.csv"
    theirs.mkdir()
    taken.mkdir()
    (theirs / "old.csv").write_text("prediction\nearlier\n")  # may be replaced, if the folder allows it
    forbid(theirs, 0o555)
    outputs = [theirs / "old.csv", theirs / "deep" / "new.csv", taken]
    old, deep, folder = ends_of(project, *([project, "predict", sample, "--output", path] for path in outputs))
    assert re.fullmatch(rf"error: \[Errno 13\] Permission denied: '{theirs}/[^']*'", old)
    assert deep == f"error: [Errno 13] Permission denied: '{theirs / 'deep'}'"
    assert folder == f"error: {taken} is no plain file: name another"
    assert contents(tmp_path) == {(theirs / "old.csv").relative_to(tmp_path): b"prediction\nearlier\n"}


@pytest.mark.train
def test_what_may_not_be_read_is_named(
    trained: Render, ends_of: Callable[..., list[str]], tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = trained(family="dense-binary")
    sample = "data/breast_cancer.csv"
    commands = {
        "runs/smoke/model.keras": ["evaluate"],
        "runs/smoke/schema.json": ["evaluate"],
        "runs/smoke/config.json": ["predict", sample, "--output", "new.csv"],
        "config.toml": ["train"],
        sample: ["train"],
        "data": ["train"],
    }
    folders = []
    for number, name in enumerate(commands):
        folders.append(shutil.copytree(project, tmp_path / str(number), symlinks=True))
        forbid(folders[-1] / name, 0)
    cases = [[folder, *command] for folder, command in zip(folders, commands.values(), strict=True)]
    for name, end in zip(commands, ends_of(project, *cases), strict=True):
        shown = {"data": sample}.get(name, name.replace("smoke", "latest"))
        assert end.startswith("error: ") and end.endswith(f"[Errno 13] Permission denied: '{shown}'"), name
    assert not [path for folder in folders for path in folder.glob("runs/2*")]


@pytest.mark.train
def test_a_folder_of_data_that_may_not_be_read_is_named(
    trained: Render, tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = trained(family="stacked-lstm")
    for name in ("a", "b", ".hidden"):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(20):
            (tmp_path / "data" / name / f"{number}.csv").write_text("x,y\n1,2\n3,4\n")
    forbid(tmp_path / "data" / ".hidden", 0)
    forbid(tmp_path / "data" / "b", 0)
    done = run("-m", package_of(project), "predict", tmp_path / "data", "--output", tmp_path / "new.csv", cwd=project)
    assert done.returncode == 0 and "20 predictions" in done.stdout
    assert f"Left out: {tmp_path / 'data' / 'b'} (Permission denied)" in done.stdout and ".hidden" not in done.stdout


def smoke_train(project: Path, mode: str = "fail") -> Finished:
    return run(ROOT / "hooks" / "smoke_train.py", package_of(project), mode, cwd=project)


@pytest.mark.parametrize("runs", ["none", "empty", "of before"])
def test_smoke_training_where_runs_may_not_be_written(
    runs: str, render: Render, tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    if runs != "none":
        (project / "runs").mkdir()
        if runs == "of before":
            for name in ("smoke.log", "smoke.json"):
                (project / "runs" / name).write_text("before")
                forbid(project / "runs" / name, 0o444)
        forbid(project / "runs", 0o555)
    forbid(project, 0o555)
    before = contents(project)
    for mode, code in (("fail", 1), ("report", 0)):
        done = smoke_train(project, mode)
        assert done.returncode == code and "Traceback" not in done.stderr, done.stderr
        assert "SMOKE TRAINING FAILED: [Errno 13] Permission denied: 'runs" in done.stderr
        assert "The project is kept." in done.stderr
    assert contents(project) == before


def test_recopy_where_runs_may_not_be_written_says_what_to_run(
    render: Render, template: Path, tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    (project / "runs").mkdir()
    forbid(project / "runs", 0o555)
    done = run("-m", "copier", "recopy", "--trust", "--defaults", "--overwrite", "--vcs-ref", ":current:", project)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert "SMOKE TRAINING FAILED: [Errno 13] Permission denied: 'runs/smoke.log'" in done.stderr
    assert "train --smoke" in (done.stdout + done.stderr).split("Put right what the message above says")[1]


def test_formatting_what_may_not_be_written_says_so(
    render: Render, tmp_path: Path, forbid: Callable[[Path, int], None]
) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    file = project / "src" / "p" / "commands" / "train.py"
    file.write_text("x = {  'a':1 }\n")
    forbid(file, 0o444)
    done = run(ROOT / "hooks" / "format.py", "p", cwd=project)
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert "Note: black left files as they were: " in done.stderr
    assert "[Errno 13] Permission denied: 'src/p/commands/train.py'" in done.stderr
    assert file.read_text() == "x = {  'a':1 }\n"
