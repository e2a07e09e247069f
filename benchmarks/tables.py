"""Compare tabular-ensemble with the guide's Dense network and boosted trees, on tables as users have them.

    python benchmarks/tables.py                   every table, then docs/decisions/tabular-ensemble.md
    python benchmarks/tables.py titanic letters   only these; the others keep their last results

For every table a project is rendered for each network, and trained without an edit on three splits. The boosted trees
are those that the run fits beside the network. Seconds are those of the processor: other work on the machine does not
count. The three trainings share a process, so each has a third of the import, and of the references.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from data_sets import DATA_SETS
from real_data import METRIC, ROOT, machine, render, write_data

DENSE = {"binary": "dense-binary", "multiclass": "dense-softmax"}  # and for other tasks, as the task
SEEDS = 3


class Comparison(NamedTuple):
    """Which networks are compared, on what, and where the results go."""

    kind: str
    """Of data, in the singular: table."""
    new: str
    """The family that is measured; its runs fit the reference."""
    old: str
    """The network of the guide, as a column is called."""
    old_family: Callable[[str], str]
    """From the task to the family of this network."""
    reference: str
    """The simpler model of the runs."""
    names: list[str]
    results: Path
    page: Path


TABLES = Comparison(
    "table",
    "tabular-ensemble",
    "dense",
    lambda task: DENSE.get(task, task),
    "boosted trees",
    (
        "car_prices diabetes breast_cancer crx german_credit titanic insurance wine_quality yeast skillcraft stroke"
        " phoneme letters"
    ).split(),
    ROOT / "benchmarks" / "results" / "tables.json",
    ROOT / "docs" / "decisions" / "tabular-ensemble.md",
)


def compare(name: str, folder: Path, wanted: Comparison) -> dict[str, Any]:
    """Train both networks on every split of a data set; return their scores, and those of the reference."""
    data = write_data(name, folder)
    project = folder / "projects" / f"{name}-{wanted.new}"
    task = render(name, data, project, {"family": wanted.new})["task"]
    found: dict[str, Any] = {"metric": METRIC[task], "scores": {wanted.reference: []}, "seconds": {}}
    reference = f"reference_{wanted.reference.replace(' ', '_').lower()}"
    for network, family in {wanted.new: wanted.new, wanted.old: wanted.old_family(task)}.items():
        if network == wanted.old:
            project = folder / "projects" / f"{name}-{wanted.old}"
            render(name, data, project, {"family": family})
        before = processor_seconds()
        train_all(project, DATA_SETS[name].flags, references=network == wanted.new)
        found["seconds"][network] = round((processor_seconds() - before) / SEEDS, 1)
        found["scores"][network] = []
        for run in sorted((project / "runs").glob("*-*")):
            scores = json.loads((run / "metrics.json").read_text("utf-8"))
            found["scores"][network].append(scores["test"][METRIC[task]])
            if network == wanted.new:
                found["scores"][wanted.reference].append(scores[reference][METRIC[task]])
    found["rows"] = len((run / "split.csv").read_text("utf-8").splitlines()) - 1
    return found


def train_all(project: Path, flags: list[str], references: bool) -> None:
    """Train a project on every split, in one process."""
    package = next((project / "src").iterdir()).name
    flags = [*flags, "--report", "false", "--references", str(references).lower()]
    program = (
        f"from {package}.__main__ import main\nfor n in range({SEEDS}): main(['train', '--seed', str(n), *{flags}])"
    )
    with open(project / "train.log", "w") as log:
        command, environment = [sys.executable, "-c", program], os.environ | {"PYTHONPATH": "src"}
        subprocess.run(command, cwd=project, env=environment, stdout=log, stderr=log, check=True)


def processor_seconds() -> float:
    """Return the seconds that commands have taken so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def table_of(results: dict[str, dict], wanted: Comparison) -> str:
    """Return the table of the page: mean and standard deviation of every score."""
    columns = [wanted.old, wanted.new, wanted.reference]
    lines = [
        f"| {wanted.kind} | rows | metric | {' | '.join(columns)} | seconds, {wanted.old} | seconds, {wanted.new} |",
        "| --- | ---: | --- |" + " ---: |" * 5,
    ]
    ahead = dict.fromkeys(columns, 0)
    for name in sorted(filter(results.__contains__, wanted.names), key=lambda name: results[name]["rows"]):
        found = results[name]
        means = {column: float(np.mean(found["scores"][column])) for column in columns}
        best = (min if found["metric"] == "rmse" else max)(means, key=lambda column: means[column])
        ahead[best] += 1
        cells = []
        for column in columns:
            text = f"{means[column]:.4g} ± {np.std(found['scores'][column]):.2g}"
            cells.append(f"**{text}**" if column == best else text)
        cells += [f"{found['seconds'][column]:.0f}" for column in columns[:2]]
        lines.append(f"| {name} | {found['rows']:,} | {found['metric']} | {' | '.join(cells)} |")
    best_of = ", ".join(f"{column} {count}" for column, count in ahead.items())
    return "\n".join(lines) + f"\n\nBest mean on how many {wanted.kind}s: {best_of}. {results['machine']}."


def main(wanted: Comparison, usage: str) -> None:
    parser = argparse.ArgumentParser(description=usage, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{wanted.kind}s: {', '.join(wanted.names)}; default: all"
    )
    parser.add_argument("--data", type=Path, default=ROOT / "benchmarks" / "data", help="folder for everything written")
    options = parser.parse_args()
    if unknown := set(options.names) - set(DATA_SETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(wanted.names)}")
    for name in options.names or wanted.names:
        found = compare(name, options.data.resolve(), wanted)
        print(name, json.dumps(found), flush=True)
        results = json.loads(wanted.results.read_text("utf-8")) if wanted.results.exists() else {}
        results |= {name: found, "machine": machine()}
        wanted.results.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")
        if wanted.page.exists():
            start, end = "<!-- table -->\n", "\n<!-- end of table -->"
            page = wanted.page.read_text("utf-8")
            after = page[page.index(end) :]
            wanted.page.write_text(page.split(start)[0] + start + table_of(results, wanted) + after, "utf-8")


if __name__ == "__main__":
    main(TABLES, __doc__)
