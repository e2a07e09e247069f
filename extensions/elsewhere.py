"""Data at an address, for the questions: copied once into a temporary folder, from where the project gets it."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import yaml

from .data import fetch
from .errors import UserError


@functools.cache
def copy_or_reason(address: str) -> tuple[Path | None, str]:
    """Return where the data of an address is now, or why it could not be copied."""
    folder = Path(tempfile.mkdtemp(prefix="copier-keras-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        if copy := copy_in_project(address):
            return copy, ""
        place = folder / fetch.name_of_copy(address)
        fetch.fetch(address, place)
    except UserError as error:
        return None, str(error)
    return place, ""


def copy_in_project(address: str) -> Path | None:
    """Return the copy that the project in the current folder has of the same address, as in an update; else None."""
    answers, copy = Path(".copier-answers.yml"), Path(place_in_project(address))
    if not answers.is_file() or not copy.exists():
        return None
    recorded = yaml.safe_load(answers.read_text(encoding="utf-8")) or {}
    return copy.absolute() if recorded.get("data_path") == address else None


def local_copy(path: object) -> object:
    """Return the path, or for an address where its data is now; None where it could not be copied."""
    return copy_or_reason(str(path))[0] if fetch.is_address(path) else path


def place_in_project(address: str) -> str:
    """Return where a project has the data of an address."""
    return f"data/{fetch.name_of_copy(address)}"


def placed(path: str, data_path: object) -> str:
    """Return a path inside of the temporary copy as the project has it; other paths as they are."""
    copy = local_copy(data_path)
    if not fetch.is_address(data_path) or not copy:
        return path
    return path.replace(Path(str(copy)).as_posix(), place_in_project(str(data_path)))


def packages_at(path: object) -> list[str]:
    """Return what a project needs to copy the data anew; nothing for a path."""
    return fetch.PACKAGES[fetch.kind_of_address(str(path))] if fetch.is_address(path) else []
