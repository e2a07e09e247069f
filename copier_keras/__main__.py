"""The command `copier-keras`: makes a Keras project, or brings improvements into one.

It only puts a command line for copier together, from the address that it was installed from, says what will be run, and
asks whether to go on. What it makes is the same as what `copier copy` makes.
"""

import argparse
import importlib.metadata
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

DISTRIBUTION = "copier-keras"
TRIED = """examples:
  copier-keras my_project                                    asks what it needs to know
  copier-keras my_project --data houses.csv --target price   a table, and the column to predict
  copier-keras my_project --data photos/                     photos/cat/..., photos/dog/...
  copier-keras my_project -d family=regression --defaults    a bundled sample, no questions
  copier-keras update                                        in a project: brings improvements
  copier-keras contest                                       in a project: tries all networks that fit

Any answer can be given: -d NAME=VALUE. Some names: data_path, target, task, family, backend,
smoke_train (false: installs nothing), python (an environment that has the packages already).
Options of copier that are not listed here pass through: --pretend, --data-file=answers.yml, ...
"""
ANSWER = re.compile(r"[a-z_]+=")  # copier itself calls this --data


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Return what is asked for, and the options for copier that are not known here."""
    parser = argparse.ArgumentParser(
        prog="copier-keras",
        usage="copier-keras FOLDER [--data PATH] [--target COLUMN] [-d NAME=VALUE] [--defaults]\n"
        "       copier-keras update [FOLDER] [-d NAME=VALUE]\n"
        "       copier-keras contest [FOLDER] [-d contest_minutes=5]",
        description="Makes a Keras project that has already trained on your data.",
        epilog=TRIED,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("words", nargs="+", metavar="FOLDER", help="where to put the project; it should not exist yet")
    parser.add_argument("--data", action="append", default=[], metavar="PATH", help="your data: a file or a folder")
    parser.add_argument("--target", metavar="COLUMN", help="the column to predict; several: a,b")
    parser.add_argument("-d", dest="answers", action="append", default=[], metavar="NAME=VALUE", help="an answer")
    parser.add_argument("-l", "--defaults", action="store_true", help="ask nothing: take what the data suggests")
    parser.add_argument("--trust", action="store_true", help="do not ask whether to run the code of the template")
    parser.add_argument(
        "-r", "--vcs-ref", metavar="REF", help="a version of the template; otherwise the newest release"
    )
    parser.add_argument("--template", metavar="ADDRESS", help="another address of the template")
    options, others = parser.parse_known_args(arguments)
    if strays := [word for word in others if not word.startswith("-")]:
        parser.error(f"what is {strays[0]!r}? Write an option of copier with its value in one word: --option=value")
    options.command = options.words.pop(0) if options.words[0] in ("copy", "update", "contest") else "copy"
    options.is_contest = options.command == "contest"
    if options.is_contest:  # an update to the version that it has, after which the networks are tried
        options.command, options.answers = "update", ["contest=true", *options.answers]
        options.vcs_ref = options.vcs_ref or ":current:"
    if len(options.words) != 1 and (options.words or options.command == "copy"):
        parser.error("name one folder for the project")
    options.folder = options.words[0] if options.words else "."
    for text in options.data:
        named = ANSWER.match(text) and not Path(text).exists()
        options.answers.append(text if named else f"data_path={text}")
    if options.target is not None:
        options.answers.append(f"target={options.target}")
    return options, others


def installed_from() -> tuple[str, str]:
    """Return the address that this package was installed from, as copier takes it, and the version that was named."""
    text = importlib.metadata.distribution(DISTRIBUTION).read_text("direct_url.json") or "{}"
    source = json.loads(text)
    version = source.get("vcs_info", {})
    if "vcs" in version:
        return f"{version['vcs']}+{source['url']}", version.get("requested_revision") or ""
    return source.get("url", "").removeprefix("file://"), ""


def address_of(project: Path) -> str:
    """Return the address of the template that a project was made from."""
    try:
        text = (project / ".copier-answers.yml").read_text(encoding="utf-8")
    except OSError:
        sys.exit(f"{project} has no .copier-answers.yml: is it a project of copier-keras?")
    found = re.search(r"(?m)^_src_path: *(.+)$", text)
    return found[1].strip("'\" ") if found else "the template"


def is_agreed(options: argparse.Namespace, address: str) -> bool:
    """Say what will be run, and ask whether to go on."""
    folder = options.folder if options.folder != "." else "this folder"
    does = "Makes a Keras project in" if options.command == "copy" else "Updates the project in"
    does = "Tries all networks that fit on the data of the project in" if options.is_contest else does
    shown = re.sub("//[^/@]*@", "//", address)  # without a password
    print(f"{does} {folder}, with the code of {shown}")
    if options.command == "copy":
        print("That looks at your data, writes the files and formats them, installs packages")
        print(f"into {folder}/.venv and trains for a few seconds. Your data stays here.")
    elif options.is_contest:
        print("That trains them for some minutes together (-d contest_minutes=5), says which")
        print("is the best, and changes nothing in the project. Your data stays here.")
    else:
        print("That brings what has improved, keeps your changes, formats the code")
        print("and trains for a few seconds. Your data stays here.")
    if options.trust:
        return True
    if not sys.stdin.isatty():
        sys.exit("Nobody is there to agree. If you trust that address, add --trust.")
    return input("Go on? [Y/n] ").strip().lower() in ("", "y", "yes")


def copier_options(options: argparse.Namespace, others: list[str], address: str, version: str) -> list[str]:
    """Return the command line for copier."""
    command = [options.command, "--trust", *others]
    if options.command == "copy" and not {"--skip-tasks", "-T", "--pretend", "-n"} & {*others}:
        command.append("--quiet")  # no line for each file; hooks say what is done, and what comes next
    if options.defaults or options.command == "update":  # an update keeps the answers that are on record
        command.append("--defaults")
    for answer in options.answers:
        command += ["-d", answer]
    if version := options.vcs_ref or version:
        command += ["--vcs-ref", version]
    return [*command, address, options.folder] if options.command == "copy" else [*command, options.folder]


def run(arguments: list[str]) -> int:
    """Run the command line; return copier's exit code."""
    options, others = parse(arguments)
    if not shutil.which("git"):
        sys.exit("copier-keras needs git: install it first (https://git-scm.com)")
    address, version = (options.template, "") if options.template else installed_from()
    if options.command == "update":
        recorded = address_of(Path(options.folder))
        address, version = recorded, version if recorded == address else ""
    elif not address:
        sys.exit("Where is the template? Name its address: --template ADDRESS")
    if not is_agreed(options, address):
        sys.exit("Nothing was done.")
    command = copier_options(options, others, address, version)
    print(f"\n$ copier {shlex.join(command)}\n", flush=True)
    return subprocess.run([sys.executable, "-m", "copier", *command]).returncode


def main() -> None:
    """Run the command line of this process."""
    try:
        sys.exit(run(sys.argv[1:]))
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nstopped")


if __name__ == "__main__":
    main()
