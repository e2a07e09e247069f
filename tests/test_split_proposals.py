"""What a table calls for beside a random split: rows of one patient together, rows in time; columns that tell."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from proposals import look
from test_look import answers_for

RANDOM = np.random.default_rng(0)
ROWS = 400
OF_ONE = RANDOM.integers(0, 60, ROWS)


def facts_of(tmp_path: Path, **columns: Any) -> Any:
    """Look at a table with these columns and two more."""
    kind = RANDOM.choice([*"abc"], ROWS)
    frame = pd.DataFrame({"x": RANDOM.normal(size=ROWS), "kind": kind, **columns, "y": RANDOM.choice([0, 1], ROWS)})
    frame.to_csv(tmp_path / "table.csv", index=False)
    return look(str(tmp_path / "table.csv"))


@pytest.mark.parametrize(
    ("name", "values", "clear"),
    [
        ("patient_id", [f"P{n:03}" for n in OF_ONE], True),
        ("CustomerID", OF_ONE + 10_000, True),
        ("subject", OF_ONE, True),
        ("machine no", OF_ONE, True),
        ("Kundennummer", OF_ONE, False),  # an identifier, but of whom?
        ("site_id", OF_ONE, False),
        ("order_id", np.arange(ROWS), False),  # one row each
        ("user_score", OF_ONE, False),
        ("vehicle", OF_ONE, False),  # may be a model of cars
        ("patient_id", np.where(OF_ONE < 30, 1, OF_ONE), False),  # half of the rows are of one
        ("user_id", np.where(OF_ONE < 5, np.nan, OF_ONE), False),  # some rows are of nobody
    ],
)
def test_rows_of_one_person_or_thing(tmp_path: Path, name: str, values: Any, clear: bool) -> None:
    group = facts_of(tmp_path, **{name: values}).group_for("y")
    assert group.clear == (name if clear else "")


def test_the_evidence_for_groups(tmp_path: Path) -> None:
    age = RANDOM.integers(20, 90, 60)[OF_ONE]
    group = facts_of(tmp_path, patient_id=OF_ONE, age=age, pain=OF_ONE % 7 * 3.5 + 0.1).group_for("pain")
    seen = "patient_id: 60 values in 400 rows; pain is alike in rows of one; age is the same in all rows of one"
    assert group.seen == seen


def test_who_likes_what_is_asked_of_people_who_are_known(tmp_path: Path) -> None:
    group = facts_of(tmp_path, user_id=OF_ONE, movie_id=RANDOM.integers(0, 50, ROWS)).group_for("y")
    assert group.seen and not group.clear


DAYS = np.datetime64("2020-01-01") + RANDOM.integers(0, 700, ROWS)


@pytest.mark.parametrize(
    ("name", "values", "clear"),
    [
        ("visit", np.sort(DAYS), True),
        ("created_at", np.sort(DAYS)[::-1], True),
        ("visit", DAYS, False),
        ("birth_date", np.sort(DAYS), False),
    ],
)
def test_rows_in_time(tmp_path: Path, name: str, values: Any, clear: bool) -> None:
    time = facts_of(tmp_path, **{name: values}).time_for("y")
    assert time.clear == (name if clear else "")


def test_the_target_by_another_name(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, status=RANDOM.choice([*"pqr"], ROWS), net=RANDOM.normal(size=ROWS).round(3))
    frame = pd.read_csv(tmp_path / "table.csv")
    frame.assign(code=frame.status.map({"p": 10, "q": 20, "r": 30}), gross=frame.net * 1.19).to_csv(
        tmp_path / "more.csv", index=False
    )
    more = look(str(tmp_path / "more.csv"))
    assert more.tells("status") == ["code"] and more.tells("net") == ["gross"]
    paid = frame.status.where(frame.status == "p", "q")
    frame.assign(
        status=paid,
        paid_on=np.where(paid == "p", "2024-01-31", ""),
        seen_on=np.where(RANDOM.random(ROWS) < 0.5, "2024-01-31", ""),
        score=np.where(paid == "p", 1, 0) + RANDOM.uniform(0, 0.9, ROWS),
        hint=np.where(paid == "p", 1, 0) + RANDOM.uniform(0, 1.5, ROWS),
        rounded=(frame.net * 18).round(1),
    ).to_csv(tmp_path / "after.csv", index=False)
    after = look(str(tmp_path / "after.csv"))
    assert after.tells("status") == ["paid_on", "score"] and after.tells("net") == ["rounded"]
    assert facts.tells("status") == [] and facts.tells("y") == []


def test_clear_splits_are_taken_and_stay(plain_template: Path, tmp_path: Path) -> None:
    facts_of(tmp_path, user_id=OF_ONE, time=np.sort(DAYS))
    answers = answers_for(plain_template, tmp_path, tmp_path / "table.csv", target="y", task="binary", input="table")
    assert answers["group_column"] == "user_id" and answers["time_column"] == ""
    answers = answers_for(
        plain_template, tmp_path / "2", tmp_path / "table.csv", target="y", input="table", group_column=""
    )
    assert answers["group_column"] == "" and answers["time_column"] == "time"
