"""Targets of tables as people have them: classes, labels and numbers in all spellings, rare ones, and twins."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported

RNG = np.random.default_rng(0)


def load(project: Imported, path: Path, **settings: Any) -> Any:
    """Read and split, without training."""
    config = project.config(data_path=path, **settings)
    return project.module("data.dataset").load(config)


@pytest.fixture(scope="module")
def projects(imported: Import) -> dict[str, Imported]:
    """An untrained project of each family of tables, by family."""
    return {family: imported(family=family) for family in ("dense-binary", "dense-softmax", "multilabel", "regression")}


def write_target(path: Path, target: Any, **more: Any) -> Path:
    """Write a table with this target, and a column that tells the class."""
    frame = pd.DataFrame({"a": RNG.normal(size=len(target)), "t": target} | more)
    frame["b"] = pd.factorize(frame["t"])[0] + RNG.normal(0, 0.1, len(frame))
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_csv(path, index=False)
    return path


BINARY = {
    "text": (["yes", "no"], ["no", "yes"]),
    "text of many kinds": (["{{ 7*7 }}", 'quo"te, ü'], ['quo"te, ü', "{{ 7*7 }}"]),
    "0 and 1": (["1", "0"], ["0", "1"]),
    "1 and 2": (["1", "2"], ["1", "2"]),
    "-1 and 1": (["1", "-1"], ["-1", "1"]),
    "zeros in front": (["01", "1"], ["01", "1"]),
    "true and false": (["True", "False"], ["False", "True"]),
    "dates": (["2024-01-31", "2023-01-31"], ["2023-01-31", "2024-01-31"]),
    "None and NA": (["None", "NA"], ["NA", "None"]),
    "spaces around": ([" yes", "no "], ["no", "yes"]),
}


@pytest.mark.parametrize(("target", "classes"), BINARY.values(), ids=BINARY)
def test_classes_are_named_as_they_are_written(
    target: list[str], classes: list[str], projects: dict[str, Imported], tmp_path: Path
) -> None:
    data = load(projects["dense-binary"], write_target(tmp_path / "t.csv", target * 20), target=["t"])
    assert data.schema.outputs == classes
    assert data.train.y.mean() == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("target", "classes"),
    [
        (np.tile([5, 7, 3], 20), ["3", "5", "7"]),
        (np.tile([9, 10, 11], 20), ["9", "10", "11"]),
        (np.tile([-1, 0, 1], 20), ["-1", "0", "1"]),
        (pd.Categorical(["low", "mid", "high"] * 20), ["high", "low", "mid"]),
        (pd.array([1, 2, 3, None] * 15, dtype="Int64"), ["1", "2", "3"]),
        ([1, 2, 3, None] * 15, ["1", "2", "3"]),  # floats, because of the gaps
    ],
    ids=["not from 0", "of two digits", "negative", "categories", "whole with gaps", "floats with gaps"],
)
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_classes_of_any_type(
    target: Any,
    classes: list[str],
    suffix: str,
    projects: dict[str, Imported],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if suffix == "csv" and isinstance(target, list):
        target = pd.array(target, dtype="Int64")  # CSV has text only
    data = load(projects["dense-softmax"], write_target(tmp_path / f"t.{suffix}", target), target=["t"])
    assert sorted(data.schema.outputs) == sorted(classes)
    assert ("Left out: 15 of 60 examples without a target\n" in capsys.readouterr().out) == (len(set(target)) == 4)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_booleans_as_target(suffix: str, projects: dict[str, Imported], tmp_path: Path) -> None:
    path = write_target(tmp_path / f"t.{suffix}", [True, False] * 20)
    assert load(projects["dense-binary"], path, target=["t"]).schema.outputs == ["False", "True"]


def test_lists_of_labels_with_rows_without_any(
    projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = ["red|big", "", "big", "red", "a b|red", ""] * 10
    data = load(projects["multilabel"], write_target(tmp_path / "t.csv", labels), target=["t"])
    assert data.schema.outputs == ["a b", "big", "red"]
    y = np.concatenate([data.train.y, data.validation.y, data.test.y])
    assert len(y) == 60 and (y.sum(axis=1) == 0).sum() == 20 and y.sum(axis=0).tolist() == [10, 20, 30]
    assert "Left out" not in capsys.readouterr().out


LISTS = {
    "semicolons": ["red;big", "", "big", "red", "a b; red", ""],
    "commas": ["red,big", "", "big", "red", "a b, red", ""],
    "lists of Python": ["['red', 'big']", "[]", "['big']", '["red"]', "['a b', 'red']", "[]"],
    "arrays of NumPy": ["['red' 'big']", "[]", "['big']", "['red']", "['a b' 'red']", "[]"],
    "slashes": ["red / big", "", "big", "red", "a b / red", ""],
    "signs": ["#red #big", "", "#big", "#red", "#a b #red", ""],
    "other spellings": ["Red|big", "", "Big ", "red", "a b|red", ""],
}


@pytest.mark.parametrize("labels", LISTS.values(), ids=LISTS)
def test_lists_of_labels_however_they_are_written(
    labels: list[str], projects: dict[str, Imported], tmp_path: Path
) -> None:
    data = load(projects["multilabel"], write_target(tmp_path / "t.csv", labels * 10), target=["t"])
    assert [label.lower() for label in data.schema.outputs] == ["a b", "big", "red"]
    y = np.concatenate([data.train.y, data.validation.y, data.test.y])
    assert y.sum(axis=0).tolist() == [10, 20, 30]


SPELLINGS = {
    "case and blanks": (["yes", "Yes ", "YES", "no", "No", "yes", "no"], ["no", "yes"]),
    "a full stop": (["<=50K", "<=50K.", ">50K", ">50K.", "<=50K", ">50K"], ["<=50K", ">50K"]),
    "yes and y": (["yes", "y", "Y", "no", "n", "yes", "no"], ["no", "yes"]),
    "numbers": (["1.0", "2.0", "1", "2", "1.0", "2.0"], ["1", "2"]),
}


@pytest.mark.parametrize(("target", "classes"), SPELLINGS.values(), ids=SPELLINGS)
def test_spellings_of_a_class_are_one(
    target: list[str], classes: list[str], projects: dict[str, Imported], tmp_path: Path
) -> None:
    project = projects["dense-binary"]
    path = write_target(tmp_path / "t.csv", target * 10)
    data = load(project, path, target=["t"])
    assert data.schema.outputs == classes
    again = project.module("data.dataset").read_labelled(path, project.config(target=["t"]), data.schema)
    assert len(again.y) == len(target) * 10


def test_letters_of_both_cases_are_classes_of_their_own(projects: dict[str, Imported], tmp_path: Path) -> None:
    data = load(projects["dense-softmax"], write_target(tmp_path / "t.csv", [*"aAbBcC"] * 10), target=["t"])
    assert data.schema.outputs == [*"ABCabc"]


@pytest.mark.parametrize("written", ["{}.5 kg", "${}.5", "{}.5%", "{},5", "({}.5)"])
def test_numbers_to_predict_however_they_are_written(
    written: str, projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = [written.format(number + 1) for number in range(59)] + ["unknown"]
    data = load(projects["regression"], write_target(tmp_path / "t.csv", target), target=["t"])
    assert "Left out: 1 of 60 examples without a target (unknown)\n" in capsys.readouterr().out
    y = np.concatenate([data.train.y, data.validation.y, data.test.y])
    assert sorted(abs(y[:, 0])) == [number + 1.5 for number in range(59)]


# What may be wrong with the data


def test_rows_that_are_alike_stay_in_one_split(
    projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.DataFrame({"a": RNG.normal(size=60), "b": RNG.normal(size=60), "t": ["x", "y"] * 30})
    pd.concat([frame] * 4).to_csv(tmp_path / "t.csv", index=False)
    data = load(projects["dense-binary"], tmp_path / "t.csv", target=["t"])
    assert "Note: 180 of 240 rows repeat others: they stay in one split\n" in capsys.readouterr().out
    rows = [set(map(tuple, split.x["numbers"].tolist())) for split in (data.train, data.validation, data.test)]
    assert not rows[0] & rows[1] and not rows[0] & rows[2] and not rows[1] & rows[2]


def test_a_column_that_tells_the_target_is_named(
    projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = RNG.normal(100, 20, 100).round(2)
    frame = pd.DataFrame({"gross": (net * 1.19).round(2), "rooms": RNG.integers(1, 5, 100), "net": net})
    frame["near"], frame["kind"] = net + RNG.normal(0, 5, 100), np.where(net > 100, "big", "small")
    frame.to_csv(tmp_path / "t.csv", index=False)
    load(projects["regression"], tmp_path / "t.csv", target=["net"])
    said = capsys.readouterr().out
    assert "column gross alone tells the target" in said and said.count("alone tells") == 1
    frame.assign(status=frame["kind"].map({"big": 200, "small": 404})).to_csv(tmp_path / "t.csv", index=False)
    load(projects["dense-binary"], tmp_path / "t.csv", target=["kind"])
    assert "column status alone tells the target" in capsys.readouterr().out


def test_identifiers_come_with_the_predictions_and_those_that_repeat_are_proposed_as_groups(
    projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = pd.DataFrame({"order_no": RNG.permutation(60) + 100, "patient_id": [n % 20 for n in range(60)]})
    frame["a"], frame["t"] = RNG.normal(size=60), ["x", "y"] * 30
    frame.to_csv(tmp_path / "t.csv", index=False)
    data = load(projects["dense-binary"], tmp_path / "t.csv", target=["t"])
    said = capsys.readouterr().out
    assert "Left out: column order_no (an identifier)\n" in said
    assert "column patient_id: 20 values in 60 rows; if those of one belong together, set group_column" in said
    assert data.record["order_no"].tolist() == frame["order_no"].astype(str).tolist()


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_numbers_in_the_target_are_left_out_and_counted(
    suffix: str, projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = RNG.normal(1e6, 1e5, 60)
    target[[3, 7, 50]] = np.nan
    path = write_target(tmp_path / f"t.{suffix}", target)
    data = load(projects["regression"], path, target=["t"])
    assert "Left out: 3 of 60 examples without a target\n" in capsys.readouterr().out
    assert sum(len(split.y) for split in (data.train, data.validation, data.test)) == 57
    assert list(np.flatnonzero(data.record["split"] == "")) == [3, 7, 50]


@pytest.mark.parametrize("missing", ["", "NA", "?", "nan"])
def test_missing_numbers_in_one_of_several_targets(
    missing: str, projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_target(tmp_path / "t.csv", [1.5, 2.5] * 20, u=["3", missing, "4", "5"] * 10)
    load(projects["regression"], path, target=["t", "u"])
    assert "Left out: 10 of 40 examples without a target\n" in capsys.readouterr().out


@pytest.mark.train
def test_one_example_of_a_class(projects: dict[str, Imported], tmp_path: Path) -> None:
    path = write_target(tmp_path / "t.csv", ["a"] * 60 + ["b"] * 38 + ["c", "d"])
    project = projects["dense-softmax"]
    said = project.main("train", "--data-path", path, "--target", "t", "--epochs", 2, "--balance-classes", "true")
    assert "4 classes: " in said
    assert set(project.predict(path)["prediction"]) <= {*"abcd"}


@pytest.mark.train
def test_one_positive_example(projects: dict[str, Imported], tmp_path: Path) -> None:
    path = write_target(tmp_path / "t.csv", ["no"] * 79 + ["yes"])
    project = projects["dense-binary"]
    said = project.main("train", "--data-path", path, "--target", "t", "--epochs", 2)
    assert "yes is rare (" in said or "no is rare" in said
    assert set(project.metrics) == {"validation", "test", "baseline"}


@pytest.mark.train
def test_a_class_that_no_example_to_train_on_has(projects: dict[str, Imported], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=200), "when": range(200)})
    frame["t"] = np.where(frame["a"] > 0, "high", "low")
    frame.loc[150, "t"] = "new"  # which is in the validation: it decides on the best epoch
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = projects["dense-softmax"]
    flags = ("--time-column", "when", "--balance-classes", "true", "--learning-rate", 0.01, "--epochs", 40)
    project.main("train", "--data-path", tmp_path / "t.csv", "--target", "t", *flags)
    assert project.metrics["test"]["accuracy"] > 0.9
    said = project.main("train", "--data-path", tmp_path / "t.csv", "--target", "t", *flags[:2], "--epochs", 1)
    assert "rare" not in said


@pytest.mark.train
def test_one_example_can_be_measured(projects: dict[str, Imported], tmp_path: Path) -> None:
    rows = pd.DataFrame({"a": np.sin(range(60)), "t": np.arange(60.0), "u": 2.0})
    rows.to_csv(tmp_path / "t.csv", index=False)
    rows[:1].to_csv(tmp_path / "one.csv", index=False)
    project = projects["regression"]
    for target in ("t", "t,u"):
        project.main("train", "--data-path", tmp_path / "t.csv", "--target", target, "--epochs", 1)
        said = project.main("evaluate", tmp_path / "one.csv")
        assert re.search(r"^r2\S* +– +–$", said, re.MULTILINE)


@pytest.mark.train
def test_rare_classes_are_found_when_balanced(projects: dict[str, Imported], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(1500, 3)), columns=[*"abc"])
    frame["t"] = np.where(frame["a"] + frame["b"] + rng.normal(0, 0.7, 1500) > 2.6, "ill", "well")
    assert 0.02 < (frame["t"] == "ill").mean() < 0.08
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = projects["dense-binary"]
    scores = {}
    for balanced in ("false", "true"):
        flags = ("--data-path", tmp_path / "t.csv", "--target", "t", "--epochs", 12, "--balance-classes", balanced)
        said = project.main("train", *flags)
        assert ("ill is rare (" in said and "balance_classes = true" in said) == (balanced == "false")
        scores[balanced] = project.metrics["test"]
        assert {"accuracy", "balanced_accuracy", "macro_f1", "auc"} <= set(scores[balanced])
        # The baseline always says well: the accuracy hides it, the others show it.
        baseline = project.metrics["baseline"]
        assert baseline["accuracy"] > 0.9 and baseline["balanced_accuracy"] == baseline["auc"] == 0.5
        assert baseline["macro_f1"] < 0.5
    assert scores["true"]["balanced_accuracy"] > scores["false"]["balanced_accuracy"] + 0.1


@pytest.mark.train
def test_targets_on_different_scales_are_reported_in_their_units(projects: dict[str, Imported], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(400, 2)), columns=["a", "b"])
    frame["tiny"], frame["huge"] = 1e-6 * frame["a"], 1e9 + 1e7 * frame["b"]
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    project = projects["regression"]
    project.main("train", "--data-path", path, "--target", "tiny,huge", "--epochs", 30, "--learning-rate", 0.01)
    test, baseline = project.metrics["test"], project.metrics["baseline"]
    assert test["r2_tiny"] > 0.8 and test["r2_huge"] > 0.8
    assert baseline["rmse_tiny"] == pytest.approx(1e-6, rel=0.3)
    assert baseline["rmse_huge"] == pytest.approx(1e7, rel=0.3)
    predictions = project.predict(path)
    assert list(predictions) == ["prediction_tiny", "prediction_huge"] and len(predictions) == 400
    error = predictions["prediction_huge"].astype(float) - frame["huge"]
    assert error.std() < 0.5e7 and abs(error.mean()) < 0.2e7
    split = pd.read_csv(max((project.folder / "runs").glob("2*")) / "split.csv")["split"]
    assert np.sqrt((error[split == "test"] ** 2).mean()) == pytest.approx(test["rmse_huge"], rel=0.02)


def test_a_target_far_from_the_others_is_said(
    projects: dict[str, Imported], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = RNG.lognormal(4, 1.5, 300).round(2)
    load(projects["regression"], write_target(tmp_path / "usual.csv", usual), target=["t"])
    assert "far from" not in capsys.readouterr().out
    usual[7] = 1e9
    load(projects["regression"], write_target(tmp_path / "far.csv", usual), target=["t"])
    said = "1 of 300 values of t lies far from the others, such as 1e+09: where one is a mistake, leave its row out\n"
    assert said in capsys.readouterr().out
