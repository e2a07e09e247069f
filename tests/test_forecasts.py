"""Forecasts: what is known of the past, nothing of the future; gaps, horizons, units, and the baseline."""

from collections.abc import Callable
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
        assert x.shape[1:] == (10, 2)
        np.testing.assert_array_equal(y[:, :1] - x[:, :, 0], np.tile(np.arange(9, -1, -1) + horizon, (len(y), 1)))
        np.testing.assert_array_equal(x[:, :, 1], 0.5 - x[:, :, 0])


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


def test_missing_values_are_gaps_too(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    frame = series()
    frame.loc[[30, 31], "t"] = np.nan
    frame.loc[40, "other"] = np.nan
    data = load(frame, **FORECAST)
    assert "examples without a target" in capsys.readouterr().out
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
    assert capsys.readouterr().out == ""
    assert not np.isnan(data.train.x["history"]).any()
    np.testing.assert_array_equal(data.train.y - data.train.x["history"][:, -1, :1], 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.assign(day="2024-01-01"), "row 2 has the same time as another row"),
        (lambda frame: frame.assign(day=["soon", *frame["day"][1:].astype(str)]), "row 1 is no number or date"),
        (lambda frame: frame.head(8), "8 rows are too few for a forecast 1 steps ahead from 10 steps"),
        (lambda frame: frame.head(1), "one row is too few"),
        (lambda frame: frame.rename(columns={"day": "date"}), "has no column day"),
        (lambda frame: frame.assign(t=["much", *["a"] * (len(frame) - 1)]), "column t"),
    ],
    ids=["same time", "no time", "few", "one", "no step", "text"],
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
    """Return the predictions by day, NaN where there is none."""
    frame.to_csv(forecaster[0].folder / "new.csv", index=False)
    predictions = forecaster[0].predict("new.csv")
    assert list(predictions) == ["day", "prediction"]
    assert list(predictions["day"]) == list(frame["day"].astype(str))
    return pd.to_numeric(predictions.set_index("day")["prediction"])


@pytest.mark.train
def test_the_baseline_is_the_last_known_value(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    project, frame, said = forecaster
    assert "Left out: column words (no numbers)\n" in said
    split = pd.read_csv(max((project.folder / "runs").glob("2*")) / "split.csv")
    grid = frame.set_index("day")["t"].resample("D").first()
    last = grid.ffill().shift(3)  # three steps before, or what was known before a gap
    error = (grid - last)[pd.to_datetime(split["day"][split["split"] == "test"])]
    baseline = project.metrics["baseline"]
    assert baseline["mae"] == pytest.approx(error.abs().mean(), rel=1e-3)
    assert baseline["rmse"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-3)


@pytest.mark.train
def test_errors_of_forecasts_are_in_units_and_below_the_baseline(
    forecaster: tuple[Imported, pd.DataFrame, str],
) -> None:
    project, frame, _ = forecaster
    predictions = forecast(forecaster, frame)
    split = pd.read_csv(max((project.folder / "runs").glob("2*")) / "split.csv").set_index("day")["split"]
    error = (predictions - frame.set_index(frame["day"].astype(str))["t"])[split[split == "test"].index]
    assert project.metrics["test"]["mae"] == pytest.approx(error.abs().mean(), rel=1e-3)
    assert project.metrics["test"]["rmse"] < 0.7 * project.metrics["baseline"]["rmse"]


@pytest.mark.train
def test_forecasts_know_nothing_of_the_future(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    _, frame, _ = forecaster
    frame = frame.reset_index(drop=True)
    before = forecast(forecaster, frame)
    assert before.isna().sum() == 26 and before[26:].notna().all()
    for last in (100, 200):  # what is known is known up to the row number last
        changed = frame.copy()
        changed.loc[changed.index > last, ["t", "other"]] = [5000, -70]
        after = forecast(forecaster, changed)
        np.testing.assert_allclose(after[: last + 4], before[: last + 4], rtol=1e-6)
        assert abs(after.iloc[last + 4] - before.iloc[last + 4]) > 1


@pytest.mark.train
def test_rows_beyond_the_end_are_forecast(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    _, frame, _ = forecaster
    whole = forecast(forecaster, frame)
    known = frame.iloc[:-5]
    beyond = frame.iloc[-5:].assign(t="", other="")
    future = forecast(forecaster, pd.concat([known, beyond]))
    assert future.notna()[-5:].all()  # the last two from a history with gaps at its end
    np.testing.assert_allclose(future[:-2], whole[:-2], rtol=1e-5)
    without_target = forecast(forecaster, frame.drop(columns="words").iloc[:, ::-1].sample(frac=1, random_state=0)[
        ["day", "other", "t"]
    ])  # fmt: skip
    np.testing.assert_allclose(without_target[whole.index], whole, rtol=1e-5)


@pytest.mark.train
def test_the_same_forecast_from_just_enough_history(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    _, frame, _ = forecaster
    whole = forecast(forecaster, frame)
    part = forecast(forecaster, frame.iloc[-60:])
    assert part.isna().sum() == 26
    np.testing.assert_allclose(part[26:], whole[-34:], rtol=1e-5)
    assert forecast(forecaster, frame.iloc[-27:]).notna().sum() == 1
    short = frame.iloc[-26:]
    short.to_csv(forecaster[0].folder / "short.csv", index=False)
    assert "26 rows are too few for a forecast 3 steps ahead from 24 steps" in forecaster[0].error(
        "predict", "short.csv", "--output", "none.csv"
    )


@pytest.mark.train
def test_forecasts_are_evaluated_on_another_series(forecaster: tuple[Imported, pd.DataFrame, str]) -> None:
    project, frame, _ = forecaster
    frame.iloc[200:].to_csv(project.folder / "later.csv", index=False)
    assert "later.csv, " in project.main("evaluate", "later.csv")
