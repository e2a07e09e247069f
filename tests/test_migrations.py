"""A setting or an answer that gets another name keeps its value: what `_migrations` of copier.yml do, end to end."""

import re
import textwrap
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Answers, Render, commit, git, package_of
from updating import release, replace, update

SCRIPT = (ROOT / "migrations" / "rename_setting.py").read_text()
# The example in the docstring of the script, as it would stand in copier.yml.
(EXAMPLE,) = re.findall(r"(?s)config\.toml:\n\n(.*?)\n\n", SCRIPT)
EXAMPLE = textwrap.indent(textwrap.dedent(EXAMPLE), "  ")


@pytest.fixture
def rename_patience(own_template: Path) -> Callable[..., None]:
    """Release a version in which the setting patience is called stop_after."""

    def rename(default: int = 20) -> None:
        replace(own_template, "copier.yml", "_migrations:\n", f"_migrations:\n{EXAMPLE}\n")
        shared, dense = "recipes/shared/recipe.yml", "recipes/architectures/dense/recipe.yml"
        replace(own_template, shared, "  patience:\n", "  stop_after:\n")
        replace(own_template, shared, "help: Lower the rate after", "help: Most epochs")
        replace(
            own_template, dense, 'patience: \'{{ "\\"auto\\"" if data_path else "20" }}\'', f'stop_after: "{default}"'
        )
        for name in ("checkpoint.py", "length.py.jinja"):
            file = own_template / f"template/src/{{{{ package_name }}}}/training/{name}"
            text = file.read_text().replace("config.patience", "config.stop_after")
            text = text.replace('"patience":', '"stop_after":').replace("    patience: int", "    stop_after: int")
            file.write_text(text)
        commit(own_template, "Rename patience", tag="v0.2.0")

    return rename


def change_settings(project: Path, **values: object) -> Path:
    """Change settings as a user does, and commit; return the file."""
    config = project / "config.toml"
    for name, value in values.items():
        config.write_text(re.sub(rf"^{name} = [^ \n]+", f"{name} = {value}", config.read_text(), flags=re.MULTILINE))
    commit(project, "My edits")
    return config


@pytest.mark.parametrize(
    "edits",
    [{}, {"patience": 5}, {"patience": 5, "learning_rate": 0.01, "epochs": 7}],
    ids=["no edit", "its value", "values beside it"],
)
def test_a_renamed_setting_keeps_its_value(
    edits: Answers, started: Render, rename_patience: Callable[..., None]
) -> None:
    project = started(family="dense-binary")
    config = change_settings(project, **edits)
    rename_patience()
    update(project, hooks=True)
    settings = tomllib.loads(config.read_text())
    assert settings["stop_after"] == edits.get("patience", 20) and "patience" not in settings
    assert all(settings[name] == value for name, value in edits.items() if name != "patience")
    assert "# most epochs so many" in config.read_text()
    assert git(project, "ls-files", "--unmerged") == ""
    assert "config.stop_after" in (project / "src" / package_of(project) / "training" / "checkpoint.py").read_text()


def test_a_renamed_setting_with_another_default_is_a_conflict_where_it_was_changed(
    started: Render, rename_patience: Callable[..., None]
) -> None:
    project = started(family="dense-binary")
    config = change_settings(project, patience=5)
    rename_patience(default=40)
    update(project, hooks=True)
    text = config.read_text()
    assert "<<<<<<< before updating\nstop_after = 5" in text and "stop_after = 40" in text
    assert git(project, "ls-files", "--unmerged") != ""


def test_a_renamed_answer_keeps_its_value_and_a_removed_one_goes(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary", gpu=True)
    replace(own_template, "questions/model.yml", '"{{ has_gpu() }}"', '"{{ gpu | default(has_gpu()) }}"')
    replace(own_template, "questions/model.yml", "\ngpu:\n", "\nnvidia:\n")
    replace(own_template, "questions/model.yml", "(gpu or", "(nvidia or")
    replace(own_template, "template/pyproject.toml.jinja", 'backend == "jax" and gpu', 'backend == "jax" and nvidia')
    release(own_template, "template/pyproject.toml.jinja", '"tensorflow" and gpu', '"tensorflow" and nvidia')
    update(project, hooks=True)
    answers = yaml.safe_load((project / ".copier-answers.yml").read_text())
    assert answers["nvidia"] is True and "gpu" not in answers
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml"]
    commit(project, "Update")
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""
