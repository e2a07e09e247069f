"""Take back an update that is stopped before it is whole. Run by extensions/whole_update.py; standard library only.

    take_back.py PROJECT

Waits for a word on standard input: "merged" where the update is whole, "stopped" where it failed. Without a word
copier was killed. Nothing of the user's is lost by it: copier updates only what is committed.
"""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

RESERVE = 4 * 2**20  # bytes kept free, so that git can write where the disk is full; a project has 0.5 MB
COMMANDS = [
    ["clean", "-d", "--force", "--quiet", "."],
    ["restore", "--source=HEAD", "--staged", "--worktree", "."],
]


def git(project, *arguments):
    """Run git in the project, without hooks of the user."""
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


def take_back(project):
    """Let git bring every file of the folder to what is committed; return why it could not, or an empty string."""
    results = [git(project, *command) for command in COMMANDS]
    return "\n".join(result.stderr.strip() for result in results if result.returncode)


def take_back_for_good(project):
    """Take back what processes that copier has started, such as git and black, still write after its end, too."""
    still = 0
    for _ in range(120):
        problem = take_back(project)
        time.sleep(0.25)
        still = 0 if problem or git(project, "status", "--porcelain", ".").stdout else still + 1
        if still == 8:
            break
    return problem


def main():
    project = Path(sys.argv[1])
    reserve = Path(git(project, "rev-parse", "--absolute-git-dir").stdout.strip(), "reserve-of-an-update")
    with contextlib.suppress(OSError):
        reserve.write_bytes(os.urandom(RESERVE))  # a file system could store zeros as nothing
    word = sys.stdin.read()
    reserve.unlink(missing_ok=True)
    if word == "merged":
        return
    problem = take_back(project) if word == "stopped" else take_back_for_good(project)
    if problem:
        commands = " && ".join(" ".join(["git", *command]) for command in COMMANDS)
        sys.exit(f"The update was stopped, and git cannot take it back: {problem}\nIn {project}: {commands}")
    print("The update was stopped: the project is as it was before.", file=sys.stderr)


if __name__ == "__main__":
    main()
