"""Train the rendered project for a few seconds. Run by copier in the project; standard library only.

    smoke_train.py PACKAGE report|fail [PYTHON]

PYTHON is an interpreter, or the folder of an environment, to train with instead of that of .venv.
The result is one line on the terminal; runs/smoke.log has the whole output, runs/smoke.json what copier's last message
needs to know. With `report` the exit code is 0 even after a failure, because copier deletes a new project whose task
fails.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from pathlib import Path

LOG = Path("runs/smoke.log")
RESULT = Path("runs/smoke.json")
TIME_LIMIT = 900  # seconds of training
SECONDS_BETWEEN = 5  # lines on how far it is
WINDOWS = os.name == "nt"
VENV_PYTHON = Path(".venv", "Scripts" if WINDOWS else "bin", "python.exe" if WINDOWS else "python")


class Failure(Exception):
    """The smoke training did not work; the text says why."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def has_conflicts() -> bool:
    """Tell whether an update has left merge conflicts."""
    try:
        unmerged = subprocess.run(["git", "ls-files", "--unmerged", "--", "."], capture_output=True)
    except OSError:
        return False
    return bool(unmerged.stdout.strip())


# Run by an interpreter to find out whether it has the packages that the arguments name.
HAS_PACKAGES = """
import importlib.metadata, importlib.util, sys
def has(name):
    try:
        return bool(importlib.metadata.distribution(name))
    except importlib.metadata.PackageNotFoundError:
        # The module may come from a package of another name, as tensorflow from tensorflow-cpu.
        return importlib.util.find_spec(name.removesuffix("-cpu").replace("-", "_")) is not None
sys.exit(not all(map(has, sys.argv[1:])))
"""


def read_requirements() -> tuple[str, list[str]]:
    """Return the name of the project and the names of the packages that it needs."""
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
        return project["name"], re.findall(r"(?m)^[\w.-]+", "\n".join(project["dependencies"]))
    except (KeyError, TypeError):
        reason = "has no section [project] with name and dependencies"
    except (OSError, ValueError) as error:  # a TOMLDecodeError is a ValueError
        reason = f"cannot be read ({error})"
    raise Failure(f"pyproject.toml {reason}. To update without a training: -d smoke_train=false")


def has_packages(python: Path | str, packages: list[str]) -> bool:
    """Tell whether this interpreter has the packages, in any version."""
    return subprocess.run([python, "-c", HAS_PACKAGES, *packages]).returncode == 0


def find_python(given: str) -> Path:
    """Return the interpreter to train with: the given one, that of .venv, the current one, or that of a new .venv."""
    name, packages = read_requirements()
    if given:
        return checked(Path(os.path.expanduser(given)).absolute(), packages)
    if VENV_PYTHON.is_file():
        try:
            # The project itself, too: otherwise the commands of the last message would not work.
            if has_packages(VENV_PYTHON, [*packages, name]):
                return VENV_PYTHON
        except OSError as error:
            raise Failure(f"{VENV_PYTHON} does not run: remove the folder .venv ({error})") from None
    elif has_packages(sys.executable, packages):
        return Path(sys.executable)
    make_environment()
    return VENV_PYTHON


def checked(python: Path, packages: list[str]) -> Path:
    """Return the given interpreter, or that of the given environment, if it has the packages."""
    if python.is_dir():
        python = python.joinpath(*VENV_PYTHON.parts[1:])
    try:
        missing = [package for package in packages if not has_packages(python, [package])]
    except OSError as error:
        raise Failure(f"python: {python} does not run ({error})") from None
    if missing:
        raise Failure(f"python: {python} lacks {', '.join(missing)}: install them there")
    return python


def make_environment() -> None:
    """Create .venv with uv, or with venv and pip, and show their progress."""
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    # Otherwise uv would use the place that the user has set for environments, or the environment of a workspace.
    environment["UV_PROJECT_ENVIRONMENT"] = str(Path(".venv").absolute())
    if uv := shutil.which("uv"):
        commands = [[uv, "sync"]]
    else:
        install = [str(VENV_PYTHON), "-m", "pip", "install", "--editable", ".", "pytest"]
        commands = [[sys.executable, "-m", "venv", ".venv"], install]
    say(f"\nInstalling what the project needs into .venv, with {'uv' if uv else 'pip'} (once; a few minutes) ...")
    say("That takes 1 to 2.5 GB on disk" + ("; uv shares it with other projects where it can." if uv else "."))
    for command in commands:
        if subprocess.run(command, env=environment, stdout=sys.stderr).returncode:
            shown = " ".join(command)
            raise Failure(
                f"`{shown}` failed, for the reason above. Run it again in the project folder, with a network."
            )


def command_line(python: Path, package: str) -> str:
    """Return the start of the command lines that the user can type."""
    start = "" if python == VENV_PYTHON else "PYTHONPATH=src "
    return f"{start}{python} -m {package}"


def train(python: Path, package: str) -> str:
    """Run the smoke training; return one line about it."""
    say("Training for a few seconds ...")
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    if python != VENV_PYTHON:  # only .venv has the project installed
        environment["PYTHONPATH"] = "src"
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.monotonic()
    with open(LOG, "w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [python, "-m", package, "train", "--smoke"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            wait_for(process, start)
        finally:
            process.kill()  # does nothing where it has ended
            process.wait()
    if process.returncode:
        lines = LOG.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise Failure(reason_in(lines) or f"exit code {process.returncode}")
    with open("runs/smoke/history.csv", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    seconds = time.monotonic() - start
    if not losses[-1] < losses[0]:
        raise Failure(f"the loss did not go down: {losses[0]:.4g} -> {losses[-1]:.4g} in {len(losses)} epochs")
    return f"loss {losses[0]:.4g} -> {losses[-1]:.4g} in {len(losses)} epochs, {seconds:.0f} s"


def reason_in(lines: list[str]) -> str:
    """Return why a training failed: all that the project says of it, or the last line of a traceback."""
    said = [number for number, line in enumerate(lines) if line.startswith("error: ")]
    return "\n".join(lines[said[-1] :]).removeprefix("error: ") if said else "".join(lines[-1:])


def wait_for(process: subprocess.Popen[bytes], start: float) -> None:
    """Wait for the training to end, and say how far it is; raise Failure where it takes too long."""
    said = ""
    while time.monotonic() < start + TIME_LIMIT:
        try:
            process.wait(SECONDS_BETWEEN)
            return
        except subprocess.TimeoutExpired:
            text = LOG.read_text(encoding="utf-8", errors="replace")
            epochs = re.findall(r"(?m)^Epoch \d+/\d+", text)
            stage = epochs[-1] if epochs else "reading the data" if not text.strip() else "preparing"
            if stage != said:
                say(f"  {stage[:1].lower()}{stage[1:]}, {time.monotonic() - start:.0f} s")
            said = stage
    raise Failure(f"it took more than {TIME_LIMIT} s")


def main(package: str, mode: str, given: str = "") -> int:
    """Smoke-train and report; return the exit code."""
    python, failed = VENV_PYTHON, False
    try:
        LOG.parent.mkdir(exist_ok=True)
        LOG.unlink(missing_ok=True)
        if has_conflicts():
            message = "Smoke training skipped: resolve the conflicts first (git status)."
        else:
            python = find_python(given)
            message = f"Smoke training passed: {train(python, package)}. Log: {LOG}"
    except (Failure, KeyboardInterrupt, OSError) as failure:
        failed = True
        message = f"SMOKE TRAINING FAILED: {str(failure) or 'interrupted'}\nThe project is kept."
        if LOG.is_file():
            message += f" Log: {LOG}"
    command = command_line(python, package)
    if "passed" not in message:
        message += f"\nThen run: {command} train --smoke"
    with suppress(OSError):  # runs/ cannot be written; the message says so
        RESULT.write_text(json.dumps({"command": command, "failed": failed}), encoding="utf-8")
    say(message)
    return 1 if failed and mode == "fail" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
