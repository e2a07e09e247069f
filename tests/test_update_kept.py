"""An update loses nothing that git could not bring back: it refuses before it writes, or keeps what it finds."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Render, commit, copier_command, git, package_of
from copier.errors import UserMessageError
from plumbum import local
from test_update_stopped import TAKEN_BACK, content_of, start_update, start_update_and_see_it_write
from updating import SEED, release, replace, update
from variants import some_often

OWN_TABLE = "a,b,ill\n1,2,yes\n2,1,no\n"
UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def ignore(project: Path, *patterns: str) -> None:
    """Let git ignore these, and not know what it knew."""
    with open(project / ".gitignore", "a") as file:
        file.write("\n".join(["", *patterns, ""]))
    for pattern in patterns:
        git(project, "rm", "--quiet", "-r", "--cached", "--ignore-unmatch", pattern.strip("/"))
    commit(project, "Ignore")


def refusal(project: Path, **options: Any) -> str:
    """Return why an update is refused; nothing of the project may have changed."""
    before = content_of(project)
    with pytest.raises(UserMessageError) as refused:
        update(project, **options)
    assert content_of(project) == before
    return refused.value.message


def test_a_file_that_is_a_link_now_is_named(
    started: Render, own_template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = started(family="dense-binary")
    (project / "config.toml").rename(tmp_path / "config.toml")
    (project / "config.toml").symlink_to(tmp_path / "config.toml")
    commit(project, "Keep the settings elsewhere")
    settings = (tmp_path / "config.toml").read_text()
    release(own_template, *SEED)
    update(project)
    assert (project / "config.toml").is_symlink() and (tmp_path / "config.toml").read_text() == settings
    line = "Links get nothing from an update, nor do the files they lead to: config.toml\n"
    assert line in capfd.readouterr().err


@pytest.mark.parametrize("news", [False, True], ids=["no news", "news"])
def test_own_data_under_the_name_of_a_sample_survives(news: bool, started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    ignore(project, "/data/")
    (project / "data" / "breast_cancer.csv").write_text(OWN_TABLE)
    (project / "data" / "more.csv").write_text(OWN_TABLE)
    if news:
        (own_template / "template" / "data" / "breast_cancer.csv").write_text("x,y\n1,2\n")
        release(own_template, *SEED)
    update(project, hooks=True)
    assert [(project / "data" / name).read_text() for name in ("breast_cancer.csv", "more.csv")] == [OWN_TABLE] * 2
    assert ("seed = 1" in (project / "config.toml").read_text()) == news


def test_other_answers_bring_their_sample_beside_own_data_and_never_over_it(started: Render) -> None:
    project = started(family="dense-binary")
    ignore(project, "/data/")
    (project / "data" / "breast_cancer.csv").write_text(OWN_TABLE)
    update(project, hooks=True, data={"task": "multiclass", "family": "dense-softmax"})
    assert (project / "data" / "wine.csv").is_file()
    commit(project, "Another task")
    (project / "data" / "digits.zip").write_text("not an archive")
    (project / "data" / "wine.csv").write_text(OWN_TABLE)
    update(project, hooks=True, data={"input": "images", "task": "multiclass", "family": "separable-cnn"})
    assert (project / "data" / "digits.zip").read_text() == "not an archive"
    assert (project / "data" / "wine.csv").read_text() == OWN_TABLE
    assert (project / "data" / "breast_cancer.csv").read_text() == OWN_TABLE


def test_what_git_could_not_bring_back_is_refused_by_name(started: Render, own_template: Path, tmp_path: Path) -> None:
    """One project, one kind of being hidden after the other."""
    project = started(family="dense-binary")
    release(own_template, *SEED)
    config = project / "config.toml"
    start = config.read_text()
    config.write_text(start + "# mine\n")
    for mark, name in [("skip-worktree", "skip-worktree"), ("assume-unchanged", "assume-unchanged")]:
        git(project, "update-index", f"--{mark}", "config.toml")
        assert f"config.toml: marked {name} (git update-index --no-{mark} NAME)" in refusal(project)
        git(project, "update-index", f"--no-{mark}", "config.toml")
    config.write_text(start)

    ignore(project, "README.md")
    assert "README.md: not in git (git add --force NAME, or move it away)" in refusal(project)
    git(project, "add", "--force", "README.md")
    commit(project, "In git again")

    git(project, "rm", "--cached", "--quiet", "config.toml")
    git(project, "commit", "--quiet", "-m", "Not known")
    git(project, "config", "status.showUntrackedFiles", "no")
    assert "config.toml: not in git" in refusal(project)
    git(project, "add", "config.toml")
    commit(project, "Known")

    (project / "new.txt").write_text("mine, with the name of what is to come")
    ignore(project, "new.txt")
    (own_template / "template" / "new.txt").write_text("new")
    commit(own_template, "A new file", tag="v0.3.0")
    assert "new.txt: not in git" in refusal(project)
    (project / "new.txt").unlink()

    (project / "notes.txt.rej").write_text("mine")
    ignore(project, "*.rej")
    assert "would remove notes.txt.rej, which git does not have" in refusal(project)
    (project / "notes.txt.rej").unlink()

    update(project, hooks=True)
    assert "seed = 1" in config.read_text() and (project / "new.txt").read_text() == "new"


def test_a_file_that_the_new_version_drops_is_not_removed_where_git_has_not_got_it(
    started: Render, own_template: Path
) -> None:
    project = started(family="dense-binary")
    ignore(project, "tests/test_project.py")
    (own_template / "template" / "tests" / "test_project.py.jinja").unlink()
    commit(own_template, "Drop a file", tag="v0.2.0")
    assert "tests/test_project.py: not in git" in refusal(project)


# Of 60 settings and variables those with which an update of before had another result: lost edits, no or other
# conflicts, files without changes that git lists as changed.
POWERFUL = [
    "apply.whitespace=error",
    "apply.whitespace=fix",
    "core.attributesFile=*.md -diff",
    "core.attributesFile=* text eol=crlf",
    "core.autocrlf=true",
    "core.bigFileThreshold=1k",
    "core.excludesFile=*.toml",
    "core.hooksPath=pre-commit",
    "init.templateDir=pre-commit",
    "init.defaultBranch=trunk",
    "merge.conflictStyle=diff3",
    "status.showUntrackedFiles=no",
]


def settings_file(setting: str, folder: Path) -> Path:
    """Write a file of git's settings with this one; what it refers to lies beside it."""
    name, value = setting.split("=", 1)
    hook = folder / "hooks" / "hooks" / "pre-commit"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\nsed -i 's/seed/SEED/' config.toml && git add config.toml\n")
    hook.chmod(0o755)
    (folder / "list").write_text(f"{value}\n")
    values = {"core.hooksPath": str(hook.parent), "init.templateDir": str(folder / "hooks")}
    values |= dict.fromkeys(["core.attributesFile", "core.excludesFile"], str(folder / "list"))
    git(folder, "config", "--file", "settings", name, values.get(name, value))
    return folder / "settings"


@pytest.fixture
def with_blanks(started: Render, own_template: Path) -> Path:
    """Return a project with edits, some of which end in blanks, before an update that merges and conflicts."""
    project = started(family="dense-binary")
    config, readme, body = (next(project.glob(name)) for name in ("config.toml", "README.md", "src/*/network/body.py"))
    config.write_text(
        config.read_text().replace("epochs = 100", "epochs = 7   ").replace("patience = 20", "patience = 5")
    )
    readme.write_text("Mine, with blanks   \n\t \n" + readme.read_text())
    body.write_text(body.read_text() + "\n\nMINE = 1   \n")
    commit(project, "My edits")
    patience = "lower validation loss.\n    value: "
    replace(own_template, SEED[0], f'{patience}"20"', f'{patience}"30"')
    release(own_template, *SEED)
    return project


@UNIX
@pytest.mark.parametrize(
    "setting", some_often(POWERFUL, ["apply.whitespace=error", "core.autocrlf=true", "core.excludesFile=*.toml"])
)
def test_the_settings_of_a_users_git_have_no_power_over_an_update(
    setting: str, with_blanks: Path, tmp_path: Path
) -> None:
    (tmp_path / "git").mkdir()
    file = settings_file(setting, tmp_path / "git")
    environment = os.environ | {"GIT_CONFIG_GLOBAL": str(file)}
    done = copier_command("update", "--trust", "--defaults", with_blanks, env=environment)
    assert done.returncode == 0, done.stderr
    assert "epochs = 7   " in (with_blanks / "config.toml").read_text()
    assert "\n<<<<<<< before updating\n" in (with_blanks / "config.toml").read_text()
    assert "|||||||" not in (with_blanks / "config.toml").read_text()
    assert "seed = 1" in (with_blanks / "config.toml").read_text()
    assert (with_blanks / "README.md").read_text().startswith("Mine, with blanks   \n\t \n")
    assert (with_blanks / "src" / package_of(with_blanks) / "network" / "body.py").read_text().endswith("MINE = 1   \n")
    listed = subprocess.run(
        ["git", "status", "--porcelain"], cwd=with_blanks, env=environment, text=True, capture_output=True
    )
    assert listed.stdout.splitlines() == [" M .copier-answers.yml", "UU config.toml"]


@UNIX
def test_with_other_line_ends_git_lists_no_file_that_an_update_did_not_change(
    started: Render, own_template: Path, tmp_path: Path
) -> None:
    file = settings_file("core.autocrlf=true", tmp_path)
    environment = os.environ | {"GIT_CONFIG_GLOBAL": str(file)}
    subprocess.run(["git", "clone", "-q", started(family="dense-binary"), tmp_path / "c"], env=environment, check=True)
    assert b"\r\n" in (tmp_path / "c" / "config.toml").read_bytes()
    release(own_template, *SEED)
    done = copier_command("update", "--trust", "--defaults", tmp_path / "c", env=environment)
    assert done.returncode == 0, done.stderr
    command = ["git", "status", "--porcelain"]
    listed = subprocess.run(command, cwd=tmp_path / "c", env=environment, text=True, capture_output=True)
    assert listed.stdout.splitlines() == [" M .copier-answers.yml", " M config.toml"]


def test_settings_in_the_environment_stay(with_blanks: Path) -> None:
    own = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsync", "GIT_CONFIG_VALUE_0": "none"}
    with local.env(**own):
        update(with_blanks)
        after = {name: value for name, value in local.env.getdict().items() if name.startswith("GIT_CONFIG_")}
    assert own.items() <= after.items() and "GIT_CONFIG_KEY_1" not in after


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_DEFAULT_HASH"])
def test_variables_that_send_git_elsewhere_are_refused(name: str, with_blanks: Path) -> None:
    before = content_of(with_blanks)
    values = {"GIT_DIR": with_blanks / ".git", "GIT_INDEX_FILE": with_blanks / ".git" / "index"}
    environment = os.environ | {name: str(values.get(name, "sha256"))}
    done = copier_command("update", "--trust", "--defaults", with_blanks, env=environment)
    assert done.returncode != 0 and content_of(with_blanks) == before
    # With these copier's own git does not come so far; of the index a clone into it leaves what `git reset` mends.
    assert name == "GIT_DIR" or f"unset {name}" in done.stderr


@UNIX
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_what_is_saved_while_an_update_writes_is_kept(number: signal.Signals, with_blanks: Path) -> None:
    before = content_of(with_blanks)
    process = start_update(with_blanks)
    config = with_blanks / "config.toml"
    while config.read_bytes() == before["config.toml"]:
        assert process.poll() is None, process.communicate()
    # One that is written already; one that comes last.
    saved = before["config.toml"].replace(b"epochs = 7", b"epochs = 8")
    config.write_bytes(saved)
    process.send_signal(number)
    said = process.communicate()[1]
    assert TAKEN_BACK in said
    assert "config.toml (now config.toml.saved, beside it as it was before)" in said
    assert content_of(with_blanks) == before | {"config.toml.saved": saved}


@UNIX
def test_what_is_saved_while_an_update_writes_stops_it(with_blanks: Path) -> None:
    before = content_of(with_blanks)
    process = start_update_and_see_it_write(with_blanks)
    body = next(with_blanks.glob("src/*/network/body.py"))
    saved = body.read_bytes() + b"SAVED = 1\n"
    body.write_bytes(saved)
    said = process.communicate()[1]
    assert process.returncode != 0 and TAKEN_BACK in said
    assert f"{body.relative_to(with_blanks).as_posix()} was saved while the update was running" in said
    after = content_of(with_blanks)
    new = {name: after[name] for name in after if after[name] != before.get(name)}
    assert list(new.values()) == [saved]


@pytest.mark.thorough
@UNIX
def test_of_two_updates_at_once_the_second_stops(with_blanks: Path) -> None:
    first = start_update_and_see_it_write(with_blanks)
    second = start_update(with_blanks)
    said = second.communicate()[1]
    assert first.wait() == 0 and second.returncode != 0
    assert "nothing is updated" in said or "Destination repository is dirty" in said
    both = content_of(with_blanks)
    git(with_blanks, "reset", "--hard", "--quiet")
    alone = start_update(with_blanks)
    assert alone.wait() == 0, alone.communicate()
    assert content_of(with_blanks) == both


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["submodule", "worktree"])
def test_a_project_that_is_a_submodule_or_worktree_is_updated(kind: str, with_blanks: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "outer" / "inner"
    if kind == "submodule":
        elsewhere.parent.mkdir()
        git(elsewhere.parent, "init", "--quiet")
        git(elsewhere.parent, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(with_blanks), "inner")
    else:
        git(with_blanks, "worktree", "add", "--quiet", str(elsewhere))
    for project in (elsewhere, with_blanks):
        update(project)
    plain = [{k: v for k, v in content_of(p).items() if k != ".git"} for p in (elsewhere, with_blanks)]
    assert plain[0] == plain[1]


def test_what_an_update_leaves_out_is_said(
    with_blanks: Path, own_template: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = with_blanks / ".copier-answers.yml"
    release(own_template, "questions/model.yml", "value: jax\n", "value: flax\n", tag="v0.3.0")
    update(with_blanks, hooks=True, data={"backend": "tensorflow"})  # no choice is lost: nothing is said
    assert "on record" not in capfd.readouterr().err
    git(with_blanks, "reset", "--hard", "--quiet")
    answers.write_text(answers.read_text().replace("backend: tensorflow", "backend: jax"))
    commit(with_blanks, "JAX")
    update(with_blanks, hooks=True, conflict="rej")
    said = capfd.readouterr().err
    assert "backend: 'jax' is on record, but no longer possible; choose one of tensorflow, flax" in said
    assert "of your edits did not fit the new version" in said and "config.toml.rej" in said


def test_a_package_of_another_name_than_on_record_is_refused(started: Render, own_template: Path) -> None:
    project = started(family="dense-binary")
    release(own_template, *SEED)
    answers = project / ".copier-answers.yml"
    start = answers.read_text()
    package = package_of(project)
    git(project, "mv", f"src/{package}", "src/renamed")
    commit(project, "Rename the package")
    assert "Write `package_name: renamed` into .copier-answers.yml" in refusal(project)

    git(project, "reset", "--hard", "--quiet", "HEAD~")
    said = refusal(project, data={"package_name": "renamed"})  # it would come without the edits
    assert f"git mv src/{package} src/renamed" in said
    git(project, "mv", f"src/{package}", "src/renamed")
    commit(project, "Rename the package again")

    answers.write_text(start.replace(f"package_name: {package}", "package_name: no-name"))
    commit(project, "A bad name")
    done = copier_command("update", "--trust", "--defaults", project)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "'no-name' cannot be a package name" in done.stderr and "on record" in done.stderr

    answers.write_text(start.replace(f"package_name: {package}", "package_name: renamed"))
    commit(project, "The new name")
    done = copier_command("update", "--trust", "--defaults", project)
    assert done.returncode == 0, done.stderr
    address = start.split("_src_path: ")[1].split()[0]
    assert done.stderr.startswith(f"This update runs the code of {address}, which .copier-answers.yml names.\n")
    assert "seed = 1" in (project / "config.toml").read_text() and list((project / "src").iterdir()) == [
        project / "src" / "renamed"
    ]


@pytest.mark.parametrize(
    ("now", "is_merged"),
    [
        ("a b x c", True),
        ("a B x c", True),
        ("a < b = B > x c", True),
        ("a B c", False),  # somebody has removed a line that both versions have
        ("a B x mine c", False),
        ("a < b = B > c", False),
    ],
)
def test_what_an_update_has_merged_is_told_from_what_somebody_saved(
    now: str, is_merged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(ROOT / "hooks")
    import take_back

    marks = {"<": "<<<<<<< before updating", "=": "=======", ">": ">>>>>>> after updating"}
    text = "\n".join(marks.get(word, word) for word in now.split()).encode()
    assert take_back.is_merged((text, 0o644), (b"a\nb\nx\nc", 0o644), b"a\nB\nx\nc") == is_merged
