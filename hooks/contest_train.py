"""Train one network of a contest; run by hooks/contest.py in the new project, with the interpreter that trains there.

    contest_train.py PACKAGE CANDIDATE SECONDS

CANDIDATE is a folder with the project as it is with that network. What comes out is in CANDIDATE/result.json.
"""

import json
import sys
import time
import tomllib
from importlib import import_module
from pathlib import Path

import numpy as np


def main(package: str, candidate: Path, seconds: float) -> None:
    """Train for at most so many seconds; write what every example of the validation split adds to the score."""
    started = time.monotonic()
    sys.path.insert(0, str(candidate / "src"))  # before the project itself, which may be installed
    settings = tomllib.loads((candidate / "config.toml").read_text(encoding="utf-8"))
    quick = {"references": False, "report": False, "tensorboard": False}
    config = import_module(f"{package}.config").make_config(settings | quick)
    data = import_module(f"{package}.data.dataset").load(config)
    train, verdict, facts = (
        import_module(f"{package}.{name}") for name in ("commands.train", "training.verdict", "report.facts")
    )
    train.keras.utils.set_random_seed(config.seed)
    config = train.with_length(config, data.learned)
    left = max(1.0, seconds - (time.monotonic() - started))
    learned = train.learn(config, data, candidate, limit=left)
    model = learned.models.complete
    y, predicted = data.validation.y, train.apply(model, data.validation.x)
    if y.ndim < predicted.ndim:  # numbers of classes
        y = np.eye(predicted.shape[1])[y]
    adds = getattr(verdict, facts.MAIN)(predicted, y)
    epochs = len((candidate / "history.csv").read_text(encoding="utf-8").splitlines()) - 1
    result = {
        "score": facts.CALLED,
        "adds": adds.tolist(),
        "weights": model.count_params(),
        "epochs": epochs,
        "was_cut": learned.seconds >= left,
    }
    (candidate / "result.json").write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
