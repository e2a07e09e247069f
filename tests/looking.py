"""What the probe sees of data, without an interview."""

import importlib.util

from conftest import ROOT


def load_probe():
    """Import the probe by its path, as copier does."""
    spec = importlib.util.spec_from_file_location("probe_alone", ROOT / "extensions" / "probe.py")
    probe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(probe)
    return probe


look = load_probe().look


def seen(path):
    """Return the input, the target and the task that are proposed for the data."""
    facts = look(str(path))
    input = facts.propose_input()
    target = facts.propose_target(input)
    return input, target, facts.propose_task(target, input)
