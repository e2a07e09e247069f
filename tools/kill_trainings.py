"""Kill trainings at random moments, continue them, and compare them with a training that was not killed.

    python tools/kill_trainings.py [--kills 50] [--seed 0] [answers ...]     such as family=stacked-lstm input=series

Prints how many kills were survived. Exits with an error if a training ends with other results than the undisturbed one.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import copier
import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
EPOCHS = ["--epochs", "500", "--patience", "500"]


def start(project: Path) -> subprocess.Popen[bytes]:
    """Start the training; return its process."""
    environment = os.environ | {"PYTHONPATH": "src", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "project", "train", *EPOCHS]
    return subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.DEVNULL)


def results(project: Path) -> tuple[pd.DataFrame, Any]:
    """Return history and metrics of the newest finished run."""
    run = project / "runs" / "latest"
    return pd.read_csv(run / "history.csv"), json.loads((run / "metrics.json").read_text())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("answers", nargs="*", default=["family=dense-binary"])
    options = parser.parse_args()
    rng = random.Random(options.seed)
    answers = dict(answer.split("=", 1) for answer in options.answers) | {"package_name": "project"}
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "project")
        settings: dict[str, Any] = {
            "defaults": True,
            "unsafe": True,
            "quiet": True,
            "skip_tasks": True,
            "vcs_ref": "HEAD",
        }
        copier.run_copy(str(ROOT), project, data=answers, **settings)
        began = time.monotonic()
        if start(project).wait():
            sys.exit("the undisturbed training failed")
        seconds = time.monotonic() - began
        history, metrics = results(project)
        kills = trainings = 0
        while kills < options.kills or not trainings:
            # The last training is not killed, so that there is something to compare.
            most = rng.uniform(0, 0.5 * seconds) if kills < options.kills else None
            training = start(project)
            try:
                code = training.wait(timeout=most)
            except subprocess.TimeoutExpired:
                training.kill()
                training.wait()
                kills += 1
                print(f"\r{kills} kills, {trainings} trainings ended", end="", flush=True)
                continue
            if code:
                sys.exit(f"after {kills} kills a training failed with exit code {code}")
            trainings += 1
            after, scores = results(project)
            np.testing.assert_allclose(after, history, rtol=1e-4, atol=1e-6)
            assert json.dumps(scores["baseline"]) == json.dumps(metrics["baseline"])
            for name, value in metrics["test"].items():
                np.testing.assert_allclose(scores["test"][name], value, rtol=1e-4)
        print(f"\r{kills} kills survived; {trainings} trainings ended like the undisturbed one, within 1e-4")


if __name__ == "__main__":
    main()
