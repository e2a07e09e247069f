"""Training on tables as people have them: what is predicted later, and targets of every kind."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, columns_of

Messy = tuple[Imported, pd.DataFrame, str]
RNG = np.random.default_rng(0)


# Training, and what comes later


def write_messy(path: Path, rows: int = 400) -> pd.DataFrame:
    """Write a table with something of everything; its target depends on most of it."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "id": range(1, rows + 1),
            "age {{ 7*7 }}": rng.integers(18, 90, rows).astype("float"),
            'jo"b': rng.choice(["clerk", "smith", "nurse ", "künstler"], rows, p=[0.5, 0.3, 0.15, 0.05]),
            "joined": (pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D")).strftime(
                "%d.%m.%Y"
            ),
            "flag": rng.choice(["True", "false", "TRUE"], rows),
            "note": [f"free text, {i}" for i in range(rows)],
            "same": "a",
            "empty": "",
            "größe, m": rng.normal(1.7, 0.1, rows),
            "Größe, m": rng.normal(size=rows),
        }
    )
    score = frame["age {{ 7*7 }}"] / 20 + (frame['jo"b'] == "smith") * 2 - (frame["flag"] == "false") * 2
    frame["ill"] = np.where(score > score.median(), "yes", "no")
    frame.loc[rng.random(rows) < 0.2, "age {{ 7*7 }}"] = np.nan
    frame.loc[rng.random(rows) < 0.1, 'jo"b'] = "?"
    frame.loc[10, "joined"] = np.nan
    frame.loc[3:6, "ill"] = ""
    frame.to_csv(path, index=False, na_rep="NA", sep=";", decimal=",")
    return pd.read_csv(path, sep=";", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def messy(imported: Import, tmp_path_factory: pytest.TempPathFactory) -> Messy:
    """A project rendered for a messy table and trained on it; the table as text; what the training said."""
    path = tmp_path_factory.mktemp("messy") / "messy {{ 1 }} é.csv"
    frame = write_messy(path)
    project = imported(data_path=str(path), target="ill", task="binary")
    said = project.main("train", "--epochs", 20)
    return project, frame, said


def ask(messy: Messy, frame: pd.DataFrame, sep: str = ";") -> Any:
    """Write the rows and return their predictions."""
    project, _, _ = messy
    frame.to_csv(project.folder / "new.csv", index=False, sep=sep)
    predictions = project.predict("new.csv")
    assert len(predictions) == len(frame)
    probabilities = predictions[["probability_no", "probability_yes"]].astype(float).to_numpy()
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert list(predictions["prediction"]) == list(np.where(probabilities[:, 1] > 0.5, "yes", "no"))
    return probabilities[:, 1]


@pytest.mark.train
def test_a_messy_table_trains_unedited(messy: Messy) -> None:
    project, _, said = messy
    for name, reason in {
        "id": "an identifier",
        "note": "names, 400 different in 400 rows",
        "same": "the same in every row",
        "empty": "empty",
    }.items():
        assert f"Left out: column {name} ({reason})\n" in said
    assert "Left out: 4 of 400 examples without a target\n" in said
    assert '1 date: joined\n1 category: jo"b\n4 numbers: age {{ 7*7 }}, flag, größe, m, Größe, m\n' in said
    assert project.metrics["test"]["accuracy"] > project.metrics["baseline"]["accuracy"] + 0.2
    record = pd.read_csv(next((project.folder / "runs").glob("2*")) / "split.csv", dtype=str, keep_default_na=False)
    assert list(record["split"][2:8].replace({"validation": "", "test": "", "train": ""})) == [""] * 6
    assert list(np.flatnonzero(record["split"] == "")) == [3, 4, 5, 6]


@pytest.mark.train
def test_order_and_number_of_rows_are_kept_whatever_the_columns(messy: Messy) -> None:
    _, frame, _ = messy
    whole = ask(messy, frame)
    order = np.random.default_rng(0).permutation(len(frame))
    mixed = frame.drop(columns=["ill", "id", "note", "same", "empty"]).iloc[order, ::-1].assign(extra="{x}", ill_2=1)
    np.testing.assert_allclose(ask(messy, mixed, sep="\t"), whole[order], atol=1e-5)
    np.testing.assert_allclose(ask(messy, frame.assign(ill="junk")), whole, atol=1e-6)


@pytest.mark.train
def test_a_row_alone_is_predicted_as_among_others(messy: Messy) -> None:
    _, frame, _ = messy
    whole = ask(messy, frame)
    for row in (0, 3, 10, 399):  # with everything, without target, without date, the last
        assert ask(messy, frame.iloc[[row]]) == pytest.approx(whole[[row]], abs=1e-5)


@pytest.mark.train
def test_unseen_categories_and_missing_values(messy: Messy) -> None:
    _, frame, _ = messy
    rows = frame.head(6).copy()
    rows['jo"b'] = ["astronaut", "", "NA", "?", "SMITH", "künstler"]
    rows.loc[1, ["age {{ 7*7 }}", "joined", "flag", "größe, m", "Größe, m"]] = ["", "NA", "?", "nan", "None"]
    probabilities = ask(messy, rows)
    assert np.isfinite(probabilities).all()
    alike = rows.iloc[[0, 0]].assign(**{'jo"b': ["astronaut", "other {{ 1 }}"]})
    assert np.ptp(ask(messy, alike)) == 0  # one that was never seen is like another
    nothing = frame.head(2).drop(columns="ill").copy()
    nothing.loc[:, nothing.columns != "id"] = ""  # rows without any value are left out
    assert np.isfinite(ask(messy, nothing)).all()


@pytest.mark.train
def test_a_column_that_came_as_numbers_later_comes_as_text(messy: Messy) -> None:
    project, frame, _ = messy
    frame.head(3).assign(flag=["True", "maybe", "FALSE"]).to_csv(project.folder / "odd.csv", index=False, sep=";")
    said = project.main("predict", "odd.csv", "--output", "odd_predictions.csv")
    assert "odd.csv: column flag: 1 cell is no number, read as missing: 'maybe' (row 2)" in said
    wrong = frame.head(3).assign(flag=["True", "maybe", "perhaps"])
    wrong.to_csv(project.folder / "wrong.csv", index=False, sep=";")
    error = project.error("predict", "wrong.csv", "--output", "none.csv")
    assert error == "error: wrong.csv: column flag, row 2: 'maybe' is not a number"
    wrong = frame.head(3).assign(joined=["01.02.2020", "soon", "later"])
    wrong.to_csv(project.folder / "wrong.csv", index=False, sep=";")
    error = project.error("predict", "wrong.csv", "--output", "none.csv")
    assert error == "error: wrong.csv: column joined, row 2: 'soon' is not a date"
    frame.drop(columns='jo"b').to_csv(project.folder / "wrong.csv", index=False, sep=";")
    assert 'wrong.csv has no column jo"b' in project.error("predict", "wrong.csv", "--output", "none.csv")
    assert not (project.folder / "none.csv").exists()


@pytest.mark.train
def test_the_same_table_as_parquet(messy: Messy) -> None:
    project, frame, _ = messy
    typed = pd.DataFrame(
        {
            "age {{ 7*7 }}": pd.to_numeric(frame["age {{ 7*7 }}"].str.replace(",", "."), errors="coerce"),
            'jo"b': frame['jo"b'].astype("category"),
            "joined": pd.to_datetime(frame["joined"], format="%d.%m.%Y", errors="coerce"),
            "flag": frame["flag"].str.lower() == "true",
            "größe, m": frame["größe, m"].str.replace(",", ".").astype("float"),
            "Größe, m": frame["Größe, m"].str.replace(",", ".").astype("float"),
        }
    )
    typed.to_parquet(project.folder / "new.parquet")
    predictions = project.predict("new.parquet")
    np.testing.assert_allclose(predictions["probability_yes"].astype(float), ask(messy, frame), atol=1e-4)


@pytest.mark.train
def test_saved_model_takes_raw_values(messy: Messy) -> None:
    project, frame, _ = messy
    import keras

    model = keras.saving.load_model(project.folder / "runs" / "latest" / "model.keras")
    assert [tensor.name for tensor in model.inputs] == ["categories", "numbers"]
    config = project.config()
    examples = project.module("data.read").read(config.data_path, config)
    alone = project.module("network.model").apply(model, examples.x)[:, 0]
    np.testing.assert_allclose(alone, ask(messy, frame), atol=1e-6)
    assert project.module("network.model").apply(
        model, {name: x[:1] for name, x in examples.x.items()}
    ) == pytest.approx(alone[0], abs=1e-5)


@pytest.mark.train
def test_evaluate_takes_the_same_forms(messy: Messy) -> None:
    project, frame, _ = messy
    frame.iloc[::-1, ::-1].to_csv(project.folder / "other.csv", index=False, sep=";")
    said = project.main("evaluate", "other.csv")
    assert "Left out: 4 of 400 examples without a target" in said and "other.csv, 396 examples" in said
    assert "test, 60 examples" in project.main("evaluate")


@pytest.mark.train
def test_smoke_training_reloads_what_it_saved(messy: Messy) -> None:
    project, _, _ = messy
    assert "The saved model, reloaded, predicts the same." in project.main("train", "--smoke")


def test_without_tensorflow_names_are_left_out_with_a_line(
    imported: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_messy(tmp_path / "messy.csv")
    project = imported(data_path=str(tmp_path / "messy.csv"), target="ill", task="binary", backend="jax")
    config = project.config()
    examples = project.module("data.read").read(config.data_path, config)
    assert 'Left out: column jo"b (names, which JAX cannot take)\n' in capsys.readouterr().out
    assert columns_of(examples) == (["age {{ 7*7 }}", "flag", "größe, m", "Größe, m"], ["joined"], [])
    assert set(examples.x) == {"numbers"}


# Targets


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
        assert re.search(r"^r2\S* +nan +nan$", said, re.MULTILINE)


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


@pytest.mark.train
def test_texts_numbers_and_names_decide_together(imported: Import, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    filler = "the it was some week other things came box in".split()
    titles, bodies = (rng.choice(words, 600) for words in (["good", "bad"], ["late", "early"]))
    frame = pd.DataFrame(
        {
            "title": [" ".join([*rng.choice(filler, 3), word]) for word in titles],
            "body": [" ".join([word, *rng.choice(filler, 9)]) for word in bodies],
            "weight": rng.normal(size=600),
            "shop": rng.choice(["north", "south"], 600),
        }
    )
    told = (titles == "good").astype(int) + (bodies == "early") + (frame["weight"] > 0) + (frame["shop"] == "north")
    frame["grade"] = np.where(told > 2, "high", np.where(told < 2, "low", "middle"))
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = imported(data_path=str(tmp_path / "t.csv"), target="grade")
    said = project.main("train", "--references", "true")
    assert "2 texts: title, body" in said and "Left out" not in said and "Without the reference" not in said
    assert project.metrics["test"]["accuracy"] > 0.85  # without one of the four at most 0.75
    for name in ("reference_linear", "reference_boosted_trees"):
        assert project.metrics[name]["accuracy"] > project.metrics["baseline"]["accuracy"] + 0.1
    frame.loc[:9, ["title", "weight"]] = None
    frame.drop(columns="grade").to_csv(tmp_path / "new.csv", index=False)
    predictions = project.predict(tmp_path / "new.csv")
    assert np.mean(predictions["prediction"][10:] == frame["grade"][10:]) > 0.85


@pytest.mark.train
def test_what_is_unlike_the_training_data_is_said(messy: Messy, tmp_path: Path) -> None:
    project, frame, _ = messy
    assert "unlike" not in project.main("predict", write_new(frame, tmp_path), "--output", "p.csv")
    new = frame.copy()
    new["age {{ 7*7 }}"] = "340"
    new.loc[:99, 'jo"b'] = "pilot"
    new["größe, m"] = ""
    said = project.main("predict", write_new(new, tmp_path), "--output", "p.csv")
    assert said.startswith(
        "Note: unlike the training data, so predictions may be wrong:\n  age {{ 7*7 }} is outside of "
    )
    assert "89 in 400 of 400 rows\n  größe, m is missing in 400 of 400 rows\n" in said
    assert "  jo\"b has a new name in 100 of 400 rows: 'pilot'\n400 predictions in p.csv\n" in said


def write_new(frame: pd.DataFrame, folder: Path) -> Path:
    frame.to_csv(folder / "new.csv", index=False, sep=";")
    return folder / "new.csv"
