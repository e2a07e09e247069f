"""What was found stands above the questions, in lines of 80 columns, whatever stands in the data."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import Answers
from PIL import Image
from test_look import SAMPLES

Interview = Callable[..., tuple[dict[str, str], Answers]]


@pytest.fixture
def interview(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Interview:
    """Take every default but those given, as a person would; return the help of every question, and the answers."""

    def ask(data_path: object, **chosen: Any) -> tuple[dict[str, str], Answers]:
        messages = {}

        def answer(questions: Any, answers: Any) -> Answers:
            (question,) = questions
            name = question["name"]
            if question["when"](answers):
                # What was found fits in a terminal of 80 columns.
                *above, asked = question["message"].rstrip().split("\n")
                assert max(map(len, above), default=0) <= 76
                messages[name] = f"{asked} ({' '.join(above)})" if above else asked
                if "choices" in question:
                    messages[f"{name} choices"] = [choice.title for choice in question["choices"]]
            return {name: ({"data_path": str(data_path)} | chosen).get(name, answers[name])}

        monkeypatch.setattr("copier._main.unsafe_prompt", answer)
        options: Answers = {"unsafe": True, "quiet": True, "skip_tasks": True, "exclude": ["*", "!.copier-answers.yml"]}
        copier.run_copy(str(template), tmp_path / "p", **options)
        assert all("\n" not in message for message in messages.values())
        return messages, yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text(encoding="utf-8"))

    return ask


INPUT = "What kind of data is it?"
TARGET = "Which column should be predicted? (several: a,b)"
TASK = "What should the network predict?"


def test_of_a_table(interview: Interview) -> None:
    messages, _ = interview(SAMPLES / "breast_cancer.csv")
    assert messages["input"] == f"{INPUT} (569 rows; 31 columns: 30 of numbers, 1 of text)"
    assert messages["target"] == (
        f"{TARGET} (mean_radius, mean_texture, mean_perimeter, mean_area, mean_smoothness, mean_compactness,"
        " mean_concavity, mean_concave_points, ...)"
    )
    assert messages["task"] == f"{TASK} (diagnosis: 2 values: benign 63 %, malignant 37 %)"


def test_of_the_chosen_target(interview: Interview) -> None:
    messages, answers = interview(SAMPLES / "diabetes.csv", target="age")
    assert messages["target"] == f"{TARGET} (age, sex, bmi, bp, s1, s2, s3, s4, s5, s6, progression)"
    assert messages["task"] == f"{TASK} (age: numbers from 19 to 79)"
    assert answers["target"] == "age"


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        ([f"c{number % 12}" for number in range(60)], "12 values: c0 8 %, c1 8 %, c2 8 %, c3 8 %, ..."),
        (["no"] * 999 + ["yes"], "2 values: no 100 %, yes under 1 %"),
        (["a|b", "b"] * 20, "2 labels: b 100 %, a 50 %"),
        ([f"text {number}" for number in range(30)], "30 values, nearly all different"),
        ([None] * 20, "no values"),
    ],
)
def test_of_values(values: Any, seen: str, interview: Interview, tmp_path: Path) -> None:
    pd.DataFrame({"a": np.sin(range(len(values))), "ill": values}).to_csv(tmp_path / "t.csv", index=False)
    messages, _ = interview(tmp_path / "t.csv", target="ill")
    assert messages["task"] == f"{TASK} (ill: {seen})"


@pytest.mark.parametrize(
    ("rows", "seen"), [(1, "1 row"), (20_000, "20,000 rows"), (61_234, "61,234 rows"), (1_234_567, "1,234,567 rows")]
)
def test_of_the_number_of_rows(rows: int, seen: str, interview: Interview, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,kind\n" + "1,2,x\n3,4,y\n" * (rows // 2) + "5,6,z\n" * (rows % 2))
    messages, _ = interview(tmp_path / "t.csv")
    assert messages["input"].startswith(f"{INPUT} ({seen}; 3 columns")


def test_of_images(interview: Interview, tmp_path: Path) -> None:
    for number, name in enumerate(["cat", "dog", "dog"]):
        (tmp_path / "photos" / name).mkdir(parents=True, exist_ok=True)
        Image.new("L", (30, 20 + number)).save(tmp_path / "photos" / name / f"{number}.png")
    messages, _ = interview(tmp_path / "photos")
    assert messages["input"] == f"{INPUT} (3 images, in 2 folders; height 20 to 22, width 30)"
    assert messages["task"] == f"{TASK} (2 folders: cat, dog)"


def test_of_many_files(interview: Interview, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(2600):
            (tmp_path / "photos" / name / f"{number}.webp").touch()
    messages, _ = interview(tmp_path / "photos")
    assert messages["input"] == f"{INPUT} (more than 5,000 images, in 2 folders)"


def test_of_series(interview: Interview, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": np.repeat(range(6), 10), "time": [*range(10)] * 6, "mood": ["a"] * 30 + ["b"] * 30})
    frame.iloc[:-2].to_csv(tmp_path / "t.csv", index=False)
    messages, _ = interview(tmp_path / "t.csv")
    assert messages["input"].startswith(f"{INPUT} (58 rows: 6 series of 8 to 10 steps; 3 columns")


@pytest.mark.parametrize(
    ("number", "seen"),
    [(9, "900 rows: 9 series of 100 steps"), (90, "9,000 rows: 90 series of 100 steps")],
)
def test_of_series_in_parquet(number: int, seen: str, interview: Interview, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": np.repeat(range(number), 100), "time": [*range(100)] * number})
    frame.assign(mood=frame["id"] % 2).to_parquet(tmp_path / "t.parquet", row_group_size=250)
    messages, _ = interview(tmp_path / "t.parquet")
    assert messages["input"].startswith(f"{INPUT} ({seen}; 3 columns")


def test_of_series_in_folders(interview: Interview, tmp_path: Path) -> None:
    for name in ("walk/1.csv", "walk/2.csv", "run/1.csv"):
        (tmp_path / "log" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "log" / name).write_text("x,y\n" + "1,2\n" * (7 if "run" in name else 9))
    messages, _ = interview(tmp_path / "log")
    assert messages["input"] == f"{INPUT} (3 CSV files, in 2 folders; 7 to 9 steps in each)"


def test_of_arrays(interview: Interview, tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", x=np.zeros((20, 50, 3)), y=["a", "b"] * 10)
    messages, _ = interview(tmp_path / "t.npz")
    assert messages["input"] == f"{INPUT} (20 series of 50 steps, 3 features)"
    assert messages["task"] == f"{TASK} (y: 2 values: a 50 %, b 50 %)"


def test_of_arrays_with_other_names(interview: Interview, tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", inputs=np.zeros((20, 50, 3)))
    messages, _ = interview(tmp_path / "t.npz")
    assert messages["input"].endswith("(it needs the arrays x (series, steps, features) and y (one value per series))")


def test_of_a_forecast(interview: Interview, tmp_path: Path) -> None:
    dates = pd.date_range("2020-01-01", periods=60, freq="MS")
    pd.DataFrame({"month": dates, "co2": np.arange(60) + 300}).to_csv(tmp_path / "t.csv", index=False)
    messages, _ = interview(tmp_path / "t.csv")
    assert messages["input"] == f"{INPUT} (60 rows at even steps of month; 2 columns: 1 of numbers, 1 of dates)"
    assert messages["task"] == f"{TASK} (co2: numbers from 300 to 359)"
    assert messages["task choices"][-1] == "What comes next in a series: the sales of next week"


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
def test_of_a_table_without_duckdb(
    write: str, interview: Interview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"t.{write[3:]}"
    getattr(pd.DataFrame({"a": [0.5, 1.5] * 30, "label": [1, 2] * 30}), write)(path)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    messages, answers = interview(path, target="label")
    lacks = "(to look into tables add duckdb: `uvx --with duckdb ...` or `pip install duckdb`)"
    assert messages["input"] == f"{INPUT} {lacks}" and messages["target"] == f"{TARGET} {lacks}"
    assert (answers["input"], answers["target"]) == ("table", "label")


HOSTILE = ["{{ 7*7 }}", "{% raw %}", "{# note", "#: if x", "{{ undefined.attribute }}", "%} {{ _copier_conf }}"]


@pytest.mark.parametrize("text", HOSTILE)
def test_templates_in_the_data_are_only_text(text: str, interview: Interview, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.sin(range(40)), f"b {text}": range(40), text: [text, "other"] * 20})
    frame.to_csv(tmp_path / "t.csv", index=False)
    messages, answers = interview(tmp_path / "t.csv")
    assert messages["target"] == f"{TARGET} (a, b {text}, {text})"
    assert messages["task"] == f"{TASK} ({text}: 2 values: {text} 50 %, other 50 %)"
    assert (answers["target"], answers["task"]) == (text, "binary")


@pytest.mark.parametrize("text", HOSTILE)
def test_templates_in_names_of_folders_are_only_text(text: str, interview: Interview, tmp_path: Path) -> None:
    for name in (text, "other"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "1.png").touch()
    messages, _ = interview(tmp_path / "photos")
    assert sorted([text, "other"]) == messages["task"].removeprefix(f"{TASK} (2 folders: ")[:-1].split(", ")


def test_names_are_shown_on_one_short_line(interview: Interview, tmp_path: Path) -> None:
    frame = pd.DataFrame({"two\nlines": [1, 2], "tab\tand\x1b[31mred": [1, 2], "n" * 200: [1, 2], "kind": ["a", "b"]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    messages, _ = interview(tmp_path / "t.csv")
    assert messages["target"] == f"{TARGET} (two lines, tab and [31mred, {'n' * 27}..., kind)"


@pytest.mark.parametrize("text", ["", "a,b,kind\n"])
def test_nothing_is_said_where_nothing_is_seen(text: str, interview: Interview, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(text)
    messages, _ = interview(tmp_path / "t.csv")
    assert (messages["input"], messages["target"], messages["task"]) == (INPUT, TARGET, TASK)
