"""Measure the peak memory of the data of each process, for the table in docs/scaling.md; nothing is trained.

    python benchmarks/shares.py [--rows 2000000] [--images 40000] [--processes 1 2 4]

A table of random numbers, 60 columns (Parquet), and images of 96 x 96 pixels (JPEG) are read by the last of so many
processes, and for one by the only one: the sample, its part of validation and test, and its part of the training data,
all of it in memory. Keras and JAX, about 1 GB more, are not imported.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
from PIL import Image
from report import render

READ = """
import re, sys
from pathlib import Path
from project.config import make_config, read_settings
from project.data.dataset import load
from project.data.share import Share
number, processes = map(int, sys.argv[1:])
data = load(make_config(read_settings(), {"batch_size": "1024", "memory_mb": "MEMORY"}), share=Share(number, processes))
x, _ = data.shards.read(0)
own, sample = (sum(array.nbytes for array in inputs.values()) // 10**6 for inputs in (x, data.train.x))
assert len(data.shards) == 1
peak = re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]  # ru_maxrss knows the parent's, too
print(own, sample, int(peak) // 1024)
"""


def write_table(path: Path, rows: int) -> None:
    """Write rows of 60 normal numbers, and a class."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(rows, 60)).astype("float32")
    columns = {f"number_{n}": column for n, column in enumerate(numbers.T)}
    columns["label"] = np.where(numbers[:, 0] > 0, "yes", "no")
    pyarrow.parquet.write_table(pyarrow.table(columns), path, row_group_size=122_880)  # as DuckDB writes


def write_images(path: Path, count: int) -> None:
    """Write two folders of images that are smooth, so that their files are small."""
    rng = np.random.default_rng(0)
    for number in range(count):
        folder = path / "ab"[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(0, 255, (4, 4, 3), dtype="uint8")
        Image.fromarray(pixels).resize((96, 96), Image.Resampling.BILINEAR).save(folder / f"{number}.jpg", quality=60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--images", type=int, default=40_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "table.parquet", options.rows)
        write_images(folder / "images", options.images)
        for data, memory, answers in (
            ("table.parquet", 500, {"target": "label", "family": "dense-binary"}),
            ("images", 6000, {"family": "separable-cnn"}),
        ):
            place = folder / f"of_{data}" / "project"
            place.parent.mkdir(parents=True, exist_ok=True)
            render(place, data_path=folder / data, backend="jax", devices="hosts", **answers)
            for processes in options.processes:
                code = [sys.executable, "-c", READ.replace("MEMORY", str(memory)), str(processes - 1), str(processes)]
                done = subprocess.run(
                    code, cwd=place, env={"PYTHONPATH": "src"}, text=True, capture_output=True, check=True
                )
                own, sample, peak = re.findall(r"\d+", done.stdout.splitlines()[-1])
                print(f"| {data.split('.')[0]} | {processes} | {own} | {sample} | {int(peak):,} |", flush=True)


if __name__ == "__main__":
    main()
