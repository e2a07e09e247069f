"""Cut a release: check that all is in order, date its section of CHANGELOG.md, commit and tag.

    python tools/release.py            the version in pyproject.toml
    python tools/release.py --check    only say what stands in the way

Nothing is pushed. The version stands in pyproject.toml alone; the tag is `v` and the version, which is what copier
renders and updates to.
"""

import argparse
import datetime
import re
import subprocess
import sys
import tomllib
from pathlib import Path

CHANGELOG = Path("CHANGELOG.md")
NOT_YET = "(not released yet)"


def git(*arguments):
    """Run git here; return what it prints."""
    return subprocess.run(["git", *arguments], check=True, text=True, capture_output=True).stdout.strip()


def as_numbers(version):
    return tuple(map(int, version.split(".")))


def upstream_problem():
    """Return which commits of the published main are missing here, or why nobody knows; an empty string if none."""
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


def problems(version):
    """Yield what stands in the way of a release, a line each."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        yield f"pyproject.toml: {version} is no version of three numbers"
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
    section = re.search(rf"^## {re.escape(version)} {re.escape(NOT_YET)}\n+(.+)", CHANGELOG.read_text("utf-8"), re.M)
    if not section or section[1].startswith("#"):
        yield f"CHANGELOG.md has no section `## {version} {NOT_YET}` with something in it"


def main():
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
    # All or nothing: the tag of a commit that main does not have would be what copier renders.
    print(f"Tagged v{version}. Publish it with: git push --atomic --follow-tags")


if __name__ == "__main__":
    main()
