"""Compare runs: their scores, and the settings that differ."""

import pandas as pd

from ..errors import number
from .facts import MAIN, Facts, main_of


def settings_of(runs: list[Facts]) -> pd.DataFrame:
    """Return the settings that are not the same in all runs: a row for each run."""
    rows = {run.folder.name: run.config.model_dump(mode="json") for run in runs}
    frame = pd.DataFrame.from_dict(rows, orient="index").astype(str)
    return frame.loc[:, frame.nunique() > 1]


def summary(runs: list[Facts]) -> str:
    """Return a table with a row for each run, the best on the validation split first.

    By the validation split, because a run that is chosen by its test score was tuned on
    the test split, and its score there is too good.
    """
    newest = max(runs, key=lambda run: run.noted.get("finished", "")).schema.fingerprint
    rows = {
        run.folder.name: {
            f"validation {MAIN}": main_of(run.metrics["validation"]),
            f"test {MAIN}": main_of(run.metrics["test"]),
            "epochs": len(run.history),
            "seconds": run.noted.get("seconds", float("nan")),
            "data": "" if run.schema.fingerprint == newest else "other",
        }
        for run in runs
    }
    frame = pd.DataFrame.from_dict(rows, orient="index")
    if (frame["data"] == "").all():
        del frame["data"]
    # The setting epochs is the most of them.
    frame = frame.join(settings_of(runs).rename(columns={"epochs": "most epochs"}))
    frame = frame.sort_values(
        ["data"] * ("data" in frame) + [f"validation {MAIN}"], ascending=False
    )
    return shown(frame)


def compare(one: Facts, other: Facts) -> str:
    """Return the scores of two runs beside each other, and where their settings differ."""
    names = [one.folder.name, other.folder.name]
    scores = pd.DataFrame(
        {
            name: run.metrics["test"]
            for name, run in zip(names, (one, other), strict=True)
        }
    ).astype(float)
    scores = scores[~scores.index.str.contains("_step_")]
    scores["difference"] = scores[names[1]] - scores[names[0]]
    parts = [f"Scores on the test split\n{shown(scores)}"]
    if one.schema.fingerprint != other.schema.fingerprint:
        parts.append(
            "They were trained on other data or splits: scores do not compare."
        )
    differ = settings_of([one, other]).T
    parts.append(
        f"Settings\n{shown(differ)}" if len(differ) else "The settings are the same."
    )
    return "\n\n".join(parts)


def shown(frame: pd.DataFrame) -> str:
    """Return a table as text."""
    return frame.to_string(float_format=number, na_rep="")
