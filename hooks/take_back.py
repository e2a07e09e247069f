"""Take back an update that is stopped before it is whole. Run by extensions/whole_update.py; standard library only.

    take_back.py PROJECT

Says "ready" when it is, and waits for a word on standard input: "merged" where the update is whole, "stopped" where
it failed. Without a word copier was killed. copier updates only what is committed, so git has every file as it was.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

RESERVE = 4 * 2**20  # bytes kept free, so that git can write where the disk is full; a project has 0.5 MB
RESTORE = ["restore", "--source=HEAD", "--staged", "--worktree", "."]


def git(project, *arguments):
    """Run git in the project, without hooks of the user."""
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True)


def unknown_files(project):
    """Return the files that git neither holds nor ignores: usually none, but copier sees none where git hides them."""
    names = git(project, "ls-files", "--others", "--exclude-standard", "-z").stdout.split(b"\0")
    return {project / os.fsdecode(name) for name in names if name}


def take_back(project, before):
    """Bring every file of the folder to what is committed; return why that cannot be, or an empty string."""
    for file in unknown_files(project) - before:
        with contextlib.suppress(OSError):
            file.unlink()
            os.removedirs(file.parent)  # as far as they are empty
    return os.fsdecode(git(project, *RESTORE).stderr).strip()


def is_as_before(project, before):
    """Tell whether git sees no change."""
    changes = git(project, "status", "--porcelain", "--untracked-files=no", ".")
    return not changes.returncode and not changes.stdout and unknown_files(project) == before


def main():
    project = Path(sys.argv[1])
    before = unknown_files(project)
    reserve = Path(os.fsdecode(git(project, "rev-parse", "--absolute-git-dir").stdout).strip(), "reserve-of-an-update")
    with contextlib.suppress(OSError):
        reserve.write_bytes(os.urandom(RESERVE))  # a file system could store zeros as nothing
    print("ready", flush=True)
    word = sys.stdin.read()
    reserve.unlink(missing_ok=True)
    if word == "merged":
        return
    problem = take_back(project, before)
    if not word:
        # What copier has started, such as git and black, may write after its end: two quiet seconds, within 30.
        still = 0
        for _ in range(120):
            time.sleep(0.25)
            still = still + 1 if is_as_before(project, before) else 0
            if still == 8:
                break
            if not still:
                problem = take_back(project, before)
    if not is_as_before(project, before):
        sys.exit(f"The update was stopped, and not all of it is taken back: {problem}\nIn {project}: git status")
    print("The update was stopped: the project is as it was before.", file=sys.stderr)


if __name__ == "__main__":
    main()
