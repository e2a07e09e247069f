"""`copier update` brings changed recipes, keeps edits, shows conflicts; without a change it changes nothing."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml
from conftest import ROOT, Answers, Render, commit, copier_command, git, package_of
from updating import SEED, release, replace, update
from variants import FAMILIES as ALL_FAMILIES
from variants import some_often

FAMILIES = some_often((family for _, family, _ in ALL_FAMILIES), ["dense-binary", "separable-cnn"])


@pytest.mark.parametrize("family", FAMILIES)
def test_an_update_without_news_changes_nothing(family: str, started: Render) -> None:
    project = started(family=family)
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""


def leave(project: Path) -> None:
    """Edit nothing."""
    commit(project)


def edit(project: Path) -> None:
    """Make the edits of a user, in code, settings and text."""
    model, config = project / "src" / package_of(project) / "network" / "model.py", project / "config.toml"
    model.write_text(model.read_text() + "\n\nMINE = True\n")
    config.write_text(re.sub("^epochs = .*", "epochs = 7  # mine", config.read_text(), flags=re.MULTILINE))
    (project / "README.md").write_text("A line of mine.\n" + (project / "README.md").read_text())
    commit(project, "My edits")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("change", [leave, edit])
def test_an_updated_project_equals_a_fresh_render_with_its_edits(
    change: Callable[..., Any], family: str, started: Render, own_template: Path, render: Render, tmp_path: Path
) -> None:
    project = started(family=family)
    change(project)
    release(own_template, *SEED)
    update(project, hooks=True)
    answers = {"smoke_train": False, "family": family, "project_name": "P"}
    fresh = render(tmp_path / "fresh", source=own_template, hooks=True, **answers)
    change(fresh)
    git(project, "add", "--all")
    assert git(project, "ls-files", "--stage") == git(fresh, "ls-files", "--stage")


def test_an_update_keeps_edits_and_brings_news(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    package = project / "src" / package_of(project)
    model, config = package / "network" / "body.py", project / "config.toml"
    model.write_text(model.read_text().replace('activation="relu"', 'activation="gelu"'))
    config.write_text(config.read_text().replace("epochs = 100", "epochs = 7"))
    (package / "mine.py").write_text("x = { 'mine':1 }\n")
    (project / "data" / "breast_cancer.csv").unlink()
    commit(project, "My edits")
    new_line = 'initial weights.\n    value: "0 # any number\\nnew_setting = 1"'
    release(own_template, SEED[0], SEED[1], new_line)

    update(project, hooks=True)
    assert 'activation="gelu"' in model.read_text()
    assert "epochs = 7" in config.read_text() and "new_setting = 1" in config.read_text()
    assert (package / "mine.py").read_text() == "x = { 'mine':1 }\n"  # not even formatted
    assert not (project / "data" / "breast_cancer.csv").exists()
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml", "config.toml"]
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v0.2.0"


@pytest.mark.parametrize("family", FAMILIES)
def test_edits_of_the_same_line_conflict_visibly_and_are_not_trained(
    family: str, started: Render, own_template: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = started(family=family)
    config = project / "config.toml"
    config.write_text(config.read_text().replace("seed = 0", "seed = 7"))
    commit(project, "My edit")
    release(own_template, *SEED)
    update(project, hooks=True, data={"smoke_train": True})
    assert "<<<<<<<" in config.read_text() and "seed = 7" in config.read_text() and "seed = 1" in config.read_text()
    assert "Smoke training skipped: resolve the conflicts first (git status)." in capfd.readouterr().err


def test_a_changed_answer_changes_the_project(started: Render) -> None:
    project = started(family="dense-binary")
    update(project, hooks=True, data={"backend": "jax"})
    assert '"jax>=' in (project / "pyproject.toml").read_text()
    commit(project, "Change to JAX")
    update(project, hooks=True)
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["backend"] == "jax"


@pytest.mark.parametrize(
    ("before", "after", "settings"),
    [
        ({"family": "stacked-lstm"}, {"task": "binary"}, ('target = ["parity"]', 'data_path = "data/pen_digits.csv"')),
        (
            {"family": "dense-binary"},
            {"input": "images", "task": "multiclass", "family": "separable-cnn"},
            ('target = ["digit"]', 'data_path = "data/digits"'),
        ),
    ],
    ids=["another task", "another family"],
)
def test_with_other_answers_the_sample_changes_too(
    before: Answers, after: Answers, settings: tuple[str, ...], started: Render
) -> None:
    project = started(**before)
    update(project, hooks=True, data=after)
    text = (project / "config.toml").read_text()
    assert all(setting in text for setting in settings)
    path = settings[1].split('"')[1]
    assert (project / path).exists() and not list(project.glob("data/*.zip"))


def test_the_data_path_stays_absolute(started: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("x,y\n" + "1,a\n2,b\n" * 20)
    project = started(data_path="mine.csv", target="y")
    (tmp_path / "mine.csv").unlink()
    line = f'data_path = "{(tmp_path / "mine.csv").as_posix()}"'
    assert line in (project / "config.toml").read_text()
    monkeypatch.chdir(project)
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""
    copier.run_recopy(project, defaults=True, unsafe=True, quiet=True, overwrite=True, vcs_ref="v0.1.0")
    assert line in (project / "config.toml").read_text()


@pytest.mark.train
def test_an_update_trains_once_on_the_merged_code(
    started: Render, own_template: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = started(family="dense-binary")
    release(own_template, *SEED)
    update(project, hooks=True, data={"smoke_train": True})
    assert capfd.readouterr().err.count("Smoke training passed") == 1
    assert '"seed": 1' in (project / "runs" / "smoke" / "config.json").read_text()


def test_versions_may_be_skipped_and_an_update_repeated(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    release(own_template, *SEED)
    release(own_template, "template/README.md.jinja", "## Get improvements later", "## Improvements", tag="v0.3.0")
    update(project, hooks=True)
    assert "seed = 1" in (project / "config.toml").read_text()
    assert "## Improvements" in (project / "README.md").read_text()
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v0.3.0"
    commit(project, "Update")
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""


def test_edits_beside_a_change_merge_and_file_names_stay(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    names = git(project, "ls-files")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("patience = 20 #", "patience = 5 #"))
    commit(project, "My edit")
    tensorboard = "extra tensorboard`).\n    value: "
    release(own_template, SEED[0], f'{tensorboard}"false"', f'{tensorboard}"true"')
    update(project, hooks=True)
    text = config.read_text()
    assert "patience = 5 #" in text and "tensorboard = true #" in text and "<<<<<<<" not in text
    assert git(project, "ls-files") == names


def test_a_new_question_changes_nothing_in_an_old_project(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    before = git(project, "ls-files", "--stage", "src", "tests", "config.toml")
    release(
        own_template, "questions/model.yml", "smoke_train:\n", "extra:\n  type: str\n  default: none\n\nsmoke_train:\n"
    )
    update(project, hooks=True)
    git(project, "add", "--all")
    assert git(project, "ls-files", "--stage", "src", "tests", "config.toml") == before
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["extra"] == "none"


def test_a_project_from_before_a_question_that_brings_files_is_updated(started: Render, own_template: Path) -> None:
    """Copier renders the version before with the exclusions of the new one, whose answers it has not got."""
    (question,) = re.findall(r"(?s)github_tests:.*?\n\n", (ROOT / "questions" / "model.yml").read_text())
    (exclusion,) = re.findall(r".*/\.github.*\n", (ROOT / "extensions" / "recipes.py").read_text())
    (mention,) = re.findall(r"{{ [^}]*github_tests }}", (ROOT / "template" / "README.md.jinja").read_text())
    texts = {"questions/model.yml": question, "extensions/recipes.py": exclusion, "template/README.md.jinja": mention}
    now = {name: (own_template / name).read_text() for name in texts}
    for name, text in texts.items():
        replace(own_template, name, text, "")
    shutil.move(own_template / "template" / ".github", own_template / "github")
    commit(own_template, "As it was", tag="v0.1.1")
    project = started(family="dense-binary")
    for name, text in now.items():
        (own_template / name).write_text(text)
    shutil.move(own_template / "github", own_template / "template" / ".github")
    commit(own_template, "As it is", tag="v0.2.0")
    update(project, hooks=True)
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml"]
    commit(project, "Update")
    update(project, hooks=True, data={"github_tests": True})
    assert (project / ".github" / "workflows" / "test.yml").is_file()


def test_copier_tells_of_a_newer_version(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    check = ("check-update", "--quiet", project)
    assert copier_command(*check).returncode == 0
    release(own_template, *SEED)
    assert copier_command(*check).returncode == 2
    update(project, hooks=True)
    assert copier_command(*check).returncode == 0


def test_a_project_without_its_environment_or_its_data_is_updated(
    started: Render, own_template: Path, tmp_path: Path
) -> None:
    table = tmp_path / "mine.csv"
    table.write_text("a,b,ill\n" + "1,2,yes\n2,1,no\n" * 30)
    project = started(data_path=str(table))
    table.unlink()
    release(own_template, *SEED)
    update(project, hooks=True)
    config = (project / "config.toml").read_text()
    assert "seed = 1" in config and 'target = ["ill"]' in config and f'data_path = "{table.as_posix()}"' in config


@pytest.mark.train
def test_a_training_that_fails_after_an_update_leaves_the_merged_files_and_says_so(
    started: Render, own_template: Path
) -> None:
    project = started(family="dense-binary", smoke_train=False)
    release(
        own_template,
        "template/src/{{ package_name }}/commands/train.py.jinja",
        "import keras\n",
        "import keras\n\nraise SystemExit('it broke')\n",
    )
    done = copier_command("update", "--trust", "--defaults", "-d", "smoke_train=true", project)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "SMOKE TRAINING FAILED: it broke\nThe project is kept." in done.stderr
    assert "it broke" in (project / "src" / package_of(project) / "commands" / "train.py").read_text()
    git(project, "checkout", ".")
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.parametrize(
    "answers",
    [{"backend": "jax"}, {"input": "images", "task": "multiclass", "family": "separable-cnn"}],
    ids=["another backend", "another family"],
)
def test_edits_stay_or_are_shown_as_conflicts_where_the_answers_change(answers: Answers, started: Render) -> None:
    project = started(family="dense-binary")
    package = project / "src" / package_of(project)
    edits = {
        "training/runs.py": "\n\ndef mine():\n    return 1\n",
        "network/body.py": "\n\ndef layers_of_mine():\n    return 2\n",
    }
    for name, edit in edits.items():
        with open(package / name, "a") as file:
            file.write(edit)
    model = package / "network" / "body.py"
    model.write_text(model.read_text().replace('activation="relu"', 'activation="gelu"'))
    commit(project, "My edits")
    update(project, hooks=True, data=answers)
    unmerged = {"/".join(line.split("/")[-2:]) for line in git(project, "ls-files", "--unmerged").splitlines()}
    for name, edit in edits.items():
        text = (package / name).read_text()
        assert edit.strip() in text
        assert ("<<<<<<<" in text) == (name in unmerged)
    assert "training/runs.py" not in unmerged
    assert 'activation="gelu"' in model.read_text()  # in place, or in the conflict
    assert unmerged == (set() if "backend" in answers else {"network/body.py"})
