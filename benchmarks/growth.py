"""Measure how time and memory of train and predict grow with the data, and write docs/benchmarks.md.

    python benchmarks/growth.py [rows | images | steps | recurrent-steps ...]

Tables of 10,000 to 1,000,000 rows, folders of 300 to 30,000 images of 32x32 pixels, 200 series of 20 to 2,000 steps
(for convolutions and for an LSTM): trained on for one epoch and then predicted, with the commands that a user would
give. The slope is that of the straight line through the last two points on logarithmic axes: 1 is linear growth.
"""

import math
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import report
from memory import write_images, write_table


def write_series(path: Path, steps: int) -> None:
    """Write 200 series of this many steps: noise around a rising or a falling line."""
    rng = np.random.default_rng(0)
    for number in range(200):
        slope = [1, -1][number % 2]
        course = slope * np.linspace(-1, 1, steps) + rng.normal(size=steps)
        frame = pd.DataFrame({"series": number, "step": range(steps), "value": course.round(3)})
        frame["label"] = ["rises", "falls"][number % 2]
        frame.to_csv(path, mode="a" if number else "w", header=number == 0, index=False)


SERIES = {
    "target": "label",
    "series_column": "series",
    "step_column": "step",
    "family": "separable-cnn-1d",
}
# What grows: its sizes, the function that writes the data, its name, the answers, the flags of train.
KINDS: dict[str, tuple[list[int], Callable[[Path, int], None], str, dict[str, str], list[str]]] = {
    "rows": ([10_000, 100_000, 1_000_000], write_table, "data.csv", {"target": "label"}, []),
    "images": ([300, 3000, 30_000], write_images, "images", {}, ["--filters", "[[8]]"]),
    "steps": ([20, 200, 2000], write_series, "series.csv", SERIES, ["--filters", "[[8],[8]]"]),
    "recurrent-steps": (
        [20, 200, 2000],
        write_series,
        "series.csv",
        SERIES | {"family": "stacked-lstm"},
        ["--units", "8"],
    ),
}


def measure(kind: str, size: int, folder: Path) -> dict[str, float]:
    """Return seconds and peak memory of train and predict for data of this size."""
    _, write, name, answers, flags = KINDS[kind]
    write(folder / name, size)
    project = report.render(folder / "project", data_path=folder / name, **answers)
    command = [sys.executable, "-m", "project"]
    train = report.run([*command, "train", "--epochs", "1", *flags], project)
    predict = report.run([*command, "predict", folder / name, "--output", "out.csv"], project)
    return {
        "train, seconds": train["wall"],
        "train, peak MB": train["mb"],
        "predict, seconds": predict["wall"],
        "predict, peak MB": predict["mb"],
    }


def main(kinds: list[str]) -> None:
    """Measure every size of these kinds of data."""
    for kind in kinds or KINDS:
        sizes, measured = KINDS[kind][0], []
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                measured.append(measure(kind, size, Path(folder)))
            report.record("growth", f"{size:,} {kind}", measured[-1])
            print(size, kind, {name: round(value, 1) for name, value in measured[-1].items()}, flush=True)
        before, after = measured[-2:]
        tenfold = math.log10(sizes[-1] / sizes[-2])
        slopes = {name: math.log10(after[name] / before[name]) / tenfold for name in after}
        report.record("growth", f"{kind}: slope", slopes)
    report.write_page()


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(KINDS):
        sys.exit(f"unknown: {', '.join(unknown)}\n{__doc__}")
    main(sys.argv[1:])
