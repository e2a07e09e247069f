"""predict and evaluate, on data as users have it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from conftest import Render, package_of, run
from PIL import Image

pytestmark = pytest.mark.train


def predict(project: Path, source: Path | str, *arguments: object) -> pd.DataFrame:
    run(project, "predict", source, "--output", "out/predictions.csv", *arguments)
    return pd.read_csv(project / "out" / "predictions.csv", dtype={"prediction": str})


def predict_text(project: Path, source: Path | str) -> pd.Series:
    run(project, "predict", source, "--output", "out/text.csv")
    return pd.read_csv(project / "out" / "text.csv", dtype=str, keep_default_na=False)["prediction"]


def test_predict_binary_in_the_order_of_the_input_whatever_the_columns(trained: Render) -> None:
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


def test_a_run_from_before_an_update_that_changed_settings_still_predicts(trained: Render) -> None:
    project = trained(family="dense-binary")
    file = project / "runs" / "latest" / "config.json"
    as_used = file.read_text()
    settings = json.loads(as_used)
    del settings["patience"]
    file.write_text(json.dumps(settings | {"removed_setting": 1}))
    try:
        assert len(predict(project, "data/breast_cancer.csv")) == 569
        assert run(project, "evaluate").stdout
        file.write_text(as_used[:100])
        done = run(project, "evaluate", check=False)
        assert done.returncode == 1
        assert "config.json does not fit the project, train again: " in done.stderr and "Traceback" not in done.stderr
    finally:
        file.write_text(as_used)


def test_predict_accepts_missing_values_and_parquet(trained: Render) -> None:
    project = trained(family="dense-binary")
    sample = pd.read_csv(project / "data" / "breast_cancer.csv").head(5).drop(columns="diagnosis")
    sample.loc[2, "mean_radius"] = np.nan
    sample.set_index(pd.Index(list("abcde"))).to_parquet(project / "holes.parquet")
    assert predict(project, "holes.parquet")["probability_benign"].notna().all()


def test_missing_values_constant_columns_and_classes_called_none(render: Render, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["kind"] = np.where(frame["a"] > 0, "None", "NA")
    frame["constant"] = 0.1
    frame.loc[frame.index % 2 == 0, "b"] = np.nan
    frame.loc[frame.index % 2 == 1, "c"] = np.nan  # so that no row is complete
    frame.to_csv(tmp_path / "holes.csv", index=False, na_rep="?")
    project = render(tmp_path / "p", family="dense-binary", data_path=str(tmp_path / "holes.csv"), target="kind")
    said = run(project, "train").stdout
    assert "Left out: column constant (the same in every row)\n300 examples: " in said
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert metrics["test"]["accuracy"] > 0.9
    frame.assign(constant=0.2).to_csv(project / "new.csv", index=False)
    predictions = pd.read_csv(tmp_path / "holes.csv", keep_default_na=False)["kind"] == predict_text(project, "new.csv")
    assert predictions.mean() > 0.9


def test_predict_multilabel_and_evaluate_a_file(trained: Render) -> None:
    project = trained(family="multilabel")
    predictions = predict(project, "data/digit_segments.csv")
    assert list(predictions) == ["prediction", *(f"probability_{label}" for label in "abcdefg")]
    first = predictions.iloc[0]
    thresholds = json.loads((project / "runs" / "latest" / "schema.json").read_text())["thresholds"]
    chances = [first[f"probability_{label}"] for label in "abcdefg"]
    likely = [label for label, p, least in zip("abcdefg", chances, thresholds, strict=True) if p > least]
    assert first["prediction"] == "|".join(likely)
    assert "hamming_loss" in run(project, "evaluate", "data/digit_segments.csv").stdout


def test_predict_images_in_a_flat_folder_and_alone(trained: Render) -> None:
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


def test_predict_series_of_different_lengths_one_row_each(trained: Render) -> None:
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


def test_series_with_gaps_and_dates(trained: Render) -> None:
    project = trained(family="stacked-lstm")
    sample = pd.read_csv(project / "data" / "pen_digits.csv").query("series < 3").drop(columns="digit")
    dates = (pd.Timestamp("2024-09-26") + pd.to_timedelta(sample["step"], "D")).dt.strftime("%Y-%m-%d")
    gap = pd.DataFrame({"series": [1], "step": ["2024-09-25"], "x": [""], "y": [""]})
    pd.concat([gap, sample.assign(step=dates).sample(frac=1, random_state=0)]).to_csv(project / "gap.csv", index=False)
    with_gap = predict(project, "gap.csv").set_index("series").sort_index().drop(columns="prediction")
    whole = predict(project, "data/pen_digits.csv").set_index("series").loc[:2].drop(columns="prediction")
    np.testing.assert_allclose(with_gap, whole, atol=1e-4)


def test_images_of_16_bits(trained: Render) -> None:
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


def test_saved_model_needs_keras_only_and_gives_units(trained: Render) -> None:
    project = trained(family="regression")
    sample = pd.read_csv(project / "data" / "diabetes.csv")
    predictions = predict(project, "data/diabetes.csv")["prediction"].astype(float)
    assert 50 < predictions.mean() < 250  # the units of the target, whose mean is 152
    model = keras.saving.load_model(project / "runs" / "latest" / "model.keras")
    alone = model.predict(sample.drop(columns="progression").to_numpy("float32"), verbose=0)
    np.testing.assert_allclose(alone[:, 0], predictions, rtol=1e-3)


def imports_of(project: Path, *arguments: object) -> set[str]:
    """Run a command; return the modules that it imports."""
    command = [sys.executable, "-X", "importtime", "-m", package_of(project), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": "src", "TF_CPP_MIN_LOG_LEVEL": "0"}  # 0: no import is kept from stderr
    done = subprocess.run(command, cwd=project, env=environment, check=True, text=True, capture_output=True)
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.split("|")[-1].strip() for line in lines}


def test_commands_import_only_what_they_need(trained: Render) -> None:
    project = trained(family="dense-binary")
    asked = imports_of(project, "--help")
    assert "pydantic" in asked and not asked & {"keras", "tensorflow", "numpy", "pandas", "sklearn"}
    assert not imports_of(project, "look") & {"keras", "tensorflow", "sklearn"}
    predicting = imports_of(project, "predict", "data/breast_cancer.csv", "--output", "out/imports.csv")
    assert "keras.saving" in predicting and "sklearn.base" not in predicting


def test_several_targets(render: Render, tmp_path: Path) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["small"], frame["large"] = frame["a"] / 1000, 1e6 + 1e5 * frame["b"]
    frame.to_csv(tmp_path / "two.csv", index=False)
    project = render(tmp_path / "p", family="regression", data_path=str(tmp_path / "two.csv"), target="small, large")
    run(project, "train")
    predictions = predict(project, tmp_path / "two.csv")
    assert list(predictions) == ["prediction_small", "prediction_large"]
    for target in ("small", "large"):
        assert np.corrcoef(predictions[f"prediction_{target}"], frame[target])[0, 1] > 0.9


def test_columns_that_are_left_out_and_labels_with_spaces(render: Render, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"name": [f"p{i}" for i in range(200)], "a": rng.normal(size=200), "b": 1})
    frame["kind"] = np.where(frame["a"] > 0, "high", np.where(frame.index % 3, "low", " low "))
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = render(tmp_path / "p", data_path=str(tmp_path / "t.csv"), target="kind", task="binary")
    said = run(project, "train", "--epochs", 1).stdout
    assert (
        "Left out: column name (names, 200 different in 200 rows)\nLeft out: column b (the same in every row)\n" in said
    )
    said = run(project, "train", "--features", "a", "--epochs", 20).stdout
    assert "Left out" not in said
    assert "200 examples: 140 to train, 30 to validate, 30 to test\n1 number: a\n2 classes: high " in said
    frame.drop(columns=["name", "b"]).to_csv(project / "new.csv", index=False)
    assert len(predict(project, "new.csv")) == 200


def test_labels_in_columns(render: Render, tmp_path: Path) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 3)), columns=["a", "b", "c"])
    frame["warm"], frame["wet"] = (frame["a"] > 0).astype(int), (frame["b"] + frame["c"] > 0).astype(int)
    frame.to_csv(tmp_path / "labels.csv", index=False)
    project = render(tmp_path / "p", family="multilabel", data_path=str(tmp_path / "labels.csv"), target="warm,wet")
    run(project, "train")
    metrics = json.loads((project / "runs" / "latest" / "metrics.json").read_text())
    assert metrics["test"]["macro_f1"] > metrics["baseline"]["macro_f1"] + 0.1
    assert set(predict(project, tmp_path / "labels.csv")["prediction"].dropna()) <= {"warm", "wet", "warm|wet"}


def test_evaluate_refuses_data_that_has_changed(trained: Render, tmp_path: Path) -> None:
    project = tmp_path / "p"
    shutil.copytree(trained(family="dense-binary"), project, symlinks=True)
    assert "test, 85 examples" in run(project, "evaluate", "--run", "runs/latest").stdout
    data = project / "data" / "breast_cancer.csv"
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:-1]))
    done = run(project, "evaluate", "--run", "runs/latest", check=False)
    assert done.returncode == 1 and "has changed since the training" in done.stderr
