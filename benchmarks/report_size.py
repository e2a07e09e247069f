"""Measure what a report of 1,000 and of 1,000,000 rows takes, and how large it is; print it for docs/benchmarks.md.

python benchmarks/report_size.py
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import report

ROWS = [1_000, 1_000_000]
TIMES = 3  # the command is run so often; the fastest counts


def write_rows(path: Path, rows: int) -> None:
    """Write a table with ten columns: eight of numbers, a category, and the target, yes or no."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 8)).round(4), columns=[f"number_{n}" for n in range(8)])
    frame["colour"] = rng.choice(["red", "green", "blue", "black"], rows)
    signal = frame["number_0"] + 0.5 * frame["number_1"] * (frame["colour"] == "red") + 0.5 * rng.normal(size=rows)
    frame["target"] = np.where(signal > 0, "yes", "no")
    frame.to_csv(path, index=False)


def measure(folder: Path, rows: int) -> None:
    """Train for one epoch without a report, then measure the command report."""
    write_rows(folder / "data.csv", rows)
    answers = {"data_path": folder / "data.csv", "target": "target", "family": "dense-binary"}
    project = report.render(folder / "project", **answers)
    command = [sys.executable, "-m", "project"]
    options = ["--epochs", 1, "--batch-size", 1024, "--report", "false", "--references", "false"]
    report.run([*command, "train", *options], project)
    runs = [report.run([*command, "report"], project) for _ in range(TIMES)]
    best = min(runs, key=lambda found: found["wall"])
    size = (project / "runs" / "latest" / "report.html").stat().st_size / 1e6
    numbers = " | ".join(f"{value:.4g}" for value in best.values())
    print(f"| {rows:,} | {numbers} | {size:.2f} |")


if __name__ == "__main__":
    for rows in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), rows)
