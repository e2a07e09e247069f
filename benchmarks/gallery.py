"""Train every family with its default settings on its bundled sample, and write docs/gallery.md.

    python benchmarks/gallery.py                  every row
    python benchmarks/gallery.py text sound       only the rows of these inputs; the others keep their results
    python benchmarks/gallery.py dense-residual   only those of this family, likewise

Below the table stands the network of each family, as it is rendered: src/PACKAGE/network/body.py.

It needs the environment of the template's tests only.
"""

import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import copier

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
from variants import FAMILIES  # noqa: E402

from extensions.recipes import families_of, load_recipes  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "gallery.json"
PAGE = ROOT / "docs" / "gallery.md"
METRIC = {"binary": "auc", "multiclass": "accuracy", "multilabel": "auc", "regression": "rmse", "forecast": "rmse"}
WITH_CONVOLUTIONS = ["separable-cnn", "separable-cnn-1d", "frames-rnn"]


def rows() -> list[dict[str, str]]:
    """Return the answers of every row: each network with its first task, forecasts, plain convolutions."""
    chosen = [
        {"input": i, "family": family, "task": task}
        for i, family, tasks in FAMILIES
        for task in tasks
        if task in (tasks[0], "forecast")
    ]
    plain = [
        {"input": i, "family": family, "task": tasks[0], "convolution": "plain"}
        for i, family, tasks in FAMILIES
        if family in WITH_CONVOLUTIONS
    ]
    return chosen + plain


def render(answers: dict[str, str], project: Path, **more: Any) -> None:
    """Render a project of the last commit."""
    options: dict[str, Any] = {"defaults": True, "unsafe": True, "quiet": True, "vcs_ref": "HEAD"}
    copier.run_copy(str(ROOT), project, data=answers | {"smoke_train": False}, **options, **more)


def train(answers: dict[str, str]) -> dict[str, Any]:
    """Render and train a project; return its weights, the CPU seconds of the train command, and its scores."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder, "p")
        render(answers, project)
        environment = os.environ | {"PYTHONPATH": "src"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "p", "train"]
        done = subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if done.returncode:
            sys.exit(f"{answers}: the training failed\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        scores = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
        weights = int(re.findall(r"([\d,]+) weights", done.stdout)[0].replace(",", ""))
    metric = METRIC[answers["task"]]
    return {
        **{"weights": weights, "seconds": seconds, "metric": metric},
        **{side: scores[side][metric] for side in ("test", "baseline")},
    }


def line(answers: dict[str, str], result: dict[str, Any]) -> str:
    """Return a row of the table in docs/gallery.md."""
    family = answers["family"] + (", plain" if "convolution" in answers else "")
    scores = f"{result['metric']} | **{result['test']:.4g}** | {result['baseline']:.4g}"
    cells = f"{answers['input']} | {family} | {answers['task']} | {result['weights']:,} | {result['seconds']:.0f}"
    return f"| {cells} | {scores} |"


def networks() -> str:
    """Return the network of each family, with its data and the reason for it, for the page."""
    found: dict[str, str] = {}
    shown: dict[str, str] = {}  # bodies, and where they are
    for answers in rows():
        family, input = answers["family"], answers["input"]
        title = f"`{family}`, {input}" if answers["task"] != "forecast" else f"`{family}`, forecast"
        if "convolution" in answers or title in found:
            continue
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder, "p")
            render(answers, project, skip_tasks=True)
            body = next(project.glob("src/*/network/body.py")).read_text(encoding="utf-8").strip()
            sample = (project / "data" / "README.md").read_text(encoding="utf-8").strip().split("\n\n")
        reason = families_of(load_recipes(ROOT))[family]["fits"][input]["reason"]
        data = next(part for part in sample if not part.startswith("#"))
        first = shown.setdefault(body, title)
        code = f"Its `network/body.py` is that of {first}."
        if first == title:
            code = f"<details markdown><summary>network/body.py</summary>\n\n```python\n{body}\n```\n\n</details>"
        found[title] = f"### {title}\n\n{reason[:1].upper()}{reason[1:]}.\n\n{data}\n\n{code}"
    return "\n\n".join(found.values())


def write_page(results: dict[str, dict[str, Any]]) -> None:
    """Put the table of all results into the page."""
    machine = f"{os.cpu_count()} CPU cores, no GPU; Python {platform.python_version()}"
    versions = ", ".join(f"{name} {version(name)}" for name in ("keras", "tensorflow-cpu"))
    head = ["| input | family | task | weights | CPU seconds | metric | network | baseline |", "| --- " * 8 + "|"]
    lines = [line(answers, results[key(answers)]) for answers in rows() if key(answers) in results]
    text = PAGE.read_text(encoding="utf-8")
    table = "\n".join(["<!-- table -->", *head, *lines, "", f"Measured on: {machine}, {versions}.", "<!-- end -->"])
    bodies = f"<!-- networks -->\n{networks()}\n<!-- end of networks -->"
    for start, end, new in (("table", "end", table), ("networks", "end of networks", bodies)):
        before, rest = text.split(f"<!-- {start} -->")
        text = before + new + rest.split(f"<!-- {end} -->")[1]
    PAGE.write_text(text, encoding="utf-8")


def key(answers: dict[str, str]) -> str:
    return " ".join(answers.values())


def main(wanted: list[str]) -> None:
    """Train the rows of these inputs and families, or all rows."""
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for answers in rows():
        if wanted and not {answers["input"], answers["family"]} & {*wanted}:
            continue
        results[key(answers)] = train(answers)
        print(line(answers, results[key(answers)]), flush=True)
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    write_page(results)


if __name__ == "__main__":
    if not shutil.which("git"):
        sys.exit("git is needed: copier renders the last commit")
    if unknown := set(sys.argv[1:]) - {name for input, family, _ in FAMILIES for name in (input, family)}:
        sys.exit(f"unknown input or family {', '.join(unknown)}\n{__doc__}")
    main(sys.argv[1:])
