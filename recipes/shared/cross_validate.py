"""Train once for each part of the data: how far do scores depend on what was tested?"""

import json
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import keras
import pandas as pd

from ..config import Config, check_tensorboard
from ..data.examples import write_csv
from ..data.schema import Data
from ..errors import UserError, number, say, say_in_red
from ..report.comparison import shown
from ..report.facts import CALLED, by_model, main_of
from ..training.checkpoint import write
from ..training.length import with_length
from ..training.runs import CROSS_VALIDATION, RUNS, TIME, make_folder
from ..training.verdict import verdict
from .train import Learned, learn


def cross_validate(config: Config, folds: int, data: Iterator[Data]) -> Path:
    """Train on every fold and print mean and spread of all scores; return the folder."""
    check_tensorboard(config)
    folder = make_folder(RUNS / f"{datetime.now():{TIME}}_cross-validation")
    write(folder / "config.json", config.model_dump_json(indent=2))
    say(f"Training {folds} times in {folder}; log.txt in each fold tells how far it is")
    found, tests = [], []
    for fold, of_fold in enumerate(data, 1):
        started = time.monotonic()
        learned = train_fold(config, of_fold, folder / f"fold_{fold}")
        if learned.was_stopped:
            raise UserError(f"stopped in fold {fold} of {folds}: there is no result")
        scores = by_model(learned.metrics)
        found.append(scores)
        tests.append(learned.test)
        main = [f"{name} {number(main_of(scores[name]))}" for name in scores]
        text = f"{CALLED} {', '.join(main)}".replace("_", " ")
        print(f"Fold {fold}: {text} ({time.monotonic() - started:.0f} seconds)")
    mean, spread = over_folds(found)
    text, is_well = verdict(tests, config)
    tested = sum(len(y) for _, y in tests)
    result = {
        "folds": folds,
        "tested": tested,
        "verdict": text,
        "mean": as_json(mean),
        "spread": as_json(spread),
        "each": [as_json(pd.DataFrame(scores)) for scores in found],
    }
    write(folder / CROSS_VALIDATION, json.dumps(result, indent=2))
    is_shown = ~mean.index.str.contains("_step_")
    mean, spread = mean[is_shown], spread[is_shown]
    both = mean.map(number) + " ± " + spread.map(lambda v: number(float(f"{v:.2g}")))
    both = both.where(mean.notna(), "")
    print(f"\nMean ± spread of {folds} folds, {tested} examples tested\n{shown(both)}")
    say(
        "\nThe spread is the standard deviation between the folds: with other examples of"
        " the same kind a score may well be that much higher or lower"
    )
    (say if is_well else say_in_red)(text)
    print(f"\n{folder / CROSS_VALIDATION}")
    return folder


def train_fold(config: Config, data: Data, folder: Path) -> Learned:
    """Train on one fold as the train command does, and print it all to a file."""
    folder.mkdir()
    keras.utils.clear_session()
    keras.utils.set_random_seed(config.seed)
    write_csv(data.record, folder / "split.csv")
    with (
        open(folder / "log.txt", "w", encoding="utf-8", buffering=1) as log,
        redirect_stdout(log),
    ):
        say(data.describe())
        return learn(with_length(config, data.learned), data, folder)


def over_folds(found: list[dict]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return mean and standard deviation: a row for each score, a column for each model."""
    names = [name for name in found[0] if all(name in scores for scores in found)]
    if left_out := sorted({n for scores in found for n in scores} - {*names}):
        say(f"Left out, because not every fold has it: {', '.join(left_out)}")
    scores = list(found[0]["network"])
    parts = [pd.DataFrame(of_fold, scores, names, float) for of_fold in found]
    by_score = pd.concat(parts).groupby(level=0, sort=False)
    return by_score.mean(), by_score.std()


def as_json(scores: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return scores by model and name; JSON has no NaN."""
    return json.loads(scores.to_json(double_precision=15))
