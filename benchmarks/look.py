"""Measures how long the look at a large table takes, which copier waits for before its first question.

    python benchmarks/look.py [--rows ROWS] [--file FILE]

Without a file it makes one, of 20 columns: 300 MB with the default of rows. Each look is in a process of its own, since
a look is kept as long as a file stays as it is; imports are left out. Seconds by the clock, and of the processor.
"""

import argparse
import importlib.util
import multiprocessing
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
TIMES = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_150_000)
    parser.add_argument("--file", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = options.file or write_table(Path(folder, "table.csv"), options.rows)
        print(f"{file.name}, {file.stat().st_size / 1e6:.0f} MB | seconds | of the processor")
        for _ in range(TIMES):
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                seconds, busy = pool.apply(measure, [file])
            print(f"look | {seconds:.1f} | {busy:.1f}")


def write_table(file: Path, rows: int) -> Path:
    """Write a table of numbers, names, dates and identifiers; its target is the last column."""
    rng = np.random.default_rng(0)
    columns: dict[str, object] = {f"number_{i}": rng.normal(size=rows).round(4) for i in range(8)}
    columns |= {f"count_{i}": rng.integers(0, 10 ** (i + 1), rows) for i in range(4)}
    columns |= {f"name_{i}": rng.choice([f"name {i} {n}" for n in range(5 * (i + 1))], rows) for i in range(4)}
    columns["day"] = (pd.Timestamp("2015-01-01") + pd.to_timedelta(rng.integers(0, 3000, rows), "D")).astype(str)
    columns["price"] = rng.exponential(100, rows).round(2)
    columns["id"] = np.arange(rows)
    columns["grade"] = rng.choice(["low", "middle", "high"], rows)
    pd.DataFrame(columns).to_csv(file, index=False)
    return file


def measure(file: Path) -> tuple[float, float]:
    """Return the seconds of a look and what follows from it: by the clock, and of the processor."""
    import duckdb  # noqa: F401

    spec = importlib.util.spec_from_file_location("look", ROOT / "extensions" / "look.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    started, busy = time.perf_counter(), time.process_time()
    seen = module.look(file)
    assert seen.propose_input() == "table" and seen.summary()
    target = seen.propose_target("table")
    assert seen.propose_task(target, "table")
    seen.group_for(target), seen.time_for(target), seen.tells(target)
    return time.perf_counter() - started, time.process_time() - busy


if __name__ == "__main__":
    main()
