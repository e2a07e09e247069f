"""Splits: stratified, by group, by time, with a test set of its own; forecasts that know nothing of the future."""

import numpy as np
import pandas as pd
import pytest

SIDES = ("train", "validation", "test")


@pytest.fixture(scope="module")
def projects(imported):
    """An untrained project for each family and task, rendered once."""
    rendered = {}

    def get(family, task=None):
        if (family, task) not in rendered:
            rendered[family, task] = imported(family=family, **({"task": task} if task else {}))
        return rendered[family, task]

    return get


@pytest.fixture
def load(projects, tmp_path):
    """Write a table, read and split it; return the data."""

    def load_table(frame, family="dense-softmax", task=None, name="table.csv", **settings):
        path = tmp_path / name
        frame.to_csv(path, index=False)
        project = projects(family, task)
        return project.module("load").load(project.config(data_path=path, **{"target": ["t"]} | settings))

    return load_table


def table(classes, **more):
    """Return a table with this target; the column a numbers the rows, but not one by one."""
    rows = np.arange(len(classes)) * 3.0
    return pd.DataFrame({"a": rows, "t": classes} | more)


def sides(data):
    """Return the split of every row of the table."""
    return data.record["split"].to_numpy()


# Stratified


def test_shares_of_classes_are_the_same_on_all_sides(load):
    classes = np.random.default_rng(0).permutation(["x"] * 700 + ["y"] * 200 + ["z"] * 100)
    split = sides(load(table(classes)))
    assert {side: (split == side).sum() for side in SIDES} == {"train": 700, "validation": 150, "test": 150}
    for side in SIDES:
        shares = pd.Series(classes[split == side]).value_counts(normalize=True)
        assert shares["x"] == pytest.approx(0.7, abs=0.01) and shares["z"] == pytest.approx(0.1, abs=0.01)


def test_numbers_are_stratified_too(load):
    values = np.random.default_rng(0).lognormal(0, 2, 400)
    split = sides(load(table(values), "regression"))
    medians = [np.median(values[split == side]) for side in SIDES]
    assert max(medians) / min(medians) < 1.2


def test_label_sets_are_stratified_too(load):
    labels = np.random.default_rng(0).permutation(["a|b"] * 200 + ["a"] * 100 + [""] * 60 + ["c"] * 40)
    split = sides(load(table(labels), "multilabel"))
    for side in SIDES:
        assert (labels[split == side] == "a|b").mean() == pytest.approx(0.5, abs=0.02)
        assert (labels[split == side] == "c").mean() == pytest.approx(0.1, abs=0.02)


def test_every_row_is_on_one_side_and_carries_its_own_values(load):
    frame = table(["x", "y"] * 100)
    data = load(frame)
    rows = {side: data._asdict()[side].x["numbers"][:, 0] for side in SIDES}
    assert sorted(np.concatenate([*rows.values()])) == list(frame["a"])
    for side in SIDES:
        assert sorted(rows[side]) == list(frame["a"][sides(data) == side])
        y = data._asdict()[side].y
        np.testing.assert_array_equal(np.argmax(y, axis=1) if y.ndim == 2 else y, rows[side] / 3 % 2)


def test_same_seed_same_split_other_seed_another(load):
    frame = table(["x", "y", "z"] * 60)
    first, again, other = (load(frame, seed=seed) for seed in (7, 7, 8))
    assert list(sides(first)) == list(sides(again)) != list(sides(other))
    np.testing.assert_array_equal(first.train.x["numbers"], again.train.x["numbers"])
    assert first.schema.fingerprint == again.schema.fingerprint != other.schema.fingerprint


@pytest.mark.parametrize("counts", [(30, 1), (30, 2), (30, 1, 1, 1, 1), (3, 3, 3), (98, 1, 1)], ids=str)
def test_tiny_classes_do_no_harm(counts, load):
    classes = np.repeat([*"abcde"[: len(counts)]], counts)
    split = sides(load(table(classes)))
    assert set(split) == {*SIDES}
    assert (split == "train").sum() >= len(classes) // 2


def test_fractions_are_settings(load):
    split = sides(load(table(["x", "y"] * 100), validation_fraction=0.25, test_fraction=0.1))
    assert [(split == side).sum() for side in SIDES] == [130, 50, 20]


# Groups


GROUPS = {
    "text": [f"patient {n}" for n in range(40)],
    "numbers": range(100, 140),
    "of very different sizes": [*range(40)],
}


@pytest.mark.parametrize("kind", GROUPS)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_group_stays_on_one_side(kind, seed, load, capsys):
    rng = np.random.default_rng(seed)
    names = np.array(GROUPS[kind])
    weights = np.arange(1, 41) ** 2 if "sizes" in kind else np.ones(40)
    groups = rng.choice(names, 600, p=weights / weights.sum())
    data = load(table(rng.choice([*"xy"], 600), who=groups), group_column="who", seed=seed)
    split = sides(data)
    assert set(split) == {*SIDES}
    assert pd.Series(split).groupby(groups).nunique().max() == 1
    assert data.train.x["numbers"].shape[1] == 1  # the group is nothing to learn from
    assert capsys.readouterr().out == ""
    if "sizes" not in kind:
        assert 0.1 < (split == "test").mean() < 0.2 and 0.1 < (split == "validation").mean() < 0.2


def test_groups_are_stratified(load):
    ill = np.repeat([0, 1], [80, 20])
    frame = table(np.repeat(np.where(ill, "ill", "well"), 5), who=np.repeat(np.arange(100), 5))
    frame = frame.sample(frac=1, random_state=0)
    split = sides(load(frame, "dense-binary", group_column="who"))
    for side in SIDES:
        assert (frame["t"][split == side] == "ill").mean() == pytest.approx(0.2, abs=0.02)


def test_what_is_wrong_with_groups_is_said(load):
    frame = table(["x", "y"] * 20, who=[*range(39), None])
    with pytest.raises(Exception, match="column who, row 40 is empty"):
        load(frame, group_column="who")
    with pytest.raises(Exception, match="has no column whom; did you mean who"):
        load(frame, group_column="whom")
    with pytest.raises(Exception, match="too few"):
        load(frame.assign(who="same"), group_column="who")


# Time


STEPS = np.random.default_rng(0).permutation(200)
TIMES = {
    "numbers": STEPS,
    "numbers after a point": STEPS / 7,
    "ISO dates": (pd.Timestamp("2023-11-01") + pd.to_timedelta(STEPS, "D")).strftime("%Y-%m-%d"),
    "German dates": (pd.Timestamp("2023-11-01") + pd.to_timedelta(STEPS, "D")).strftime("%d.%m.%Y"),
    "dates without signs": (pd.Timestamp("2023-11-01") + pd.to_timedelta(STEPS, "D")).strftime("%Y%m%d"),
    "times": (pd.Timestamp("2023-12-31 20:00") + pd.to_timedelta(STEPS, "h")).strftime("%m/%d/%Y %H:%M"),
    "times in UTC": (pd.Timestamp("2023-12-31 20:00") + pd.to_timedelta(STEPS, "h")).strftime("%Y-%m-%dT%H:%M:%SZ"),
}


@pytest.mark.parametrize("kind", TIMES)
def test_the_latest_are_for_the_test(kind, load):
    data = load(table(["x", "y"] * 100, when=TIMES[kind]), time_column="when", seed=3)
    expected = np.where(STEPS >= 170, "test", np.where(STEPS >= 140, "validation", "train"))
    assert list(sides(data)) == list(expected)
    assert data.train.x["numbers"].shape[1] == 1


def test_groups_in_time_stay_together(load):
    frame = table(["x", "y"] * 100, when=np.arange(200), who=np.arange(200) % 50)
    split = sides(load(frame.sample(frac=1, random_state=0), time_column="when", group_column="who"))
    frame = frame.sample(frac=1, random_state=0)
    latest = frame.groupby("who")["when"].max()
    side = pd.Series(split, frame["who"]).groupby(level=0)
    assert side.nunique().max() == 1
    assert latest[side.first() == "test"].min() > latest[side.first() == "validation"].max()
    assert latest[side.first() == "validation"].min() > latest[side.first() == "train"].max()


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (["soon", *range(39)], "column when, row 1 is no number or date"),
        ([*range(39), ""], "column when, row 40 is no number or date"),
    ],
)
def test_what_is_wrong_with_times_is_said(times, message, load):
    with pytest.raises(Exception, match=message):
        load(table(["x", "y"] * 20, when=times), time_column="when")


# A test set of its own


def test_a_test_set_of_its_own(load, tmp_path, capsys):
    apart = pd.DataFrame({"extra": "?", "t": ["y", "x", "y"], "a": [1000.5, 2000.5, ""]})
    apart.to_csv(tmp_path / "apart.csv", index=False, sep=";")
    data = load(table(["x", "y"] * 100), test_path=str(tmp_path / "apart.csv"))
    assert [(sides(data) == side).sum() for side in SIDES] == [170, 30, 0]
    np.testing.assert_array_equal(data.test.x["numbers"], [[1000.5], [2000.5], [np.nan]])
    np.testing.assert_array_equal(data.test.y, [1, 0, 1])
    assert data.describe().startswith("203 examples: 170 to train, 30 to validate, 3 to test\n")


def test_what_is_wrong_with_a_test_set_is_said(load, tmp_path):
    frame = table(["x", "y"] * 20)
    with pytest.raises(Exception, match="none.csv does not exist"):
        load(frame, test_path=str(tmp_path / "none.csv"))
    frame.drop(columns="a").to_csv(tmp_path / "less.csv", index=False)
    with pytest.raises(Exception, match="less.csv has no column a"):
        load(frame, test_path=str(tmp_path / "less.csv"))
    frame.drop(columns="t").to_csv(tmp_path / "unlabelled.csv", index=False)
    with pytest.raises(Exception, match="unlabelled.csv has no target: t"):
        load(frame, test_path=str(tmp_path / "unlabelled.csv"))
    frame.assign(t="z").to_csv(tmp_path / "other.csv", index=False)
    with pytest.raises(Exception, match="other.csv: column t, row 1: 'z' is none of the classes x, y"):
        load(frame, test_path=str(tmp_path / "other.csv"))


# Forecasts


def series(steps=120, **more):
    """Return a series of days, each of whose values tells its step."""
    days = pd.date_range("2024-01-01", periods=steps)
    return pd.DataFrame({"day": days, "t": np.arange(steps) + 0.5, "other": -1.0 * np.arange(steps)} | more)


FORECAST = {"family": "stacked-lstm", "task": "forecast", "step_column": "day", "window": 10}


@pytest.mark.parametrize("horizon", [1, 3])
def test_history_ends_before_what_is_predicted(horizon, load):
    data = load(series(), **FORECAST, horizon=horizon)
    for side in SIDES:
        x, y = data._asdict()[side].x["history"], data._asdict()[side].y
        assert x.shape[1:] == (10, 2)
        np.testing.assert_array_equal(y[:, :1] - x[:, :, 0], np.tile(np.arange(9, -1, -1) + horizon, (len(y), 1)))
        np.testing.assert_array_equal(x[:, :, 1], 0.5 - x[:, :, 0])


@pytest.mark.parametrize("order", ["in time", "backwards", "shuffled"])
def test_forecasts_are_learned_from_the_past_and_tested_on_the_future(order, load):
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


def test_the_test_target_is_never_seen_in_training(load):
    changed = series()
    first = load(changed, **FORECAST)
    start = int(first.validation.y.min())
    changed.loc[start:, ["t", "other"]] = 1e6
    again = load(changed, **FORECAST)
    np.testing.assert_array_equal(first.train.x["history"], again.train.x["history"])
    np.testing.assert_array_equal(first.train.y, again.train.y)


def test_missing_rows_are_gaps_in_the_history(load):
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


def test_missing_values_are_gaps_too(load, capsys):
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
        "years": np.arange(1900, 2020),
        "German dates": pd.date_range("2024-01-01", periods=120).strftime("%d.%m.%Y"),
        "seconds since 1970": np.arange(120) * 3600 + 1_700_000_000,
    }.items(),
    ids=lambda item: item[0],
)
def test_steps_of_any_kind(steps, load, capsys):
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
        (lambda frame: frame.assign(t=["much", *frame["t"][1:]]), "column t, row 1: 'much' is not a finite number"),
    ],
    ids=["same time", "no time", "few", "one", "no step", "text"],
)
def test_what_is_wrong_with_a_series_is_said(change, message, load):
    with pytest.raises(Exception, match=message):
        load(change(series()), **FORECAST)


def wave(steps=400):
    """Return a series that can be forecast, far from 0."""
    time = np.arange(steps)
    values = 1000 + 50 * np.sin(time / 8) + np.random.default_rng(0).normal(0, 2, steps)
    frame = series(steps, t=values.round(2), other=np.cos(time / 8).round(3), words="x")
    return frame.drop(index=[60, 61, 150, 222])


@pytest.fixture(scope="module")
def forecaster(imported, tmp_path_factory):
    """A project that forecasts three steps ahead, trained; its series; what it said."""
    project = imported(family="stacked-lstm", task="forecast")
    wave().to_csv(project.folder / "wave.csv", index=False)
    flags = {"data-path": "wave.csv", "target": "t", "step-column": "day", "window": 24, "horizon": 3}
    flags |= {"units": "16", "epochs": 12, "learning-rate": 0.02}
    arguments = [part for name, value in flags.items() for part in (f"--{name}", value)]
    return project, wave(), project.main("train", *arguments)


def forecast(forecaster, frame):
    """Return the predictions by day, NaN where there is none."""
    frame.to_csv(forecaster[0].folder / "new.csv", index=False)
    predictions = forecaster[0].predict("new.csv")
    assert list(predictions) == ["day", "prediction"]
    assert list(predictions["day"]) == list(frame["day"].astype(str))
    return pd.to_numeric(predictions.set_index("day")["prediction"])


@pytest.mark.train
def test_the_baseline_is_the_last_known_value(forecaster):
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
def test_errors_of_forecasts_are_in_units_and_below_the_baseline(forecaster):
    project, frame, _ = forecaster
    predictions = forecast(forecaster, frame)
    split = pd.read_csv(max((project.folder / "runs").glob("2*")) / "split.csv").set_index("day")["split"]
    error = (predictions - frame.set_index(frame["day"].astype(str))["t"])[split[split == "test"].index]
    assert project.metrics["test"]["mae"] == pytest.approx(error.abs().mean(), rel=1e-3)
    assert project.metrics["test"]["rmse"] < 0.7 * project.metrics["baseline"]["rmse"]


@pytest.mark.train
def test_forecasts_know_nothing_of_the_future(forecaster):
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
def test_rows_beyond_the_end_are_forecast(forecaster):
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
def test_the_same_forecast_from_just_enough_history(forecaster):
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
def test_forecasts_are_evaluated_on_another_series(forecaster):
    project, frame, _ = forecaster
    frame.iloc[200:].to_csv(project.folder / "later.csv", index=False)
    assert "later.csv, " in project.main("evaluate", "later.csv")
