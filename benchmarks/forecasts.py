"""Compare the forecasts of rendered projects with statistical models, on series of the M3 and M4 competitions.

    python benchmarks/forecasts.py FOLDER                  every group, then the table in docs/forecasts.md
    python benchmarks/forecasts.py FOLDER m4-weekly        only these; the others keep their last results
    python benchmarks/forecasts.py FOLDER --series 100     at most so many series a group, spread over all of them

FOLDER holds M3.rda (of the R package Mcomp) and the CSV files of the M4 competition: Hourly-train.csv,
Hourly-test.csv, Weekly-train.csv, Weekly-test.csv. A group is all its series in one table: a column for the series,
one for the time, one for the value. Its project is rendered with `copier copy --defaults`, trained without an edit,
and predicts the steps after the data, which it has not seen. The seasonal naive forecast and AutoETS come from
statsforecast, in an environment of their own (`uv run`).

MASE is as in the competitions: the mean absolute error, divided by that of the seasonal naive forecast within the
history of the series (Hyndman and Koehler 2006); the mean over all series of a group.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "forecasts.json"
PAGE = ROOT / "docs" / "forecasts.md"
PACKAGES = ("rdata==1.1.0", "statsforecast==2.1.1")


class Group(NamedTuple):
    """Series of one frequency."""

    file: str
    period: str  # as M3 calls it
    freq: str  # as pandas calls it
    season: int  # steps
    horizon: int


GROUPS = {
    "m3-yearly": Group("M3.rda", "YEARLY", "YS", 1, 6),
    "m3-quarterly": Group("M3.rda", "QUARTERLY", "QS", 4, 8),
    "m3-monthly": Group("M3.rda", "MONTHLY", "MS", 12, 18),
    "m4-weekly": Group("Weekly", "", "W-SUN", 1, 13),
    "m4-hourly": Group("Hourly", "", "h", 24, 48),
}

READ_M3 = """
import json, sys, warnings, rdata
warnings.simplefilter("ignore")
series = rdata.conversion.convert(rdata.parser.parse_file(sys.argv[1]))["M3"]
found = [[n, s["period"][0], list(map(float, s["x"])), list(map(float, s["xx"]))] for n, s in series.items()]
json.dump(found, open(sys.argv[2], "w"))
"""

REFERENCES = """
import sys, pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS, SeasonalNaive
frame = pd.read_csv(sys.argv[1]).rename(columns={"series": "unique_id", "time": "ds", "value": "y"})
frame["ds"] = pd.to_datetime(frame["ds"])
freq, season, horizon = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
models = [SeasonalNaive(season_length=season), AutoETS(season_length=season)]
made = StatsForecast(models=models, freq=freq, fallback_model=SeasonalNaive(season_length=season))
made.forecast(df=frame, h=horizon, level=[80]).reset_index().to_csv(sys.argv[5], index=False)
"""


def run_with_packages(code: str, *arguments: object) -> None:
    """Run code in an environment of its own: these packages and the template's may not agree on their versions."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    command = [uv, "run", "--quiet", "--no-project", *(p for name in PACKAGES for p in ("--with", name)), "python"]
    subprocess.run([*command, "-c", code, *map(str, arguments)], check=True)


def read_series(folder: Path, group: Group, most: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Return the history of every series and what came after it, by the name of the series."""
    if group.period:
        with tempfile.TemporaryDirectory() as work:
            run_with_packages(READ_M3, folder / group.file, Path(work) / "m3.json")
            found = json.loads((Path(work) / "m3.json").read_text())
        chosen = spread([(name, x, xx) for name, period, x, xx in found if period == group.period], most)
        return {n: np.array(x) for n, x, _ in chosen}, {n: np.array(xx) for n, _, xx in chosen}
    parts = []
    for part in ("train", "test"):
        frame = pd.read_csv(folder / f"{group.file}-{part}.csv", index_col=0)
        parts.append({str(name): row.dropna().to_numpy() for name, row in spread(list(frame.iterrows()), most)})
    return parts[0], parts[1]


def spread(series: list[Any], most: int) -> list[Any]:
    """Return so many of the series, at even distances: the first ones are of one kind and length."""
    number = min(most, len(series))
    return [series[place * len(series) // number] for place in range(number)]


def write_table(history: dict[str, np.ndarray], group: Group, file: Path) -> None:
    """Write one row per step of every series. The time of the first step is made up: M4 has none."""
    frames = []
    for name, values in history.items():
        times = pd.date_range("2000-01-01", periods=len(values), freq=group.freq)
        frames.append(pd.DataFrame({"series": name, "time": times, "value": values}))
    pd.concat(frames).to_csv(file, index=False)


def train_project(table: Path, group: Group, project: Path) -> tuple[pd.DataFrame, float, str]:
    """Render a project, train it, forecast the steps after the data; return these, the seconds, and the verdict."""
    given = {"data_path": table, "task": "forecast", "input": "series", "target": "value", "horizon": group.horizon}
    options = [part for key, value in (given | {"smoke_train": "false"}).items() for part in ("-d", f"{key}={value}")]
    copy = ["copier", "copy", "--quiet", "--trust", "--defaults", "--vcs-ref", "HEAD", *options, ROOT, project]
    subprocess.run([sys.executable, "-W", "ignore", "-m", *map(str, copy)], check=True, stdin=subprocess.DEVNULL)
    package = next((project / "src").iterdir()).name
    command = [sys.executable, "-m", package]
    environment = os.environ | {"PYTHONPATH": "src"}
    started = time.perf_counter()
    log = project / "train.log"
    with open(log, "w") as file:
        done = subprocess.run([*command, "train"], cwd=project, env=environment, stdout=file, stderr=file)
    if done.returncode:
        raise RuntimeError(f"the training failed: {log.read_text()[-2000:]}")
    seconds = time.perf_counter() - started
    subprocess.run([*command, "predict", "--output", "next.csv"], cwd=project, env=environment, check=True)
    verdict = json.loads((project / "runs" / "latest" / "trained.json").read_text())["verdict"]
    return pd.read_csv(project / "next.csv"), seconds, verdict


def mase(history: np.ndarray, truth: np.ndarray, forecast: np.ndarray, season: int) -> float:
    """Return the mean absolute scaled error; NaN where the history repeats itself exactly."""
    scale = np.abs(history[season:] - history[:-season]).mean() if len(history) > season else 0.0
    return float(np.abs(truth - forecast).mean() / scale) if scale else float("nan")


def compare(group: Group, folder: Path, most: int) -> dict[str, Any]:
    """Return the scores of the network, the seasonal naive forecast and AutoETS on one group."""
    history, truth = read_series(folder, group, most)
    with tempfile.TemporaryDirectory() as work:
        table, made = Path(work) / "series.csv", Path(work) / "references.csv"
        write_table(history, group, table)
        network, seconds, verdict = train_project(table, group, Path(work) / "project")
        started = time.perf_counter()
        run_with_packages(REFERENCES, table, group.freq, group.season, group.horizon, made)
        seconds_of_references = time.perf_counter() - started
        references = pd.read_csv(made)
    forecasts = {
        # A prediction for each step of the history stands before those of the future.
        "network": {str(name): part.tail(group.horizon) for name, part in network.groupby("series", sort=False)},
        "references": {str(name): part for name, part in references.groupby("unique_id", sort=False)},
    }
    scores: dict[str, list[float]] = {"network": [], "SeasonalNaive": [], "AutoETS": []}
    inside: dict[str, list[float]] = {"network": [], "AutoETS": []}
    for name, values in history.items():
        wanted = truth[name][: group.horizon]
        own, other = (forecasts[kind][name] for kind in ("network", "references"))
        for model, frame, column in (
            ("network", own, "prediction"),
            ("SeasonalNaive", other, "SeasonalNaive"),
            ("AutoETS", other, "AutoETS"),
        ):
            scores[model].append(mase(values, wanted, frame[column].to_numpy()[: len(wanted)], group.season))
        for model, frame, low, high in (
            ("network", own, "prediction_lower_80", "prediction_upper_80"),
            ("AutoETS", other, "AutoETS-lo-80", "AutoETS-hi-80"),
        ):
            bounds = (frame[column].to_numpy()[: len(wanted)] for column in (low, high))
            lower, upper = bounds
            inside[model].append(float(((wanted >= lower) & (wanted <= upper)).mean()))
    return {
        "series": len(history),
        "horizon": group.horizon,
        "mase": {model: float(np.nanmean(found)) for model, found in scores.items()},
        "coverage_80": {model: float(np.mean(found)) for model, found in inside.items()},
        "verdict": verdict,
        "seconds": {"network": seconds, "references": seconds_of_references},
    }


def write_page(results: dict[str, Any]) -> None:
    """Write the table of the results into docs/forecasts.md."""
    rows = [
        f"| {name} | {r['series']} | {r['horizon']} | {r['mase']['network']:.3f} | {r['mase']['SeasonalNaive']:.3f} |"
        f" {r['mase']['AutoETS']:.3f} | {r['coverage_80']['network']:.2f} | {r['coverage_80']['AutoETS']:.2f} |"
        f" {r['seconds']['network']:.0f} | {r['verdict']} |"
        for name, r in results.items()
    ]
    PAGE.write_text(
        "# Forecasts beside statistical models\n\n"
        "`python benchmarks/forecasts.py FOLDER` wrote this page, from `benchmarks/results/forecasts.json`; its first"
        " lines say what FOLDER holds.\n\nOne network for all series of a group, as `copier copy --defaults` renders"
        " it, beside a model for each series. MASE: less is better; 1 is as good as the seasonal naive forecast within"
        " the history. Coverage: the share of values inside the 80 % interval. Verdict: what `train` says of its own"
        " test, which is before the steps that are compared here. One seed; settings of the network were chosen with"
        " these steps of these series, so its figures are somewhat too good ([why](decisions/dense-forecast.md)).\n\n"
        "| group | series | steps ahead | MASE network | MASE seasonal naive | MASE AutoETS | coverage network"
        " | coverage AutoETS | seconds of `train` | verdict |\n"
        "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --- |\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("groups", nargs="*", choices=[*GROUPS, []])
    parser.add_argument("--series", type=int, default=100, metavar="N")
    asked = parser.parse_args()
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    for name in asked.groups or GROUPS:
        results[name] = compare(GROUPS[name], asked.folder, asked.series)
        print(name, json.dumps(results[name]), flush=True)
        RESULTS.write_text(json.dumps({n: results[n] for n in GROUPS if n in results}, indent=1) + "\n")
        write_page({n: results[n] for n in GROUPS if n in results})


if __name__ == "__main__":
    main()
