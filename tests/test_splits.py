"""Splits: stratified, by group, by time, with a test set of its own."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Load

SIDES = ("train", "validation", "test")


def table(classes: Any, **more: Any) -> pd.DataFrame:
    """Return a table with this target; the column a numbers the rows, but not one by one."""
    rows = np.arange(len(classes)) * 3.0
    return pd.DataFrame({"a": rows, "t": classes} | more)


def sides(data: Any) -> Any:
    """Return the split of every row of the table."""
    return data.record["split"].to_numpy()


# Stratified


def test_shares_of_classes_are_the_same_on_all_sides(load: Load) -> None:
    classes = np.random.default_rng(0).permutation(["x"] * 700 + ["y"] * 200 + ["z"] * 100)
    split = sides(load(table(classes)))
    assert {side: (split == side).sum() for side in SIDES} == {"train": 700, "validation": 150, "test": 150}
    for side in SIDES:
        shares = pd.Series(classes[split == side]).value_counts(normalize=True)
        assert shares["x"] == pytest.approx(0.7, abs=0.01) and shares["z"] == pytest.approx(0.1, abs=0.01)


def test_numbers_are_stratified_too(load: Load) -> None:
    values = np.random.default_rng(0).lognormal(0, 2, 400)
    split = sides(load(table(values), "regression"))
    medians = [np.median(values[split == side]) for side in SIDES]
    assert max(medians) / min(medians) < 1.2


def test_label_sets_are_stratified_too(load: Load) -> None:
    labels = np.random.default_rng(0).permutation(["a|b"] * 200 + ["a"] * 100 + [""] * 60 + ["c"] * 40)
    split = sides(load(table(labels), "multilabel"))
    for side in SIDES:
        assert (labels[split == side] == "a|b").mean() == pytest.approx(0.5, abs=0.02)
        assert (labels[split == side] == "c").mean() == pytest.approx(0.1, abs=0.02)


def test_every_row_is_on_one_side_and_carries_its_own_values(load: Load) -> None:
    frame = table(["x", "y"] * 100)
    data = load(frame)
    rows = {side: data._asdict()[side].x["numbers"][:, 0] for side in SIDES}
    assert sorted(np.concatenate([*rows.values()])) == list(frame["a"])
    for side in SIDES:
        assert sorted(rows[side]) == list(frame["a"][sides(data) == side])
        y = data._asdict()[side].y
        np.testing.assert_array_equal(np.argmax(y, axis=1) if y.ndim == 2 else y, rows[side] / 3 % 2)


def test_same_seed_same_split_other_seed_another(load: Load) -> None:
    frame = table(["x", "y", "z"] * 60)
    first, again, other = (load(frame, seed=seed) for seed in (7, 7, 8))
    assert list(sides(first)) == list(sides(again)) != list(sides(other))
    np.testing.assert_array_equal(first.train.x["numbers"], again.train.x["numbers"])
    assert first.schema.fingerprint == again.schema.fingerprint != other.schema.fingerprint


@pytest.mark.parametrize("counts", [(30, 1), (30, 2), (30, 1, 1, 1, 1), (3, 3, 3), (98, 1, 1)], ids=str)
def test_tiny_classes_do_no_harm(counts: tuple[int, ...], load: Load) -> None:
    classes = np.repeat([*"abcde"[: len(counts)]], counts)
    split = sides(load(table(classes)))
    assert set(split) == {*SIDES}
    assert (split == "train").sum() >= len(classes) // 2


def test_fractions_are_settings(load: Load) -> None:
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
def test_a_group_stays_on_one_side(kind: str, seed: int, load: Load, capsys: pytest.CaptureFixture[str]) -> None:
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


def test_groups_are_stratified(load: Load) -> None:
    ill = np.repeat([0, 1], [80, 20])
    frame = table(np.repeat(np.where(ill, "ill", "well"), 5), who=np.repeat(np.arange(100), 5))
    frame = frame.sample(frac=1, random_state=0)
    split = sides(load(frame, "dense-binary", group_column="who"))
    for side in SIDES:
        assert (frame["t"][split == side] == "ill").mean() == pytest.approx(0.2, abs=0.02)


def test_what_is_wrong_with_groups_is_said(load: Load) -> None:
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
def test_the_latest_are_for_the_test(kind: str, load: Load) -> None:
    data = load(table(["x", "y"] * 100, when=TIMES[kind]), time_column="when", seed=3)
    expected = np.where(STEPS >= 170, "test", np.where(STEPS >= 140, "validation", "train"))
    assert list(sides(data)) == list(expected)
    # Of a date the network sees the month, the day of the week and the hour as well; a number only gives the order.
    assert data.train.x["numbers"].shape[1] == (1 if kind.startswith("numbers") else 5)


def test_groups_in_time_stay_together(load: Load) -> None:
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
def test_what_is_wrong_with_times_is_said(times: list[Any], message: str, load: Load) -> None:
    with pytest.raises(Exception, match=message):
        load(table(["x", "y"] * 20, when=times), time_column="when")


# A test set of its own


def test_a_test_set_of_its_own(load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    apart = pd.DataFrame({"extra": "?", "t": ["y", "x", "y"], "a": [1000.5, 2000.5, ""]})
    apart.to_csv(tmp_path / "apart.csv", index=False, sep=";")
    data = load(table(["x", "y"] * 100), test_path=str(tmp_path / "apart.csv"))
    assert [(sides(data) == side).sum() for side in SIDES] == [170, 30, 0]
    np.testing.assert_array_equal(data.test.x["numbers"], [[1000.5], [2000.5], [np.nan]])
    np.testing.assert_array_equal(data.test.y, [1, 0, 1])
    assert data.describe().startswith("203 examples: 170 to train, 30 to validate, 3 to test\n")


def test_what_is_wrong_with_a_test_set_is_said(load: Load, tmp_path: Path) -> None:
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
    with pytest.raises(
        Exception,
        match=r"other.csv: column t, row 1: 'z' is none of the classes x, y of the training data. .* class: 'z': 40\.",
    ):
        load(frame, test_path=str(tmp_path / "other.csv"))
