"""Tables as people have them: how they are written, what their columns hold, what is asked for later."""

import datetime

import numpy as np
import pandas as pd
import pytest

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def reader(imported):
    """A project whose functions read tables with the target t."""
    return imported(family="dense-binary")


@pytest.fixture
def read(reader, tmp_path, capsys):
    """Write a file and read it: its examples, and what is printed."""

    def read_table(content, name="table.csv", encoding="utf-8", columns=None, **settings):
        path = tmp_path / name
        if isinstance(content, pd.DataFrame) and name.endswith(".parquet"):
            content.to_parquet(path)
        elif isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        else:
            path.write_bytes(content.encode(encoding))
        examples = reader.module("examples").read(path, reader.config(target=["t"], **settings), columns)
        return examples, capsys.readouterr().out

    return read_table


def columns_of(examples):
    """Return the columns by kind, those of dates without their formats."""
    columns = examples.columns
    return columns.numbers, list(columns.dates), columns.categories


def lines(*rows, end="\n"):
    return end.join([*rows, ""])


# How tables are written


ROWS = lines("size,weight,kind,t", "1.5,-2,big,x", "2.25,3e2,small,y", ",0,small,x", "4,1,big,y")
WRITTEN = {
    "commas": ROWS,
    "semicolons": ROWS.replace(",", ";"),
    "tabs": ROWS.replace(",", "\t"),
    "semicolons and decimal commas": ROWS.replace(",", ";").replace(".", ","),
    "tabs and decimal commas": ROWS.replace(",", "\t").replace(".", ","),
    "BOM": "\ufeff" + ROWS,
    "BOM and semicolons": "\ufeff" + ROWS.replace(",", ";"),
    "Windows line ends": ROWS.replace("\n", "\r\n"),
    "no line end at the end": ROWS.strip(),
    "empty lines": ROWS.replace("\n", "\n\n"),
    "spaces around values": ROWS.replace(",", " , ").replace("size ,", "size,").replace(" weight ,", "weight,")
    .replace(" kind , t", "kind,t"),
    "everything in quotes": '"' + ROWS.replace(",", '","').replace("\n", '"\n"')[:-1],
    "separators in quotes": ROWS.replace("big", '"b,i,g;"'),
}  # fmt: skip


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN)
def test_however_it_is_written_it_reads_the_same(content, read):
    examples, said = read(content)
    assert said == ""
    assert columns_of(examples) == (["size", "weight"], [], ["kind"])
    np.testing.assert_array_equal(examples.x["numbers"], [[1.5, -2], [2.25, 300], [np.nan, 0], [4, 1]])
    big = "b,i,g;" if "b,i,g;" in content else "big"
    assert examples.x["categories"][:, 0].tolist() == [big, "small", "small", big]
    assert examples.about["t"].tolist() == ["x", "y", "x", "y"]


def test_latin_1_is_read_and_said(read):
    content = lines("größe,ort,t", "1.5,Köln,x", "2,Köln,y", "3,Ulm,x", "4,Ulm,y")
    examples, said = read(content, encoding="latin-1")
    assert said.strip().endswith("table.csv is not UTF-8: read as Latin-1") and said.count("\n") == 1
    assert columns_of(examples) == (["größe"], [], ["ort"])
    assert examples.x["categories"][:, 0].tolist() == ["Köln", "Köln", "Ulm", "Ulm"]
    assert read(content)[1] == ""


def test_latin_1_that_starts_late(read):
    content = lines("a,ort,t", *["1,Ulm,x", "2,Ulm,y", "3,Bonn,x"] * 70_000, "4,Köln,y")
    examples, said = read(content, encoding="latin-1")
    assert "read as Latin-1" in said and examples.x["categories"][-1, 0] == "Köln"


@pytest.mark.filterwarnings("error")
def test_a_separator_at_the_end_of_every_row(read):
    examples, said = read("a,t\n" + "1.5,x,\n2.5,y,\n" * 10)
    assert said == "" and examples.columns.numbers == ["a"] and set(examples.about["t"]) == {"x", "y"}


@pytest.mark.filterwarnings("ignore")
def test_rows_longer_than_the_header(read):
    with pytest.raises(Exception, match="table.csv"):  # a comma that nobody quoted: not shifted columns
        read("when,a,t\n" + "Jan 5, 2024,1.5,x\nFeb 5, 2024,2.5,y\n" * 10)
    with pytest.raises(Exception, match="table.csv"):
        read("when,a,t\n" + "Jan 5,1.5,x\n" * 10 + "Feb 5, 2024,2.5,y\n")


def test_parquet_with_all_its_types(read):
    day = pd.Timestamp("2024-01-31 18:30")
    frame = pd.DataFrame(
        {
            "when": [day, pd.NaT, day + pd.Timedelta(days=1), day],
            "zone": pd.Series([day, day, pd.NaT, day + pd.Timedelta(hours=1)]).dt.tz_localize("Europe/Berlin"),
            "day": [datetime.date(2024, 2, 1), None, datetime.date(2024, 2, 2), datetime.date(2024, 2, 1)],
            "flag": [True, False, True, True],
            "maybe": pd.array([True, None, False, True], dtype="boolean"),
            "count": pd.array([1, None, 3, 3], dtype="Int64"),
            "small": np.array([1, 2, 3, 4], dtype="uint8")[::-1],
            "single": np.array([0.5, np.nan, 1, 2], dtype="float32"),
            "level": pd.Categorical(["low", "high", None, "low"]),
            "name": ["ann", None, "bob", "ann"],
            "t": [1, 0, 1, 0],
        }
    )
    frame = pd.concat([frame, frame]).set_index(pd.Index([7, 3, 3, 1] * 2))
    examples, said = read(frame, "table.parquet")
    assert said == ""
    numbers, dates, categories = columns_of(examples)
    assert numbers == ["flag", "maybe", "count", "small", "single"]
    assert dates == ["when", "zone", "day"] and categories == ["level", "name"]
    nan = np.nan
    expected = [[1, 1, 1, 4, 0.5], [0, nan, nan, 3, nan], [1, 0, 3, 2, 1], [1, 1, 3, 1, 2]]
    np.testing.assert_array_equal(examples.x["numbers"][:, :5], expected * 2)
    # Days since 1970, month, day of the week, hour; in UTC, in which Berlin's winter is an hour earlier.
    np.testing.assert_allclose(
        examples.x["numbers"][0, 5:],
        [19753 + 18.5 / 24, 1, 2, 18.5, 19753 + 17.5 / 24, 1, 2, 17.5, 19754, 2, 3, 0],
        atol=0.01,
    )
    assert np.isnan(examples.x["numbers"][1, 5:9]).all() and np.isnan(examples.x["numbers"][1, 13:]).all()
    assert examples.x["categories"].tolist() == [["low", "ann"], ["high", ""], ["", "bob"], ["low", "ann"]] * 2


# What columns hold


@pytest.mark.parametrize("missing", ["", "NA", "N/A", "?", "nan", "NaN", "null", "NULL", "None", " ", " ? "])
def test_missing_values(missing, read):
    rows = ["1,red,True,2024-01-02", "2,blue,False,2024-01-03", "3,red,True,2024-01-04"]
    gap = ",".join([missing] * 4)
    examples, said = read(lines("a,b,c,d,t", *[f"{row},x" for row in rows], f"{gap},x", f"{rows[0]},y"))
    assert said == ""
    assert columns_of(examples) == (["a", "c"], ["d"], ["b"])
    assert np.isnan(examples.x["numbers"][3]).all() and not np.isnan(examples.x["numbers"][[0, 1, 2, 4]]).any()
    assert examples.x["categories"][:, 0].tolist() == ["red", "blue", "red", "", "red"]


@pytest.mark.parametrize(
    "words", ["True False", "true false", "TRUE FALSE", "True false TRUE false", "1 0 1.0 0"], ids=str
)
def test_booleans(words, read):
    words = words.split() * 3
    examples, said = read(lines("a,t", *[f"{word},x" for word in words], ",x"))
    assert said == "" and columns_of(examples) == (["a"], [], [])
    expected = [float(word.lower() in ("true", "1", "1.0")) for word in words]
    np.testing.assert_array_equal(examples.x["numbers"][:, 0], [*expected, np.nan])


MOMENTS = pd.to_datetime(["2023-11-30 00:00", "2024-02-29 13:30", "1969-12-31 23:15", "2024-07-04 06:45"])
DATES = {
    "%Y-%m-%d": False,
    "%Y/%m/%d": False,
    "%Y-%m-%d %H:%M": True,
    "%Y-%m-%dT%H:%M:%S": True,
    "%Y-%m-%dT%H:%M:%SZ": True,
    "%Y-%m-%d %H:%M:%S.000": True,
    "%d.%m.%Y": False,
    "%d.%m.%Y %H:%M": True,
    "%d/%m/%Y": False,
    "%d/%m/%Y %H:%M:%S": True,
    "%m/%d/%Y": False,
    "%m/%d/%Y %H:%M": True,
    "%d-%m-%Y": False,
}


@pytest.mark.parametrize(("written", "with_time"), DATES.items())
def test_dates(written, with_time, read):
    examples, said = read(lines("a,t", *[f"{moment:{written}},x" for moment in MOMENTS], "NA,x"))
    assert said == "" and columns_of(examples) == ([], ["a"], [])
    moments = MOMENTS if with_time else MOMENTS.normalize()
    days = (moments - pd.Timestamp(0)) / pd.Timedelta(days=1)
    hours = moments.hour + moments.minute / 60
    expected = np.stack([days, moments.month, moments.day_of_week, hours], axis=1)
    np.testing.assert_allclose(examples.x["numbers"][:-1], expected, atol=0.002)
    assert np.isnan(examples.x["numbers"][-1]).all()


def test_dates_keep_the_format_of_the_training(read):
    written = ["01.02.2024", "13.02.2024", "03.04.2024"]
    examples, _ = read(lines("a,t", *[f"{day},x" for day in written]))
    later, _ = read(lines("a", "05.06.2024"), columns=examples.columns)
    assert later.x["numbers"][0, 1] == 6  # the month, though alone it might be the day
    with pytest.raises(Exception, match="column a, row 2: '2024-06-05' is not a date"):
        read(lines("a", "05.06.2024", "2024-06-05"), columns=examples.columns)


LEFT_OUT = {
    "constant number": (["1.5"] * 30, "(the same in every row)"),
    "constant text": (["same"] * 30, "(the same in every row)"),
    "empty": ([""] * 30, "(empty)"),
    "nothing but missing values": (["NA", "?", ""] * 10, "(empty)"),
    "counted from 1": (range(1, 31), "(an identifier)"),
    "counted from 0": (range(30), "(an identifier)"),
    "text": ([f"note {i}, of its own" for i in range(30)], "(text, 30 different in 30 rows)"),
}


@pytest.mark.parametrize(("values", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_columns_that_tell_nothing_are_left_out_with_a_line(values, reason, read):
    frame = pd.DataFrame({"a": values, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], [])
    assert said == f"Left out: column a {reason}\n"


@pytest.mark.parametrize("value", ["x", "1", "True"])
def test_one_value_or_none_is_something_to_learn_from(value, read):
    examples, said = read(lines("a,b,t", *[f"{value},1.5,x", ",0.5,y", ",2.5,y"] * 10))
    numbers, _, categories = columns_of(examples)
    assert said == "" and "a" in numbers + categories


@pytest.mark.parametrize("name", ["id", "ID", "Id", "customer_id", "order id", "index"])
def test_identifiers_by_name(name, read):
    numbers = RNG.permutation(1000)[:30] + 10_000
    frame = pd.DataFrame({name: numbers, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], []) and said == f"Left out: column {name} (an identifier)\n"
    examples, said = read(frame, features=[name, "b"])
    assert columns_of(examples) == ([name, "b"], [], []) and said == ""


def test_the_index_that_pandas_writes_is_an_identifier(read):
    frame = pd.DataFrame({"b": RNG.normal(size=30), "t": "x"}).sample(frac=1, random_state=0)
    examples, said = read(frame.to_csv())
    assert columns_of(examples) == (["b"], [], []) and "(an identifier)" in said


@pytest.mark.parametrize("name", ["age", "valid", "paid", "humid"])
def test_whole_numbers_are_no_identifiers(name, read):
    examples, said = read(pd.DataFrame({name: RNG.permutation(1000)[:30], "t": "x"}))
    assert columns_of(examples) == ([name], [], []) and said == ""


def test_text_is_used_where_the_user_names_it(read):
    frame = pd.DataFrame({"a": [f"name {i}" for i in range(30)], "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame, features=["a", "b"])
    assert columns_of(examples) == (["b"], [], ["a"]) and said == ""
    assert examples.x["categories"][29, 0] == "name 29"


def test_whole_numbers_are_categories_where_the_user_says_so(read):
    content = lines("zip,a,t", "01234,0.1,x", "4321,0.2,x", "01234,0.3,y", ",0.4,y")
    examples, _ = read(content, categories=["zip"])
    assert columns_of(examples) == (["a"], [], ["zip"])
    assert examples.x["categories"][:, 0].tolist() == ["01234", "4321", "01234", ""]
    assert columns_of(read(content)[0]) == (["zip", "a"], [], [])


def test_categories_of_parquet_are_the_same_whatever_their_type(read):
    whole = pd.DataFrame({"zip": [7, 8, 7, 8], "a": [0.1, 0.2, 0.3, 0.5], "t": "x"})
    examples, _ = read(whole, "table.parquet", categories=["zip"])
    with_gap = whole.assign(zip=[7, 8, np.nan, 8])  # whole numbers with a gap are floats
    later, _ = read(with_gap, "later.parquet", columns=examples.columns, categories=["zip"])
    assert examples.x["categories"][:, 0].tolist() == ["7", "8", "7", "8"]
    assert later.x["categories"][:, 0].tolist() == ["7", "8", "", "8"]
    csv, _ = read(with_gap.to_csv(index=False), columns=examples.columns, categories=["zip"])
    assert csv.x["categories"].tolist() == [["7.0"], ["8.0"], [""], ["8.0"]]  # text, as it is written


NAMES = [
    "with space",
    " in front",
    'quo"te',
    "it's",
    "comma, semicolon; and tab\t",
    "größe",
    "名前",
    "🎈",
    "{brace}",
    "{{ 7*7 }}",
    "{% raw %}",
    "a",
    "A",
    "a.1",
    "back\\slash",
    "100%",
    "#hash",
    "new\nline",
    "=1+1",
    "None",
    "1",
]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_names_of_columns(name, read):
    values = RNG.normal(size=(40, len(NAMES)))
    frame = pd.DataFrame(values, columns=NAMES).assign(t="x")
    examples, said = read(frame, name)
    assert said == "" and examples.columns.numbers == NAMES
    np.testing.assert_allclose(examples.x["numbers"], values, rtol=1e-6)
    again, _ = read(frame[[*reversed(NAMES)]], name, columns=examples.columns)
    np.testing.assert_array_equal(again.x["numbers"], examples.x["numbers"])


# Training, and what comes later


def write_messy(path, rows=400):
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
def messy(imported, tmp_path_factory):
    """A project rendered for a messy table and trained on it; the table as text; what the training said."""
    path = tmp_path_factory.mktemp("messy") / "messy {{ 1 }} é.csv"
    frame = write_messy(path)
    project = imported(data_path=str(path), target="ill", task="binary")
    said = project.main("train", "--epochs", 20)
    return project, frame, said


def ask(messy, frame, sep=";"):
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
def test_a_messy_table_trains_unedited(messy):
    project, _, said = messy
    for name, reason in {
        "id": "an identifier",
        "note": "text, 400 different in 400 rows",
        "same": "the same in every row",
        "empty": "empty",
    }.items():
        assert f"Left out: column {name} ({reason})\n" in said
    assert "Left out: 4 of 400 examples without a target\n" in said
    assert '1 dates: joined\n1 categories: jo"b\n4 numbers: age {{ 7*7 }}, flag, größe, m, Größe, m\n' in said
    assert project.metrics["test"]["accuracy"] > project.metrics["baseline"]["accuracy"] + 0.2
    record = pd.read_csv(next((project.folder / "runs").glob("2*")) / "split.csv", dtype=str, keep_default_na=False)
    assert list(record["split"][2:8].replace({"validation": "", "test": "", "train": ""})) == [""] * 6
    assert list(np.flatnonzero(record["split"] == "")) == [3, 4, 5, 6]


@pytest.mark.train
def test_order_and_number_of_rows_are_kept_whatever_the_columns(messy):
    _, frame, _ = messy
    whole = ask(messy, frame)
    order = np.random.default_rng(0).permutation(len(frame))
    mixed = frame.drop(columns=["ill", "id", "note", "same", "empty"]).iloc[order, ::-1].assign(extra="{x}", ill_2=1)
    np.testing.assert_allclose(ask(messy, mixed, sep="\t"), whole[order], atol=1e-5)
    np.testing.assert_allclose(ask(messy, frame.assign(ill="junk")), whole, atol=1e-6)


@pytest.mark.train
def test_a_row_alone_is_predicted_as_among_others(messy):
    _, frame, _ = messy
    whole = ask(messy, frame)
    for row in (0, 3, 10, 399):  # with everything, without target, without date, the last
        assert ask(messy, frame.iloc[[row]]) == pytest.approx(whole[[row]], abs=1e-5)


@pytest.mark.train
def test_unseen_categories_and_missing_values(messy):
    _, frame, _ = messy
    rows = frame.head(6).copy()
    rows['jo"b'] = ["astronaut", "", "NA", "?", "SMITH", "künstler"]
    rows.loc[1, ["age {{ 7*7 }}", "joined", "flag", "größe, m", "Größe, m"]] = ["", "NA", "?", "nan", "None"]
    probabilities = ask(messy, rows)
    assert np.isfinite(probabilities).all()
    alike = rows.iloc[[0, 0]].assign(**{'jo"b': ["astronaut", "other {{ 1 }}"]})
    assert np.ptp(ask(messy, alike)) == 0  # one that was never seen is like another
    nothing = frame.head(2).drop(columns="ill").copy()
    nothing.loc[:, :] = ""
    assert np.isfinite(ask(messy, nothing)).all()


@pytest.mark.train
def test_a_column_that_came_as_numbers_later_comes_as_text(messy):
    project, frame, _ = messy
    wrong = frame.head(3).assign(flag=["True", "maybe", "False"])
    wrong.to_csv(project.folder / "wrong.csv", index=False, sep=";")
    error = project.error("predict", "wrong.csv", "--output", "none.csv")
    assert error == "error: wrong.csv: column flag, row 2: 'maybe' is not a finite number"
    wrong = frame.head(3).assign(joined=["01.02.2020", "", "2.2020"])
    wrong.to_csv(project.folder / "wrong.csv", index=False, sep=";")
    error = project.error("predict", "wrong.csv", "--output", "none.csv")
    assert error == "error: wrong.csv: column joined, row 3: '2.2020' is not a date"
    frame.drop(columns='jo"b').to_csv(project.folder / "wrong.csv", index=False, sep=";")
    assert 'wrong.csv has no column jo"b' in project.error("predict", "wrong.csv", "--output", "none.csv")
    assert not (project.folder / "none.csv").exists()


@pytest.mark.train
def test_the_same_table_as_parquet(messy):
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
def test_saved_model_takes_raw_values(messy):
    project, frame, _ = messy
    import keras

    model = keras.saving.load_model(project.folder / "runs" / "latest" / "model.keras")
    assert [tensor.name for tensor in model.inputs] == ["categories", "numbers"]
    config = project.config()
    examples = project.module("examples").read(config.data_path, config)
    alone = project.module("model").apply(model, examples.x)[:, 0]
    np.testing.assert_allclose(alone, ask(messy, frame), atol=1e-6)
    assert project.module("model").apply(model, {name: x[:1] for name, x in examples.x.items()}) == pytest.approx(
        alone[0], abs=1e-5
    )


@pytest.mark.train
def test_evaluate_takes_the_same_forms(messy):
    project, frame, _ = messy
    frame.iloc[::-1, ::-1].to_csv(project.folder / "other.csv", index=False, sep=";")
    said = project.main("evaluate", "other.csv")
    assert "Left out: 4 of 400 examples without a target" in said and "other.csv, 396 examples" in said
    assert "test, 60 examples" in project.main("evaluate")


@pytest.mark.train
def test_smoke_training_reloads_what_it_saved(messy):
    project, _, _ = messy
    assert "The saved model, reloaded, predicts the same." in project.main("train", "--smoke")


def test_without_tensorflow_names_are_left_out_with_a_line(imported, tmp_path, capsys):
    write_messy(tmp_path / "messy.csv")
    project = imported(data_path=str(tmp_path / "messy.csv"), target="ill", task="binary", backend="jax")
    config = project.config()
    examples = project.module("examples").read(config.data_path, config)
    assert 'Left out: column jo"b (names, which JAX cannot take)\n' in capsys.readouterr().out
    assert columns_of(examples) == (["age {{ 7*7 }}", "flag", "größe, m", "Größe, m"], ["joined"], [])
    assert set(examples.x) == {"numbers"}


# Targets


def load(project, path, **settings):
    """Read and split, without training."""
    config = project.config(data_path=path, **settings)
    return project.module("load").load(config)


@pytest.fixture(scope="module")
def projects(imported):
    """An untrained project of each family of tables, by family."""
    return {family: imported(family=family) for family in ("dense-binary", "dense-softmax", "multilabel", "regression")}


def write_target(path, target, **more):
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
def test_classes_are_named_as_they_are_written(target, classes, projects, tmp_path):
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
def test_classes_of_any_type(target, classes, suffix, projects, tmp_path, capsys):
    if suffix == "csv" and isinstance(target, list):
        target = pd.array(target, dtype="Int64")  # CSV has text only
    data = load(projects["dense-softmax"], write_target(tmp_path / f"t.{suffix}", target), target=["t"])
    assert sorted(data.schema.outputs) == sorted(classes)
    assert ("Left out: 15 of 60 examples without a target\n" in capsys.readouterr().out) == (len(set(target)) == 4)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_booleans_as_target(suffix, projects, tmp_path):
    path = write_target(tmp_path / f"t.{suffix}", [True, False] * 20)
    assert load(projects["dense-binary"], path, target=["t"]).schema.outputs == ["False", "True"]


def test_lists_of_labels_with_rows_without_any(projects, tmp_path, capsys):
    labels = ["red|big", "", "big", "red", "a b|red", ""] * 10
    data = load(projects["multilabel"], write_target(tmp_path / "t.csv", labels), target=["t"])
    assert data.schema.outputs == ["a b", "big", "red"]
    y = np.concatenate([data.train.y, data.validation.y, data.test.y])
    assert len(y) == 60 and (y.sum(axis=1) == 0).sum() == 20 and y.sum(axis=0).tolist() == [10, 20, 30]
    assert "Left out" not in capsys.readouterr().out


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_missing_numbers_in_the_target_are_left_out_and_counted(suffix, projects, tmp_path, capsys):
    target = RNG.normal(1e6, 1e5, 60)
    target[[3, 7, 50]] = np.nan
    path = write_target(tmp_path / f"t.{suffix}", target)
    data = load(projects["regression"], path, target=["t"])
    assert "Left out: 3 of 60 examples without a target\n" in capsys.readouterr().out
    assert sum(len(split.y) for split in (data.train, data.validation, data.test)) == 57
    assert list(np.flatnonzero(data.record["split"] == "")) == [3, 7, 50]


@pytest.mark.parametrize("missing", ["", "NA", "?", "nan"])
def test_missing_numbers_in_one_of_several_targets(missing, projects, tmp_path, capsys):
    path = write_target(tmp_path / "t.csv", [1.5, 2.5] * 20, u=["3", missing, "4", "5"] * 10)
    load(projects["regression"], path, target=["t", "u"])
    assert "Left out: 10 of 40 examples without a target\n" in capsys.readouterr().out


@pytest.mark.train
def test_one_example_of_a_class(projects, tmp_path):
    path = write_target(tmp_path / "t.csv", ["a"] * 60 + ["b"] * 38 + ["c", "d"])
    project = projects["dense-softmax"]
    said = project.main("train", "--data-path", path, "--target", "t", "--epochs", 2, "--balance-classes", "true")
    assert "4 classes: " in said
    assert set(project.predict(path)["prediction"]) <= {*"abcd"}


@pytest.mark.train
def test_one_positive_example(projects, tmp_path):
    path = write_target(tmp_path / "t.csv", ["no"] * 79 + ["yes"])
    project = projects["dense-binary"]
    said = project.main("train", "--data-path", path, "--target", "t", "--epochs", 2)
    assert "yes is rare (" in said or "no is rare" in said
    assert set(project.metrics) == {"validation", "test", "baseline"}


@pytest.mark.train
def test_rare_classes_are_found_when_balanced(projects, tmp_path):
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
def test_targets_on_different_scales_are_reported_in_their_units(projects, tmp_path):
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
