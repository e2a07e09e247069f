"""List the runs: their scores, and the settings that differ."""

from ..errors import UserError, say
from ..report.comparison import summary
from ..report.facts import read_facts
from ..training.runs import CROSS_VALIDATION, LATEST, RUNS


def runs() -> None:
    """Print a line for every finished run, the best on the validation split first."""
    folders = [f for f in sorted(RUNS.glob("*/")) if f.name != LATEST.name]
    found, unfinished, validations = [], [], []
    for folder in folders:
        if (folder / CROSS_VALIDATION).is_file():
            validations.append(folder.name)
            continue
        if not (folder / "metrics.json").is_file():
            unfinished.append(folder.name)
            continue
        try:
            found.append(read_facts(folder))
        except (UserError, OSError) as error:
            say(f"{folder.name} cannot be read: {error}")
    if validations:
        say(f"Cross-validations: {', '.join(validations)}")
    if not found:
        raise UserError(f"no finished run in {RUNS}: run the train command first")
    say(summary(found))
    if unfinished:
        say(f"Not finished: {', '.join(unfinished)}")
