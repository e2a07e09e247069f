"""Every variant trains, in its hook; every family's default beats the common-sense baseline; the commands work."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pandas as pd
import pytest
from conftest import package_of, run
from PIL import Image
from variants import name, trained_variants

pytestmark = pytest.mark.train

# What the default has to reach on the test split of its sample: metric, network at least (or at most), and by how
# much it has to beat the baseline. Margins are for the worst of several seeds, with room.
DEFAULTS = [
    ({"family": "dense-binary"}, "accuracy", 0.93, 0.25),
    ({"family": "dense-softmax"}, "accuracy", 0.90, 0.40),
    ({"family": "dense-softmax", "target_encoding": "one-hot"}, "accuracy", 0.90, 0.40),
    ({"family": "multilabel"}, "macro_f1", 0.95, 0.20),
    ({"family": "regression"}, "r2", 0.35, 0.35),
    ({"family": "separable-cnn"}, "accuracy", 0.95, 0.80),
    ({"family": "separable-cnn", "task": "binary"}, "accuracy", 0.95, 0.40),
    ({"family": "separable-cnn", "task": "multilabel"}, "macro_f1", 0.95, 0.20),
    ({"family": "separable-cnn", "task": "regression"}, "r2", 0.90, 0.90),
    ({"family": "stacked-lstm"}, "accuracy", 0.93, 0.80),
    ({"family": "stacked-lstm", "task": "binary"}, "accuracy", 0.93, 0.40),
    ({"family": "stacked-lstm", "task": "multilabel"}, "macro_f1", 0.95, 0.20),
    ({"family": "stacked-lstm", "task": "regression"}, "r2", 0.80, 0.80),
]


@pytest.mark.parametrize("variant", trained_variants(), ids=name)
def test_the_hook_trains_the_variant(variant, render, tmp_path, capfd):
    project = render(tmp_path / "p", hooks=True, **variant)
    said = capfd.readouterr().err
    log = (project / "runs" / "smoke.log").read_text(encoding="utf-8")
    assert "Smoke training passed: loss" in said, said + log
    assert "reloaded, predicts the same" in log
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert set(metrics) == {"validation", "test", "baseline"}
    assert all(isinstance(value, float) for scores in metrics.values() for value in scores.values())


@pytest.mark.parametrize(
    ("answers", "metric", "least", "margin"), DEFAULTS, ids=lambda value: name(value) if isinstance(value, dict) else ""
)
def test_the_default_learns(answers, metric, least, margin, render, tmp_path):
    project = render(tmp_path / "p", **answers)
    run(project, "train")
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert metrics["test"][metric] >= least
    assert metrics["test"][metric] - metrics["baseline"][metric] >= margin


@pytest.fixture(scope="module")
def trained(render, tmp_path_factory):
    """A trained project of each kind, which tests may read from and predict with."""
    projects = {}

    def get(**answers):
        key = name(answers)
        if key not in projects:
            project = render(tmp_path_factory.mktemp(key) / "p", **answers)
            projects[key] = project
            run(project, "train", "--smoke")
        return projects[key]

    return get


def predict(project, source, *arguments):
    run(project, "predict", source, "--output", "out/predictions.csv", *arguments)
    return pd.read_csv(project / "out" / "predictions.csv", dtype={"prediction": str})


def test_run_folder(trained):
    project = trained(family="dense-binary")
    files = {path.name for path in (project / "runs" / "smoke").iterdir()}
    assert {"model.keras", "metrics.json", "history.csv", "config.json", "schema.json"} <= files
    assert (project / "runs" / "latest").resolve() == project / "runs" / "smoke"
    history = list(csv.DictReader(open(project / "runs" / "smoke" / "history.csv", newline="")))
    assert [row["epoch"] for row in history] == ["0", "1", "2", "3"]  # of 13 steps each


def test_train_prints_the_run_folder_last(trained):
    project = trained(family="dense-binary")
    printed = run(project, "train", "--epochs", 1).stdout.strip().splitlines()
    assert (project / printed[-1] / "model.keras").is_file()
    assert (project / "runs" / "latest").resolve().name == printed[-1].split("/")[-1]


def test_predict_binary_in_the_order_of_the_input_whatever_the_columns(trained):
    project = trained(family="dense-binary")
    sample = pd.read_csv(project / "data" / "breast_cancer.csv")
    whole = predict(project, "data/breast_cancer.csv")
    assert list(whole) == ["prediction", "probability_benign", "probability_malignant"]
    assert len(whole) == len(sample)
    mixed = sample.drop(columns="diagnosis").iloc[::-1, ::-1].assign(extra="x")
    mixed.to_csv(project / "mixed.csv", index=False, sep=";")
    again = predict(project, "mixed.csv")[::-1].reset_index(drop=True)
    assert list(again["prediction"]) == list(whole["prediction"])
    np.testing.assert_allclose(again["probability_benign"], whole["probability_benign"], atol=1e-5)


def test_predict_accepts_missing_values_and_parquet(trained):
    project = trained(family="dense-binary")
    sample = pd.read_csv(project / "data" / "breast_cancer.csv").head(5).drop(columns="diagnosis")
    sample.loc[2, "mean_radius"] = np.nan
    sample.set_index(pd.Index(list("abcde"))).to_parquet(project / "holes.parquet")
    assert predict(project, "holes.parquet")["probability_benign"].notna().all()


def test_missing_values_constant_columns_and_classes_called_none(render, tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["kind"] = np.where(frame["a"] > 0, "None", "NA")
    frame["constant"] = 0.1
    frame.loc[frame.index % 2 == 0, "b"] = np.nan
    frame.loc[frame.index % 2 == 1, "c"] = np.nan  # so that no row is complete
    frame.to_csv(tmp_path / "holes.csv", index=False, na_rep="?")
    project = render(tmp_path / "p", family="dense-binary", data_path=str(tmp_path / "holes.csv"), target="kind")
    assert "Left out" not in run(project, "train").stdout
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert metrics["test"]["accuracy"] > 0.9
    frame.assign(constant=0.2).to_csv(project / "new.csv", index=False)
    predictions = pd.read_csv(tmp_path / "holes.csv", keep_default_na=False)["kind"] == predict_text(project, "new.csv")
    assert predictions.mean() > 0.9


def predict_text(project, source):
    run(project, "predict", source, "--output", "out/text.csv")
    return pd.read_csv(project / "out" / "text.csv", dtype=str, keep_default_na=False)["prediction"]


def test_predict_multilabel_and_evaluate_a_file(trained):
    project = trained(family="multilabel")
    predictions = predict(project, "data/digit_segments.csv")
    assert list(predictions) == ["prediction", *(f"probability_{label}" for label in "abcdefg")]
    first = predictions.iloc[0]
    likely = [label for label in "abcdefg" if first[f"probability_{label}"] > 0.5]
    assert first["prediction"] == "|".join(likely)
    assert "hamming_loss" in run(project, "evaluate", "data/digit_segments.csv").stdout


def test_predict_images_in_a_flat_folder_and_alone(trained):
    project = trained(family="separable-cnn")
    by_class = predict(project, "data/digits")
    assert list(by_class)[:2] == ["path", "prediction"] and len(by_class) == 1797
    assert list(by_class["path"]) == sorted(by_class["path"])
    flat = project / "flat"
    flat.mkdir(exist_ok=True)
    for path in by_class["path"][:3]:
        shutil.copy(project / "data" / "digits" / path, flat)
    some = predict(project, "flat")
    assert list(some["prediction"]) == list(by_class["prediction"][:3])
    assert list(predict(project, f"flat/{some['path'][0]}")["prediction"]) == [some["prediction"][0]]


def test_predict_series_of_different_lengths_one_row_each(trained):
    project = trained(family="stacked-lstm")
    sample = pd.read_csv(project / "data" / "pen_digits.csv", dtype=str)
    part = sample[(sample["series"].isin(["7", "3"])) | ((sample["series"] == "5") & (sample["step"] < "4"))]
    part = part.sort_values("series", ascending=False, kind="stable").drop(columns="digit")
    part.sample(frac=1, random_state=0).sort_values("series", ascending=False).to_csv(project / "part.csv", index=False)
    predictions = predict(project, "part.csv")
    assert list(predictions["series"]) == [7, 5, 3]
    whole = predict(project, "data/pen_digits.csv").set_index("series")
    for number in (7, 3):
        row = predictions.set_index("series").loc[number].drop("prediction").astype(float)
        np.testing.assert_allclose(row, whole.loc[number].drop("prediction").astype(float), atol=1e-4)


def test_series_with_gaps_and_dates(trained):
    project = trained(family="stacked-lstm")
    sample = pd.read_csv(project / "data" / "pen_digits.csv").query("series < 3").drop(columns="digit")
    dates = (pd.Timestamp("2024-09-26") + pd.to_timedelta(sample["step"], "D")).dt.strftime("%Y-%m-%d")
    gap = pd.DataFrame({"series": [1], "step": ["2024-09-25"], "x": [""], "y": [""]})
    pd.concat([gap, sample.assign(step=dates).sample(frac=1, random_state=0)]).to_csv(project / "gap.csv", index=False)
    with_gap = predict(project, "gap.csv").set_index("series").sort_index().drop(columns="prediction")
    whole = predict(project, "data/pen_digits.csv").set_index("series").loc[:2].drop(columns="prediction")
    np.testing.assert_allclose(with_gap, whole, atol=1e-4)


def test_images_of_16_bits(trained):
    project = trained(family="separable-cnn")
    folder = project / "deep"
    folder.mkdir()
    digits = sorted((project / "data" / "digits").rglob("*.png"))[::300]
    for digit in digits:
        levels = np.asarray(Image.open(digit)).astype("uint16") * 257
        Image.fromarray(levels).save(folder / digit.name)
    deep = predict(project, "deep").set_index("path")
    whole = predict(project, "data/digits")
    whole = whole.set_index(whole["path"].str.split("/").str[1]).loc[deep.index]
    np.testing.assert_allclose(deep.iloc[:, 1:], whole.iloc[:, 2:], atol=0.02)


def test_saved_model_needs_keras_only_and_gives_units(trained):
    project = trained(family="regression")
    sample = pd.read_csv(project / "data" / "diabetes.csv")
    predictions = predict(project, "data/diabetes.csv")["prediction"].astype(float)
    assert 50 < predictions.mean() < 250  # the units of the target, whose mean is 152
    model = keras.saving.load_model(project / "runs" / "latest" / "model.keras")
    alone = model.predict(sample.drop(columns="progression").to_numpy("float32"), verbose=0)
    np.testing.assert_allclose(alone[:, 0], predictions, rtol=1e-3)


def test_several_targets(render, tmp_path):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["small"], frame["large"] = frame["a"] / 1000, 1e6 + 1e5 * frame["b"]
    frame.to_csv(tmp_path / "two.csv", index=False)
    project = render(tmp_path / "p", family="regression", data_path=str(tmp_path / "two.csv"), target="small, large")
    run(project, "train")
    predictions = predict(project, tmp_path / "two.csv")
    assert list(predictions) == ["prediction_small", "prediction_large"]
    for target in ("small", "large"):
        assert np.corrcoef(predictions[f"prediction_{target}"], frame[target])[0, 1] > 0.9


def test_columns_that_are_left_out_and_labels_with_spaces(render, tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"name": [f"p{i}" for i in range(200)], "a": rng.normal(size=200), "b": 1})
    frame["kind"] = np.where(frame["a"] > 0, "high", np.where(frame.index % 3, "low", " low "))
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = render(tmp_path / "p", data_path=str(tmp_path / "t.csv"), target="kind", task="binary")
    assert "'p0' is not a number" in run(project, "train", check=False).stderr
    said = run(project, "train", "--features", "a").stdout
    assert "200 examples: 140 to train, 30 to validate, 30 to test\n1 features: a\n2 classes: high, low\n" in said
    frame.drop(columns=["name", "b"]).to_csv(project / "new.csv", index=False)
    assert len(predict(project, "new.csv")) == 200


def test_labels_in_columns(render, tmp_path):
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["warm"], frame["wet"] = (frame["a"] > 0).astype(int), (frame["b"] + frame["c"] > 0).astype(int)
    frame.to_csv(tmp_path / "labels.csv", index=False)
    project = render(tmp_path / "p", family="multilabel", data_path=str(tmp_path / "labels.csv"), target="warm,wet")
    run(project, "train")
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert metrics["test"]["macro_f1"] > metrics["baseline"]["macro_f1"] + 0.1
    assert set(predict(project, tmp_path / "labels.csv")["prediction"].dropna()) <= {"warm", "wet", "warm|wet"}


@pytest.mark.parametrize("family", ["dense-softmax", "separable-cnn", "stacked-lstm"])
def test_the_project_passes_its_own_tests(family, render, tmp_path):
    project = render(tmp_path / "p", family=family)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=project, env=environment, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def start_training(project, *arguments):
    command = [sys.executable, "-m", package_of(project), "train", *arguments]
    environment = os.environ | {"PYTHONPATH": "src"}
    return subprocess.Popen(command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def test_a_killed_training_goes_on_where_it_stopped(render, tmp_path):
    project = render(tmp_path / "p", family="dense-binary")
    flags = ("--epochs", "200", "--patience", "200", "--units", "64,64")
    training = start_training(project, *flags)
    history = None
    deadline = time.monotonic() + 120
    while history is None or len(history.read_text().splitlines()) < 12:
        assert time.monotonic() < deadline and training.poll() is None
        time.sleep(0.1)
        history = next(project.glob("runs/2*/history.csv"), None)
    training.send_signal(signal.SIGKILL)
    training.wait()
    before = history.read_text().splitlines()

    said = run(project, "train", *flags).stdout
    assert f"Going on with runs/{history.parent.name}" in said
    after = history.read_text().splitlines()
    assert after[: len(before) - 1] == before[:-1]
    epochs = [int(line.split(",")[0]) for line in after[1:]]
    assert epochs[-1] == 199 and set(epochs) == set(range(200))
    assert len(list(project.glob("runs/2*"))) == 1
    assert not (history.parent / "backup").exists()
    assert "Training in runs/" in run(project, "train", "--epochs", 1).stdout


def kill_training(project, *flags):
    """Kill a training after its first epochs; return its run folder."""
    training = start_training(project, "--epochs", "500", "--patience", "500", *flags)
    deadline = time.monotonic() + 120
    while not (backups := list(project.glob("runs/2*/backup/training_metadata.json"))):
        assert time.monotonic() < deadline and training.poll() is None
        time.sleep(0.05)
    training.send_signal(signal.SIGKILL)
    training.wait()
    return backups[0].parents[1]


def test_a_stopped_training_is_not_continued_with_other_data(render, tmp_path):
    project = render(tmp_path / "p", family="dense-binary")
    stopped = kill_training(project)
    data = project / "data" / "breast_cancer.csv"
    data.write_text(data.read_text().replace("17.99,", "17.98,", 1))
    done = start_training(project, "--epochs", "500", "--patience", "3")
    said = done.communicate()[0].decode()
    assert "Going on" not in said and str(stopped.name) not in said
    assert done.returncode == 0


def test_a_stopped_training_that_cannot_be_continued_says_so(render, tmp_path):
    project = render(tmp_path / "p", family="dense-binary")
    stopped = kill_training(project)
    model = project / "src" / package_of(project) / "model.py"
    model.write_text(model.read_text().replace("layers.Dense(units,", "layers.Dense(2 * units,"))
    done = run(project, "train", "--epochs", 500, "--patience", 500, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"error: the training in runs/{stopped.name} cannot be continued" in done.stderr


def test_evaluate_refuses_data_that_has_changed(trained, tmp_path):
    project = tmp_path / "p"
    shutil.copytree(trained(family="dense-binary"), project, symlinks=True)
    assert "test, 85 examples" in run(project, "evaluate", "--run", "runs/latest").stdout
    data = project / "data" / "breast_cancer.csv"
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:-1]))
    done = run(project, "evaluate", "--run", "runs/latest", check=False)
    assert done.returncode == 1 and "has changed since the training" in done.stderr


def test_a_loss_that_is_no_number_stops_with_advice(render, tmp_path):
    project = render(tmp_path / "p", family="regression")
    layers = ",".join(["256"] * 12)  # deep, and far too fast
    done = run(project, "train", "--learning-rate", 0.99, "--units", layers, check=False)
    assert done.returncode == 1
    assert "error: training stopped, its loss is no longer a number" in done.stderr
    assert "Traceback" not in done.stderr


def test_tensorboard_logs_where_asked(trained):
    project = trained(family="dense-binary")
    folder = run(project, "train", "--epochs", 1, "--tensorboard", "true").stdout.strip().splitlines()[-1]
    assert list((project / folder / "tensorboard").rglob("events.*"))


def test_top_5_where_classes_are_many(render, tmp_path):
    rng = np.random.default_rng(0)
    classes = rng.integers(0, 12, 600)
    frame = pd.DataFrame(rng.normal(size=(600, 2)) + 3 * np.c_[classes % 4, classes // 4], columns=["a", "b"])
    frame.assign(kind=[f"k{c}" for c in classes]).to_csv(tmp_path / "many.csv", index=False)
    project = render(tmp_path / "p", family="dense-softmax", data_path=str(tmp_path / "many.csv"), target="kind")
    assert "top_5_accuracy" in run(project, "train", "--epochs", 2).stdout
