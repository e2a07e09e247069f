"""Start projects from earlier commits of this template, edit and update them, and compare them with a fresh project.

    python tools/update_history.py [--count 30] [--family dense-binary]

The commits are spread evenly over the history, from the first whose projects trained. Apart from the edit, every file
of an updated project has to equal that of a fresh one. Prints each that differs, and then exits with an error.
"""

import argparse
import filecmp
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = "Train every variant"
EDIT = "\nA line of mine.\n"
IDENTITY = {f"GIT_{role}_{part}": "tool@example.org" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}


def run(*command: object, cwd: Path = ROOT) -> str:
    """Run a command; return its output, or raise a RuntimeError with its last message."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=os.environ | IDENTITY, text=True, capture_output=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no message"])[-1])
    return done.stdout


def copier(command: str, *arguments: object, cwd: Path = ROOT) -> None:
    """Run copier with every default, without hooks."""
    run(sys.executable, "-m", "copier", command, "--trust", "--defaults", "--skip-tasks", *arguments, cwd=cwd)


def files_of(project: Path) -> set[str]:
    """Return the names of a project's files, except those of git and of copier."""
    paths = (path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(project).as_posix() for path in paths} - {".copier-answers.yml"}


def differences(project: Path, fresh: Path) -> Iterator[str]:
    """Yield the differences between an updated project with an edit and a fresh one."""
    readme = project / "README.md"
    text = readme.read_text("utf-8")
    if not text.endswith(EDIT):
        yield "README.md: the edit is gone"
    readme.write_text(text.removesuffix(EDIT), "utf-8")
    names = files_of(project), files_of(fresh)
    yield from sorted(f"{name}: in only one of the two" for name in names[0] ^ names[1])
    for name in sorted(names[0] & names[1]):
        if not filecmp.cmp(project / name, fresh / name, shallow=False):
            yield f"{name}: differs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--family", default="dense-binary")
    options = parser.parse_args()
    commits = run("git", "log", "--reverse", "--format=%H %s").splitlines()
    start = next(number for number, line in enumerate(commits) if line.endswith(FIRST))
    commits = commits[start:-1]
    step = max(1, len(commits) // options.count)
    failed = unusable = 0
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder, "template")
        run("git", "clone", "--quiet", ROOT, template)
        answers = ("-d", f"family={options.family}", "-d", "project_name=Project", template)
        fresh = Path(folder, "fresh")
        copier("copy", "--vcs-ref", "HEAD", *answers, fresh)
        chosen = commits[::step]
        for number, line in enumerate(chosen):
            commit, subject = line.split(" ", 1)
            project = Path(folder, f"from_{number}")
            try:
                copier("copy", "--vcs-ref", commit, *answers, project)
            except RuntimeError as error:
                unusable += 1
                print(f"{number + 1}/{len(chosen)} {commit[:7]} {subject}: renders no project ({error})", flush=True)
                continue
            try:
                with open(project / "README.md", "a", encoding="utf-8") as file:
                    file.write(EDIT)
                run("git", "init", "--quiet", cwd=project)
                run("git", "add", "--all", cwd=project)
                run("git", "commit", "--quiet", "--message", "Start", cwd=project)
                copier("update", "--vcs-ref", "HEAD", cwd=project)
                problems = list(differences(project, fresh))
            except RuntimeError as error:
                problems = [str(error)]
            failed += bool(problems)
            print(f"{number + 1}/{len(chosen)} {commit[:7]} {subject}: {'; '.join(problems) or 'good'}", flush=True)
    print(
        f"{len(chosen) - unusable} versions updated, {failed} of them with differences from a fresh project;"
        f" {unusable} rendered no project"
    )
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
