"""Undo an update that stops before it is complete. Run by extensions/whole_update.py; standard library only.

    take_back.py PROJECT PACKAGE ANSWERS_FILE

Keeps a copy of the files that copier may write, prints "ready", and waits for one word on standard input: "merged" if
the update is complete, "stopped" if it failed. If the input ends without a word, copier was killed. Other files are
never touched, whether git knows them or not.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).parents[1] / "template"
RESERVE = 4 * 2**20  # bytes to free if the disk gets full; the files of the template take 0.5 MB
State = str | tuple[bytes, int] | None  # of a file: where a link leads, or the bytes and the mode


def git(project: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run git in the project, without the user's hooks; names are not patterns."""
    command = ["git", "--literal-pathspecs", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, **options)


def names_in(output: bytes) -> list[str]:
    """Return the names that git has printed, each followed by a NUL."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def template_files(package: str, answers_file: str) -> list[str]:
    """Return the names of all files that the template may bring, and of the .rej files that conflicts may leave."""
    names = [path.relative_to(TEMPLATE).as_posix() for path in TEMPLATE.rglob("*") if path.is_file()]
    names = [name.replace("{{ package_name }}", package).removesuffix(".jinja") for name in names]
    names = [name.replace("{{ _copier_conf.answers_file }}", answers_file) for name in names]
    return [*names, *(f"{name}.rej" for name in names)]


def state_of(file: Path) -> State:
    """Return the state of a file, None if there is no such file."""
    if file.is_symlink():
        return os.readlink(file)
    return (file.read_bytes(), file.stat().st_mode) if file.is_file() else None


def put(file: Path, state: State) -> None:
    """Bring a file back to this state."""
    file.unlink(missing_ok=True)
    if state is None:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(state, str):
        file.symlink_to(state)
    else:
        file.write_bytes(state[0])
        file.chmod(state[1])


class Kept:
    """The state of all that an update may change in a project, before the update."""

    def __init__(self, project: Path, package: str, answers_file: str) -> None:
        self.project = project
        files = [project / name for name in template_files(package, answers_file)]
        self.files = {file: state_of(file) for file in files}
        parents = {parent for file in self.files for parent in file.relative_to(project).parents}
        self.missing_folders = sorted(parent for parent in parents if not (project / parent).exists())
        self.known = names_in(git(project, "ls-files", "-z").stdout)
        self.known = [name for name in self.known if os.path.lexists(project / name)]

    def put_back(self) -> list[str]:
        """Bring everything back to that state; return what went wrong."""
        problems: list[str] = []
        for file, state in self.files.items():
            try:
                if state_of(file) != state:
                    put(file, state)
            except OSError as error:
                problems.append(str(error))
        for folder in reversed(self.missing_folders):
            with suppress(OSError):
                (self.project / folder).rmdir()
        # Files that the new version does not have: copier has only removed them.
        lost = [name for name in self.known if not os.path.lexists(self.project / name)]
        marked = git(self.project, "diff", "--cached", "--name-only", "--relative", "--no-ext-diff", "-z").stdout
        for names, command in [
            (names_in(marked), ["reset", "--quiet"]),  # conflicts
            (lost, ["restore", "--source=HEAD", "--worktree"]),
        ]:
            if names:
                done = git(self.project, *command, "--", *dict.fromkeys(names), text=True)
                problems += [done.stderr.strip()] if done.returncode else []
        return problems


def main(project: Path, package: str, answers_file: str) -> None:
    kept = Kept(project, package, answers_file)
    reserve = Path(os.fsdecode(git(project, "rev-parse", "--absolute-git-dir").stdout).strip(), "reserve-of-an-update")
    with suppress(OSError):
        reserve.write_bytes(os.urandom(RESERVE))  # zeros could take no space on some file systems
    print("ready", flush=True)
    word = sys.stdin.read()
    reserve.unlink(missing_ok=True)
    if word == "merged":
        return
    if not word:
        time.sleep(0.5)  # for a git that the killed copier has started and that still runs
    if problems := kept.put_back():
        sys.exit("\n".join(["The update was stopped, and not all of it could be taken back:", *problems]))
    print("The update was stopped: the project is as it was before.", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
