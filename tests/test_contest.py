"""The contest: all networks that fit are tried on the data, and the simplest of the best is taken."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import ROOT, Finished, Render, commit, copier_command, package_of

# An interpreter that has all packages, and finds for each network what the file beside it says, or fails.
FAKE = """#!{python}
import json, sys
from pathlib import Path
if sys.argv[1] == "-c":
    sys.exit()
candidate = Path(sys.argv[3])
found = json.loads(Path(__file__).with_name("found.json").read_text()).get(candidate.name)
if not found:
    sys.exit("error: it broke")
adds, weights = found
result = dict(score="AUC", adds=adds, weights=weights, epochs=3, was_cut=weights > 5)
(candidate / "result.json").write_text(json.dumps(result))
"""


def hold(template: Path, folder: Path, found: dict[str, Any], *options: object) -> Finished:
    """Copy with a contest in which the networks do as well as it is found for them."""
    fake = folder / "python"
    fake.write_text(FAKE.format(python=sys.executable))
    fake.chmod(0o755)
    (folder / "found.json").write_text(json.dumps(found))
    given = ("-d", "contest=true", "-d", f"python={fake}", "-d", "smoke_train=false", *options)
    return copier_command("copy", "--trust", "--defaults", "--quiet", *given, template, folder / "p", check=True)


def answers_of(project: Path) -> Any:
    return yaml.safe_load((project / ".copier-answers.yml").read_text())


def contents(project: Path) -> dict[str, str]:
    """Return the files that follow from the network, but for what tells of the contest."""
    files = [*project.glob("src/**/*.py"), project / "config.toml", project / "pyproject.toml"]
    return {str(path.relative_to(project)): path.read_text() for path in files}


def test_the_project_is_that_of_the_best_network(template: Path, render: Render, tmp_path: Path) -> None:
    found = {"stacked-lstm": [[0, 0.25] * 10, 5], "separable-cnn-1d": [[0.75, 1] * 10, 7]}
    found["inception-1d"] = [[0, 0.2] * 10, 9]
    done = hold(template, tmp_path, found, "-d", "input=series", "-d", "task=multiclass")
    project, package = tmp_path / "p", package_of(tmp_path / "p")
    answers = {"family": "separable-cnn-1d", "input": "series", "task": "multiclass", "package_name": package}
    fresh = render(tmp_path / "fresh", project_name="P", **answers)
    assert contents(project) == contents(fresh)
    recorded, expected = answers_of(project), answers_of(fresh)
    assert recorded.pop("contest_result")["chosen"] == "separable-cnn-1d"
    assert recorded | {"smoke_train": True} == expected
    assert "(multiclass, with separable-cnn-1d)" in done.stdout
    assert "Contest: separable-cnn-1d, AUC 0.875 with 20 validation examples; it is taken" in done.stderr
    readme = (project / "README.md").read_text()
    assert (
        "| **separable-cnn-1d** | 0.875 |  | 7 | 3, then time was up |\n| stacked-lstm | 0.125 | 0.75 ± 0 | 5 | 3 |\n"
        in readme
    )
    assert "Try all" not in readme and "| network | separable-cnn-1d: " in readme
    result = json.loads((project / "contest.json").read_text())
    assert [entry["family"] for entry in result["entries"]] == ["separable-cnn-1d", "stacked-lstm", "inception-1d"]


@pytest.mark.thorough
def test_of_those_that_are_level_the_simplest_is_taken_and_an_update_changes_it(template: Path, tmp_path: Path) -> None:
    found = {"dense-binary": [[1, 0, 1, 0.9], 5], "dense-residual": [[1, 1, 1, 0.5], 9]}
    done = hold(template, tmp_path, found)
    project = tmp_path / "p"
    assert "dense-binary, AUC 0.725, the simplest of 2 that are level" in done.stderr
    assert answers_of(project)["family"] == "dense-binary" and "contest" not in answers_of(project)
    commit(project, "Start")
    copier.run_update(
        project, data={"family": "dense-residual"}, defaults=True, unsafe=True, overwrite=True, quiet=True
    )
    assert answers_of(project)["family"] == "dense-residual"
    assert "residual" in (project / "src" / package_of(project) / "network" / "body.py").read_text()
    assert "| **dense-binary** | 0.725 |" in (project / "README.md").read_text()


def test_a_later_contest_tells_which_network_is_best_and_changes_nothing(template: Path, tmp_path: Path) -> None:
    hold(template, tmp_path, {}, "-d", "contest=false")
    project = tmp_path / "p"
    commit(project, "Start")
    found = {"dense-binary": [[1, 0, 1, 0.5] * 9, 9], "dense-residual": [[1, 0.9, 1, 0.5] * 9, 5]}
    (tmp_path / "found.json").write_text(json.dumps(found))
    command = [sys.executable, "-m", "copier_keras", "contest", str(project), "--trust"]
    command += ["--template", str(template), "-d", f"python={tmp_path / 'python'}", "-d", "smoke_train=false"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "Tries all networks that fit on the data of the project in" in done.stdout
    best = "Contest: dense-residual, AUC 0.85 with 36 validation examples"
    assert f"{best}; take it: copier-keras update -d family=dense-residual" in done.stderr
    assert json.loads((project / "runs" / "contest.json").read_text())["chosen"] == "dense-residual"
    status = subprocess.run(["git", "-C", project, "status", "--short"], capture_output=True, text=True, check=True)
    assert status.stdout == ""


@pytest.mark.thorough
def test_without_a_second_one_that_trains_the_default_stays(template: Path, tmp_path: Path) -> None:
    done = hold(template, tmp_path, {"dense-binary": [[1, 0, 1], 5], "dense-residual": None})
    assert "dense-residual: left out, it broke" in done.stderr
    assert "Contest without a result: dense-binary stays (" in done.stderr
    assert answers_of(tmp_path / "p")["family"] == "dense-binary"
    assert "tried on this data" not in (tmp_path / "p" / "README.md").read_text()


def test_where_one_network_fits_there_is_no_contest(template: Path, tmp_path: Path) -> None:
    done = hold(template, tmp_path, {}, "-d", "input=volumes")
    assert "Contest without a result: cnn-3d stays (no other network fits)" in done.stderr


@pytest.mark.train
@pytest.mark.thorough
def test_a_contest_of_trainings(template: Path, tmp_path: Path) -> None:
    given = (
        "-d",
        "contest=true",
        "-d",
        "contest_minutes=0.5",
        "-d",
        f"python={sys.executable}",
        "-d",
        "smoke_train=false",
    )
    done = copier_command("copy", "--trust", "--defaults", *given, template, tmp_path / "p", check=True)
    result = json.loads((tmp_path / "p" / "contest.json").read_text())
    assert result["failed"] == {}, done.stderr
    assert {entry["family"] for entry in result["entries"]} >= {"dense-binary", "dense-residual"}
    assert all(entry["score"] > 0.9 for entry in result["entries"])
