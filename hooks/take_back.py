"""Undo an update that stops before it is complete. Run by extensions/whole_update.py; standard library only.

    take_back.py PROJECT NAME ...

Keeps a copy of these files, which copier may write, and prints "ready". Then standard input has a line for each file
before copier writes it, [NAME, CONTENT]; an empty name says that all are as they should be. The last word is "merged"
if the update is complete, "stopped" if it failed. If the input ends without it, copier was killed. Other files are
never touched, whether git knows them or not. What somebody else has saved meanwhile is kept, beside the file as it was
before.
"""

import base64
import difflib
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

RESERVE = 4 * 2**20  # bytes to free if the disk gets full; the files of the template take 0.5 MB
MARKS = {b"<<<<<<< before updating", b"=======", b">>>>>>> after updating"}  # of conflicts
State = str | tuple[bytes, int] | None  # of a file: where a link leads, or the bytes and the mode


def git(project: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run git in the project, without the user's hooks; names are not patterns."""
    command = ["git", "--literal-pathspecs", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, **options)


def names_in(output: bytes) -> list[str]:
    """Return the names that git has printed, each followed by a NUL."""
    return [os.fsdecode(name) for name in output.split(b"\0") if name]


def state_of(file: Path) -> State:
    """Return the state of a file, None if there is no such file."""
    if file.is_symlink():
        return os.readlink(file)
    return (file.read_bytes(), file.stat().st_mode) if file.is_file() else None


def put(file: Path, state: State) -> None:
    """Bring a file back to this state: written aside and moved into place, so that at no moment it is half there."""
    if state is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.part-of-an-update")
    try:
        if isinstance(state, str):
            aside.symlink_to(state)
        else:
            aside.write_bytes(state[0])
            aside.chmod(state[1])
        aside.replace(file)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


def is_merged(now: State, before: State, rendered: bytes) -> bool:
    """Tell whether this can be what an update made of a file: lines of both versions, and all that both have."""
    if not isinstance(now, tuple):
        return now is None  # the new version has not got it
    old = before[0].splitlines() if isinstance(before, tuple) else []
    new, lines = rendered.splitlines(), now[0].splitlines()
    if not set(lines) <= {*old, *new, *MARKS}:
        return False
    blocks = difflib.SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    found = iter(lines)
    return all(line in found for block in blocks for line in old[block.a : block.a + block.size])


def name_beside(file: Path) -> Path:
    """Return a free name for what somebody has saved."""
    names = (file.with_name(f"{file.name}.saved{number or ''}") for number in range(1000))
    return next(name for name in names if not os.path.lexists(name))


class Kept:
    """The state of all that an update may change in a project, before the update."""

    def __init__(self, project: Path, names: list[str]) -> None:
        self.project = project
        files = [project / name for name in [*names, *(f"{name}.rej" for name in names)]]
        self.files = {file: state_of(file) for file in files}
        self.rendered: dict[Path, bytes | None] = {}  # as copier writes them; None if unknown
        self.writing: Path | None = None
        self.saved: list[str] = []  # what somebody else has saved, and where it is now
        parents = {parent for file in self.files for parent in file.relative_to(project).parents}
        self.missing_folders = sorted(parent for parent in parents if not (project / parent).exists())
        self.known = names_in(git(project, "ls-files", "-z").stdout)
        self.known = [name for name in self.known if os.path.lexists(project / name)]

    def see(self, name: str, content: str | None) -> None:
        """Note which file copier is about to write, and with what."""
        self.writing = self.project / name if name else None
        if self.writing:
            self.rendered[self.writing] = None if content is None else base64.b64decode(content)
        else:  # all are formatted
            states = {file: state_of(file) for file in self.rendered}
            self.rendered = {file: state[0] if isinstance(state, tuple) else None for file, state in states.items()}

    def is_of_update(self, file: Path, now: State) -> bool:
        """Tell whether the update has left a file like this, and not somebody else."""
        if file.suffix == ".rej" or not self.rendered:
            return True
        content = self.rendered.get(file)
        if content is None:
            return file in self.rendered
        if file == self.writing and isinstance(now, tuple) and content.startswith(now[0]):
            return True  # stopped in the middle of it
        return is_merged(now, self.files[file], content)

    def put_file_back(self, file: Path) -> None:
        """Bring a file back to its state before, unless somebody else has saved it since: then keep both."""
        now, before = state_of(file), self.files[file]
        if now == before:
            return
        name = file.relative_to(self.project).as_posix()
        if self.is_of_update(file, now):
            put(file, before)
        elif file not in self.rendered:  # copier has not come to it
            self.saved.append(name)
        else:
            beside = name_beside(file)
            put(beside, now)
            put(file, before)
            self.saved.append(f"{name} (now {beside.name}, beside it as it was before)")

    def put_back(self) -> list[str]:
        """Bring everything back to that state; return what went wrong."""
        problems: list[str] = []
        for file in self.files:
            try:
                self.put_file_back(file)
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


def main(project: Path, *names: str) -> None:
    kept = Kept(project, list(names))
    reserve = Path(os.fsdecode(git(project, "rev-parse", "--absolute-git-dir").stdout).strip(), "reserve-of-an-update")
    with suppress(OSError):
        reserve.write_bytes(os.urandom(RESERVE))  # zeros could take no space on some file systems
    print("ready", flush=True)
    word = b""
    for line in sys.stdin.buffer:
        if not line.endswith(b"\n"):
            word = line
        else:
            kept.see(*json.loads(line))
    reserve.unlink(missing_ok=True)
    if word == b"merged":
        return
    if not word:
        time.sleep(0.5)  # for a git that the killed copier has started and that still runs
    if problems := kept.put_back():
        sys.exit("\n".join(["The update was stopped, and not all of it could be taken back:", *problems]))
    print("The update was stopped: the project is as it was before.", file=sys.stderr)
    if kept.saved:
        print(f"Saved by somebody else meanwhile, and kept: {', '.join(kept.saved)}.", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
