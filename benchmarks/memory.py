"""Measure the peak memory of train and predict on data of 1x and 10x the size, and write docs/memory.md.

    python benchmarks/memory.py [--rows 1000000] [--images 5000] [--folder FOLDER]

Tables of random numbers, a category and two classes (10 columns), and folders of random 32x32 PNG images, are written
to FOLDER (about 1 GB for the default sizes), trained on for one epoch with memory_mb = 100 and 20, and predicted.
Peak memory is the largest resident set of the process, as the operating system reports it.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import copier
import numpy as np
import pandas as pd
import report
from PIL import Image

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "memory.json"
CHUNK = 100_000
Row = tuple[int, str, float, float]  # of the report: examples, command, peak memory in MB, seconds


def write_table(path: Path, rows: int) -> None:
    """Write a CSV with two classes that depend on the numbers and the category."""
    rng = np.random.default_rng(0)
    for start in range(0, rows, CHUNK):
        numbers = rng.normal(size=(min(CHUNK, rows - start), 8)).round(4)
        frame = pd.DataFrame(numbers, columns=[f"number_{n}" for n in range(8)])
        frame["color"] = rng.choice(["red", "green", "blue"], len(frame))
        signal = numbers[:, 0] + numbers[:, 1] * numbers[:, 2] + (frame["color"] == "red")
        frame["label"] = np.where(signal > 0.5, "yes", "no")
        frame.to_csv(path, mode="a" if start else "w", header=not start, index=False)


def write_images(path: Path, count: int) -> None:
    """Write two folders of noisy images, brighter at the top or at the bottom."""
    rng = np.random.default_rng(0)
    for number in range(count):
        name = ["top", "bottom"][number % 2]
        pixels = rng.integers(0, 128, (32, 32, 3), dtype="uint8")
        pixels[slice(16) if name == "top" else slice(16, 32)] += 100
        folder = path / name
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / f"{number}.png", compress_level=1)


def measure(
    kind: str, write: Callable[[Path, int], None], sizes: tuple[int, int], flags: list[str], folder: Path
) -> list[Row]:
    """Return the rows of the report for data of these sizes."""
    rows = []
    for size in sizes:
        data = folder / f"{kind}_{size}{'.csv' if kind == 'table' else ''}"
        print(f"{kind}: writing {size:,} examples", flush=True)
        write(data, size)
        project = folder / f"project_{kind}_{size}"
        answers = {
            "data_path": str(data),
            "project_name": "Project",
            "package_name": "project",
            "smoke_train": False,
            "large": True,
        }
        copier.run_copy(
            str(ROOT), project, data=answers, defaults=True, unsafe=True, quiet=True, skip_tasks=True, vcs_ref="HEAD"
        )
        train, predict = ["train", "--epochs", "1", *flags], ["predict", str(data), "--output", "predictions.csv"]
        for command in (train, predict):
            used = report.run([sys.executable, "-m", "project", *command], project)
            megabytes, seconds = used["mb"], used["wall"]
            print(f"{kind}: {size:,} examples, {command[0]}: {megabytes:.0f} MB, {seconds:.0f} s", flush=True)
            rows.append((size, command[0], megabytes, seconds))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the smaller table")
    parser.add_argument("--images", type=int, default=5_000, help="images in the smaller folder")
    parser.add_argument("--kinds", nargs="+", default=["table", "images"], help="which of the two to measure")
    parser.add_argument("--folder", type=Path, help="where to write the data; default: a temporary folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        folder = Path(temporary)
        runs = {
            "table": (write_table, options.rows, ["--memory-mb", "100", "--batch-size", "4096"]),
            "images": (write_images, options.images, ["--memory-mb", "20"]),
        }
        results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
        for kind in options.kinds:
            write, size, flags = runs[kind]
            results[kind] = measure(kind, write, (size, 10 * size), flags, folder)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    write_page(results)


def write_page(results: dict[str, list[Row]]) -> None:
    """Write docs/memory.md from the results of both kinds."""
    lines = [
        "# Memory on data larger than memory",
        "",
        "`python benchmarks/memory.py` wrote this page, from `benchmarks/results/memory.json`.",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. One epoch, with"
        " `memory_mb` at 100 (tables) and 20 (images). Peak resident memory, TensorFlow itself included.",
        "",
        "| data | command | examples | peak MB | peak at 10x / at 1x |",
        "| --- | --- | --- | --- | --- |",
    ]
    small, large = (row for row in results["table"] if row[1] == "train")
    each = (large[2] - small[2]) * 1e6 / (large[0] - small[0])
    for kind, rows in results.items():
        for command in ("train", "predict"):
            small, large = (row for row in rows if row[1] == command)
            for size, _, megabytes, _ in (small, large):
                ratio = f"{large[2] / small[2]:.2f}" if size == large[0] else ""
                lines.append(f"| {kind} | {command} | {size:,} | {megabytes:.0f} | {ratio} |")
    lines += [
        "",
        "DuckDB keeps a table in 500 MB at most (20 MB for each column of wider ones) and"
        " otherwise in temporary files; of each row its place, split and target are in memory,"
        f" about {each:.0f} bytes in a training. Images are decoded shard by shard.",
    ]
    (ROOT / "docs" / "memory.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines[6:]))


if __name__ == "__main__":
    main()
