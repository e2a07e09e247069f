"""Training on tables as people have them, and what is predicted later."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, columns_of

Messy = tuple[Imported, pd.DataFrame, str]
RNG = np.random.default_rng(0)


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
