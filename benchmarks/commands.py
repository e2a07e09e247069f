"""Measure how long rendering, start-up, training from nothing and prediction take, and write docs/benchmarks.md.

    python benchmarks/commands.py [SECTION ...]     sections: start-up, rendering, prediction, from-nothing

Medians of five runs; from-nothing and the prediction of many rows run once.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import report

ROOT = Path(__file__).parents[1]
REPEATS = 5
# What a person writes who has pandas, and a model that takes the columns as arrays.
PLAIN_PREDICTION = """
import sys
import keras
import numpy as np
import pandas as pd
table = pd.read_csv(sys.argv[2])
model = keras.models.load_model(sys.argv[1])
numbers = table.drop(columns="diagnosis", errors="ignore").to_numpy("float32")
probabilities = model.predict({"numbers": numbers}, verbose=0)[:, 0]
pd.DataFrame({"prediction": probabilities > 0.5, "probability": probabilities}).to_csv(sys.argv[3], index=False)
"""
# The same with the model that `export` writes, which needs TensorFlow only.
EXPORTED_PREDICTION = """
import csv, sys
sys.modules |= {name: None for name in sys.argv[4:]}  # TensorFlow imports these wherever they are installed
import tensorflow as tf
with open(sys.argv[2], newline="") as file:
    (row,) = csv.DictReader(file)
numbers = [[float(value) for name, value in row.items() if name != "diagnosis"]]
model = tf.saved_model.load(sys.argv[1])
probability = float(model.serve({"numbers": tf.constant(numbers)})[0, 0])
with open(sys.argv[3], "w", newline="") as file:
    csv.writer(file).writerows([["prediction", "probability"], [probability > 0.5, probability]])
"""
MILLISECONDS = """
import json, sys, time
import numpy as np
row = {"numbers": np.zeros((1, 30), "float32")}
def milliseconds(call):
    call()
    times = []
    for _ in range(200):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return 1000 * float(np.median(times))
"""
LATENCY = f"""{MILLISECONDS}
import keras
model = keras.models.load_model(sys.argv[1])
json.dump({{"`model.predict`": milliseconds(lambda: model.predict(row, verbose=0)),
           "`model(...)`": milliseconds(lambda: model(row))}}, open(sys.argv[2], "w"))
"""
EXPORTED_LATENCY = f"""{MILLISECONDS}
sys.modules["keras"] = None
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
json.dump({{"exported model": milliseconds(lambda: model.serve(row))}}, open(sys.argv[2], "w"))
"""


def medians(
    command: report.Command,
    cwd: Path,
    columns: list[str],
    repeats: int = REPEATS,
    before: Callable[[], None] | None = None,
    environment: dict[str, str] | None = None,
) -> dict[str, float]:
    """Return the medians of these figures (wall, cpu, mb) over several runs of the command."""
    runs = []
    for _ in range(repeats):
        if before:
            before()
        runs.append(report.run(command, cwd, environment))
    names = {"wall": "seconds", "cpu": "CPU seconds", "mb": "peak MB"}
    return {names[column]: median(run[column] for run in runs) for column in columns}


def start_up(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Measure commands that should answer soon, and beside them the least that they could take."""
    project = report.render(folder / "project", family="dense-binary")
    command = [sys.executable, "-m", "project"]
    report.run([*command, "train", "--epochs", 3], project)
    lines = (project / "data" / "breast_cancer.csv").read_text().splitlines(keepends=True)
    (project / "row.csv").write_text("".join(lines[:2]))
    report.run([*command, "export"], project)
    model = project / "runs" / "latest" / "model.keras"
    exported = [sys.executable, "-c", EXPORTED_PREDICTION, "exported"]
    rows: dict[str, report.Command] = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "`--help`": [*command, "--help"],
        "`import keras`": [sys.executable, "-c", "import keras"],
        "`predict` of one row": [*command, "predict", "row.csv", "--output", "out.csv"],
        "the same, plain script": [sys.executable, "-c", PLAIN_PREDICTION, model, "row.csv", "out.csv"],
        "the same, exported model": [*exported, "row.csv", "out.csv"],
        "the same, exported model, without Keras": [*exported, "row.csv", "out.csv", "keras", "jax"],
        "`train --smoke`": [*command, "train", "--smoke"],
    }
    for name, row in rows.items():
        yield name, medians(row, project, ["wall", "cpu", "mb"])


def rendering(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Measure from the start of the interpreter to the formatted project; and copier with a template of one file."""
    template, small, cache = folder / "template", folder / "small", folder / "black"
    # A clone, because the results of these benchmarks change the working tree, and copier renders commits.
    report.run(["git", "clone", "--quiet", ROOT, template], folder)
    small.mkdir()
    (small / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers | to_nice_yaml }}")
    commit(small)
    yield "`python -m copier --version`", medians(
        [sys.executable, "-m", "copier", "--version"], folder, ["wall", "cpu"]
    )
    cases: dict[str, list[str | Path]] = {
        "": [template],
        ", without its hooks": ["--skip-tasks", template],
        ", a template of one file": [small],
    }
    for name, arguments in cases.items():
        project = folder / f"project{len(name)}"
        copy = [sys.executable, *report.COPY, *arguments, project]

        def forget(project: Path = project) -> None:
            for path in (project, cache):  # black caches what it has formatted
                shutil.rmtree(path, ignore_errors=True)

        yield f"`copier copy`{name}", medians(
            copy, folder, ["wall", "cpu"], before=forget, environment={"BLACK_CACHE_DIR": str(cache)}
        )
        commit(project)
    update = [sys.executable, "-m", "copier", "update", "--quiet", "--trust", "--defaults", "--vcs-ref", "HEAD"]
    for name, arguments in cases.items():
        command = [*update, *arguments[:-1], folder / f"project{len(name)}"]
        yield f"`copier update`{name}", medians(command, folder, ["wall", "cpu"])


def commit(project: Path) -> None:
    """Commit everything in a new repository."""
    identity = ["-c", "user.name=b", "-c", "user.email=b@example.org"]
    for arguments in (["init", "-q"], ["add", "--all"], [*identity, "commit", "-qm", "first"]):
        report.run(["git", *arguments], project)


def prediction(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Measure a million rows from file to file, and one row through the saved model."""
    project = report.render(folder / "project", family="dense-binary")
    command = [sys.executable, "-m", "project"]
    report.run([*command, "train", "--epochs", 3], project)
    model = project / "runs" / "latest" / "model.keras"
    header, *rows = (project / "data" / "breast_cancer.csv").read_text().splitlines(keepends=True)
    for count in (100_000, 1_000_000):
        with open(project / "rows.csv", "w") as file:
            file.write(header)
            for start in range(0, count, len(rows)):
                file.writelines(rows[: count - start])
        row = [*command, "predict", "rows.csv", "--output", "out.csv"]
        plain = [sys.executable, "-c", PLAIN_PREDICTION, model, "rows.csv", "plain.csv"]
        commands: dict[str, report.Command] = {"`predict`": row, "plain script": plain}
        for name, timed in commands.items():
            numbers = medians(timed, project, ["wall", "cpu", "mb"], repeats=1)
            yield f"{count:,} rows, {name}", numbers | {"rows per second": count / numbers["seconds"]}
    report.run([*command, "export"], project)
    for script, source in {LATENCY: model, EXPORTED_LATENCY: "exported"}.items():
        report.run([sys.executable, "-c", script, source, "latency.json"], project)
        for name, value in json.loads((project / "latency.json").read_text()).items():
            yield f"one row, {name}", {"milliseconds": value}


def from_nothing(folder: Path) -> Iterator[tuple[str, dict[str, float]]]:
    """Measure the installation of an environment for the project, from a warm cache, and the smoke training."""
    project = report.render(folder / "project", family="dense-binary")
    environment = {"VIRTUAL_ENV": str(project / ".venv")}
    uv = shutil.which("uv") or ROOT / ".venv" / "bin" / "uv"
    report.run([uv, "sync", "--quiet", "--no-compile-bytecode"], project)  # fills the cache
    shutil.rmtree(project / ".venv")
    yield "install, without bytecode", medians(
        [uv, "sync", "--quiet", "--no-compile-bytecode"], project, ["wall", "cpu"], repeats=1, environment=environment
    )
    size = sum(file.stat().st_size for file in (project / ".venv").rglob("*") if file.is_file())
    shutil.rmtree(project / ".venv")
    install = medians([uv, "sync", "--quiet"], project, ["wall", "cpu"], repeats=1, environment=environment)
    yield "install, with bytecode (as it comes)", install | {"MB on disk": size / 1e6}
    python = project / ".venv" / "bin" / "python"
    yield "`train --smoke`", medians([python, "-m", "project", "train", "--smoke"], project, ["wall", "cpu"], repeats=1)


SECTIONS = {
    "start-up": start_up,
    "rendering": rendering,
    "prediction": prediction,
    "from-nothing": from_nothing,
}


def main(names: list[str]) -> None:
    """Measure the sections."""
    os.chdir(ROOT)
    for section in names or SECTIONS:
        with tempfile.TemporaryDirectory() as folder:
            for row, numbers in SECTIONS[section](Path(folder)):
                report.record(section, row, numbers)
                print(section, row, {name: round(value, 3) for name, value in numbers.items()}, flush=True)
    report.write_page()


if __name__ == "__main__":
    if unknown := set(sys.argv[1:]) - set(SECTIONS):
        sys.exit(f"unknown section: {', '.join(unknown)}\n{__doc__}")
    main(sys.argv[1:])
