"""Run folders: runs/NAME/ holds what one training used and what came out of it."""

import json
import math
import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import keras
from filelock import FileLock, Timeout
from pydantic import ValidationError

from ..config import Config, make_config, read_settings
from ..data.schema import Schema
from ..errors import UserError
from .checkpoint import STATE, write

RUNS = Path("runs")
LATEST = RUNS / "latest"
TIME = "%Y-%m-%d_%H-%M-%S"  # in the names of runs
CROSS_VALIDATION = "cross_validation.json"
NETWORK = Path(__file__).parents[1] / "network"
LOCKS: list[FileLock] = []  # those that this process holds


class TrainedRun(NamedTuple):
    """A finished run, read back from its folder."""

    config: Config
    schema: Schema
    model: keras.Model
    references: dict[str, dict[str, float]]
    """The scores of simpler models on the test split, by name."""


def open_run(config: Config, schema: Schema, smoke: bool) -> tuple[Path, bool]:
    """Return the run folder to train in, and whether it continues a stopped run.

    A run that was stopped before its end is continued where settings, data and network
    are the same. No other training gets the folder until this process ends.
    """
    files = {
        "config.json": config.model_dump_json(indent=2),
        "schema.json": schema.model_dump_json(indent=2),
        "network.py": network_code(),
    }
    if smoke:
        folder = RUNS / "smoke"
        if folder.is_dir() and lock(folder):  # no smoke training is in there
            LOCKS.pop().release()
            old = folder.rename(RUNS / f"smoke.{os.getpid()}")
            shutil.rmtree(old, ignore_errors=True)
    else:
        for state in sorted(RUNS.glob(f"*/{STATE}"), reverse=True):
            if is_stopped(state.parent, files) and lock(state.parent):
                return state.parent, True
        folder = RUNS / f"{datetime.now():{TIME}}"
    if RUNS.is_symlink() and not RUNS.exists():
        raise UserError(f"{RUNS} is a link to {os.readlink(RUNS)}, which is not there")
    folder = make_folder(folder)
    lock(folder)
    for name, text in files.items():
        write(folder / name, text)
    return folder, False


def make_folder(folder: Path) -> Path:
    """Make a folder, under another name if another training has just made this one."""
    while True:
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:  # of a training that started in the same second
            folder = folder.with_name(f"{folder.name}-again")


def network_code() -> str:
    """Return the code of the network, one file after the other."""
    return "\n\n".join(file.read_text("utf-8") for file in sorted(NETWORK.glob("*.py")))


def is_stopped(folder: Path, files: dict[str, str]) -> bool:
    """Tell whether a run with these settings, data and network was stopped early."""
    if (folder / "metrics.json").is_file():
        return False
    try:
        return all((folder / n).read_bytes() == t.encode() for n, t in files.items())
    except OSError:  # missing, or not to be read
        return False


def lock(folder: Path) -> bool:
    """Keep other processes out until this one ends; False if one is in there."""
    own = FileLock(folder / "lock")
    try:
        own.acquire(timeout=0)
    except Timeout:
        return False
    LOCKS.append(own)
    return True


def finish_run(folder: Path, metrics: dict, latest: bool) -> None:
    """Write metrics.json, which marks the run as finished, and point runs/latest to it."""
    for scores in metrics.values():  # JSON has no NaN and no infinity
        scores |= {n: None for n, value in scores.items() if not math.isfinite(value)}
    write(folder / "metrics.json", json.dumps(metrics, indent=2))
    while LOCKS:
        LOCKS.pop().release()
    for file in (STATE, "lock"):
        (folder / file).unlink(missing_ok=True)
    if not latest:
        return
    new = folder / "latest"  # not a run, where it cannot be moved
    new.unlink(missing_ok=True)
    try:
        new.symlink_to(folder.name, target_is_directory=True)
    except OSError:  # Windows without developer mode: a text file with the name
        new.write_text(folder.name, "utf-8")
    if LATEST.is_dir() and not LATEST.is_symlink():  # the project was copied so
        LATEST.rename(RUNS / f"latest-before-{folder.name}")
    if os.name == "nt":  # which replaces no link to a folder
        LATEST.unlink(missing_ok=True)
    os.replace(new, LATEST)


def load_run(folder: Path | None, **changes) -> TrainedRun:
    """Read a finished run, with changes of its settings; without a folder the newest."""
    folder = folder or LATEST
    if folder == LATEST and folder.is_file():  # on Windows
        folder = RUNS / folder.read_text("utf-8")
    if not (folder / "metrics.json").is_file():
        raise UserError(f"no finished run in {folder}: run the train command first")
    return TrainedRun(
        read_config(folder / "config.json").model_copy(update=changes),
        read_schema(folder / "schema.json"),
        read_model(folder / "model.keras"),
        read_references(folder / "metrics.json"),
    )


def read_config(file: Path) -> Config:
    """Read the settings of a run; those that came after it are as in config.toml."""
    text = read(file)
    try:
        used = dict(json.loads(text))
        settings = {name: used[name] for name in Config.model_fields if name in used}
        if len(settings) < len(Config.model_fields):
            settings = read_settings() | settings
        return make_config(settings)
    except (ValueError, TypeError, RecursionError, UserError) as error:
        raise UserError(f"{file} does not fit the project, train again: {error}")


def read_schema(file: Path) -> Schema:
    """Read the names of inputs and outputs of a run."""
    try:
        return Schema.model_validate_json(read(file))
    except ValidationError as error:
        names = {str(p["loc"][0]) if p["loc"] else p["msg"] for p in error.errors()}
        named = ", ".join(sorted(names))
        raise UserError(f"{file} does not fit the project, train again: {named}")


def read_references(file: Path) -> dict[str, dict[str, float]]:
    """Read the scores of the references of a run; there may be none."""
    try:
        scores = json.loads(read(file)).items()
        begin = "reference_"
        return {n.removeprefix(begin): {**s} for n, s in scores if n.startswith(begin)}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{file} does not fit the project, train again: {error}")


def read_model(file: Path) -> keras.Model:
    """Read the model of a run; from a damaged file Keras raises nearly any error."""
    file.open("rb").close()  # Keras would say that a file it may not read is not there
    try:
        with ZipFile(file) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > 10 * file.stat().st_size + 2**26:  # weights hardly get smaller
            raise ValueError(f"it unpacks to {unpacked:,} bytes")
        model = keras.saving.load_model(file)
        if not isinstance(model.input, dict):  # by name, in every project
            raise ValueError("it is of another network")
        return model
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise UserError(f"{file} cannot be read, train again: {reason}")


def read(file: Path) -> str:
    """Return the text of a file of a run."""
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read, train again: {error}")
