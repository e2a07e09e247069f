"""What has to hold before an update writes anything: git, and nothing else, can bring back all that it may change."""

import os
import subprocess
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from copier.errors import UserMessageError
from plumbum import local

ROOT = Path(__file__).parents[1]
# Settings of a user's git that change what copier's git does, each tried; docs/faults.md says what they do.
GIT_SETTINGS = {
    "apply.ignoreWhitespace": "false",
    "apply.whitespace": "nowarn",
    "core.attributesFile": "",
    "core.autocrlf": "false",
    "core.bigFileThreshold": "512m",
    "core.eol": "lf",
    "core.excludesFile": "",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "core.ignoreStat": "false",
    "core.safecrlf": "false",
    "core.whitespace": "",
    "commit.cleanup": "default",
    "commit.gpgSign": "false",
    "diff.noprefix": "false",
    "diff.mnemonicPrefix": "false",
    "diff.suppressBlankEmpty": "false",
    "init.defaultBranch": "main",
    "init.templateDir": "",
    "merge.conflictStyle": "merge",
    "status.showUntrackedFiles": "normal",
}
# Variables with which git takes another repository than the one that it finds, or makes one of another kind.
GIT_VARIABLES = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_DEFAULT_HASH"]
# Settings by which git may take a changed file for an unchanged one.
STRICT = ["-c", "core.trustctime=true", "-c", "core.checkStat=default", "-c", "core.fsmonitor=false"]


def git(project: Path, *arguments: str) -> list[str]:
    """Return what a git command prints, ended by NULs; nothing where it fails. Names are not patterns."""
    command = ["git", "--literal-pathspecs", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True)
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]


def settings_count() -> int:
    """Return how many settings copier's git has from the environment."""
    count = str(local.env.get("GIT_CONFIG_COUNT") or "")
    return int(count) if count.isdecimal() else 0


def use_own_settings() -> None:
    """Give copier's git settings that it can rely on, after those of the environment, which stay."""
    restore_settings()  # those of an update that has failed
    start = settings_count()
    for number, (name, value) in enumerate(GIT_SETTINGS.items(), start):
        local.env[f"GIT_CONFIG_KEY_{number}"] = name
        local.env[f"GIT_CONFIG_VALUE_{number}"] = value
    local.env["GIT_CONFIG_COUNT"] = str(start + len(GIT_SETTINGS))


def restore_settings() -> None:
    """Take these settings away again, for what is done after an update."""
    count = settings_count()
    start = count - len(GIT_SETTINGS)
    if local.env.get(f"GIT_CONFIG_KEY_{start}") == next(iter(GIT_SETTINGS)):
        for number in range(start, count):
            del local.env[f"GIT_CONFIG_KEY_{number}"]
            del local.env[f"GIT_CONFIG_VALUE_{number}"]
        local.env["GIT_CONFIG_COUNT"] = str(start)


def names_in_project(names: Iterable[str], package: str, answers_file: str) -> list[str]:
    """Return how files of the folder template/ are called in a project."""
    names = (name.replace("{{ package_name }}", package).removesuffix(".jinja") for name in names)
    return [name.replace("{{ _copier_conf.answers_file }}", answers_file) for name in names]


def template_files(package: str, answers_file: str) -> list[str]:
    """Return the names of all files that the template may bring."""
    template = ROOT / "template"
    names = sorted(path.relative_to(template).as_posix() for path in template.rglob("*") if path.is_file())
    return names_in_project(names, package, answers_file)


@lru_cache
def files_of_version(version: str, package: str, answers_file: str) -> list[str]:
    """Return the names of all files that another version of the template may bring; copier removes what is dropped."""
    listed = git(ROOT, "ls-tree", "-r", "-z", "--name-only", version, "--", "template/")
    return names_in_project((name.removeprefix("template/") for name in listed), package, answers_file)


def sample_of(answers: dict[str, Any], recipes: Any) -> list[str]:
    """Return the files of the sample that these answers call for, as questions/model.yml does; none where unknown."""
    try:
        architecture = recipes["families"][answers["family"]]["architecture"]
        reader = "forecast" if answers["task"] == "forecast" else answers["input"]
        found = recipes["recipes"]["architectures"][architecture]["samples"]
        found = found or recipes["recipes"]["inputs"][reader]["samples"]
        return [] if answers["data_path"] else [f"data/{name}" for name in found[answers["task"]]["files"]]
    except (KeyError, TypeError):
        return []


def check_edition(project: Path) -> None:
    """Raise UserMessageError for a project of the first edition: no merge could carry its edits to the new files."""
    if list(project.glob("src/*/load.py")) and not list(project.glob("src/*/data/dataset.py")):
        raise UserMessageError(
            "This project is of the first edition, whose files lie elsewhere now: nothing is updated. Start anew beside"
            " it, with the same answers: copier copy --data-file .copier-answers.yml TEMPLATE NEW_FOLDER; then carry"
            " over your changes (git diff shows them) and your values of config.toml."
        )


def check_committed(project: Path, answers_file: str) -> None:
    """Raise UserMessageError where git has not got the project: copier would delete all that it renders anew."""
    if subprocess.run(["git", "cat-file", "-e", f"HEAD:./{answers_file}"], cwd=project, capture_output=True).returncode:
        raise UserMessageError(
            f"{project} is not committed to git, which may ignore it: nothing is updated."
            " Commit it (as a repository of its own: git init), then update again."
        )


def check_variables() -> None:
    """Raise UserMessageError where the environment sends git elsewhere: copier would change another repository."""
    if found := [name for name in GIT_VARIABLES if os.environ.get(name)]:
        raise UserMessageError(
            f"{' and '.join(found)} would change what git does for the update: nothing is updated."
            f" Update again without: unset {' '.join(found)}"
        )


def check_package(project: Path, package: str) -> None:
    """Raise UserMessageError where the package has another name than on record: its files would get no changes."""
    others = [file.parents[1].name for file in project.glob("src/*/network/head.py")]
    if package and others and package not in others:
        raise UserMessageError(
            f"src/{package} is not there, but src/{others[0]} is: a renamed package would get no changes, so nothing is"
            f" updated. Write `package_name: {others[0]}` into .copier-answers.yml, commit it, and update again."
        )


def check_same_package(recorded: str, package: str) -> None:
    """Raise UserMessageError where an answer renames the package: edits of its files would not come along."""
    if recorded and package != recorded:
        raise UserMessageError(
            f"An update cannot rename the package: your edits in src/{recorded} would be lost, so nothing is updated."
            f" Rename it yourself (git mv src/{recorded} src/{package}), write `package_name: {package}` into"
            " .copier-answers.yml, commit, and update again."
        )


def check_plain(project: Path, names: Iterable[str]) -> None:
    """Raise UserMessageError where a file that an update may write or remove is there, but not plainly in git."""
    tags = {line[2:]: line[0] for line in git(project, "ls-files", "-v", "-z")}
    there = [name for name in dict.fromkeys(names) if os.path.lexists(project / name)]
    changed = set(git(project, *STRICT, "diff", "--name-only", "--no-ext-diff", "--relative", "-z", "--", *there))
    advice: dict[str, list[str]] = {}
    for name in there:
        tag = tags.get(name, "")
        if not tag:
            advice.setdefault("not in git (git add --force NAME, or move it away)", []).append(name)
        elif tag.upper() == "S":
            advice.setdefault("marked skip-worktree (git update-index --no-skip-worktree NAME)", []).append(name)
        elif tag.islower():
            advice.setdefault("marked assume-unchanged (git update-index --no-assume-unchanged NAME)", []).append(name)
        elif name in changed:
            advice.setdefault("changed since the last commit", []).append(name)
    if advice:
        found = "; ".join(f"{', '.join(names)}: {reason}" for reason, names in advice.items())
        raise UserMessageError(
            f"Git could not bring back what the update may overwrite, so nothing is updated. {found}."
            " Do that, commit, and update again."
        )


def rejects(project: Path) -> list[str]:
    """Return the files of rejected edits that git does not have, as seen from the root of the repository."""
    found = git(project, "status", "--porcelain", "--ignored", "--untracked-files=normal", "-z")
    return [line[3:] for line in found if line[:2] in ("??", "!!") and line.endswith(".rej")]


def ignored(project: Path, names: Iterable[str]) -> list[str]:
    """Return which of these files git ignores: who commits an update would leave them out."""
    return git(project, "ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *names)


def refresh(project: Path) -> None:
    """Let git see what it has already: files with other line ends than before (core.autocrlf) it lists as changed."""
    listed = git(project, "diff-files", "--name-only", "--relative", "-z")
    changed = set(git(project, "diff", "--name-only", "--no-ext-diff", "--relative", "-z"))
    git(project, "update-index", "--", *(name for name in listed if name not in changed))


def check_rejects(project: Path) -> None:
    """Raise UserMessageError where there are files NAME.rej: copier would take them for its own and remove them."""
    if found := rejects(project):
        raise UserMessageError(
            f"An update would remove {', '.join(found)}, which git does not have: nothing is updated."
            " Move or remove what ends in .rej, then update again."
        )


def check_all(project: Path, answers: dict[str, Any], answers_file: str, version: str) -> None:
    """Raise UserMessageError, with one line that says what to do, where an update could lose anything."""
    package = str(answers.get("package_name", ""))
    check_edition(project)
    check_committed(project, answers_file)
    check_variables()
    check_package(project, package)
    names = [*template_files(package, answers_file), *files_of_version(version, package, answers_file)]
    check_plain(project, [name for name in names if not name.startswith("data/")])
    check_rejects(project)
