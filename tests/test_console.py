"""The command copier-keras: what it says, asks and hands on to copier."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Finished, commit


def console(template: Path, folder: Path, *arguments: object) -> Finished:
    """Run the command as one that was installed from the template's repository; nobody is there to be asked."""
    metadata = folder / "site" / "copier_keras-0.1.0.dist-info"
    metadata.mkdir(parents=True, exist_ok=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: copier-keras\nVersion: 0.1.0\n")
    source = {"url": template.as_uri(), "vcs_info": {"vcs": "git", "commit_id": "0" * 40}}
    (metadata / "direct_url.json").write_text(json.dumps(source))
    environment = os.environ | {"PYTHONPATH": f"{folder / 'site'}:{ROOT}"}
    command = [sys.executable, "-m", "copier_keras", *map(str, arguments)]
    return subprocess.run(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True, capture_output=True
    )


def test_it_makes_a_project_that_copier_can_update(template: Path, tmp_path: Path) -> None:
    rows = "".join(f"{n % 7},{n % 5}.5,{'ja' if n % 7 > 3 else 'nein'}\n" for n in range(60))
    (tmp_path / "t.csv").write_text("a,b,ill\n" + rows)
    short = ("--data", "t.csv", "--target", "ill", "-d", "smoke_train=false")
    done = console(template, tmp_path, "p", *short, "--defaults", "--trust")
    assert done.returncode == 0, done.stderr
    assert "Makes a Keras project in p, with the code of git+file://" in done.stdout
    said = done.stdout + done.stderr
    assert "Next:" in said and ".venv/bin/python -m p train" in said and "create" not in said
    answers = (tmp_path / "p" / ".copier-answers.yml").read_text()
    assert f"_src_path: git+{template.as_uri()}\n" in answers and "target: ill\n" in answers
    readme = (tmp_path / "p" / "README.md").read_text()
    assert f"uvx --from git+{template.as_uri()} copier-keras update" in readme
    assert "60 rows; 3 columns" in readme and "`t.csv`" in readme and str(tmp_path / "t.csv") not in readme
    commit(tmp_path / "p", "Start")
    done = console(template, tmp_path, "update", "p", "--trust")
    assert done.returncode == 0, done.stderr
    assert "Updates the project in p" in done.stdout
    changed = subprocess.run(["git", "status", "--short"], cwd=tmp_path / "p", text=True, capture_output=True).stdout
    assert changed == ""


def test_the_next_commands_are_those_of_the_environment_that_was_named(template: Path, tmp_path: Path) -> None:
    answers = ("-d", "smoke_train=false", "-d", f"python={sys.executable}")
    done = console(template, tmp_path, "p", *answers, "--defaults", "--trust")
    said = done.stdout + done.stderr
    assert f"\n    PYTHONPATH=src {sys.executable} -m p train\n" in said, said
    assert "uv sync" not in said and ".venv/bin/python -m p " not in said.replace(sys.executable, "")
    for name in ("README.md", "config.toml"):
        text = (tmp_path / "p" / name).read_text(encoding="utf-8")
        assert f"PYTHONPATH=src {sys.executable} -m p train" in text and ".venv/bin/python -m p " not in text.replace(
            sys.executable, ""
        )


WRONG = {
    "no trust": (["p"], "If you trust that address, add --trust."),
    "no folder": ([], "the following arguments are required: FOLDER"),
    "two folders": (["p", "q"], "name one folder"),
    "no project": (["update", "."], "has no .copier-answers.yml: is it a project of copier-keras?"),
    "a stray value": (["p", "--conflict", "rej"], "what is 'rej'?"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_one_line(case: str, template: Path, tmp_path: Path) -> None:
    arguments, problem = WRONG[case]
    done = console(template, tmp_path, *arguments)
    assert done.returncode != 0 and problem in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "p").exists()


def test_help_has_examples(template: Path, tmp_path: Path) -> None:
    said = console(template, tmp_path, "--help").stdout
    assert "copier-keras my_project --data houses.csv --target price" in said and "copier-keras update" in said
