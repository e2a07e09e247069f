"""`copier update` brings changed recipes, keeps edits, shows conflicts; without a change it changes nothing."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import copier
import pytest
import yaml
from conftest import ROOT, commit, copier_command, git, package_of
from updating import release, replace, update
from variants import FAMILIES as ALL_FAMILIES

FAMILIES = list(dict.fromkeys(family for _, family, _ in ALL_FAMILIES))


@pytest.mark.parametrize("family", FAMILIES)
def test_an_update_without_news_changes_nothing(family, started):
    project = started(family=family)
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""


def leave(project):
    """Edit nothing."""
    commit(project)


def edit(project):
    """Make the edits of a user, in code, settings and text."""
    model, config = project / "src" / package_of(project) / "model.py", project / "config.toml"
    model.write_text(model.read_text() + "\n\nMINE = True\n")
    config.write_text(re.sub("^epochs = .*", "epochs = 7  # mine", config.read_text(), flags=re.MULTILINE))
    (project / "README.md").write_text("A line of mine.\n" + (project / "README.md").read_text())
    commit(project, "My edits")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("change", [leave, edit])
def test_an_updated_project_equals_a_fresh_render_with_its_edits(
    change, family, started, own_template, render, tmp_path
):
    project = started(family=family)
    change(project)
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    update(project, hooks=True)
    answers = {"smoke_train": False, "family": family, "project_name": "P"}
    fresh = render(tmp_path / "fresh", source=own_template, hooks=True, **answers)
    change(fresh)
    git(project, "add", "--all")
    assert git(project, "ls-files", "--stage") == git(fresh, "ls-files", "--stage")


def test_an_update_keeps_edits_and_brings_news(started, own_template):
    project = started(family="dense-binary")
    package = project / "src" / package_of(project)
    model, config = package / "model.py", project / "config.toml"
    model.write_text(model.read_text().replace('activation="relu"', 'activation="gelu"'))
    config.write_text(config.read_text().replace("epochs = 100", "epochs = 7"))
    (package / "mine.py").write_text("x = { 'mine':1 }\n")
    (project / "data" / "breast_cancer.csv").unlink()
    commit(project, "My edits")
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 0 # any number\nnew_setting = 1")

    update(project, hooks=True)
    assert 'activation="gelu"' in model.read_text()
    assert "epochs = 7" in config.read_text() and "new_setting = 1" in config.read_text()
    assert (package / "mine.py").read_text() == "x = { 'mine':1 }\n"  # not even formatted
    assert not (project / "data" / "breast_cancer.csv").exists()
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml", "config.toml"]
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v0.2.0"


@pytest.mark.parametrize("family", FAMILIES)
def test_edits_of_the_same_line_conflict_visibly_and_are_not_trained(family, started, own_template, capfd):
    project = started(family=family)
    config = project / "config.toml"
    config.write_text(config.read_text().replace("seed = 0", "seed = 7"))
    commit(project, "My edit")
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    update(project, hooks=True, data={"smoke_train": True})
    assert "<<<<<<<" in config.read_text() and "seed = 7" in config.read_text() and "seed = 1" in config.read_text()
    assert "Smoke training skipped: resolve the conflicts first (git status)." in capfd.readouterr().err


def test_a_changed_answer_changes_the_project(started):
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
def test_with_other_answers_the_sample_changes_too(before, after, settings, started):
    project = started(**before)
    update(project, hooks=True, data=after)
    text = (project / "config.toml").read_text()
    assert all(setting in text for setting in settings)
    path = settings[1].split('"')[1]
    assert (project / path).exists() and not list(project.glob("data/*.zip"))


def test_the_data_path_stays_absolute(started, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").touch()
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
def test_an_update_trains_once_on_the_merged_code(started, own_template, capfd):
    project = started(family="dense-binary")
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    update(project, hooks=True, data={"smoke_train": True})
    assert capfd.readouterr().err.count("Smoke training passed") == 1
    assert '"seed": 1' in (project / "runs" / "smoke" / "config.json").read_text()


def test_versions_may_be_skipped_and_an_update_repeated(started, own_template):
    project = started(family="dense-binary")
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    release(own_template, "template/README.md.jinja", "## Get improvements later", "## Improvements", tag="v0.3.0")
    update(project, hooks=True)
    assert "seed = 1" in (project / "config.toml").read_text()
    assert "## Improvements" in (project / "README.md").read_text()
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["_commit"] == "v0.3.0"
    commit(project, "Update")
    update(project, hooks=True)
    assert git(project, "status", "--porcelain") == ""


def test_edits_beside_a_change_merge_and_file_names_stay(started, own_template):
    project = started(family="dense-binary")
    names = git(project, "ls-files")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("patience = 20 #", "patience = 5 #"))
    commit(project, "My edit")
    release(own_template, "template/config.toml.jinja", "tensorboard = false #", "tensorboard = true #")
    update(project, hooks=True)
    text = config.read_text()
    assert "patience = 5 #" in text and "tensorboard = true #" in text and "<<<<<<<" not in text
    assert git(project, "ls-files") == names


def test_a_new_question_changes_nothing_in_an_old_project(started, own_template):
    project = started(family="dense-binary")
    before = git(project, "ls-files", "--stage", "src", "tests", "config.toml")
    release(
        own_template, "questions/model.yml", "smoke_train:\n", "extra:\n  type: str\n  default: none\n\nsmoke_train:\n"
    )
    update(project, hooks=True)
    git(project, "add", "--all")
    assert git(project, "ls-files", "--stage", "src", "tests", "config.toml") == before
    assert yaml.safe_load((project / ".copier-answers.yml").read_text())["extra"] == "none"


def test_a_project_from_before_a_question_that_brings_files_is_updated(started, own_template):
    """Copier renders the version before with the exclusions of the new one, whose answers it has not got."""
    question = re.search(r"github_tests:.*?\n\n", (ROOT / "questions" / "model.yml").read_text(), re.DOTALL)[0]
    exclusion = re.search(r".*/\.github.*\n", (ROOT / "copier.yml").read_text())[0]
    mention = re.search(r"{{ [^}]*github_tests }}", (ROOT / "template" / "README.md.jinja").read_text())[0]
    texts = {"questions/model.yml": question, "copier.yml": exclusion, "template/README.md.jinja": mention}
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


def test_copier_tells_of_a_newer_version(started, own_template):
    project = started(family="dense-binary")
    check = ("check-update", "--quiet", project)
    assert copier_command(*check).returncode == 0
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    assert copier_command(*check).returncode == 2
    update(project, hooks=True)
    assert copier_command(*check).returncode == 0


def test_a_project_without_its_environment_or_its_data_is_updated(started, own_template, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("a,b,ill\n" + "1,2,yes\n2,1,no\n" * 30)
    project = started(data_path=str(table))
    table.unlink()
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    update(project, hooks=True)
    config = (project / "config.toml").read_text()
    assert "seed = 1" in config and 'target = ["ill"]' in config and f'data_path = "{table.as_posix()}"' in config


@pytest.mark.train
def test_a_training_that_fails_after_an_update_leaves_the_merged_files_and_says_so(started, own_template):
    project = started(family="dense-binary", smoke_train=False)
    release(
        own_template,
        "template/src/{{ package_name }}/train.py.jinja",
        "import keras\n",
        "import keras\n\nraise SystemExit('it broke')\n",
    )
    done = copier_command("update", "--trust", "--defaults", "-d", "smoke_train=true", project)
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert "SMOKE TRAINING FAILED: it broke\nThe project is kept." in done.stderr
    assert "it broke" in (project / "src" / package_of(project) / "train.py").read_text()
    git(project, "checkout", ".")
    assert git(project, "status", "--porcelain") == ""


TAKEN_BACK = "The update was stopped: the project is as it was before."


def content_of(project):
    """Return the bytes of every file, but for git's own."""
    paths = (path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def conflicting(started, own_template):
    """Return a project whose update changes a line, adds a file, and conflicts with an edit; and what it holds."""
    project = started(family="dense-binary")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("epochs = 100", "epochs = 7").replace("patience = 20", "patience = 5"))
    commit(project, "My edits")
    before = content_of(project)
    replace(own_template, "template/config.toml.jinja", "patience = 20", "patience = 30")
    (own_template / "template" / "new folder").mkdir()
    (own_template / "template" / "new folder" / "new.txt").write_text("new")
    release(own_template, "template/config.toml.jinja", "seed = 0", "seed = 1")
    return project, before


def start_update(project, **options):
    """Start `copier update`; its standard error ends when the process that guards the project has ended, too."""
    command = [sys.executable, "-m", "copier", "update", "--trust", "--defaults", str(project)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)


def is_untouched(project, before):
    """Tell whether every file is as before, and git sees no change, conflict or rest of an update."""
    rests = [*project.glob(".git/*.lock"), *project.glob(".git/reserve*")]
    return content_of(project) == before and not git(project, "status", "--porcelain") and not rests


def test_what_copier_prints_takes_an_update_back(conflicting):
    project, before = conflicting
    said = start_update(project).communicate()[1]
    assert TAKEN_BACK not in said
    printed = re.search("take it back: (.*)", said)[1]
    assert "<<<<<<<" in (project / "config.toml").read_text() and (project / "new folder" / "new.txt").exists()
    (project / ".git" / "info" / "exclude").write_text("secret.txt\n")
    (project / "secret.txt").write_text("mine")
    subprocess.run(printed, cwd=project, shell=True, check=True, input=b"clean\n", stdout=subprocess.DEVNULL)
    (project / "secret.txt").unlink()
    assert is_untouched(project, before)


def test_a_killed_update_leaves_the_project_as_before_and_can_be_repeated(conflicting):
    """Six kills in every run of the suite; for more: KILLS=50 pytest tests/test_update.py -k killed."""
    project, before = conflicting

    def update_until_it_writes():
        process = start_update(project)
        while content_of(project) == before:
            assert process.poll() is None, process.communicate()
        return process

    process, start = update_until_it_writes(), time.monotonic()
    process.communicate()
    seconds, whole = time.monotonic() - start, content_of(project)
    assert process.returncode == 0 and "<<<<<<<" in (project / "config.toml").read_text()
    git(project, "reset", "--hard")
    git(project, "clean", "-d", "--force")
    kills, ends = int(os.environ.get("KILLS", 6)), 0
    for number in range(kills):
        process = update_until_it_writes()
        time.sleep(0.95 * seconds * number / kills)
        process.kill()
        said = process.communicate()[1]
        if TAKEN_BACK in said:
            assert is_untouched(project, before)
            continue
        assert content_of(project) == whole  # on a busy machine it may have been killed after all was merged
        git(project, "reset", "--hard")
        git(project, "clean", "-d", "--force")
        ends += 1
    print(f"{kills} updates killed after they had begun to write: {kills - ends} taken back, {ends} whole")
    assert ends < kills
    assert update_until_it_writes().communicate() and content_of(project) == whole


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_a_stopped_update_leaves_the_project_as_before(number, conflicting):
    project, before = conflicting
    process = start_update(project, start_new_session=True)
    while content_of(project) == before:
        assert process.poll() is None
    os.killpg(process.pid, number)  # as a terminal does
    said = process.communicate()[1]
    assert process.returncode != 0 and TAKEN_BACK in said and "Traceback" not in said
    assert is_untouched(project, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such terminals")
def test_what_is_edited_while_an_update_asks_stays_where_it_is_stopped_then(conflicting):
    import pty

    project, _ = conflicting
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "copier", "update", "--trust", str(project)]
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    said = b""
    while b"What is the project called?" not in said:
        said += os.read(controller, 1000)
    config = project / "config.toml"
    config.write_text(config.read_text() + "# mine, too\n")
    os.write(controller, b"\x03")  # Ctrl-C
    assert process.wait() != 0
    assert config.read_text().endswith("# mine, too\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a small disk")
def test_an_update_on_a_disk_that_gets_full_leaves_the_project_as_before(conflicting, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.decode()}")
    try:
        project, before = Path(shutil.copytree(conflicting[0], disk / "project", symlinks=True)), conflicting[1]
        process = start_update(project)
        while content_of(project) == before:
            assert process.poll() is None
        with pytest.raises(OSError), open(disk / "of another program", "wb", buffering=0) as file:
            while file.write(bytes(4096)):
                pass
        said = process.communicate()[1]
        assert process.returncode != 0 and TAKEN_BACK in said
        assert re.search("No space left on device|Out of diskspace|The disk is full", said)  # of Python, git, copier
        assert is_untouched(project, before)
        (disk / "of another program").unlink()
        start_update(project).communicate()
        assert "seed = 1" in (project / "config.toml").read_text()
    finally:
        subprocess.run(["umount", disk], check=True)


def stop_while_it_writes(project, number=signal.SIGINT):
    """Send a signal to copier as soon as it has changed the project; return what it says."""
    before = content_of(project)
    process = start_update(project)
    while content_of(project) == before:
        assert process.poll() is None
    process.send_signal(number)
    return process.communicate()[1]


IGNORED = {
    "by the user's own lines": (".gitignore", "secrets.env\nnew folder/\n"),
    "by git's own list": (".git/info/exclude", "secrets.env\nnew folder/\n"),
    "by a setting of git": (".git/config", "[status]\n\tshowUntrackedFiles = no\n"),
}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
@pytest.mark.parametrize(("file", "lines"), IGNORED.values(), ids=IGNORED)
def test_what_git_does_not_know_stays_where_an_update_is_stopped(file, lines, number, conflicting):
    project, _ = conflicting
    with open(project / file, "a") as ignoring:
        ignoring.write(lines)
    commit(project, "Ignore")
    (project / "secrets.env").write_text("key")
    (project / "new folder").mkdir()
    (project / "new folder" / "new.txt").write_text("mine, with the name of what is to come")
    (project / "runs" / "2026").mkdir(parents=True)
    (project / "runs" / "2026" / "model.keras").write_text("trained for days")
    before = content_of(project)
    assert TAKEN_BACK in stop_while_it_writes(project, number)
    assert is_untouched(project, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_others_write_meanwhile_stays_where_an_update_is_stopped(conflicting):
    project, before = conflicting
    own = project / "analysis.py"
    own.write_text("old")
    commit(project, "My own code")
    process = start_update(project)
    while content_of(project) == before | {"analysis.py": b"old"}:
        assert process.poll() is None
    own.write_text("new")
    (project / "predictions.csv").write_text("1")
    process.kill()
    (project / "failed.log").write_text("failed")
    assert TAKEN_BACK in process.communicate()[1]
    assert content_of(project) == before | {"analysis.py": b"new", "predictions.csv": b"1", "failed.log": b"failed"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_what_git_is_told_to_overlook_is_taken_back_to_the_last_byte(conflicting):
    project, _ = conflicting
    git(project, "update-index", "--skip-worktree", "config.toml")
    git(project, "config", "core.autocrlf", "true")
    (project / "config.toml").write_text((project / "config.toml").read_text() + "# only here\n")
    (project / "pyproject.toml").chmod(0o755)
    git(project, "config", "core.fileMode", "false")
    (project / "README.md").rename(project / "NOTES.md")
    (project / "README.md").symlink_to("NOTES.md")
    commit(project, "A link")
    before = content_of(project)
    assert TAKEN_BACK in stop_while_it_writes(project)
    assert is_untouched(project, before)
    assert (project / "pyproject.toml").stat().st_mode & 0o777 == 0o755
    assert (project / "README.md").is_symlink()
    assert git(project, "ls-files", "-v", "config.toml").startswith("S ")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_files_that_the_new_version_drops_are_there_again(conflicting, own_template):
    project, before = conflicting
    (own_template / "template" / "tests" / "test_project.py.jinja").unlink()
    (own_template / "template" / "data" / "README.md.jinja").unlink()
    commit(own_template, "Drop files", tag="v0.3.0")
    process = start_update(project)
    while (project / "tests" / "test_project.py").exists():
        assert process.poll() is None, process.communicate()
    process.kill()
    assert TAKEN_BACK in process.communicate()[1]
    assert is_untouched(project, before)


def test_a_project_that_git_ignores_is_not_updated(conflicting):
    project, before = conflicting
    repository = project.parent / "repository"
    shutil.copytree(project, repository / "project", ignore=shutil.ignore_patterns(".git"))
    (repository / ".gitignore").write_text("project/\n")
    commit(repository)
    process = start_update(repository / "project")
    assert "project is not committed to git, which may ignore it: nothing is updated." in process.communicate()[1]
    assert process.returncode != 0 and content_of(repository / "project") == before


def test_a_program_that_uses_copier_keeps_what_it_does_after_an_update_that_failed(conflicting, own_template, tmp_path):
    project, _ = conflicting
    release(own_template, "copier.yml", "_migrations:\n", "_migrations:\n  - command: [false]\n", tag="v0.3.0")
    (tmp_path / "copier").mkdir()
    (tmp_path / "copier" / "job.py").write_text(
        "import contextlib, pathlib, sys, copier\n"
        "with contextlib.suppress(Exception):\n"
        "    copier.run_update(sys.argv[1], defaults=True, unsafe=True, overwrite=True)\n"
        "pathlib.Path(sys.argv[1], 'config.toml').write_text('its own work')\n"
    )
    done = subprocess.run([sys.executable, tmp_path / "copier" / "job.py", project], text=True, capture_output=True)
    assert done.returncode == 0 and TAKEN_BACK not in done.stderr
    assert (project / "config.toml").read_text() == "its own work"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_an_update_in_a_folder_of_a_repository_is_taken_back_there_alone(conflicting):
    project, _ = conflicting
    repository = project.parent / "repository"
    shutil.copytree(project, repository / "project", ignore=shutil.ignore_patterns(".git"))
    (repository / "notes.txt").write_text("old")
    commit(repository)
    project = repository / "project"
    before = content_of(project)
    process = start_update(project)
    while content_of(project) == before:
        assert process.poll() is None
    (repository / "notes.txt").write_text("written meanwhile")
    process.kill()
    assert TAKEN_BACK in process.communicate()[1]
    assert content_of(project) == before
    assert git(repository, "status", "--porcelain") == " M notes.txt\n"


@pytest.mark.parametrize(
    "answers",
    [{"backend": "jax"}, {"input": "images", "task": "multiclass", "family": "separable-cnn"}],
    ids=["another backend", "another family"],
)
def test_edits_stay_or_are_shown_as_conflicts_where_the_answers_change(answers, started):
    project = started(family="dense-binary")
    package = project / "src" / package_of(project)
    edits = {"data.py": "\n\ndef mine():\n    return 1\n", "model.py": "\n\ndef layers_of_mine():\n    return 2\n"}
    for name, edit in edits.items():
        with open(package / name, "a") as file:
            file.write(edit)
    model = package / "model.py"
    model.write_text(model.read_text().replace('activation="relu"', 'activation="gelu"'))
    commit(project, "My edits")
    update(project, hooks=True, data=answers)
    unmerged = {line.split("/")[-1] for line in git(project, "ls-files", "--unmerged").splitlines()}
    for name, edit in edits.items():
        text = (package / name).read_text()
        assert edit.strip() in text
        assert ("<<<<<<<" in text) == (name in unmerged)
    assert "data.py" not in unmerged
    assert 'activation="gelu"' in model.read_text()  # in place, or in the conflict
    assert unmerged == (set() if "backend" in answers else {"model.py"})
