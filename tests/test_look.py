"""Answers are proposed from the user's tables: input, target, task, family; mistyped ones get one line."""

import datetime
import os
import tomllib
from pathlib import Path
from typing import Any

import copier
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from conftest import ROOT, Answers, Render, commit, copier_command, git
from copier.errors import UserMessageError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from proposals import door, look
from pyarrow import parquet
from variants import some_often

SAMPLES = ROOT / "template" / "data"
RANDOM = np.random.default_rng(0)


def answers_for(template: Path, tmp_path: Path, data_path: object, **answers: Any) -> Answers:
    """Return the answers on record when a person takes every default but those given; nothing else is rendered."""
    copier.run_copy(
        str(template),
        tmp_path / "p",
        data={"data_path": str(data_path), **answers},
        defaults=True,
        unsafe=True,
        quiet=True,
        skip_tasks=True,
        exclude=["*", "!.copier-answers.yml"],
    )
    return yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text(encoding="utf-8"))


OF_TABLES = "tabular-ensemble"  # whatever the task


@pytest.mark.parametrize(
    ("file", "target", "expected"),
    [
        ("breast_cancer.csv", None, {"target": "diagnosis", "task": "binary", "family": OF_TABLES}),
        ("wine.csv", None, {"target": "cultivar", "task": "multiclass", "family": OF_TABLES}),
        ("diabetes.csv", None, {"target": "progression", "task": "regression", "family": OF_TABLES}),
        ("diabetes.csv", "sex", {"task": "binary", "family": OF_TABLES}),
        ("diabetes.csv", "bmi, bp", {"task": "regression", "family": OF_TABLES}),
        ("digit_segments.csv", None, {"target": "segments", "task": "multilabel", "family": OF_TABLES}),
        ("pen_digits.csv", "digit", {"input": "series", "task": "multiclass", "family": "stacked-lstm"}),
        ("pen_digits.csv", "parity", {"input": "series", "task": "binary", "family": "stacked-lstm"}),
    ],
)
def test_the_samples_as_a_users_data(
    file: str, target: str | None, expected: Answers, plain_template: Path, tmp_path: Path
) -> None:
    given = {"target": target} if target else {}
    answers = answers_for(plain_template, tmp_path, SAMPLES / file, **given)
    assert expected.items() <= answers.items()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_separators_and_encodings(separator: str, encoding: str, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"größe": [1, 2, 3] * 20, "class": ["süß", "herb", "?"] * 20})
    frame.to_csv(tmp_path / "t.csv", sep=separator, encoding=encoding, index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["target"], answers["task"]) == ("class", "binary")


@pytest.mark.parametrize("decimal", [",", "."])
def test_decimal_marks(decimal: str, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"place": ["1,2,3", "a,b"] * 20, "price": np.sin(range(40))})
    frame.to_csv(tmp_path / "t.csv", sep=";", decimal=decimal, index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["target"], answers["task"]) == ("price", "regression")


def test_points_of_thousands_among_decimal_commas(plain_template: Path, tmp_path: Path) -> None:
    rows = [f"{n},5;{n % 9 + 1}.{n:03};{n % 7 + 1}.{n:03},25" for n in range(100, 160)]
    (tmp_path / "t.csv").write_text("\n".join(["a;b;price", *rows, ";;"]))
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="price")
    assert answers["task"] == "regression"
    seen = look(tmp_path / "t.csv")
    assert seen.values_seen("price") == "price: numbers from 1105 to 7153"
    assert seen.values_seen("b") == "b: numbers from 1108 to 9152"


def test_parquet(plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({"a": [0.5, 1.5] * 30, "label": [1, 2] * 30}).to_parquet(tmp_path / "t.parquet")
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["target"], answers["task"]) == ("label", "binary")


@pytest.mark.parametrize("rows", [500, 5000, 60_000])
@pytest.mark.parametrize("rows_in_group", [100, 1999, 10**6])
def test_parquet_sorted_by_class(rows: int, rows_in_group: int, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": RANDOM.normal(size=rows), "kind": np.repeat(["x", "y", "z"], rows // 3 + 1)[:rows]})
    frame.assign(always=1).to_parquet(tmp_path / "t.parquet", row_group_size=rows_in_group)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["input"], answers["target"], answers["task"]) == ("table", "kind", "multiclass")
    table = look(tmp_path / "t.parquet").table
    cells = table["a"].texts
    assert table.row_count == rows and len(cells) == len(set(cells)) == min(rows, 3000)


def test_parquet_of_many_columns(plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({f"c{number}": RANDOM.normal(size=60) for number in range(6000)})
    frame.insert(0, "label", np.repeat(["x", "y", "z"], 20))
    frame.to_parquet(tmp_path / "t.parquet")
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["target"], answers["task"]) == ("label", "multiclass")


@pytest.mark.parametrize("name", some_often(["kind", "label"], ["label"]))
def test_every_row_read_counts_for_the_likely_targets_of_many_columns(
    name: str, plain_template: Path, tmp_path: Path
) -> None:
    frame = pd.DataFrame({f"c{number}": RANDOM.integers(0, 10, 80) for number in range(20_000)})
    kinds = ["x", "y"] * 40
    kinds[33] = "z"
    frame.insert(0 if name == "label" else 20_000, name, kinds)
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["target"], answers["task"]) == (name, "multiclass")


def test_parquet_of_many_types(plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "photo": [b"\xff\xd8"] * 40,
            "lists": [[1, 2]] * 40,
            "at": pd.date_range("2024-01-01", periods=40, freq="7ns"),
            "kind": pd.Categorical(CLASSES * 10),
            "day": [datetime.date(2024, 1, 1)] * 40,
        },
        index=pd.Index(range(40), name="row"),
    )
    frame.to_parquet(tmp_path / "t.parquet")
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["input"], answers["target"], answers["task"]) == ("table", "kind", "multiclass")


def test_a_small_parquet_file_that_unpacks_to_gigabytes(plain_template: Path, tmp_path: Path) -> None:
    repeated = pa.DictionaryArray.from_arrays(np.zeros(4000, np.int32), ["x" * 900_000])
    label = np.arange(4000) % 2
    parquet.write_table(pa.table({"text": repeated, "label": label}), tmp_path / "t.parquet", compression="zstd")
    assert (tmp_path / "t.parquet").stat().st_size < 100_000
    pool = pa.default_memory_pool()
    before = pool.max_memory()
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["target"], answers["task"]) == ("label", "binary")
    assert pool.max_memory() < max(before + 1, 100e6)


@pytest.fixture
def without_duckdb(tmp_path: Path) -> dict[str, str]:
    """The environment of a copier that has no duckdb."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "sitecustomize.py").write_text("import sys\nsys.modules['duckdb'] = None\n")
    return os.environ | {"PYTHONPATH": str(tmp_path / "hidden")}


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
def test_without_duckdb_a_table_needs_a_target(
    write: str, without_duckdb: dict[str, str], template: Path, tmp_path: Path
) -> None:
    path = tmp_path / f"t.{write[3:]}"
    getattr(pd.DataFrame({"a": [0.5, 1.5] * 30, "label": [1, 2] * 30}), write)(path)
    options = ["--trust", "--defaults", "--skip-tasks", "-d", f"data_path={path}"]
    done = copier_command("copy", *options, template, tmp_path / "p", env=without_duckdb)
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert done.stderr.strip().splitlines()[-1] == (
        "target: to look into tables add duckdb: `uvx --with duckdb ...` or `pip install duckdb`;"
        " or name the column to predict: -d target=COLUMN"
    )
    done = copier_command("copy", *options, "-d", "target=label", template, tmp_path / "p", env=without_duckdb)
    assert done.returncode == 0, done.stderr
    done = copier_command(
        "recopy", "--trust", "--defaults", "--overwrite", "--skip-tasks", tmp_path / "p", env=without_duckdb
    )
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text())["target"] == "label"


def test_columns_of_zeros_and_ones_are_labels(plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({"a": range(40), "wet": [0, 1] * 20, "warm": [1, 1, 0, 0] * 10}).to_csv(
        tmp_path / "t.csv", index=False
    )
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="wet,warm")["task"] == "multilabel"


CLASSES = ["x", "y", "z", "z"]
OTHERS = {
    "id": [f"id{number}" for number in range(40)],
    "date": [f"2024-{1 + number % 3:02}-{1 + number % 7:02}" for number in range(40)],
    "free text": [f"bought {number} times" for number in range(40)],
    "always the same": ["a"] * 40,
    "nothing": [None] * 40,
    "number of the row": range(101, 141),
    "customer_id": [(number * 7919) % 1000 for number in range(40)],
    "a,b": ["x", "y"] * 20,
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_nobody_predicts_is_not_proposed(name: str, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.sin(range(40)), "kind": CLASSES * 10, name: OTHERS[name]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["target"] == "kind"


@pytest.mark.parametrize(("name", "as_read"), [(" spaced ", "spaced"), ("two\nlines", "two lines")])
def test_blanks_around_and_in_names_do_no_harm(name: str, as_read: str, plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({"a": np.sin(range(40)), name: CLASSES * 10}).to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["target"] == as_read


def test_where_there_is_nothing_else_the_last_column_is_proposed(plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({name: OTHERS[name] for name in ("id", "free text")}).to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["target"] == "free text"


@pytest.mark.parametrize("name", ["Target", "label", "CLASS", "y", "outcome"])
def test_a_column_is_proposed_by_its_name(name: str, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({name: CLASSES * 10, "a": np.sin(range(40)), "category_2": CLASSES * 10})
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["target"] == name


TASKS = {
    "two texts": (["yes", "no"] * 20, "binary"),
    "truth values": ([True, False] * 20, "binary"),
    "0 and 1": ([0, 1] * 20, "binary"),
    "1 and 2": ([1, 2] * 20, "binary"),
    "0 and 1 with gaps": ([0, 1, None, 1] * 10, "binary"),
    "two texts with gaps": (["yes", None, "no", "?"] * 10, "binary"),
    "three texts": (["a", "b", "c", "c"] * 10, "multiclass"),
    "letters": ([*"ABCDEFGHIJKLMNOPQRSTUVWXYZ"] * 10, "multiclass"),  # T stands between date and time, too
    "signs": ([*"T-:./ 0½²٣e"] * 10, "multiclass"),
    "thirty texts": ([f"class {number % 30}" for number in range(300)], "multiclass"),
    "classes from 3": ([3, 4, 5, 9] * 10, "multiclass"),
    "whole numbers written with a point": ([1.0, 2.0, 3.0, None] * 10, "multiclass"),
    "twenty whole numbers": ([*range(20)] * 5, "multiclass"),
    "more whole numbers": ([*range(21)] * 5, "regression"),
    "whole numbers that do not repeat": ([7, 100, 45, 12, 78, 3, 51, 90, 33, 62, 8, 19], "regression"),
    "numbers": ([0.5, 1.5, 2.25, 7] * 10, "regression"),
    "numbers with gaps": ([0.5, "NA", 2.25, 7] * 10, "regression"),
    "lists of labels": (["a|b", "b", "c|a", "c"] * 10, "multilabel"),
    "arrays of NumPy": (["['a' 'b']", "['b']", "['c' 'a' 'b']", "['c']"] * 10, "multilabel"),
    "labels with slashes": (["a / b", "b", "c / a", "c"] * 10, "multilabel"),
    "labels with signs": (["#a #b", "#b", "#c #a", "#c"] * 10, "multilabel"),
    "ranges of numbers": (["18-24", "25-34", "35-44", "45+"] * 10, "multiclass"),
    "labels and nothing": (["a|b", None, "b", "c"] * 10, "multilabel"),
}


@pytest.mark.parametrize(("values", "task"), TASKS.values(), ids=TASKS)
def test_the_values_of_the_target_call_for_a_task(values: Any, task: str, plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({"a": np.sin(range(len(values))), "target": values}).to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["task"] == task


def write_german_sales(path: Path) -> None:
    """Write a table with numbers as Excel writes thousands in German, which nobody else takes for numbers."""
    sales = [f"{row // 7 + 1}.{100 + row},{row % 90 + 10}" for row in range(200)]
    pd.DataFrame({"a": range(200), "b": 0.5, "sales": sales}).to_csv(path, sep=";", index=False)


def test_texts_that_never_repeat_are_no_classes(plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({"a": np.sin(range(40)), "note": OTHERS["free text"]}).to_csv(tmp_path / "t.csv", index=False)
    message = (
        "'note' holds texts that are nearly all different, no classes and no numbers, such as 'bought 0 times';"
        " if it has classes all the same: -d task=multiclass"
    )
    with pytest.raises(UserMessageError, match=message):
        answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="note")
    assert not (tmp_path / "p").exists()
    # They are classes to whom says so.
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="note", task="multiclass")
    assert (answers["target"], answers["task"]) == ("note", "multiclass")


def test_german_numbers_are_numbers(plain_template: Path, tmp_path: Path) -> None:
    write_german_sales(tmp_path / "t.csv")
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="sales")["task"] == "regression"


WORDS = "the pump was loud again after we had changed its seal and some oil leaked from this side".split()
NOTES = {
    "notes": [" ".join(RANDOM.permutation(WORDS)[:8]) for _ in range(500)],
    "names": [" ".join(RANDOM.permutation(WORDS)[:3]).title() for _ in range(500)],
}


@pytest.mark.parametrize("notes", NOTES.values(), ids=NOTES)
@pytest.mark.parametrize("mark", ["", " | ok"])
def test_notes_are_no_labels(notes: list[str], mark: str, plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({name: RANDOM.normal(size=500) for name in ("age", "weight", "height", "dose")})
    notes = [notes[0] + mark, *notes[1:]]
    frame.assign(failed=RANDOM.integers(0, 2, 500), notes=notes).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("table", "failed", "binary")


def test_columns_of_series_are_found_and_kept(render: Render, own_template: Path, tmp_path: Path) -> None:
    series = pd.DataFrame({"Sensor_ID": np.repeat(["a", "b"], 30), "Time": [*range(30)] * 2, "v": 1.5, "label": 3})
    series.to_csv(tmp_path / "log.csv", index=False)
    project = render(tmp_path / "p", source=own_template, data_path=str(tmp_path / "log.csv"))
    settings = tomllib.loads((project / "config.toml").read_text())
    assert (settings["series_column"], settings["step_column"], settings["target"]) == ("Sensor_ID", "Time", ["label"])
    commit(project, "Start")
    (tmp_path / "log.csv").unlink()
    done = copier_command("update", "--trust", "--defaults", "--skip-tasks", project)
    assert done.returncode == 0, done.stderr
    assert git(project, "status", "--porcelain") == ""


WRONG = {
    "missing file": ({"data_path": "nowhere.csv"}, "data_path: nowhere.csv does not exist (looked in "),
    "mistyped target": ({"target": "diagnosys"}, "target: no column 'diagnosys' in"),
    "one of two targets": ({"target": "mean_area, nothing"}, "target: no column 'nothing' in"),
}


@pytest.mark.parametrize(("answers", "message"), WRONG.values(), ids=WRONG)
def test_wrong_data_is_one_line(answers: Answers, message: str, template: Path, tmp_path: Path) -> None:
    given = {"data_path": str(SAMPLES / "breast_cancer.csv")} | answers
    options = [option for name, value in given.items() for option in ("-d", f"{name}={value}")]
    done = copier_command("copy", "--trust", "--defaults", *options, template, tmp_path / "p")
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert message in done.stderr and "Traceback" not in done.stderr


OF_OTHER_TYPES = {
    "a number for a path": ("data_path: 2024\ntarget: y\n", "data_path: 2024 does not exist (looked in "),
    "a list for a path": ("data_path: [a]\ntarget: y\n", "data_path: ['a'] is not a text"),
    "a list for a family": ("family: [a]\n", "family: ['a'] is not a text"),
    "a list for a task": (
        "task: [binary]\ntarget: y\ndata_path: nowhere\n",
        "task: ['binary'] is not possible; choose one of ",
    ),
}


@pytest.mark.parametrize(("answers", "message"), OF_OTHER_TYPES.values(), ids=OF_OTHER_TYPES)
def test_answers_of_other_types_in_a_file_are_one_line(
    answers: str, message: str, template: Path, tmp_path: Path
) -> None:
    (tmp_path / "answers.yml").write_text(answers)
    options = ["--trust", "--defaults", "--skip-tasks", "--data-file", tmp_path / "answers.yml"]
    done = copier_command("copy", *options, template, tmp_path / "p")
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert message in done.stderr and "Traceback" not in done.stderr


def test_a_number_in_a_file_of_answers_may_be_the_name_of_the_data(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "2024").write_text("a,kind,b\n" + "1,x,0.5\n2,y,1.5\n3,z,2.5\n" * 10)
    monkeypatch.chdir(tmp_path)
    answers = answers_for(template, tmp_path, "2024", target="kind")
    (tmp_path / "answers.yml").write_text("data_path: 2024\ntarget: kind\n")
    options = ["--trust", "--defaults", "--skip-tasks", "--data-file", "answers.yml"]
    copier_command("copy", *options, template, "q", check=True)
    assert yaml.safe_load((tmp_path / "q" / ".copier-answers.yml").read_text())["data_path"] == answers["data_path"]


def test_did_you_mean(template: Path, tmp_path: Path) -> None:
    data = f"data_path={SAMPLES / 'breast_cancer.csv'}"
    done = copier_command(
        "copy", "--trust", "--defaults", "-d", data, "-d", "target=diagnosys", template, tmp_path / "p"
    )
    assert "did you mean 'diagnosis'?" in done.stderr


def test_without_data_the_current_folder_is_not_looked_at(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "photo.png")
    monkeypatch.chdir(tmp_path)
    copier_command("copy", "--trust", "--defaults", "--skip-tasks", template, "p", check=True)
    answers = yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert (answers["input"], answers["family"]) == ("table", "dense-binary")


NOTATIONS = st.text("T-:./ 0123456789APMe+,½²٣", max_size=12)  # nearly dates, times, numbers


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(st.one_of(NOTATIONS, st.text(max_size=8)), min_size=1, max_size=30))
def test_no_text_is_too_much_for_it(values: list[str], tmp_path: Path) -> None:
    """It looks without the net that keeps copier going where it fails."""
    pd.DataFrame({"target": values}).to_csv(tmp_path / "t.csv", index=False, escapechar="\\", errors="replace")
    try:
        facts = door.survey.look_at(tmp_path / "t.csv")
    except door.load("errors").UserError as error:
        assert str(error).startswith(str(tmp_path / "t.csv")), error
        return
    assert facts.propose_task("target", "table") in ("", "binary", "multiclass", "multilabel", "regression")
    assert isinstance(facts.values_seen("target"), str)
