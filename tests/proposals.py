"""What the look sees of data, without an interview."""

import importlib.util
from pathlib import Path
from types import ModuleType

from conftest import ROOT


def load_look() -> ModuleType:
    """Import copier's door to the look by its path, as copier does."""
    spec = importlib.util.spec_from_file_location("look_alone", ROOT / "extensions" / "look.py")
    assert spec and spec.loader
    door = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(door)
    return door


door = load_look()
look = door.look


def seen(path: Path) -> tuple[str, str, str]:
    """Return the input, the target and the task that are proposed for the data."""
    facts = look(str(path))
    input = facts.propose_input()
    target = facts.propose_target(input)
    return input, target, facts.propose_task(target, input)
