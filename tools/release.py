"""Make a release: check that nothing prevents it, date its section of CHANGELOG.md, commit and tag.

    python tools/release.py            the version in pyproject.toml
    python tools/release.py --check    only list what prevents a release

Nothing is pushed. The version is in pyproject.toml alone; the tag is `v` and the version. Copier renders the newest
tag, and updates to it.
"""

import argparse
import datetime
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")
NOT_YET = "(not released yet)"


def git(*arguments: str) -> str:
    """Run git here; return what it prints."""
    return subprocess.run(["git", *arguments], check=True, text=True, capture_output=True).stdout.strip()


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def upstream_problem() -> str:
    """Say how many commits of the published main are missing here, or why this is unknown; "" if none is missing."""
    try:
        upstream = git("for-each-ref", "--format=%(upstream)", "refs/heads/main")
        if not upstream:
            return ""
        git("fetch", "--quiet")
        behind = int(git("rev-list", "--count", f"HEAD..{upstream}"))
    except subprocess.CalledProcessError as error:
        return f"cannot tell whether main is up to date: {error.stderr.strip()}"
    commits = "1 commit that is" if behind == 1 else f"{behind} commits that are"
    return f"main lacks {commits} published: git pull" if behind else ""


def problems(version: str) -> Iterator[str]:
    """Yield what prevents a release, one line each."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"pyproject.toml: {version} is not a version of three numbers"
        return
    if git("status", "--porcelain"):
        yield "there are changes that are not committed"
    if git("branch", "--show-current") != "main":
        yield "this is not the branch main"
    elif problem := upstream_problem():
        yield problem
    tags = [tag[1:] for tag in git("tag", "--list", "v*").splitlines() if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    newest = max(tags, key=as_numbers, default=None)
    if newest and as_numbers(version) <= as_numbers(newest):
        yield f"pyproject.toml: {version} is not newer than {newest}, which is released"
    sections = re.split(r"^## ", CHANGELOG.read_text("utf-8"), flags=re.M)
    title = f"{version} {NOT_YET}\n"
    lines = "".join(section.removeprefix(title) for section in sections if section.startswith(title))
    if not re.search(r"^[^#\n]", lines, re.M):  # a line that is not a heading
        yield f"CHANGELOG.md has no section `## {version} {NOT_YET}` with something in it"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    version = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]["version"]
    if found := list(problems(version)):
        sys.exit("\n".join(["Not released:", *found]))
    if check:
        print(f"{version} can be released")
        return
    text = CHANGELOG.read_text("utf-8")
    today = datetime.date.today().isoformat()
    CHANGELOG.write_text(text.replace(f"## {version} {NOT_YET}", f"## {version} ({today})", 1), "utf-8")
    try:
        git("commit", "--quiet", "--message", f"Release {version}", str(CHANGELOG))
    except subprocess.CalledProcessError as error:
        git("reset", "--quiet", "--", str(CHANGELOG))
        CHANGELOG.write_text(text, "utf-8")
        sys.exit(f"Not released:\n{error.stderr.strip() or error.stdout.strip() or error}")
    git("tag", "--annotate", "--message", f"Release {version}", f"v{version}")
    # Atomic: otherwise the tag could be published without its commit on main, and copier renders tags.
    print(f"Tagged v{version}. Publish it with: git push --atomic --follow-tags")


if __name__ == "__main__":
    main()
