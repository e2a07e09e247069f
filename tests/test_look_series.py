"""Answers are proposed from the user's series: folders of CSV files, arrays, and series whose future is wanted."""

import tomllib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Render, copier_command
from proposals import look
from test_look import SAMPLES, answers_for

ROWS = 60


def save_series(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame({"x": np.sin(range(30)), "y": np.cos(range(30))}).to_csv(folder / name, index=False)
    return folder


@pytest.mark.parametrize(
    ("names", "task"),
    [
        (["walk/1.csv", "walk/2.csv", "run/1.csv"], "binary"),
        (["walk/1.csv", "run/a/1.csv", "sit/1.CSV"], "multiclass"),
        (["walk/1.csv", "run/1.csv", ".old/1.csv", "sit/.1.csv"], "binary"),
        (["stray.csv", "walk/1.csv", "run/1.csv"], "binary"),
    ],
)
def test_a_folder_of_csv_files_holds_series(names: list[str], task: str, plain_template: Path, tmp_path: Path) -> None:
    answers = answers_for(plain_template, tmp_path, save_series(tmp_path / "log", names))
    assert (answers["input"], answers["target"]) == ("series", "class")
    assert (answers["task"], answers["family"]) == (task, "inception-1d")
    assert (answers["series_column"], answers["step_column"]) == ("series", "step")


@pytest.mark.parametrize("names", [["1.csv", "2.csv"], ["1.csv", "2.csv", "walk/1.csv", "run/1.csv"]])
def test_a_folder_of_files_with_one_header_is_a_table(names: list[str], plain_template: Path, tmp_path: Path) -> None:
    answers = answers_for(plain_template, tmp_path, save_series(tmp_path / "log", names))
    assert (answers["input"], answers["target"]) == ("table", "y")


def test_a_folder_of_images_with_a_list_holds_images(plain_template: Path, tmp_path: Path) -> None:
    save_series(tmp_path / "log", ["labels.csv"])
    for name in "ab":
        (tmp_path / "log" / name).mkdir()
        (tmp_path / "log" / name / "1.png").touch()
    answers = answers_for(plain_template, tmp_path, tmp_path / "log")
    assert (answers["input"], answers["task"]) == ("images", "binary")


ARRAYS = {
    "two texts": (np.array(["up", "down"] * 10), "binary"),
    "three texts": (np.array(["a", "b", "c", "c"] * 5, dtype=">U3"), "multiclass"),
    "bytes": (np.array([b"a", b"b", b"c", b"c"] * 5), "multiclass"),
    "truth values": (np.array([True, False] * 10), "binary"),
    "two integers": (np.array([1, 2] * 10), "binary"),
    "small integers": (np.array([1, 2, 3, 3] * 5, dtype="u1"), "multiclass"),
    "big-endian integers": (np.array([1, 2, 3, 3] * 5, dtype=">i4"), "multiclass"),
    "many integers": (np.arange(1000, 1020), "regression"),
    "floats": (np.sin(np.arange(20)), "regression"),
    "two floats": (np.array([0.0, 1.0] * 10), "binary"),
    "whole floats": (np.array([1, 2, 3, 3] * 5, dtype=">f4"), "multiclass"),
    "halves": (np.array([1, 2, 3, np.nan] * 5, dtype="f2"), "multiclass"),
    "infinite floats": (np.array([0.5, 1.5, np.inf, 7] * 5), "regression"),
    "wide floats": (np.array([1.0, 2.0] * 10, dtype="g"), "regression"),
    "objects": (np.array(["a", "b"] * 10, dtype=object), "multiclass"),
}


@pytest.mark.parametrize(("y", "task"), ARRAYS.values(), ids=ARRAYS)
def test_arrays_hold_series(y: Any, task: str, plain_template: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "log.npz", x=np.zeros((20, 5, 3), "f4"), y=y)
    answers = answers_for(plain_template, tmp_path, tmp_path / "log.npz")
    assert (answers["input"], answers["target"]) == ("series", "y")
    assert (answers["task"], answers["family"]) == (task, "stacked-lstm")
    assert (answers["series_column"], answers["step_column"]) == ("series", "step")


def test_arrays_may_be_compressed(plain_template: Path, tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "log.npz", x=np.zeros((20, 5, 3), "f4"), y=[1, 2, 3, 3] * 5)
    assert answers_for(plain_template, tmp_path, tmp_path / "log.npz")["task"] == "multiclass"


WRONG_ARRAYS = {
    "no y": {"x": np.zeros((20, 5, 3))},
    "x of two axes": {"x": np.zeros((20, 5)), "y": np.zeros(20)},
    "y of two axes": {"x": np.zeros((20, 5, 3)), "y": np.zeros((20, 2))},
    "different lengths": {"x": np.zeros((20, 5, 3)), "y": np.zeros(19)},
}


@pytest.mark.parametrize("arrays", WRONG_ARRAYS.values(), ids=WRONG_ARRAYS)
def test_other_arrays_stop_no_interview(arrays: Answers, plain_template: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "log.npz", **arrays)
    answers = answers_for(plain_template, tmp_path, tmp_path / "log.npz")
    assert (answers["input"], answers["target"], answers["task"]) == ("series", "y", "multiclass")


@pytest.mark.parametrize(("count", "most"), [(2**40, 1.1e6), (-1, 1000)])
def test_of_arrays_only_the_beginning_is_unpacked(
    count: int, most: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the header says: there may be fewer values than none."""
    with zipfile.ZipFile(tmp_path / "log.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, shape in (("x", (count, 5, 3)), ("y", (count,))):
            with archive.open(f"{name}.npy", "w") as file:
                header = {"descr": "|u1", "fortran_order": False, "shape": shape}
                np.lib.format.write_array_header_1_0(file, header)
                file.write(bytes(2**23))
    sizes, usual = [], zipfile.ZipExtFile.read

    def read(self: Any, count: int = -1) -> bytes:
        piece = usual(self, count)
        sizes.append(len(piece))
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", read)
    assert look(tmp_path / "log.npz").propose_input() == "series"
    assert 0 < sum(sizes) < most


def test_the_target_of_a_series_is_what_all_its_steps_share(plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"id": np.repeat(range(6), 10), "mood": np.repeat(["a", "b"] * 3, 10), "time": [*range(10)] * 6}
    )
    frame.assign(v=np.sin(range(60))).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("series", "mood", "binary")
    assert (answers["series_column"], answers["step_column"]) == ("id", "time")


def dates(start: str = "2023-01-30", rows: int = ROWS, form: str = "%Y-%m-%d", **options: Any) -> Any:
    return pd.date_range(start, periods=rows, **options).strftime(form)


EVEN = {
    "days": ("date", dates()),
    "weeks": ("Week of", dates(freq="W")),
    "working days": ("Date", dates(freq="B").delete([7, 8, 20, 33, 41])),
    "months": ("Month", dates(freq="MS", form="%Y-%m")),
    "ends of months": ("ds", dates(freq="ME")),
    "quarters": ("t", dates(freq="QS")),
    "years": ("when", dates("1950-01-01", freq="YS")),
    "newest first": ("date", dates()[::-1]),
    "years as numbers": ("YEAR", range(1900, 1900 + ROWS)),
    "dates as numbers": ("date", dates(form="%Y%m%d")),
    "day first": ("day", dates(form="%d/%m/%Y")),
    "month first": ("day", dates(form="%m/%d/%Y")),
    "points": ("Date Time", dates(form="%d.%m.%Y %H:%M:%S", freq="10min")),
    "a.m. and p.m.": ("time", dates(form="%m/%d/%Y %I:%M %p", freq="h")),
    "ISO 8601": ("timestamp", dates(form="%Y-%m-%dT%H:%M:%S.%fZ", freq="20ms")),
    "offset": ("timestamp", dates(form="%Y-%m-%d %H:%M:%S+01:00", freq="h")),
    "times of a day": ("clock", dates(form="%H:%M", freq="15min")),
    "seconds": ("time", np.arange(ROWS) * 0.1),
    "with gaps": ("time", [number for number in range(70) if number % 7]),
}


@pytest.mark.parametrize(("name", "times"), EVEN.values(), ids=EVEN)
def test_a_table_at_even_times_is_a_series_to_forecast(
    name: str, times: Any, plain_template: Path, tmp_path: Path
) -> None:
    rows = len(times)
    frame = pd.DataFrame({"wind": np.sin(range(rows)), name: times, "load": np.cos(range(rows)), "note": "-"})
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["task"], answers["family"]) == ("series", "forecast", "dense-forecast")
    assert (answers["target"], answers["step_column"]) == ("load", name)
    assert answers["series_column"] == ""


RANDOM = np.random.default_rng(0)
UNEVEN = {
    "no order": ("date", RANDOM.permutation(dates())),
    "any distance": ("date", np.sort(RANDOM.choice(dates(rows=4000), ROWS, replace=False))),
    "one time": ("date", ["2024-01-01"] * ROWS),
    "stacked": ("date", [*dates(rows=20)] * 3),
    "no such day": ("date", ["2024-02-30"] * ROWS),
    "number of the row": ("index", range(ROWS)),
    "numbers": ("weight", range(ROWS)),
    "versions": ("version", [f"1.{number}.2024.1" for number in range(ROWS)]),
}


@pytest.mark.parametrize(("name", "times"), UNEVEN.values(), ids=UNEVEN)
def test_other_tables_stay_tables(name: str, times: Any, plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame({name: times, "load": np.cos(range(ROWS))}).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("table", "load", "regression")


@pytest.fixture
def hourly(tmp_path: Path) -> Path:
    path = tmp_path / "hourly.csv"
    columns = {"time": dates(freq="h", form="%Y-%m-%d %H:%M"), "load": np.sin(range(ROWS)), "wind": np.cos(range(ROWS))}
    pd.DataFrame(columns | {"sky": ["clear", "grey", "fog"] * 20}).to_csv(path, index=False)
    return path


GIVEN = {
    "nothing": ({}, ("series", "wind", "forecast", "dense-forecast")),
    "series": ({"input": "series"}, ("series", "wind", "forecast", "dense-forecast")),
    "table": ({"input": "table"}, ("table", "sky", "multiclass", "tabular-ensemble")),
    "forecast": ({"task": "forecast"}, ("series", "wind", "forecast", "dense-forecast")),
    "another task": ({"task": "regression", "target": "load"}, ("table", "load", "regression", "tabular-ensemble")),
    "a number": ({"target": "load"}, ("series", "load", "forecast", "dense-forecast")),
    "numbers": ({"target": "load, wind"}, ("series", "load, wind", "forecast", "dense-forecast")),
    "classes": ({"target": "sky"}, ("table", "sky", "multiclass", "tabular-ensemble")),
    "network for tables": ({"family": "dense-softmax"}, ("table", "sky", "multiclass", "dense-softmax")),
    "network for series": ({"family": "stacked-lstm"}, ("series", "wind", "forecast", "stacked-lstm")),
}


@pytest.mark.parametrize(("given", "expected"), GIVEN.values(), ids=GIVEN)
def test_given_answers_decide_about_a_forecast(
    given: Answers, expected: tuple[str, ...], hourly: Path, plain_template: Path, tmp_path: Path
) -> None:
    answers = answers_for(plain_template, tmp_path, hourly, **given)
    assert tuple(answers[name] for name in ("input", "target", "task", "family")) == expected


def test_what_was_seen_of_a_forecast_arrives_in_the_settings(hourly: Path, render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", data_path=str(hourly))
    settings = tomllib.loads((project / "config.toml").read_text(encoding="utf-8"))
    assert (settings["target"], settings["step_column"]) == (["wind"], "time")
    assert (settings["series_column"], settings["known_ahead"], settings["horizon"]) == ("", [], 1)


def test_a_panel_is_proposed_with_its_evidence(plain_template: Path, tmp_path: Path) -> None:
    days = np.repeat(dates(), 3)
    frame = pd.DataFrame({"store": ["A", "B", "C"] * ROWS, "date": days, "promo": [0, 1, 1] * ROWS})
    frame["sales"] = pd.Series(np.sin(range(3 * ROWS))).where(days < "2023-03-25")  # five days are to be predicted
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="sales")
    assert (answers["input"], answers["task"], answers["step_column"]) == ("series", "forecast", "date")
    assert (answers["series_column"], answers["known_ahead"]) == ("store", "promo")
    assert answers["horizon"] == len(set(days[days >= "2023-03-25"]))
    assert look(tmp_path / "t.csv").series_seen() == "store: 3 series of about 60 steps"


def test_long_series_below_each_other_are_told_apart(plain_template: Path, tmp_path: Path) -> None:
    times = pd.date_range("2020-01-05", periods=2000, freq="W")
    rows = [
        {"id": f"W{i}", "time": time, "load": i + j % 7} for i in range(4) for j, time in enumerate(times[i * 300 :])
    ]
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="load")
    assert (answers["task"], answers["step_column"], answers["series_column"]) == ("forecast", "time", "id")


@pytest.mark.parametrize(
    ("columns", "step"),
    [
        ({"Date": np.repeat(dates(rows=5), 24), "Hour": [*range(24)] * 5}, "Date, Hour"),
        ({"year": np.repeat(range(2010, 2020), 12), "month": [*range(1, 13)] * 10}, "year, month"),
        (
            {
                "year": [2010] * 120,
                "month": np.repeat([1, 2], [72, 48]),
                "day": np.repeat([29, 30, 31, 1, 2], 24),
                "hour": [*range(24)] * 5,
            },
            "year, month, day, hour",
        ),
    ],
)
def test_the_time_may_stand_in_several_columns(columns: Any, step: str, plain_template: Path, tmp_path: Path) -> None:
    pd.DataFrame(columns | {"load": np.sin(range(120))}).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="load")
    assert (answers["task"], answers["step_column"], answers["series_column"]) == ("forecast", step, "")


def test_sales_on_single_days_are_no_series(plain_template: Path, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    parts = {"year": (2014, 2016), "month": (1, 13), "day": (1, 29), "zipcode": (98001, 98010), "built": (1900, 2015)}
    frame = pd.DataFrame({name: rng.integers(*ends, 1000) for name, ends in parts.items()})
    frame.rename(columns={"built": "year_built"}).assign(price=rng.lognormal(12, 1, 1000).round()).to_csv(
        tmp_path / "t.csv", index=False
    )
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="price")
    assert (answers["input"], answers["task"]) == ("table", "regression")


def test_a_column_named_as_the_target_is_forecast(hourly: Path, plain_template: Path, tmp_path: Path) -> None:
    hourly.write_text(hourly.read_text().replace("load", "y"))
    assert answers_for(plain_template, tmp_path, hourly)["target"] == "y"


@pytest.mark.parametrize("values", [["on", "off"] * 30, [0, 1] * 30])
def test_named_classes_make_rows_examples(values: Any, hourly: Path, plain_template: Path, tmp_path: Path) -> None:
    pd.read_csv(hourly).assign(label=values).to_csv(hourly, index=False)
    answers = answers_for(plain_template, tmp_path, hourly)
    assert (answers["input"], answers["target"], answers["task"]) == ("table", "label", "binary")


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
def test_the_samples_of_a_long_series_are_enough(write: str, plain_template: Path, tmp_path: Path) -> None:
    rows = 100_000
    frame = pd.DataFrame({"at": pd.date_range("2000-01-01", periods=rows, freq="min"), "load": np.sin(range(rows))})
    getattr(frame, write)(tmp_path / f"t.{write[3:]}", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / f"t.{write[3:]}")
    assert (answers["target"], answers["task"], answers["step_column"]) == ("load", "forecast", "at")


def test_the_index_of_a_parquet_file_may_be_its_time(plain_template: Path, tmp_path: Path) -> None:
    index = pd.date_range("2000-01-01", periods=ROWS, freq="h", name="at")
    pd.DataFrame({"load": np.sin(range(ROWS))}, index=index).to_parquet(tmp_path / "t.parquet")
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.parquet")
    assert (answers["target"], answers["task"], answers["step_column"]) == ("load", "forecast", "at")


def test_a_forecast_of_an_uneven_table_takes_its_numbers(plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"date": UNEVEN["any distance"][1], "load": np.cos(range(ROWS)), "note": ["a", "b"] * 30})
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv", task="forecast")
    assert (answers["input"], answers["target"], answers["step_column"]) == ("series", "load", "date")


@pytest.mark.parametrize("input", ["table", "images"])
def test_only_series_have_a_future(input: str, template: Path, tmp_path: Path) -> None:
    options = ["-d", f"input={input}", "-d", "task=forecast", "-d", f"data_path={SAMPLES / 'wine.csv'}"]
    done = copier_command("copy", "--trust", "--defaults", *options, template, tmp_path / "p")
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert done.stderr.strip().splitlines()[-1] == f"task: forecast is possible for input series, not {input}"


@pytest.mark.parametrize(("steps", "family"), [(20, "stacked-lstm"), (24, "inception-1d")])
@pytest.mark.parametrize("form", ["table", "folder", "arrays"])
def test_long_series_are_for_convolutions(
    form: str, steps: int, family: str, plain_template: Path, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(12, steps, 1)), np.arange(12) % 3
    data = tmp_path / "data"
    if form == "arrays":
        data = tmp_path / "data.npz"
        np.savez(data, x=x, y=y)
    for number in range(12) if form != "arrays" else []:
        frame = pd.DataFrame({"step": range(steps), "value": x[number, :, 0].round(3)})
        if form == "table":
            frame = frame.assign(series=f"s{number}", label=f"class {y[number]}")
            frame.to_csv(tmp_path / "data", mode="a", header=number == 0, index=False)
        else:
            (data / f"class {y[number]}").mkdir(parents=True, exist_ok=True)
            frame.to_csv(data / f"class {y[number]}" / f"{number}.csv", index=False)
    if form == "table":
        data = data.rename(tmp_path / "data.csv")
    answers = answers_for(plain_template, tmp_path, data)
    assert (answers["input"], answers["family"]) == ("series", family)
    assert answers_for(plain_template, tmp_path / "q", data, family="stacked-lstm")["family"] == "stacked-lstm"


def rows_of(ids: Any, **columns: Any) -> pd.DataFrame:
    """Return rows of several ids with ascending dates in each."""
    rows = len(ids)
    return pd.DataFrame(
        {"customer_id": ids, "date": np.tile(dates(rows=rows // len(set(ids))), len(set(ids)))} | columns
    )


IDS = np.repeat(range(20), 12)
NUMBERS = RANDOM.normal(size=240).round(3)
LABELS = RANDOM.integers(0, 2, 240)
RECORDS = {
    "a label per row": (rows_of(IDS, amount=NUMBERS, churn=LABELS), "churn", "binary"),
    "sales": (rows_of(IDS, promo=LABELS, sales=NUMBERS), "sales", "regression"),
    "ratings": (
        pd.DataFrame(
            {"user_id": IDS, "movie_id": RANDOM.integers(0, 50, 240), "rating": RANDOM.integers(1, 6, 240)}
        ).assign(timestamp=RANDOM.integers(10**9, 2 * 10**9, 240)),
        "rating",
        "multiclass",
    ),
    "a label per row by its name": (rows_of(IDS, sex=IDS % 2, label=LABELS, amount=NUMBERS), "label", "binary"),
    "a rare remark": (
        rows_of(IDS, gift=pd.Series([*"xy"] * 120).where(NUMBERS > 2), churn=LABELS),
        "churn",
        "binary",
    ),
    "another id that belongs to the first": (rows_of(IDS, shop_id=IDS % 3, churn=LABELS), "churn", "binary"),
}


@pytest.mark.parametrize(("frame", "target", "task"), RECORDS.values(), ids=RECORDS)
def test_rows_of_the_same_id_are_no_series_where_the_target_changes(
    frame: Any, target: str, task: str, plain_template: Path, tmp_path: Path
) -> None:
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("table", target, task)
    answers = answers_for(plain_template, tmp_path / "q", tmp_path / "t.csv", input="series")
    assert answers["series_column"] == frame.columns[0]


def test_a_given_target_that_changes_within_series_is_that_of_rows(plain_template: Path, tmp_path: Path) -> None:
    rows_of(IDS, v=NUMBERS, mood=IDS % 2).to_csv(tmp_path / "t.csv", index=False)
    for target, input in (("mood", "series"), ("v", "table"), ("mood, v", "table")):
        assert answers_for(plain_template, tmp_path / target, tmp_path / "t.csv", target=target)["input"] == input


def test_a_label_need_not_stand_in_every_row_of_a_series(plain_template: Path, tmp_path: Path) -> None:
    rows_of(IDS, ill=pd.Series(IDS % 2).where(NUMBERS > 0), v=NUMBERS).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("series", "ill", "binary")


def test_of_several_ids_the_first_that_repeats_is_that_of_the_series(plain_template: Path, tmp_path: Path) -> None:
    frame = rows_of(IDS, hr=NUMBERS, spo2=NUMBERS, ill=IDS % 2).rename(columns={"customer_id": "patient_id"})
    frame.insert(0, "id", range(1, 241))
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["series_column"]) == ("series", "ill", "patient_id")


def test_one_series_is_to_be_forecast(plain_template: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"station_id": 7, "date": dates(), "load": np.sin(range(ROWS))})
    frame.to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("series", "load", "forecast")


def short_series(count: int, steps: int) -> pd.DataFrame:
    """Return series of so many months, one below the other; the last ones are longer."""
    parts = []
    for number in range(count):
        months = pd.date_range("2001-01-01", periods=steps + 30 * (number > count - 3), freq="MS").strftime("%Y-%m-%d")
        parts.append(pd.DataFrame({"shop": f"s{number}", "month": months, "sold": RANDOM.normal(size=len(months))}))
    return pd.concat(parts)


@pytest.mark.parametrize(("count", "steps", "is_panel"), [(30, 14, True), (30, 6, False), (9, 14, False)])
def test_many_short_series_are_a_panel(count: int, steps: int, is_panel: bool, template: Path, tmp_path: Path) -> None:
    short_series(count, steps).to_csv(tmp_path / "t.csv", index=False)
    answers = answers_for(template, tmp_path, tmp_path / "t.csv", target="sold", task="forecast", horizon="4")
    assert answers["series_column"] == ("shop" if is_panel else "")
    assert not is_panel or answers["window"] == 10  # what is before the last four months


def test_the_window_follows_the_series_that_are_named(template: Path, tmp_path: Path) -> None:
    short_series(10, 12).to_csv(tmp_path / "t.csv", index=False)
    given = {"target": "sold", "task": "forecast", "input": "series", "horizon": "4"}
    answers = answers_for(template, tmp_path, tmp_path / "t.csv", **given, series_column="shop", step_column="month")
    assert answers["window"] == 8
