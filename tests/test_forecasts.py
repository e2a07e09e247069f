"""Forecasts: what is known of the past, nothing of the future; gaps, horizons, units, and the baseline."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Load

SIDES = ("train", "validation", "test")


def series(steps: int = 120, **more: Any) -> pd.DataFrame:
    """Return a series of days, each of whose values tells its step."""
    days = pd.date_range("2024-01-01", periods=steps)
    return pd.DataFrame({"day": days, "t": np.arange(steps) + 0.5, "other": -1.0 * np.arange(steps)} | more)


FORECAST = {"family": "stacked-lstm", "task": "forecast", "step_column": "day", "window": 10}


@pytest.mark.parametrize("horizon", [1, 3])
def test_history_ends_before_what_is_predicted(horizon: int, load: Load) -> None:
    data = load(series(), **FORECAST, horizon=horizon)
    for side in SIDES:
        x, y = data._asdict()[side].x["history"], data._asdict()[side].y
        assert x.shape[1:] == (10, 2) and y.shape[1] == horizon
        steps = np.arange(9, -1, -1)
        np.testing.assert_array_equal(y[:, :1] - x[:, :, 0], np.tile(steps + 1, (len(y), 1)))
        np.testing.assert_array_equal(x[:, :, 1], 0.5 - x[:, :, 0])
    ends = [np.nanmax(data._asdict()[side].y) for side in SIDES]
    assert ends[0] < data.validation.y.min() and ends[1] < data.test.y[:, 0].min()
    assert len(data.test.y[~np.isnan(data.test.y).any(axis=1)])


def panel(steps: int = 60) -> pd.DataFrame:
    """Return three series of different size, length and start, their rows by day."""
    parts = []
    for number, shop in enumerate(["north", "south", "west"]):
        part = series(steps).iloc[5 * number :].assign(shop=shop)
        parts.append(part.assign(t=part["t"] * 100**number, promo=part["t"] % 7 < 2))
    return pd.concat(parts).sort_values(["day", "shop"])


def test_series_of_a_table_stay_apart(load: Load) -> None:
    data = load(panel(), **FORECAST, series_column="shop", horizon=2)
    for side in SIDES:
        history, y = data._asdict()[side].x["history"][:, :, 0], data._asdict()[side].y
        size = 100 ** np.round(np.log(np.nanmax(y, axis=1) / 30) / np.log(100))[:, np.newaxis]
        np.testing.assert_allclose(np.diff(history) / size, 1, rtol=1e-3)
        np.testing.assert_allclose((y[:, :1] - history[:, -1:]) / size, 1, rtol=1e-3)
    split = data.record[data.record["split"] == "test"]
    assert set(split["shop"]) == {"north", "south", "west"} and split["day"].nunique() < 15


def test_what_is_known_ahead_belongs_to_its_step(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    frame = series(sky=["blue", "grey", "red"] * 40)
    settings = {"horizon": 2, "known_ahead": ["other", "sky"]}
    data = load(frame, **FORECAST, **settings)
    assert "Left out" not in capsys.readouterr().out
    for side in SIDES:
        x, y = data._asdict()[side].x, data._asdict()[side].y
        assert x["ahead"].shape[1:] == (2, 4) and x["history"].shape[2] == 5
        known = ~np.isnan(y)
        np.testing.assert_array_equal(x["ahead"][:, :, 0][known], (0.5 - y)[known])
        np.testing.assert_array_equal(x["ahead"][:, :, 1:].argmax(axis=2)[known], (y[known] - 0.5) % 3)


def test_doubles_are_averaged_and_said(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    frame = series()
    twice = frame.iloc[[30, 31, 60]].assign(t=frame["t"] + 1)
    data = load(pd.concat([frame, twice]), **FORECAST)
    assert "3 rows have the time of another row, such as row 121: their values are averaged" in capsys.readouterr().out
    history = dict(zip(data.train.y[:, 0], data.train.x["history"][:, :, 0], strict=True))
    assert list(history[33.5][-4:]) == [29.5, 31, 32, 32.5]


CALENDARS = {
    "US dates": (pd.date_range("2024-01-01", periods=120).strftime("%m/%d/%Y"), "2024-04-30"),
    "quarters": ([f"{1970 + n // 4}Q{n % 4 + 1}" for n in range(120)], "2000-01-01"),
    "ends of months": (pd.date_range("2001-01-31", periods=120, freq="ME"), "2011-01-31"),
    "business days": (pd.bdate_range("2024-01-01", periods=120), "2024-06-17"),
    "years": (range(1900, 2020), "2020"),
    "a time zone": (pd.date_range("2024-01-01", periods=120, freq="h", tz="UTC"), "2024-01-06 00:00:00"),
    "seconds since 1970": (np.arange(120) * 3600 + 1_700_000_000, "1700432000"),
    "jitter": (
        pd.date_range("2024-01-01", periods=120, freq="min") + pd.to_timedelta([-2, 0, 2] * 40, "s"),
        "2024-01-01 02:00:00",
    ),
    "newest first": (pd.date_range("2024-01-01", periods=120), "2024-04-30"),
}


@pytest.mark.parametrize(("times", "following"), CALENDARS.values(), ids=CALENDARS)
def test_the_step_after_the_end(
    times: Any, following: str, projects: Import, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = series(time=times).drop(columns=["day", "other"])
    frame.iloc[::-1].to_csv(tmp_path / "t.csv", index=False)
    project = projects("stacked-lstm", "forecast")
    read = project.module("data.read")
    settings = {"target": ["t"], "step_column": "time", "window": 10, "horizon": 2}
    examples = read.read(tmp_path / "t.csv", project.config(data_path=tmp_path / "t.csv", **settings))
    assert capsys.readouterr().out == ""
    assert len(examples.keys) == 122 and examples.keys["time"].iloc[120] == following
    assert list(examples.known["steps"][-2:]) == [1, 2]
    np.testing.assert_array_equal(examples.x["history"][-2:][:, -1, 0], 119.5)


def test_date_and_hour_in_two_columns(projects: Import, tmp_path: Any) -> None:
    hours = pd.date_range("2024-01-01", periods=120, freq="h")
    frame = series(date=hours.strftime("%d.%m.%Y"), hour=hours.hour).drop(columns=["day", "other"])
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = projects("stacked-lstm", "forecast")
    settings = {"target": ["t"], "step_column": "date, hour", "window": 10, "horizon": 2}
    examples = project.module("data.read").read(
        tmp_path / "t.csv", project.config(data_path=tmp_path / "t.csv", **settings)
    )
    assert examples.keys.iloc[-1].tolist() == ["2024-01-06", "1"]
    assert not np.isnan(examples.x["history"][:]).any()


def test_parts_of_times_in_columns_of_their_own(projects: Import, tmp_path: Any) -> None:
    times = pd.date_range("2023-12-30 20:00", periods=120, freq="30min")
    parts = {name: getattr(times, name) for name in ("year", "month", "day", "hour", "minute")}
    series(**parts).drop(columns=["other"]).to_csv(tmp_path / "t.csv", index=False)
    project = projects("stacked-lstm", "forecast")
    settings = {"target": ["t"], "step_column": ", ".join(parts), "window": 10, "horizon": 2}
    examples = project.module("data.read").read(
        tmp_path / "t.csv", project.config(data_path=tmp_path / "t.csv", **settings)
    )
    assert examples.keys.iloc[-1].tolist() == ["2024", "1", "2", "8", "30"]
    assert not np.isnan(examples.x["history"][:]).any()


def test_months_of_numbered_years_go_on_in_the_next_year(projects: Import, tmp_path: Any) -> None:
    months = [f"{1 + n // 12}-{n % 12 + 1:02}" for n in range(120)]
    series(month=months).drop(columns=["day", "other"]).to_csv(tmp_path / "t.csv", index=False)
    project = projects("stacked-lstm", "forecast")
    settings = {"target": ["t"], "step_column": "month", "window": 10, "horizon": 2}
    examples = project.module("data.read").read(
        tmp_path / "t.csv", project.config(data_path=tmp_path / "t.csv", **settings)
    )
    assert examples.keys["month"].iloc[-2:].tolist() == ["11-01", "11-02"]


def test_a_clock_change_is_a_double_or_a_gap(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    local = pd.date_range("2024-10-25", periods=120, freq="h", tz="Europe/Berlin").tz_localize(None)
    data = load(series(day=local), **FORECAST)
    assert "1 row has the time of another row" in capsys.readouterr().out
    assert len(data.record) == 120


def test_times_at_any_distance_are_averaged(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    minutes = np.sort(np.random.default_rng(0).uniform(0, 60 * 120, 400))
    times = pd.Timestamp("2024-01-01") + pd.to_timedelta(minutes, "min")
    data = load(series(400, day=times), **FORECAST)
    assert "the rows of every 30 minutes are averaged to one step" in capsys.readouterr().out
    assert len(data.train.y) > 100


@pytest.mark.parametrize("order", ["in time", "backwards", "shuffled"])
def test_forecasts_are_learned_from_the_past_and_tested_on_the_future(order: str, load: Load) -> None:
    frame = {"in time": lambda f: f, "backwards": lambda f: f[::-1], "shuffled": lambda f: f.sample(frac=1)}[order](
        series()
    )
    data = load(frame, **FORECAST)
    train, validation, test = (data._asdict()[side].y[:, 0] for side in SIDES)
    assert train.max() < validation.min() and validation.max() < test.min() == 119.5 - len(test) + 1
    assert len(train) + len(validation) + len(test) == 110
    split = dict(zip(data.record["day"].astype(str), data.record["split"], strict=True))
    assert len(split) == 120 and [split[f"2024-01-{day:02}"] for day in (1, 10, 11)] == ["", "", "train"]
    assert split["2024-04-29"] == "test"


def test_the_test_target_is_never_seen_in_training(load: Load) -> None:
    changed = series()
    first = load(changed, **FORECAST)
    start = int(first.validation.y.min())
    changed.loc[start:, ["t", "other"]] = 1e6
    again = load(changed, **FORECAST)
    np.testing.assert_array_equal(first.train.x["history"], again.train.x["history"])
    np.testing.assert_array_equal(first.train.y, again.train.y)


def test_missing_rows_are_gaps_in_the_history(load: Load) -> None:
    whole = load(series(), **FORECAST)
    frame = series().drop(index=[20, 21, 50])
    data = load(frame, **FORECAST)
    history = dict(zip(data.train.y[:, 0], data.train.x["history"], strict=True))
    expected = dict(zip(whole.train.y[:, 0], whole.train.x["history"], strict=True))
    window = history[25.5][:, 0]
    np.testing.assert_array_equal(np.isnan(window), np.isin(np.arange(15, 25), [20, 21]))
    np.testing.assert_array_equal(window[~np.isnan(window)], expected[25.5][~np.isnan(window)][:, 0])
    np.testing.assert_array_equal(history[40.5], expected[40.5])
    assert 20.5 not in history and 50.5 not in history


def test_missing_values_are_gaps_too(load: Load) -> None:
    frame = series()
    frame.loc[[30, 31], "t"] = np.nan
    frame.loc[40, "other"] = np.nan
    data = load(frame, **FORECAST)
    history = dict(zip(data.train.y[:, 0], data.train.x["history"], strict=True))
    assert np.isnan(history[35.5][:, 0]).sum() == 2 and np.isnan(history[35.5][:, 1]).sum() == 0
    assert np.isnan(history[45.5][:, 1]).sum() == 1


@pytest.mark.parametrize(
    "steps",
    {
        "numbers": np.arange(120),
        "every fifth": np.arange(120) * 5 + 1000,
        "hours": pd.date_range("2024-01-01", periods=120, freq="h"),
        "months": pd.date_range("2001-01-01", periods=120, freq="MS"),
        "months as one number": pd.date_range("2001-01-01", periods=120, freq="MS").strftime("%Y%m").astype(int),
        "years": np.arange(1900, 2020),
        "German dates": pd.date_range("2024-01-01", periods=120).strftime("%d.%m.%Y"),
        "seconds since 1970": np.arange(120) * 3600 + 1_700_000_000,
    }.items(),
    ids=lambda item: item[0],
)
def test_steps_of_any_kind(steps: tuple[Any, ...], load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    data = load(series(day=steps[1]).sample(frac=1, random_state=0), **FORECAST)
    assert capsys.readouterr().out.startswith("Seen up to the last known step only: other (")
    assert not np.isnan(data.train.x["history"]).any()
    np.testing.assert_array_equal(data.train.y[:, :1] - data.train.x["history"][:, -1, :1], 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: pd.concat([frame, frame]), "row 121 has the same time as another row.* series_column"),
        (lambda frame: frame.assign(t=7), "column t is always 7"),
        (lambda frame: frame.assign(day=["soon", *frame["day"][1:].astype(str)]), "row 1 is no number or date"),
        (lambda frame: frame.head(8), "8 rows are too few for a forecast of 1 step from 10"),
        (lambda frame: frame.head(1), "one row is too few"),
        (lambda frame: frame.rename(columns={"day": "date"}), "has no column day"),
        (lambda frame: frame.assign(t=["much", *["a"] * (len(frame) - 1)]), "column t"),
    ],
    ids=["same time", "constant", "no time", "few", "one", "no step", "text"],
)
def test_what_is_wrong_with_a_series_is_said(change: Callable[..., Any], message: str, load: Load) -> None:
    with pytest.raises(Exception, match=message):
        load(change(series()), **FORECAST)


def wave(steps: int = 400) -> pd.DataFrame:
    """Return a series that can be forecast, far from 0."""
    time = np.arange(steps)
    values = 1000 + 50 * np.sin(time / 8) + np.random.default_rng(0).normal(0, 2, steps)
    frame = series(steps, t=values.round(2), other=np.cos(time / 8).round(3), words="x")
    return frame.drop(index=[60, 61, 150, 222])


@pytest.fixture(scope="module")
def forecaster(imported: Import, tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, pd.DataFrame, str]:
    """A project that forecasts three steps ahead, trained; its series; what it said."""
    project = imported(family="stacked-lstm", task="forecast")
    wave().to_csv(project.folder / "wave.csv", index=False)
    flags = {"data-path": "wave.csv", "target": "t", "step-column": "day", "window": 24, "horizon": 3}
    flags |= {"units": "16", "epochs": 12, "learning-rate": 0.02}
    arguments = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return project, wave(), project.main("train", *arguments)


def forecast(forecaster: tuple[Imported, pd.DataFrame, str], frame: pd.DataFrame) -> Any:
    """Return the predictions by day, NaN where there is none, with those of the days after the end."""
    frame.to_csv(forecaster[0].folder / "new.csv", index=False)
    predictions = forecaster[0].predict("new.csv")
    columns = [f"prediction{end}" for end in ("", "_lower_80", "_upper_80", "_lower_95", "_upper_95")]
    assert list(predictions) == ["day", *columns]
    assert list(predictions["day"])[: len(frame)] == list(frame["day"].astype(str))
    lower, upper = (pd.to_numeric(predictions[f"prediction_{end}_95"]) for end in ("lower", "upper"))
    assert ((lower < upper) == (predictions["prediction"] != "")).all()
    return pd.to_numeric(predictions.set_index("day")["prediction"])


@pytest.mark.train
def test_errors_are_in_units_for_every_step_beside_last_values(
    forecaster: tuple[Imported, pd.DataFrame, str],
) -> None:
    project, frame, said = forecaster
    assert "Left out: column words (no numbers)\n" in said and "coverage_80" in said
    test, baseline = project.metrics["test"], project.metrics["baseline"]
    assert test["rmse"] < 0.7 * baseline["rmse"] and 0.5 < test["coverage_80"] <= 1
    steps = [baseline[f"mae_step_{step}"] for step in (1, 2, 3)]
    assert steps[0] < steps[1] < steps[2] and test["mase"] < baseline["mase"]
    split = pd.read_csv(max((project.folder / "runs").glob("2*")) / "split.csv").set_index("day")["split"]
    grid = frame.set_index(frame["day"].astype(str))["t"]
    error = (forecast(forecaster, frame) - grid)[split[split == "test"].index]
    assert error.abs()[2:].mean() == pytest.approx(test["mae_step_3"], rel=1e-2)


@pytest.mark.train
def test_forecasts_know_nothing_of_the_future(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    _, frame, _ = forecaster
    frame = frame.reset_index(drop=True)
    before = forecast(forecaster, frame)
    assert before.isna().sum() == 26 and before[26:].notna().all() and len(before) == len(frame) + 3
    for last in (100, 200):  # what is known is known up to the row number last
        changed = frame.copy()
        changed.loc[changed.index > last, ["t", "other"]] = [5000, -70]
        after = forecast(forecaster, changed)
        np.testing.assert_allclose(after[: last + 4], before[: last + 4], rtol=1e-6)
        assert abs(after.iloc[last + 4] - before.iloc[last + 4]) > 1


@pytest.mark.train
def test_steps_after_the_end_are_forecast(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    project, frame, _ = forecaster
    known = frame.iloc[:-3]
    alone = forecast(forecaster, known)[-3:]
    assert list(alone.index) == list(frame["day"].astype(str)[-3:])
    empty = pd.concat([known, frame.iloc[-3:].assign(t="", other="")])
    np.testing.assert_allclose(forecast(forecaster, empty)[-3:], alone, rtol=1e-6)
    assert abs(alone.to_numpy() - frame["t"].to_numpy()[-3:]).max() < 25
    project.main("predict", "--output", "next.csv")  # after the data of the training
    following = pd.read_csv(project.folder / "next.csv").tail(3)
    assert list(following["day"]) == ["2025-02-04", "2025-02-05", "2025-02-06"]
    np.testing.assert_allclose(following["prediction"], forecast(forecaster, frame)[-3:], rtol=1e-5)
    days = pd.DataFrame({"day": following["day"]})  # no history: it follows the training data
    np.testing.assert_allclose(forecast(forecaster, days), following["prediction"], rtol=1e-5)


@pytest.mark.train
def test_more_steps_than_the_horizon_are_refused(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    project, frame, _ = forecaster
    frame.assign(t=frame["t"].where(frame["day"] < frame["day"].iloc[-4])).to_csv(project.folder / "new.csv")
    said = project.error("predict", "new.csv", "--output", "none.csv")
    assert "is 4 steps after the last known value" in said or "is 5 steps after the last known value" in said


@pytest.mark.train
def test_the_same_forecast_from_just_enough_history(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    _, frame, _ = forecaster
    whole = forecast(forecaster, frame)
    part = forecast(forecaster, frame.iloc[-60:])
    assert part.isna().sum() == 26
    np.testing.assert_allclose(part[26:], whole[-37:], rtol=1e-5)
    frame.iloc[-20:].to_csv(forecaster[0].folder / "short.csv", index=False)
    assert "20 rows are too few for a forecast of 3 steps from 24 steps" in forecaster[0].error(
        "predict", "short.csv", "--output", "none.csv"
    )


@pytest.mark.train
def test_forecasts_are_evaluated_on_another_series(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    project, frame, _ = forecaster
    frame.iloc[200:].to_csv(project.folder / "later.csv", index=False)
    assert "later.csv, " in project.main("evaluate", "later.csv")


def many_short(count: int = 20) -> pd.DataFrame:
    """Return series of 16 to 19 days, that all start on one day; each has values of its own."""
    parts = []
    for number in range(count):
        part = series(16 + number % 4)
        parts.append(part.assign(shop=f"s{number:02}", t=part["t"] + 1000 * number))
    return pd.concat(parts).drop(columns="other")


def test_many_short_series_are_tested_at_their_ends(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    settings = FORECAST | {"window": 4, "horizon": 6}
    data = load(many_short(), **settings, series_column="shop")
    said = capsys.readouterr().out
    assert "the test is the last 6 steps of each, and 3 of 20 series validate" in said
    ends = {number: 15.5 + number % 4 for number in range(20)}
    test = data.test.y
    assert len(test) == 20 and not np.isnan(test).any()
    assert {int(y // 1000): y % 1000 for y in test[:, -1]} == ends
    used = {}
    for side in ("train", "validation"):
        y = data._asdict()[side].y
        used[side] = {int(value // 1000) for value in y[:, 0]}
        for row in y:  # no step that is tested
            assert np.nanmax(row) % 1000 <= ends[int(row[0] // 1000)] - 6
    assert len(used["validation"]) == 3 and not used["train"] & used["validation"]
    assert len(used["train"]) == 17


def test_a_few_short_series_are_refused(load: Load) -> None:
    with pytest.raises(Exception, match="too few forecasts to split"):
        load(many_short(3), **FORECAST | {"window": 4, "horizon": 6}, series_column="shop")


@pytest.mark.train
def test_each_series_has_scores_of_its_own(imported: Import, tmp_path: Path) -> None:
    """They stand in the run folder, in the report, and are told by evaluate."""
    parts = []
    for number, noise in enumerate([0.1, 0.1, 3.0]):
        part = series(120, t=np.sin(np.arange(120) / 8)).assign(shop=f"0{number}")
        jumps = np.random.default_rng(number).normal(0, noise, len(part)).cumsum()
        parts.append(part.assign(t=(part["t"] + jumps + 1000 * number).round(2)))
    pd.concat(parts).drop(columns="other").to_csv(tmp_path / "shops.csv", index=False)
    answers = {"data_path": str(tmp_path / "shops.csv"), "target": "t", "series_column": "shop", "horizon": "2"}
    project = imported(input="series", task="forecast", **answers)
    said = project.main("train", "--epochs", "2", "--window", "12", "--references", "false")
    assert re.search(r"3 series: MASE of [0-9.]+ to [0-9.]+, below 1 in ", said)
    each = pd.read_csv(project.folder / "runs" / "latest" / "series.csv", dtype={"series": str})
    assert sorted(each["series"]) == ["00", "01", "02"]
    assert list(each["mase"]) == sorted(each["mase"], reverse=True)
    assert {"mae", "rmse", "coverage_80"} <= set(each) and not any("_step_" in str(name) for name in each)
    shares = each["forecasts"] / each["forecasts"].sum()
    assert (each["mase"] * shares).sum() == pytest.approx(project.metrics["test"]["mase"], rel=1e-4)
    project.main("report")
    assert "3 of 3 series, the worst first" in (project.folder / "runs" / "latest" / "report.html").read_text("utf-8")
    assert "3 series: MASE of " in project.main("evaluate")
