"""Projects of the first edition, whose files lie elsewhere now: an update stops before it writes anything."""

import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, commit, copier_command, copy_of_template, git, package_of

LAST_OF_FIRST_EDITION = "3ac93cd25dc180a9de31736092dfa24a0e57a206"
KNOWN = subprocess.run(["git", "cat-file", "-e", LAST_OF_FIRST_EDITION], cwd=ROOT, capture_output=True).returncode == 0
pytestmark = pytest.mark.skipif(
    not KNOWN, reason="this clone has no commit of the first edition (git fetch --unshallow)"
)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A template of the first edition with the tag v0.0.1, to which a test adds the present one."""
    folder = tmp_path / "template"
    git(tmp_path, "clone", "-q", str(ROOT), str(folder))
    git(folder, "checkout", "-q", "-B", "main", LAST_OF_FIRST_EDITION)
    git(folder, "tag", "--force", "v0.0.1")
    return folder


@pytest.mark.parametrize("family", ["dense-binary", "separable-cnn", "stacked-lstm"])
def test_an_edited_project_is_left_as_it_is_and_a_line_says_what_to_do(
    family: str, repository: Path, tmp_path: Path
) -> None:
    project = tmp_path / "p"
    answers = ["-d", f"family={family}", "-d", "smoke_train=false"]
    copier_command("copy", "--trust", "--defaults", "-q", *answers, repository, project, check=True)
    commit(project, "Start")
    model = project / "src" / package_of(project) / "model.py"
    model.write_text(model.read_text() + "\n\nMINE = True\n")
    commit(project, "My edit")

    git(repository, "rm", "-rq", ".")
    copy_of_template(repository, tag="v0.2.0")
    done = copier_command("update", "--trust", "--defaults", project)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    line = done.stderr.strip().splitlines()[-1]
    assert "first edition" in line and "copier copy --data-file .copier-answers.yml" in line
    assert git(project, "status", "--porcelain", "--ignored") == ""
    assert model.read_text().endswith("MINE = True\n")

    # What the line says works: a project beside the old one, with its answers.
    fresh = tmp_path / "fresh"
    recorded = ["--data-file", project / ".copier-answers.yml", "-d", "smoke_train=false"]
    copier_command("copy", "--trust", "--defaults", "-q", *recorded, repository, fresh, check=True)
    assert (fresh / "src" / package_of(project) / "network" / "body.py").is_file()
    assert f"family: {family}" in (fresh / ".copier-answers.yml").read_text()
