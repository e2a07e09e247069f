"""Measure trainings by several processes of this machine, and write docs/scaling.md with a model up to 1,000 machines.

    python benchmarks/scaling.py [--rows 60000] [--processes 1 2 4] [--page]

A project of the last commit (dense-binary, JAX, devices=hosts) trains on a table of random numbers, 10 columns, with a
small and a larger network, in processes that reach each other by the loopback interface. The time per step is what
Keras prints for an epoch, validation included, the median of all but the first. Bytes are those of the loopback
interface: in a network namespace (unshare --net, then ip link set lo up) there are no others than these.
--page writes the page from the kept results, without measuring.
"""

import argparse
import itertools
import json
import os
import platform
import re
import socket
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from memory import write_table
from report import ROOT, render

RESULTS = ROOT / "benchmarks" / "results" / "scaling.json"
PAGE = ROOT / "docs" / "scaling.md"
NETWORKS = {"small": "32,32", "larger": "256,256"}
BATCH, EPOCHS = 1024, 5
# Of the model: ten machines in a rack or a cluster of CPU nodes; not measured here.
BANDWIDTH, LATENCY = 1.25e9, 50e-6  # bytes a second (10 Gbit/s), seconds a message
MACHINES = [1, 2, 4, 8, 16, 64, 256, 1000]
Measured = dict[str, float]


def train(processes: int, units: str) -> Measured:
    """Train once; return milliseconds a step, bytes over loopback, and the peak memory of the last process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    fixed = {"PYTHONPATH": "src", "OMP_NUM_THREADS": "1", "JAX_PLATFORMS": "cpu"}
    fixed["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    command = [sys.executable, "-m", "project", "train", "--epochs", str(EPOCHS), "--units", units]
    command += ["--batch-size", str(BATCH), "--references", "false", "--report", "false"]
    before, started = loopback_bytes(), []
    for number in range(processes):
        place = ["--coordinator", address, "--processes", str(processes), "--process", str(number)]
        with open(f"{number}.out", "w") as said, open(os.devnull, "w") as nothing:
            to_files = [(os.POSIX_SPAWN_DUP2, file.fileno(), n) for n, file in ((1, said), (2, nothing))]
            pid = os.posix_spawn(sys.executable, [*command, *place], os.environ | fixed, file_actions=to_files)
        started.append(pid)
    ended = [os.wait4(pid, 0) for pid in started]
    if any(status for _, status, _ in ended):
        sys.exit(f"a training with {processes} processes has failed")
    memory = ended[-1][2].ru_maxrss / 1024
    found = re.findall(r" (\d+)(us|ms|s)/step[^\r\n]*val_loss", Path("0.out").read_text())
    each = [float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit] for number, unit in found]
    return {"ms": statistics.median(each[1:]), "bytes": loopback_bytes() - before, "memory_mb": memory}


def loopback_bytes() -> int:
    """Return how many bytes the loopback interface has received."""
    lines = Path("/proc/net/dev").read_text().splitlines()
    return next(int(line.split(":")[1].split()[0]) for line in lines if line.strip().startswith("lo:"))


def measure(rows: int, counts: list[int]) -> None:
    """Train with each network and number of processes, and keep the results."""
    kept: dict[str, Any] = {
        "rows": rows,
        "machine": f"{os.cpu_count()} CPU cores, Python {platform.python_version()}",
        "found": [],
    }
    with tempfile.TemporaryDirectory() as folder:
        answers = {"family": "dense-binary", "backend": "jax", "devices": "hosts", "project_name": "project"}
        project = render(Path(folder) / "project", **answers)
        write_table(project / "table.csv", rows)
        config = (project / "config.toml").read_text()
        config = config.replace("data/breast_cancer.csv", "table.csv").replace('["diagnosis"]', '["label"]')
        (project / "config.toml").write_text(config)
        os.chdir(project)
        steps = EPOCHS * -(-int(rows * 0.7) // BATCH)
        for name, units in NETWORKS.items():
            for processes in counts:
                done = train(processes, units)
                row = {
                    "network": name,
                    "weights": weights_of(units),
                    "processes": processes,
                    "ms_per_step": done["ms"],
                    "bytes_per_step": done["bytes"] / steps,
                    "memory_mb": done["memory_mb"],
                }
                print(row, flush=True)
                kept["found"].append(row)
                RESULTS.write_text(json.dumps(kept, indent=1) + "\n")


def weights_of(units: str) -> int:
    """Return how many weights a network for 8 inputs and one output has."""
    sizes = [8, *map(int, units.split(",")), 1]
    return sum((one + 1) * other for one, other in itertools.pairwise(sizes))


def modelled(row: Measured, machines: int, whole: bool) -> float:
    """Return milliseconds per step on so many machines: the batch divided among them, or whole on each.

    All-reduce in a ring sends each weight twice, less one part, in 2 (machines - 1) messages.
    """
    compute = row["ms_per_step"] * (1 if whole else 1 / machines)
    ring = 2 * (machines - 1)
    return compute + 1000 * ring * (4 * row["weights"] / machines / BANDWIDTH + LATENCY)


def speed_up(row: Measured, machines: int, whole: bool) -> float:
    """Return how many times as many examples are seen in a second as on one machine."""
    return (machines if whole else 1) * row["ms_per_step"] / modelled(row, machines, whole)


def write_page() -> None:
    """Write docs/scaling.md from the kept results and scaling.template.md."""
    kept = json.loads(RESULTS.read_text())
    found = kept["found"]
    measured = "\n".join(
        f"| {r['network']}, {r['weights']:,} weights | {r['processes']} | {r['ms_per_step']:.2f} |"
        f" {r['bytes_per_step'] / 1000:,.0f} | {r['memory_mb']:,.0f} |"
        for r in found
    )
    alone = [row for row in found if row["processes"] == 1]
    table = "\n".join(
        f"| {machines:,} | "
        + " | ".join(f"{speed_up(row, machines, whole):,.1f}" for row in alone for whole in (False, True))
        + " |"
        for machines in MACHINES
    )
    text = (ROOT / "benchmarks" / "scaling.template.md").read_text()
    fill = {"MACHINE": kept["machine"], "ROWS": f"{kept['rows']:,}", "MEASURED": measured, "MODEL": table}
    for name, value in fill.items():
        text = text.replace(f"${name}$", value)
    PAGE.write_text(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    if not options.page:
        measure(options.rows, options.processes)
    write_page()


if __name__ == "__main__":
    main()
