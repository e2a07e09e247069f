"""An update that is stopped, by whatever, leaves the project as before or is whole, and touches nothing else."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Render, commit, git
from updating import SEED, release, replace
from variants import some_often

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")

Contents = dict[str, bytes]  # of each file
TAKEN_BACK = "The update was stopped: the project is as it was before."


def content_of(project: Path) -> Contents:
    """Return the bytes of every file, but for git's own."""
    paths = (path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture
def conflicting(started: Render, own_template: Path) -> tuple[Path, Contents]:
    """Return a project whose update changes a line, adds a file, and conflicts with an edit; and what it holds."""
    project = started(family="dense-binary")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("epochs = 100", "epochs = 7").replace("patience = 20", "patience = 5"))
    commit(project, "My edits")
    before = content_of(project)
    patience = "lower validation loss.\n    value: "
    replace(own_template, SEED[0], f'{patience}"20"', f'{patience}"30"')
    (own_template / "template" / "new folder").mkdir()
    (own_template / "template" / "new folder" / "new.txt").write_text("new")
    release(own_template, *SEED)
    return project, before


def start(*command: object, **options: Any) -> subprocess.Popen[Any]:
    """Start a process that hears Ctrl-C: a shell makes what it starts in the background (`make test &`) deaf to it."""

    def hear() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen([str(part) for part in command], preexec_fn=hear, **options)


def start_update(project: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    """Start `copier update`; its standard error ends when the process that guards the project has ended, too."""
    command = [sys.executable, "-m", "copier", "update", "--trust", "--defaults", *arguments, project]
    return start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)


def start_update_and_see_it_write(project: Path, **options: Any) -> subprocess.Popen[str]:
    """Start `copier update`; return its process as soon as it has changed the project."""
    before = content_of(project)
    process = start_update(project, **options)
    while content_of(project) == before:
        assert process.poll() is None, process.communicate()
    return process


def stop_while_it_writes(project: Path, number: signal.Signals = signal.SIGKILL) -> str:
    """Send a signal to copier as soon as it has changed the project; return what it says."""
    process = start_update_and_see_it_write(project)
    process.send_signal(number)
    return process.communicate()[1]


def inside_a_repository(project: Path) -> Path:
    """Return a copy of the project as a folder, not yet committed, of a larger repository."""
    repository = project.parent / "repository"
    shutil.copytree(project, repository / "project", ignore=shutil.ignore_patterns(".git"))
    return repository / "project"


def is_untouched(project: Path, before: Contents) -> bool:
    """Tell whether every file is as before, and git sees no change, conflict or rest of an update."""
    rests = [*project.glob(".git/*.lock"), *project.glob(".git/reserve*")]
    return content_of(project) == before and not git(project, "status", "--porcelain") and not rests


def test_what_copier_prints_takes_an_update_back(conflicting: tuple[Path, Contents]) -> None:
    project, before = conflicting
    said = start_update(project).communicate()[1]
    assert TAKEN_BACK not in said
    (printed,) = re.findall("take it back: (.*)", said)
    assert "<<<<<<<" in (project / "config.toml").read_text() and (project / "new folder" / "new.txt").exists()
    (project / ".git" / "info" / "exclude").write_text("secret.txt\n")
    (project / "secret.txt").write_text("mine")
    subprocess.run(printed, cwd=project, shell=True, check=True, input=b"clean\n", stdout=subprocess.DEVNULL)
    (project / "secret.txt").unlink()
    assert is_untouched(project, before)


def test_a_killed_update_leaves_the_project_as_before_and_can_be_repeated(conflicting: tuple[Path, Contents]) -> None:
    """Six kills in every run of the suite; for more: KILLS=50 pytest -s tests/test_update_stopped.py -k killed."""
    project, before = conflicting

    process, start = start_update_and_see_it_write(project), time.monotonic()
    process.communicate()
    seconds, whole = time.monotonic() - start, content_of(project)
    assert process.returncode == 0 and "<<<<<<<" in (project / "config.toml").read_text()
    git(project, "reset", "--hard")
    git(project, "clean", "-d", "--force")
    kills, ends = int(os.environ.get("KILLS", 6)), 0
    for number in range(kills):
        process = start_update_and_see_it_write(project)
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
    assert start_update_and_see_it_write(project).communicate() and content_of(project) == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_a_stopped_update_leaves_the_project_as_before(
    number: signal.Signals, conflicting: tuple[Path, Contents]
) -> None:
    project, before = conflicting
    process = start_update_and_see_it_write(project, start_new_session=True)
    os.killpg(process.pid, number)  # as a terminal does
    said = process.communicate()[1]
    assert process.returncode != 0 and TAKEN_BACK in said and "Traceback" not in said
    assert is_untouched(project, before)


def test_what_is_edited_while_an_update_asks_stays_where_it_is_stopped_then(conflicting: tuple[Path, Contents]) -> None:
    import pty

    project, _ = conflicting
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "copier", "update", "--trust", str(project)]
    process = start(*command, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    said = b""
    while b"What is the project called?" not in said:
        said += os.read(controller, 1000)
    config = project / "config.toml"
    config.write_text(config.read_text() + "# mine, too\n")
    os.write(controller, b"\x03")  # Ctrl-C
    assert process.wait() != 0
    assert config.read_text().endswith("# mine, too\n")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can make a small disk")
def test_an_update_on_a_disk_that_gets_full_leaves_the_project_as_before(
    conflicting: tuple[Path, Contents], tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.decode()}")
    try:
        project, before = Path(shutil.copytree(conflicting[0], disk / "project", symlinks=True)), conflicting[1]
        process = start_update_and_see_it_write(project)
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


IGNORED = {
    "by the user's own lines": (".gitignore", "secrets.env\nnew folder/\n"),
    "by git's own list": (".git/info/exclude", "secrets.env\nnew folder/\n"),
    "by a setting of git": (".git/config", "[status]\n\tshowUntrackedFiles = no\n"),
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
@pytest.mark.parametrize("ignored", some_often(IGNORED, ["by the user's own lines"]))
def test_what_git_does_not_know_stays_where_an_update_is_stopped(
    ignored: str, number: signal.Signals, conflicting: tuple[Path, Contents]
) -> None:
    project, _ = conflicting
    file, lines = IGNORED[ignored]
    with open(project / file, "a") as ignoring:
        ignoring.write(lines)
    commit(project, "Ignore")
    (project / "secrets.env").write_text("key")
    (project / "runs" / "2026").mkdir(parents=True)
    (project / "runs" / "2026" / "model.keras").write_text("trained for days")
    before = content_of(project)
    assert TAKEN_BACK in stop_while_it_writes(project, number)
    assert is_untouched(project, before)


def test_what_others_write_meanwhile_stays_where_an_update_is_stopped(conflicting: tuple[Path, Contents]) -> None:
    project, before = conflicting
    own = project / "analysis.py"
    own.write_text("old")
    commit(project, "My own code")
    process = start_update_and_see_it_write(project)
    own.write_text("new")
    (project / "predictions.csv").write_text("1")
    process.kill()
    (project / "failed.log").write_text("failed")
    assert TAKEN_BACK in process.communicate()[1]
    assert content_of(project) == before | {"analysis.py": b"new", "predictions.csv": b"1", "failed.log": b"failed"}


def test_line_ends_modes_and_links_are_taken_back_to_the_last_byte(conflicting: tuple[Path, Contents]) -> None:
    project, _ = conflicting
    git(project, "config", "core.autocrlf", "true")
    (project / "config.toml").write_bytes((project / "config.toml").read_bytes().replace(b"\n", b"\r\n"))
    (project / "pyproject.toml").chmod(0o755)
    git(project, "config", "core.fileMode", "false")
    (project / "README.md").rename(project / "NOTES.md")
    (project / "README.md").symlink_to("NOTES.md")
    commit(project, "A link")
    before = content_of(project)
    assert TAKEN_BACK in stop_while_it_writes(project, signal.SIGINT)
    assert is_untouched(project, before)
    assert (project / "pyproject.toml").stat().st_mode & 0o777 == 0o755
    assert (project / "README.md").is_symlink()


def test_files_that_the_new_version_drops_are_there_again(
    conflicting: tuple[Path, Contents], own_template: Path
) -> None:
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


def test_a_project_that_git_ignores_is_not_updated(conflicting: tuple[Path, Contents]) -> None:
    project, before = conflicting
    inside = inside_a_repository(project)
    (inside.parent / ".gitignore").write_text("project/\n")
    commit(inside.parent)
    process = start_update(inside)
    assert "project is not committed to git, which may ignore it: nothing is updated." in process.communicate()[1]
    assert process.returncode != 0 and content_of(inside) == before


def test_a_program_that_uses_copier_keeps_what_it_does_after_an_update_that_failed(
    conflicting: tuple[Path, Contents], own_template: Path, tmp_path: Path
) -> None:
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


def test_an_update_in_a_folder_of_a_repository_is_taken_back_there_alone(conflicting: tuple[Path, Contents]) -> None:
    project, before = inside_a_repository(conflicting[0]), conflicting[1]
    repository = project.parent
    (repository / "notes.txt").write_text("old")
    commit(repository)
    process = start_update_and_see_it_write(project)
    (repository / "notes.txt").write_text("written meanwhile")
    process.kill()
    assert TAKEN_BACK in process.communicate()[1]
    assert content_of(project) == before
    assert git(repository, "status", "--porcelain") == " M notes.txt\n"
