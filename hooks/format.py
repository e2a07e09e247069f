"""Format the rendered Python files with black. Run by copier in the rendered project; standard library only.

    format.py PACKAGE [UPDATED_PROJECT]

It never fails: the template renders formatted code anyway, and a task that fails during an update would cost the
user's edits. It formats files of the template, never the user's own. In a repository with commits it formats only files
that differ from the last commit, so that an update does not touch what it does not change. An update also renders into
temporary folders: there, files that equal those of the project are not formatted again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

BLACK = "26.10.1"
CANNOT_FORMAT = 123  # black's exit code for a file that it cannot parse or write
CONFIG = Path(__file__).with_name("black.toml")
TEMPLATE = Path(__file__).parents[1] / "template"


def git(*arguments: str) -> str | None:
    """Return the output of a git command, or None if it fails or git is missing."""
    try:
        result = subprocess.run(["git", *arguments], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return os.fsdecode(result.stdout)


def rendered_files(package: str, updated_project: str) -> list[str]:
    """Return the Python files that copier has just written and that may not be formatted yet."""
    paths = [
        path.relative_to(TEMPLATE).as_posix()
        for path in sorted([*TEMPLATE.rglob("*.py"), *TEMPLATE.rglob("*.py.jinja")])
    ]
    names = [path.replace("{{ package_name }}", package).removesuffix(".jinja") for path in paths]
    if git("rev-parse", "--verify", "-q", "HEAD"):
        # Also those that git ignores: a new file may lie where the user's own .gitignore reaches.
        changed = (git("ls-files", "--modified", "--others", "-z", "--", *names) or "").split("\0")
        names = [name for name in names if name in changed]
    elif updated_project:
        names = [name for name in names if not is_same(Path(name), Path(updated_project, name))]
    return [name for name in names if Path(name).is_file()]


def is_same(file: Path, other: Path) -> bool:
    """Tell whether both files exist and hold the same bytes."""
    return file.is_file() and other.is_file() and file.read_bytes() == other.read_bytes()


def run_black(files: list[str], folder: str) -> str | None:
    """Format with the black beside copier, or one that uv fetches; return its messages, or None if there is none."""
    for black in ([sys.executable, "-m", "black"], ["uvx", f"black=={BLACK}"]):
        command = [*black, "-q", "--workers", "2", "--config", str(CONFIG), "--", *files]
        try:
            done = subprocess.run(command, cwd=folder, stderr=subprocess.PIPE)
        except OSError:
            continue
        if done.returncode in (0, CANNOT_FORMAT):
            return done.stderr.decode(errors="replace").strip()
    return None


def format_copies(files: list[str]) -> str | None:
    """Format copies and put them in place, unless copier was killed or a file was saved meanwhile; return messages."""
    copier, before = os.getppid(), {name: Path(name).read_bytes() for name in files}
    with tempfile.TemporaryDirectory() as folder:
        for name in files:
            Path(folder, name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(name, Path(folder, name))
        problems = run_black(files, folder)
        for name in files if os.getppid() == copier else []:
            if before[name] == Path(name).read_bytes() != Path(folder, name).read_bytes():
                shutil.copyfile(Path(folder, name), name)
    return problems


def main(package: str, updated_project: str = "") -> None:
    files = rendered_files(package, updated_project)
    try:
        problems = format_copies(files) if files else ""
    except OSError as error:
        problems = str(error)
    if problems is None:
        print(f"Note: black {BLACK} was not found; the code stays as it was rendered.", file=sys.stderr)
    elif problems:
        print(f"Note: black left files as they were: {problems}", file=sys.stderr)


if __name__ == "__main__":
    main(*sys.argv[1:])
