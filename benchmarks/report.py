"""Shared by the speed benchmarks: kept results, their page with its plot, and measured processes."""

import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "speed.json"
PAGE = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "training_speed.svg"
COPY = ["-m", "copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref", "HEAD", "-d", "smoke_train=false"]
Command = Sequence[object]  # its parts, taken as text


def record(section: str, row: str, numbers: dict[str, Any]) -> None:
    """Keep the numbers of one row of a section, with the machine and the versions that gave them."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", "tensorflow-cpu", "jax", "copier"))
    machine = f"{os.cpu_count()} CPU cores, no GPU; Python {platform.python_version()}, {packages}"
    results.setdefault(section, {})[row] = numbers
    results.setdefault("measured on", {})[section] = machine
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


def forget(section: str) -> None:
    """Drop the numbers of a section that will get other rows."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    results.pop(section, None)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Hide what the measured code prints."""
    with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):
        yield


def render(project: Path, **answers: object) -> Path:
    """Render a project from the last commit, without its smoke training; return its folder."""
    options = [part for key, value in answers.items() for part in ("-d", f"{key}={value}")]
    run([sys.executable, *COPY, *options, ROOT, project], project.parent)
    return project


def run(command: Command, cwd: Path, environment: dict[str, str] | None = None) -> dict[str, float]:
    """Run a command; return its wall seconds, its CPU seconds and its peak memory in MB."""
    variables = os.environ | {"PYTHONPATH": "src", "TF_CPP_MIN_LOG_LEVEL": "3"} | (environment or {})
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), cwd=cwd, env=variables, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command} failed in {cwd}")
    unit = 1e6 if sys.platform == "darwin" else 1e3  # macOS counts bytes, Linux kilobytes
    return {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / unit}


def training_rows(results: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield the table of training speed: ratios to the plain script, and to the limits."""
    columns = "network | backend | examples | seconds per epoch | plain script | speed-up | loop tuned by hand"
    yield f"| {columns} | same work | `lax.scan` |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    scan = results.get("dense-binary jax", {}).get("seconds", {}).get("scan")
    for name, row in sorted(results.items()):
        case, backend = name.split()
        seconds, ratios = row["seconds"], row["ratios"]
        cells = [case, backend, f"{row['examples']:,}", f"{seconds['project']:.3f}", f"{seconds['plain']:.3f}"]
        cells.append(f"**{ratios['plain']:.3g}x**")
        cells += [f"{1 / ratios[name]:.2f}x" for name in ("tuned", "tuned, same work")]
        cells.append(f"{seconds['project'] / scan:.1f}x" if scan and case == "dense-binary" else "")
        yield f"| {' | '.join(cells)} |"


def plain_rows(results: dict[str, dict[str, float]]) -> Iterator[str]:
    """Yield the table of any other section, with a column for each number."""
    columns = list(dict.fromkeys(column for row in results.values() for column in row))
    yield f"| | {' | '.join(columns)} |"
    yield "| --- |" + " ---: |" * len(columns)
    for name, row in results.items():
        yield f"| {name} | {' | '.join(f'{row[c]:.4g}' if c in row else '' for c in columns)} |"


def plot(results: dict[str, dict[str, Any]]) -> None:
    """Draw how much faster than the plain script every network trains."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams["svg.hashsalt"] = "copier-keras"  # the same numbers give the same file
    cases = sorted({name.split()[0] for name in results})
    figure, axes = pyplot.subplots(figsize=(8, 4.5), layout="constrained")
    for offset, backend in enumerate(("tensorflow", "jax")):
        rows = [results.get(f"{case} {backend}") for case in cases]
        speedups = [row["ratios"]["plain"] if row else 0 for row in rows]
        places = [place + 0.4 * offset for place in range(len(cases))]
        bars = axes.barh(places, speedups, 0.38, label=backend)
        axes.bar_label(bars, [f"{speedup:.3g}x" for speedup in speedups], padding=3, fontsize=8)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set(xscale="log", xlabel="epochs per second, as a multiple of the plain Keras script's (log scale)")
    axes.set_xlim(0.5, 100)
    axes.set_yticks([place + 0.2 for place in range(len(cases))], cases)
    axes.invert_yaxis()
    axes.legend(loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(PLOT, metadata={"Date": None})


def write_page() -> None:
    """Put the tables of all results between their marks in docs/benchmarks.md, and draw the plot."""
    results = json.loads(RESULTS.read_text())
    text = PAGE.read_text(encoding="utf-8")
    for section, machine in results.pop("measured on").items():
        rows = (training_rows if section == "training" else plain_rows)(results[section])
        table = "\n".join([f"<!-- {section} -->", *rows, "", f"Measured on: {machine}.", "<!-- end -->"])
        table = table.replace("\\", r"\\")  # a backslash would begin the name of a group
        text = re.sub(f"<!-- {section} -->.*?<!-- end -->", table, text, flags=re.DOTALL)
    PAGE.write_text(text, encoding="utf-8")
    if "training" in results:
        plot(results["training"])
