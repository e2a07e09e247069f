"""Compare the networks that the template renders with classical models, on real data as users have it.

    python benchmarks/real_data.py                     every data set, then the table in docs/real_data.md
    python benchmarks/real_data.py titanic co2         only these; the others keep their last results
    python benchmarks/real_data.py titanic --epochs 2  a trial; nothing is recorded
    python benchmarks/real_data.py letters -d family=dense-residual   another network, likewise

Data sets with only a few dozen test examples are split and trained on three times; their scores are means.

For every data set: get it and write it once as a file or folder (without cleaning; columns only get names), render a
project with `copier copy --defaults`, run its `train` without an edit, then fit a linear model and gradient boosting on
the same rows. It needs the environment of the template's tests, and a network for the first download.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from data_sets import DATA_SETS
from PIL import Image
from sklearn import metrics
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "real_data.json"
PAGE = ROOT / "docs" / "real_data.md"
METRIC = {"binary": "auc", "multiclass": "accuracy", "multilabel": "auc", "regression": "rmse", "forecast": "rmse"}
SCORES = ("network", "baseline", "linear", "boosting")
SERIES_POINTS = 30  # values per feature that the classical models see of a series, besides its summary
MOST_IMAGES = 5000  # on which the classical models are fitted


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
    subprocess.run([sys.executable, "-W", "ignore", "-m", *map(str, copy)], check=True, stdin=subprocess.DEVNULL)
    recorded = (project / ".copier-answers.yml").read_text("utf-8")
    return dict(line.split(": ", 1) for line in recorded.splitlines() if ": " in line and line[0] != "#")


def train(name: str, project: Path, extra: list[str]) -> float:
    """Train a rendered project; return the seconds that the train command took."""
    package = next((project / "src").iterdir()).name
    started = time.perf_counter()
    with open(project / "train.log", "w") as log:
        command = [sys.executable, "-m", package, "train", *DATA_SETS[name].flags, *extra]
        environment = os.environ | {"PYTHONPATH": "src"}
        done = subprocess.run(command, cwd=project, env=environment, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        raise RuntimeError(f"the training failed, see {project / 'train.log'}")
    return time.perf_counter() - started


# The same examples for the classical models


def read_examples(data: Path, config: dict[str, Any], task: str) -> tuple[Any, pd.DataFrame]:
    """Return the features and the targets of every example, in the order of the data."""
    if data.is_dir():
        files = sorted(data.rglob("*.png"))
        return np.stack([np.asarray(Image.open(file)).ravel() for file in files]), pd.DataFrame(
            {"class": [file.parent.name for file in files]}
        )
    separator = max(",;\t", key=data.read_text("utf-8").split("\n", 1)[0].count)
    table = pd.read_csv(data, sep=separator, na_values="?", skipinitialspace=True)
    if task == "forecast":
        return windows(table, config)
    if "series_column" in config:
        by_series = table.sort_values(config["step_column"], kind="stable").groupby(config["series_column"], sort=False)
        order = table[config["series_column"]].unique()
        used = [config["series_column"], config["step_column"], config.get("group_column") or "", *config["target"]]
        features = {key: summary(part.drop(columns=used, errors="ignore")) for key, part in by_series}
        return np.stack([features[key] for key in order]), by_series[config["target"]].first().loc[order]
    return table.drop(columns=config["target"]), table[config["target"]]


def summary(series: pd.DataFrame) -> np.ndarray:
    """Return the same number of values for a series of any length: points on its course, and statistics."""
    values = series.to_numpy("float64")
    places = np.linspace(0, len(values) - 1, SERIES_POINTS)
    course = [np.interp(places, np.arange(len(values)), column) for column in values.T]
    statistics = [values.mean(0), values.std(0), values.min(0), values.max(0), np.abs(np.diff(values, axis=0)).mean(0)]
    return np.concatenate([*course, *statistics, [len(values)]])


def windows(table: pd.DataFrame, config: dict[str, Any]) -> tuple[np.ndarray, pd.DataFrame]:
    """Return for every row the numbers of the rows that its forecast may use."""
    numbers = table.apply(pd.to_numeric, errors="coerce").drop(columns=config["step_column"]).dropna(axis=1, how="all")
    lags = range(config["horizon"], config["horizon"] + config["window"])
    return np.hstack([numbers.shift(lag).to_numpy() for lag in lags]), table[config["target"]]


def prepared(features: Any) -> object:
    """Return a transformer: missing values filled in and marked, numbers scaled, frequent texts one-hot."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    if isinstance(features, np.ndarray):
        return numbers
    texts = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=5, sparse_output=False)
    return make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (texts, make_column_selector(dtype_exclude="number")),
    )


def classical_models(task: str) -> dict[str, object]:
    """Return a linear model and gradient boosting with their default settings."""
    if task in ("regression", "forecast"):
        return {"linear": Ridge(), "boosting": HistGradientBoostingRegressor(random_state=0)}
    models = {
        "linear": LogisticRegression(max_iter=1000),
        "boosting": HistGradientBoostingClassifier(random_state=0),
    }
    return {name: OneVsRestClassifier(model) for name, model in models.items()} if task == "multilabel" else models


def score(task: str, model: Any, x: Any, y: Any) -> float:
    """Return the task's metric (METRIC) of a fitted model."""
    if task in ("regression", "forecast"):
        return metrics.root_mean_squared_error(y, model.predict(x))
    if task == "multiclass":
        return metrics.accuracy_score(y, model.predict(x))
    if task == "binary":
        return metrics.roc_auc_score(y, model.predict_proba(x)[:, 1])
    varies = y.min(axis=0) < y.max(axis=0)
    return metrics.roc_auc_score(y[:, varies], model.predict_proba(x)[:, varies])


def fit_classical(data: Path, run: Path, task: str) -> dict[str, float]:
    """Fit the classical models on the rows on which the network was trained; return their test scores."""
    config = json.loads((run / "config.json").read_text("utf-8"))
    split = pd.read_csv(run / "split.csv", keep_default_na=False)["split"].to_numpy()
    x, targets = read_examples(data, config, task)
    train, test = np.flatnonzero(split == "train"), np.flatnonzero(split == "test")
    if data.is_dir():
        train = np.random.default_rng(0).permutation(train)[:MOST_IMAGES]
    y = targets.to_numpy() if task == "multilabel" else targets.iloc[:, 0].to_numpy()
    rows = (lambda part: x[part]) if isinstance(x, np.ndarray) else (lambda part: x.iloc[part])
    scores = {}
    for name, model in classical_models(task).items():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about convergence, and texts that only the test split has
            fitted = make_pipeline(prepared(x), model).fit(rows(train), y[train])
            scores[name] = float(score(task, fitted, rows(test), y[test]))
    return scores | {"rows": len(split), "test_rows": len(test)}


def compare(name: str, folder: Path, extra: list[str], given: dict[str, str]) -> dict[str, Any]:
    """Compare the models on one data set; return the results."""
    data, project = write_data(name, folder), folder / "projects" / name
    seeds = range(DATA_SETS[name].seeds)
    splits = [compare_once(name, data, project, ["--seed", str(seed), *extra], given) for seed in seeds]
    means = {key: float(np.mean([split[key] for split in splits])) for key in (*SCORES, "seconds")}
    return splits[0] | means | {"seeds": len(splits)}


def compare_once(name: str, data: Path, project: Path, extra: list[str], given: dict[str, str]) -> dict[str, Any]:
    """Train the network and the classical models on one split."""
    answer = render(name, data, project, given)
    seconds = train(name, project, extra)
    task = answer["task"]
    run = project / "runs" / "latest"
    measured = json.loads((run / "metrics.json").read_text("utf-8"))
    metric = METRIC[task]
    return {
        "task": task,
        "family": answer["family"],
        "metric": metric,
        "network": measured["test"][metric],
        "baseline": measured["baseline"][metric],
        **fit_classical(data, run, task),
        "seconds": seconds,
        # What the run itself says: its references, how long they took, and the verdict.
        "references": {name: measured[name][metric] for name in measured if name.startswith("reference_")},
        "fit_seconds": measured.get("seconds", {}),
        "verdict": verdict_in(project / "train.log"),
        "epochs": len((run / "history.csv").read_text("utf-8").splitlines()) - 1,
        "metrics": measured,
    }


def verdict_in(log: Path) -> str:
    """Return the verdict that a training has printed."""
    starts = ("The network is ", "A linear model ", "Boosted trees are ", "There is no verdict")
    return next((line for line in reversed(log.read_text("utf-8").splitlines()) if line.startswith(starts)), "")


# The report


def machine() -> str:
    """Return what the seconds depend on: cores and versions."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("keras", "scikit-learn", "numpy"))
    return f"{os.cpu_count()} CPU cores, no GPU; Python {platform.python_version()}, {packages}"


def write_page(results: dict[str, dict]) -> None:
    """Put the table of all results between the marks in docs/real_data.md."""
    lines = [
        "| data set | examples | what is difficult | family | metric | network | baseline | linear | boosting | seconds"
        " |",
        "| --- | ---: | --- | --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in DATA_SETS:
        if (found := results.get(name)) is not None:
            numbers = [f"{found[key]:.4g}" for key in SCORES]
            numbers[0] = f"**{numbers[0]}**"
            cells = [
                name,
                f"{found['rows']:,}",
                DATA_SETS[name].awkward,
                found.get("family", ""),
                found["metric"],
                *numbers,
            ]
            lines.append(f"| {' | '.join(cells)} | {found['seconds']:.0f} |")
    sources = "\n".join(f"- {name}: {chosen.source}" for name, chosen in DATA_SETS.items())
    for mark, text in {"table": "\n".join(lines), "machine": results["machine"], "sources": sources}.items():
        page = PAGE.read_text("utf-8")
        before, rest = page.split(f"<!-- {mark} -->\n")
        after = rest[rest.index(f"<!-- end of {mark} -->") :]
        PAGE.write_text(f"{before}<!-- {mark} -->\n{text}\n{after}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"data sets: {', '.join(DATA_SETS)}; default: all")
    parser.add_argument("--data", type=Path, default=ROOT / "benchmarks" / "data", help="folder for everything written")
    parser.add_argument("--epochs", type=int, help="train for this many epochs only, as a trial; nothing is recorded")
    parser.add_argument("--seed", type=int, help="another split and other weights, as a trial; nothing is recorded")
    parser.add_argument("-d", action="append", default=[], metavar="NAME=VALUE", help="an answer, as a trial, likewise")
    options = parser.parse_args()
    if unknown := set(options.names) - set(DATA_SETS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(DATA_SETS)}")
    trials = {"--epochs": options.epochs, "--seed": options.seed}
    extra = [part for flag, value in trials.items() if value is not None for part in (flag, str(value))]
    given = dict(answer.split("=", 1) for answer in options.d)
    failed = []
    for name in options.names or DATA_SETS:
        print(f"{name} ...", flush=True)
        try:
            found = compare(name, options.data.resolve(), extra, given)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            failed.append(name)
            print(f"  FAILED: {error}", flush=True)
            continue
        shown = "  ".join(f"{key} {found[key]:.4g}" for key in SCORES)
        print(f"  {found['metric']}: {shown}  ({found['epochs']} epochs, {found['seconds']:.0f} s)", flush=True)
        own = "  ".join(f"{model} {value:.4g}" for model, value in found["references"].items())
        took = "  ".join(f"{model} {value:.1f} s" for model, value in found["fit_seconds"].items())
        print(f"  the run's own: {own}  ({took})\n  {found['verdict']}", flush=True)
        if not extra and not given:
            results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
            results |= {name: found, "machine": machine()}
            RESULTS.parent.mkdir(exist_ok=True)
            RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n", "utf-8")
            write_page(results)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
