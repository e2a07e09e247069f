"""Every variant trains, in its hook; every family's default beats the common-sense baseline; what a run leaves."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Import, Render, package_of, run, run_python
from variants import FAMILIES, hooked_variants, name, smoked_variants, some_often

pytestmark = pytest.mark.train

# What the default has to reach on the test split of its sample: metric, network at least (errors: at most), and by
# how much it has to beat the baseline. Margins are for the worst of several seeds, with room. Those
# that are slow are trained for fewer epochs than their default.
LEARNS = {
    ("table", "dense-binary"): {"binary": ("accuracy", 0.93, 0.25)},
    ("table", "dense-softmax"): {"multiclass": ("accuracy", 0.90, 0.40)},
    ("table", "multilabel"): {"multilabel": ("macro_f1", 0.95, 0.20)},
    ("table", "regression"): {"regression": ("r2", 0.35, 0.35)},
    ("table", "dense-residual"): {
        "multiclass": ("accuracy", 0.80, 0.35),
        "binary": ("accuracy", 0.93, 0.25),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.35, 0.35),
    },
    ("table", "tabular-ensemble"): {
        "multiclass": ("accuracy", 0.90, 0.40),
        "binary": ("accuracy", 0.93, 0.25),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.35, 0.35),
    },
    ("images", "separable-cnn"): {
        "multiclass": ("accuracy", 0.95, 0.80),
        "binary": ("accuracy", 0.95, 0.40),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.90, 0.90),
    },
    ("images", "pretrained"): {  # without weights, as for the sample
        "multiclass": ("accuracy", 0.95, 0.80),
        "binary": ("accuracy", 0.95, 0.40),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.90, 0.90),
    },
    ("series", "stacked-lstm"): {
        "multiclass": ("accuracy", 0.93, 0.80),
        "binary": ("accuracy", 0.93, 0.40),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.80, 0.80),
        "forecast": ("rmse", 0.45, 0.03),  # ppm of CO2; the last value stays: 0.49
    },
    ("series", "dense-forecast"): {"forecast": ("rmse", 0.45, 0.03)},
    ("series", "separable-cnn-1d"): {
        "multiclass": ("accuracy", 0.93, 0.80),
        "binary": ("accuracy", 0.93, 0.40),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.80, 0.80),
        "forecast": ("rmse", 0.45, 0.03),
    },
    ("series", "inception-1d"): {
        "multiclass": ("accuracy", 0.93, 0.80),
        "binary": ("accuracy", 0.93, 0.40),
        "multilabel": ("macro_f1", 0.95, 0.20),
        "regression": ("r2", 0.80, 0.80),
    },
    ("text", "separable-cnn-1d"): {
        "multiclass": ("accuracy", 0.65, 0.30),
        "binary": ("accuracy", 0.67, 0.12),
        "multilabel": ("macro_f1", 0.55, 0.25),
        "regression": ("r2", 0.15, 0.15),
    },
    ("text", "stacked-lstm"): {
        "multiclass": ("accuracy", 0.55, 0.25),
        "binary": ("accuracy", 0.65, 0.10),
        "multilabel": ("macro_f1", 0.50, 0.20),
        "regression": ("r2", 0.10, 0.10),
    },
    ("text", "text-ngrams"): {
        "multiclass": ("accuracy", 0.70, 0.35),
        "binary": ("accuracy", 0.70, 0.15),
        "multilabel": ("macro_f1", 0.60, 0.30),
        "regression": ("r2", 0.20, 0.20),
    },
    ("sound", "separable-cnn-1d"): {
        "multiclass": ("accuracy", 0.65, 0.35),
        "binary": ("accuracy", 0.90, 0.10),
        "multilabel": ("macro_f1", 0.70, 0.30),
        "regression": ("r2", 0.60, 0.60),
    },
    ("sound", "stacked-lstm"): {
        "multiclass": ("accuracy", 0.45, 0.15),
        "binary": ("accuracy", 0.90, 0.10),
        "multilabel": ("macro_f1", 0.70, 0.30),
        "regression": ("r2", 0.60, 0.60),
    },
    ("sound", "inception-1d"): {
        "multiclass": ("accuracy", 0.65, 0.35),
        "binary": ("accuracy", 0.90, 0.10),
        "multilabel": ("macro_f1", 0.70, 0.30),
        "regression": ("r2", 0.60, 0.60),
    },
    ("video", "cnn-3d"): {
        "multiclass": ("accuracy", 0.80, 0.50),
        "binary": ("accuracy", 0.65, 0.10),
        "multilabel": ("macro_f1", 0.75, 0.40),
        "regression": ("r2", 0.35, 0.35),
    },
    ("video", "frames-rnn"): {
        "multiclass": ("accuracy", 0.60, 0.20),
        "binary": ("accuracy", 0.68, 0.12),
        "multilabel": ("macro_f1", 0.70, 0.20),
        "regression": ("r2", 0.40, 0.40),
    },
    ("volumes", "cnn-3d"): {
        "multiclass": ("accuracy", 0.65, 0.30),
        "binary": ("accuracy", 0.65, 0.10),
        "multilabel": ("macro_f1", 0.80, 0.40),
        "regression": ("r2", 0.85, 0.85),
    },
}
EPOCHS = {
    ("series", "stacked-lstm"): 15,
    ("sound", "stacked-lstm"): 15,
    ("text", "stacked-lstm"): 4,
    ("video", "cnn-3d"): 15,
    ("volumes", "cnn-3d"): 15,
    ("video", "frames-rnn"): 20,
}

OFTEN = [
    ("table", "dense-binary"),
    ("table", "tabular-ensemble"),
    ("images", "separable-cnn"),
    ("series", "separable-cnn-1d"),
    ("sound", "separable-cnn-1d"),
]


def learning_cases() -> list[Any]:
    """Every network with every task: what it has to reach. The first task of some is for every change."""
    return [
        pytest.param(
            {"input": input, "family": family, "task": task},
            *LEARNS[input, family][task],
            id=f"{input}-{family}-{task}",
            marks=[] if (input, family) in OFTEN and task == tasks[0] else [pytest.mark.thorough],
        )
        for input, family, tasks in FAMILIES
        for task in tasks
    ]


@pytest.mark.parametrize("variant", hooked_variants(), ids=name)
def test_the_hook_trains_the_variant(
    variant: Answers, render: Render, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = render(tmp_path / "p", hooks=True, **variant)
    said = capfd.readouterr().err
    log = (project / "runs" / "smoke.log").read_text(encoding="utf-8")
    assert "Smoke training passed: loss" in said, said + log
    assert "reloaded, predicts the same" in log
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert set(metrics) == {"validation", "test", "baseline"}
    assert all(isinstance(value, float) for scores in metrics.values() for value in scores.values())


@pytest.mark.parametrize("variant", smoked_variants([*EPOCHS, ("table", "dense-residual")]), ids=name)
def test_each_option_trains(variant: Answers, imported: Import) -> None:
    project = imported(**variant)
    said = project.main("train", "--smoke")
    assert "reloaded, predicts the same" in said
    with open(project.folder / "runs" / "smoke" / "history.csv", newline="") as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(("answers", "metric", "least", "margin"), learning_cases())
def test_the_default_learns(answers: Answers, metric: str, least: float, margin: float, imported: Import) -> None:
    project = imported(**answers)
    epochs = EPOCHS.get((answers["input"], answers["family"]))
    project.main("train", *(["--epochs", epochs] if epochs else []))
    sign = -1 if metric == "rmse" else 1  # less is better
    assert sign * project.metrics["test"][metric] >= sign * least
    assert sign * (project.metrics["test"][metric] - project.metrics["baseline"][metric]) >= margin


@pytest.mark.parametrize("family", some_often((f for _, f, _ in FAMILIES), ["dense-binary"]))
def test_the_project_passes_its_own_tests(family: str, render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family=family)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    done = run_python(project, ["pytest", "-q", "-p", "no:cacheprovider"], environment)
    assert done.returncode == 0, done.stdout + done.stderr


def test_run_folder(trained: Render) -> None:
    project = trained(family="dense-binary")
    files = {path.name for path in (project / "runs" / "smoke").iterdir()}
    assert {"model.keras", "metrics.json", "history.csv", "config.json", "schema.json"} <= files
    assert (project / "runs" / "latest").resolve() == project / "runs" / "smoke"
    history = list(csv.DictReader(open(project / "runs" / "smoke" / "history.csv", newline="")))
    assert [row["epoch"] for row in history] == ["0", "1", "2", "3"]  # of 13 steps each


def test_train_prints_the_run_folder_last(trained: Render) -> None:
    project = trained(family="dense-binary")
    printed = run(project, "train", "--epochs", 1).stdout.strip().splitlines()
    assert (project / printed[-1] / "model.keras").is_file()
    assert (project / "runs" / "latest").resolve().name == printed[-1].split("/")[-1]


def test_a_loss_that_is_no_number_stops_with_advice(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="regression")
    layers = ",".join(["256"] * 12)  # deep, and far too fast
    done = run(project, "train", "--learning-rate", 0.99, "--units", layers, check=False)
    assert done.returncode == 1
    assert "error: training stopped, its loss is NaN or infinite" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_tensorflow_reaches_the_terminal(trained: Render) -> None:
    project = trained(family="dense-binary")
    command = [sys.executable, "-m", package_of(project), "evaluate", "--run", "runs/latest"]
    done = subprocess.run(command, cwd=project, env=os.environ | {"PYTHONPATH": "src"}, text=True, capture_output=True)
    assert done.returncode == 0 and done.stderr == ""


def test_tensorboard_logs_where_asked(trained: Render) -> None:
    project = trained(family="dense-binary")
    folder = run(project, "train", "--epochs", 1, "--tensorboard", "true").stdout.strip().splitlines()[-1]
    assert list((project / folder / "tensorboard").rglob("events.*"))


def test_top_5_where_classes_are_many(render: Render, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 12, 600)
    frame = pd.DataFrame(rng.normal(size=(600, 2)) + 3 * np.c_[classes % 4, classes // 4], columns=["a", "b"])
    frame.assign(kind=[f"k{c}" for c in classes]).to_csv(tmp_path / "many.csv", index=False)
    project = render(tmp_path / "p", family="dense-softmax", data_path=str(tmp_path / "many.csv"), target="kind")
    assert "top_5_accuracy" in run(project, "train", "--epochs", 2).stdout


def test_of_a_rare_class_the_threshold_is_chosen_and_used_by_predict_and_evaluate(
    render: Render, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(1500, 3)), columns=["a", "b", "c"])
    is_rare = frame["a"] + rng.normal(size=1500) > 2.2
    frame.assign(ill=np.where(is_rare, "yes", "no")).to_csv(tmp_path / "t.csv", index=False)
    project = render(tmp_path / "p", data_path=str(tmp_path / "t.csv"), target="ill")
    said = run(project, "train", "--epochs", 30, "--references", "false").stdout
    (threshold,) = json.loads((project / "runs" / "latest" / "schema.json").read_text())["thresholds"]
    assert 0 < threshold < 0.3 and f"{threshold:.2f}" in said
    scores = json.loads((project / "runs" / "latest" / "metrics.json").read_text())["test"]
    assert scores["balanced_accuracy"] > 0.6 and 0 <= scores["calibration_error"] < 0.2
    run(project, "predict", tmp_path / "t.csv", "--output", tmp_path / "out.csv")
    made = pd.read_csv(tmp_path / "out.csv")
    assert ((made["prediction"] == "yes") == (made["probability_yes"] > threshold)).all()
    assert f"{scores['balanced_accuracy']:.4g}" in run(project, "evaluate").stdout
