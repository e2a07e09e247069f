"""A release is cut only where all is in order; what it tags is what copier renders."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Finished, Render, commit, copy_of_template, git


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The template with two commits and no tag, on main."""
    folder = copy_of_template(tmp_path / "clone")
    git(folder, "tag", "--delete", "v0.1.0")
    return folder


def release(folder: Path, *arguments: object) -> Finished:
    command = [sys.executable, str(ROOT / "tools" / "release.py"), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True)


def set_version(folder: Path, version: str, section: str | None = None) -> None:
    """Write a version, and a section of the changes; commit."""
    file = folder / "pyproject.toml"
    file.write_text(file.read_text().replace('version = "0.1.0"', f'version = "{version}"', 1))
    changes = folder / "CHANGELOG.md"
    if section:
        changes.write_text(changes.read_text().replace("## 0.1.0", f"{section}\n\n## 0.1.0", 1))
    commit(folder, "Prepare")


def test_a_release_is_dated_tagged_and_rendered(clone: Path, render: Render, tmp_path: Path) -> None:
    checked = release(clone, "--check")
    assert checked.stdout == "0.1.0 can be released\n" and git(clone, "tag", "--list") == ""
    done = release(clone)
    assert done.returncode == 0 and "Tagged v0.1.0" in done.stdout
    assert git(clone, "status", "--porcelain") == ""
    assert "(not released yet)" not in (clone / "CHANGELOG.md").read_text()
    project = render(tmp_path / "p", source=clone)
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v0.1.0"
    assert "0.1.0 is not newer than 0.1.0" in release(clone).stderr


@pytest.fixture
def published(clone: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A clone whose main follows that of another repository, and another clone of it."""
    git(tmp_path, "clone", "--quiet", "--bare", clone, tmp_path / "hub.git")
    git(clone, "remote", "add", "origin", tmp_path / "hub.git")
    git(clone, "fetch", "--quiet", "origin")
    git(clone, "branch", "--quiet", "--set-upstream-to", "origin/main")
    git(tmp_path, "clone", "--quiet", tmp_path / "hub.git", tmp_path / "other")
    return clone, tmp_path / "other"


def test_a_stale_main_is_not_released(published: tuple[Path, Path]) -> None:
    clone, other = published
    assert release(clone, "--check").returncode == 0
    commit(other, "Newer")
    git(other, "push", "--quiet")
    done = release(clone)
    assert done.returncode == 1 and "main lacks 1 commit that is published: git pull" in done.stderr
    assert git(clone, "tag", "--list") == ""
    git(clone, "pull", "--quiet")
    done = release(clone)
    assert done.returncode == 0, done.stderr
    command = done.stdout.split("Publish it with: ")[1].split()
    commit(other, "Newer still")
    git(other, "push", "--quiet")
    rejected = subprocess.run(command, cwd=clone, capture_output=True)
    assert rejected.returncode != 0 and git(other, "ls-remote", "--tags", "origin") == ""


def test_an_upstream_that_cannot_be_reached_is_named(published: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "hub.git").rename(tmp_path / "gone.git")
    done = release(published[0])
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "cannot tell whether main is up to date: fatal: " in done.stderr


def test_a_commit_that_fails_leaves_all_as_it_was_and_says_why(clone: Path) -> None:
    hook = clone / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho the hook says no >&2\nexit 1\n")
    hook.chmod(0o755)
    done = release(clone)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "Not released:\nthe hook says no" in done.stderr
    assert git(clone, "status", "--porcelain") == "" and git(clone, "tag", "--list") == ""


WRONG = {
    "no section": (("0.2.0",), "no section `## 0.2.0 (not released yet)`"),
    "empty section": (("0.2.0", "## 0.2.0 (not released yet)"), "with something in it"),
    "two numbers": (("1.0",), "1.0 is not a version of three numbers"),
}


@pytest.mark.parametrize("case", WRONG)
def test_without_what_it_needs_nothing_is_released(case: str, clone: Path) -> None:
    changes, problem = WRONG[case]
    set_version(clone, *changes)
    done = release(clone)
    assert done.returncode == 1 and problem in done.stderr
    assert git(clone, "tag", "--list") == "" and git(clone, "status", "--porcelain") == ""


def test_uncommitted_changes_and_other_branches_are_not_released(clone: Path) -> None:
    (clone / "new.txt").write_text("new")
    git(clone, "switch", "--quiet", "--create", "other")
    said = release(clone).stderr
    assert "there are changes that are not committed" in said and "this is not the branch main" in said


def test_pythons_are_the_same_everywhere() -> None:
    bounds = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    ((first, beyond),) = [map(int, numbers) for numbers in re.findall(r"^>=3\.(\d+),<3\.(\d+)$", bounds)]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"(3, {first}) <= sys.version_info < (3, {beyond})" in makefile
    said = f"Python 3.{first} to 3.{beyond - 1}"
    assert said in makefile and said in (ROOT / "README.md").read_text(encoding="utf-8")


def test_make_works_in_a_folder_with_a_space(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    (folder / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (folder / "requirements.lock").write_text("uv==0.9.0\n")
    shown = subprocess.run(["make", "-n", "lowest"], cwd=folder, text=True, capture_output=True, check=True).stdout
    for name in (".venv", ".venv-lowest"):
        assert f'VIRTUAL_ENV="{folder}/{name}" ' in shown


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("file", WORKFLOWS, ids=[file.stem for file in WORKFLOWS])
def test_a_workflow_runs_targets_of_the_makefile_and_pinned_actions(file: Path) -> None:
    workflow = yaml.safe_load(file.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    targets = re.findall(r"\bmake ([\w-]+)", "\n".join(step.get("run", "") for step in steps))
    made = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert targets and set(targets) <= set(made)
    actions = [step["uses"] for step in steps if "uses" in step]
    assert actions and all(re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}", action) for action in actions)
