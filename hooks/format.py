"""Format the rendered Python files with black. Run by copier in the rendered project; standard library only.

It never fails: the files come out of the template formatted, and a failing task in the middle of an update would
cost the user's edits. In a repository with commits only files that differ from the last commit are formatted, so
that an update leaves the user's own files alone.
"""

import subprocess
import sys
from pathlib import Path

BLACK = "26.10.1"
CANNOT_FORMAT = 123  # black's exit code where it cannot parse or write a file
CONFIG = Path(__file__).with_name("black.toml")


def git(*arguments):
    """Return the output of a git command, or None where it fails or git is missing."""
    try:
        result = subprocess.run(["git", *arguments], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.decode()


def rendered_files():
    """Return the Python files that copier has just written."""
    if git("rev-parse", "--verify", "-q", "HEAD"):
        names = git("ls-files", "--modified", "--others", "--exclude-standard", "-z").split("\0")
        files = [Path(name) for name in names if name.endswith(".py")]
    else:
        files = [path for folder in ("src", "tests") for path in Path(folder).rglob("*.py")]
    return [str(path) for path in files if path.is_file()]


def main():
    """Format with the black beside copier, or with one that uv fetches."""
    files = rendered_files()
    if not files:
        return
    for black in ([sys.executable, "-m", "black"], ["uvx", f"black=={BLACK}"]):
        try:
            done = subprocess.run(
                [*black, "-q", "--workers", "2", "--config", CONFIG, "--", *files], stderr=subprocess.PIPE
            )
        except OSError:
            continue
        if done.returncode == 0:
            return
        if done.returncode == CANNOT_FORMAT:
            reason = done.stderr.decode(errors="replace").strip()
            print(f"Note: black left files as they were: {reason}", file=sys.stderr)
            return
    print(
        f"Note: black {BLACK} is not there, so the code stays as it was rendered (which is formatted).", file=sys.stderr
    )


if __name__ == "__main__":
    main()
