"""Compare the networks that the template renders with simpler models, on real data as users have it.

    python benchmarks/real_data.py                        every data set, then the table in docs/real_data.md
    python benchmarks/real_data.py titanic co2            only these; the others keep their last results
    python benchmarks/real_data.py titanic --seeds 1      fewer splits
    python benchmarks/real_data.py letters -d family=dense-residual   another network, as a trial: not recorded

Every data set is written once as a file or folder (without cleaning; columns only get names). A project is rendered for
it with `copier copy --defaults`, another with the guide's network (`-d recipe=guide`) where that is not the same. Each
is trained without an edit, once per seed: the seed is another split, too, but for forecasts, which are split by time.
The simpler models are those that every run fits on the same split. It needs the environment of the template's tests,
and a network for the first download.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from data_sets import DATA_SETS as SETS
from text_sets import TEXT_SETS

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "real_data.json"
PAGE = ROOT / "docs" / "real_data.md"
METRIC = {"binary": "auc", "multiclass": "accuracy", "multilabel": "auc", "regression": "rmse", "forecast": "rmse"}
SEEDS = 5
DATA_SETS = SETS | TEXT_SETS
# Other comparisons, of one simpler model on three splits: the input, the network that is proposed, the guide's.
ELSEWHERE = {
    "tables": ("table", "tabular-ensemble", "dense"),
    "texts": ("text", "text-ngrams", "separable-cnn-1d"),
    "series": ("series", "inception-1d", "separable-cnn-1d"),
}
SURE = 2  # standard errors, beyond which a difference of two models is said

Scores = dict[str, list[float]]


# The network: what the template renders, without an edit


def write_data(name: str, folder: Path) -> Path:
    """Write a data set, if it is not there yet; return its path."""
    downloads, written = folder / "downloads", folder / "sets" / name
    downloads.mkdir(parents=True, exist_ok=True)
    note = written / "path.txt"  # written last: the data is complete
    if not note.exists():
        shutil.rmtree(written, ignore_errors=True)
        written.mkdir(parents=True)
        note.write_text(DATA_SETS[name].write(downloads, written).name)
    return written / note.read_text()


def render(name: str, data: Path, project: Path, given: dict[str, str]) -> dict[str, str]:
    """Render a project for the data; return the answers on record."""
    answers = {"data_path": str(data), "smoke_train": "false"} | DATA_SETS[name].answers | given
    options = [part for key, value in answers.items() for part in ("-d", f"{key}={value}")]
    shutil.rmtree(project, ignore_errors=True)
    copy = ["copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref", "HEAD", *options, ROOT, project]
    command = [sys.executable, "-W", "ignore", "-m", *map(str, copy)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    recorded = (project / ".copier-answers.yml").read_text("utf-8")
    return dict(line.split(": ", 1) for line in recorded.splitlines() if ": " in line and line[0] != "#")


def train(name: str, project: Path, seeds: int, *flags: str) -> float:
    """Train a rendered project once per seed; return the seconds that the first takes, with the import of Keras.

    The others follow in one process, which imports once.
    """
    package = next((project / "src").iterdir()).name
    flags = *DATA_SETS[name].flags, "--report", "false", *flags
    started = time.perf_counter()
    run(project, f"from {package}.__main__ import main; main(['train', '--seed', '0', *{flags}])")
    seconds = time.perf_counter() - started
    if seeds > 1:
        others = f"for n in range(1, {seeds}): main(['train', '--seed', str(n), *{flags}])"
        run(project, f"from {package}.__main__ import main\n{others}")
    return seconds


def run(project: Path, program: str) -> None:
    """Run Python in a project; raises RuntimeError."""
    with open(project / "train.log", "a") as log:
        environment = os.environ | {"PYTHONPATH": "src"}
        command = [sys.executable, "-c", program]
        if subprocess.run(command, cwd=project, env=environment, stdout=log, stderr=log).returncode:
            raise RuntimeError(f"the training failed, see {project / 'train.log'}")


def scores_of(project: Path, metric: str) -> Scores:
    """Return the scores of every model on the test split, a value per run."""
    found: Scores = {}
    for folder in sorted((project / "runs").glob("*-*")):
        measured = json.loads((folder / "metrics.json").read_text("utf-8"))
        references = {name.removeprefix("reference_"): name for name in measured if name.startswith("reference_")}
        for model, key in {"network": "test", "baseline": "baseline", **references}.items():
            found.setdefault(model, []).append(measured[key][metric])
    return found


def compare(name: str, folder: Path, seeds: int, given: dict[str, str]) -> dict[str, Any]:
    """Compare the models on one data set; return the results."""
    data, projects = write_data(name, folder), folder / "projects"
    answered = render(name, data, projects / name, given)
    metric = METRIC[answered["task"]]
    seconds = train(name, projects / name, seeds)
    scores = scores_of(projects / name, metric)
    families = {"network": answered["family"]}
    if not given:
        guide = render(name, data, projects / f"{name}-guide", {"recipe": "guide"})
        families["guide"] = guide["family"]
        if has_same_network(projects / name, projects / f"{name}-guide"):
            scores["guide"] = scores["network"]
        else:
            train(name, projects / f"{name}-guide", seeds, "--references", "false")
            scores["guide"] = scores_of(projects / f"{name}-guide", metric)["network"]
    examples = len(next((projects / name / "runs").glob("*-*/split.csv")).read_text("utf-8").splitlines()) - 1
    return {
        "input": answered["input"],
        "metric": metric,
        "families": families,
        "examples": examples,
        "scores": scores,
        "seconds": round(seconds, 1),
    }


def has_same_network(*projects: Path) -> bool:
    """Tell whether projects train the same network in the same way."""
    settings = {(project / "config.toml").read_text("utf-8").split("# Network")[1] for project in projects}
    return len(settings) == len({body.read_bytes() for p in projects for body in p.glob("src/*/network/body.py")}) == 1


# The report


def machine() -> str:
    """Return what the seconds depend on: cores and versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", "scikit-learn", "numpy"))
    return f"{os.cpu_count()} CPU cores, no GPU; Python {platform.python_version()}, {packages}"


def references_in(found: dict[str, Any]) -> dict[str, float]:
    """Return the mean score of every simpler model that can be taken for a rival, the best first."""
    models = [name for name in found["scores"] if name not in ("network", "guide", "baseline")]
    means = {name: float(np.mean(found["scores"][name])) for name in models}
    return dict(sorted(means.items(), key=lambda item: item[1] if found["metric"] == "rmse" else -item[1]))


def standing(found: dict[str, Any]) -> str:
    """Return whether the network is ahead of the best simpler model, level or behind: by paired differences."""
    network = np.array(found["scores"]["network"])
    best = next(iter(references_in(found)), "baseline")
    gains = (network - found["scores"][best]) * (-1 if found["metric"] == "rmse" else 1)
    error = gains.std(ddof=1) / len(gains) ** 0.5 if len(gains) > 1 else 0.0
    return "level" if abs(gains.mean()) <= SURE * error else "ahead" if gains.mean() > 0 else "behind"


def shown(values: list[float]) -> str:
    """Return mean and standard deviation."""
    spread = f" ± {np.std(values, ddof=1):.2g}" if len(values) > 1 and np.std(values) else ""
    return f"{np.mean(values):.4g}{spread}"


def found_elsewhere() -> dict[str, Any]:
    """Return the results of the other comparisons, in the form of those of this one."""
    found = {}
    for file, (input, new, guide) in ELSEWHERE.items():
        results = json.loads(RESULTS.with_name(f"{file}.json").read_text("utf-8"))
        for name, result in results.items():
            if name != "machine":
                called = {new: "network", guide: "guide"}
                scores = {called.get(model, model): values for model, values in result["scores"].items()}
                found[name] = {"input": input, "metric": result["metric"], "examples": result["rows"]}
                found[name] |= {"families": {"network": new, "guide": guide}, "scores": scores}
                found[name]["seconds"] = result["seconds"][new]
    return found


def table_of(results: dict[str, Any]) -> str:
    """Return the table of all results, and how often the network is ahead."""
    lines = [
        "| data set | examples | what is difficult | metric | network | guide's network | baseline | simpler models |"
        " the network is | seconds |",
        "| --- | ---: | --- | --- | ---: | ---: | ---: | ---: | --- | ---: |",
    ]
    counts: dict[str, dict[str, int]] = {}
    results = found_elsewhere() | results
    for name in (name for name in DATA_SETS if name in results):
        found = results[name]
        scores, families = found["scores"], found["families"]
        is_same = families["network"] == families["guide"] and scores["network"] == scores["guide"]
        guide = "the same" if is_same else f"{shown(scores['guide'])} {families['guide']}"
        rivals = "; ".join(f"{shown(scores[model])} {model.replace('_', ' ')}" for model in references_in(found))
        where = standing(found)
        of_input = counts.setdefault(found["input"], dict.fromkeys(("ahead", "level", "behind"), 0))
        of_input[where] += 1
        cells = [name, f"{found['examples']:,}", DATA_SETS[name].awkward, found["metric"]]
        baseline = shown(scores["baseline"]) if "baseline" in scores else ""
        cells += [f"**{shown(scores['network'])}** {families['network']}", guide, baseline]
        lines.append(f"| {' | '.join([*cells, rivals, where, format(found['seconds'], '.0f')])} |")
    total = {where: sum(count[where] for count in counts.values()) for where in ("ahead", "level", "behind")}
    lines += ["", "| input | sets | ahead | level | behind |", "| --- | ---: | ---: | ---: | ---: |"]
    for name, count in [*counts.items(), ("all", total)]:
        lines.append(f"| {name} | {sum(count.values())} | {' | '.join(map(str, count.values()))} |")
    return "\n".join(lines)


def write_page(results: dict[str, Any]) -> None:
    """Put the table of all results between the marks in docs/real_data.md."""
    sources = "\n".join(f"- {name}: {chosen.source}" for name, chosen in DATA_SETS.items())
    for mark, text in {"table": table_of(results), "machine": results["machine"], "sources": sources}.items():
        page = PAGE.read_text("utf-8")
        before, rest = page.split(f"<!-- {mark} -->\n")
        after = rest[rest.index(f"<!-- end of {mark} -->") :]
        PAGE.write_text(f"{before}<!-- {mark} -->\n{text}\n{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"data sets: {', '.join(DATA_SETS)}; default: all")
    parser.add_argument("--data", type=Path, default=ROOT / "benchmarks" / "data", help="folder for everything written")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"splits and trainings of each; default: {SEEDS}")
    parser.add_argument("-d", action="append", default=[], metavar="NAME=VALUE", help="an answer, as a trial")
    options = parser.parse_args()
    if unknown := set(options.names) - set(DATA_SETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(DATA_SETS)}")
    given = dict(answer.split("=", 1) for answer in options.d)
    failed = []
    for name in options.names or DATA_SETS:
        print(f"{name} ...", flush=True)
        try:
            found = compare(name, options.data.resolve(), options.seeds, given)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            failed.append(name)
            print(f"  FAILED: {error}", flush=True)
            continue
        scores = "  ".join(f"{model} {shown(values)}" for model, values in found["scores"].items())
        print(f"  {found['metric']}: {scores}; {standing(found)}, {found['seconds']:.0f} s", flush=True)
        if not given:
            results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
            results |= {name: found, "machine": machine()}
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", "utf-8")
            write_page(results)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
