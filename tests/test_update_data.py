"""`copier update` to other data proposes anew what does not fit it, and keeps what does."""

from pathlib import Path
from typing import Any

import yaml
from conftest import Answers, Render, commit, git
from updating import update


def table(path: Path, **columns: Any) -> str:
    """Write a table of these columns, each a list that is repeated for 400 rows; return its path as an answer."""
    rows = [",".join(str(values[row % len(values)]) for values in columns.values()) for row in range(400)]
    path.write_text("\n".join([",".join(columns), *rows, ""]))
    return str(path)


def answers_of(project: Path) -> Answers:
    return yaml.safe_load((project / ".copier-answers.yml").read_text())


def test_with_other_data_target_task_and_network_are_proposed_anew(started: Render, tmp_path: Path) -> None:
    project = started()
    houses = table(tmp_path / "houses.csv", rooms=[1, 2, 3], price=[1000 + 37 * row % 401 for row in range(400)])
    update(project, data={"data_path": houses})
    answers = answers_of(project)
    proposed = [answers[name] for name in ("input", "target", "task", "family")]
    assert proposed == ["table", "price", "regression", "tabular-ensemble"]
    assert 'target = ["price"]' in (project / "config.toml").read_text()
    commit(project)
    update(project)
    assert git(project, "status", "--porcelain") == ""


TEXTS = ["this one is a good film of course %d", "what a bad and boring film it was %d"]


def test_with_other_data_columns_that_are_gone_are_proposed_anew(started: Render, tmp_path: Path) -> None:
    texts = [TEXTS[row % 2] % row for row in range(400)]
    project = started(data_path=table(tmp_path / "films.csv", text=texts, label=["good", "bad"]))
    assert answers_of(project)["text_column"] == "text"
    update(project, data={"data_path": table(tmp_path / "sms.csv", kind=["spam", "ham"], body=texts)})
    answers = answers_of(project)
    assert [answers[name] for name in ("input", "target", "text_column")] == ["text", "kind", "body"]


def test_with_data_of_another_kind_the_input_is_proposed_anew(started: Render, tmp_path: Path) -> None:
    project = started()
    for label in ("good", "bad"):
        (tmp_path / "texts" / label).mkdir(parents=True)
        for number in range(20):
            (tmp_path / "texts" / label / f"{number}.txt").write_text(TEXTS[number % 2] % number)
    update(project, data={"data_path": str(tmp_path / "texts")})
    answers = answers_of(project)
    assert [answers[name] for name in ("input", "task", "family")] == ["text", "binary", "text-ngrams"]


def test_choices_hold_for_other_data_with_the_same_columns(started: Render, tmp_path: Path) -> None:
    columns = {"age": [1, 2, 3, 4, 5, 6, 7], "stars": [1, 2, 3, 4, 5], "kind": ["a", "b", "c"]}
    before = {"target": "stars", "task": "regression"}
    project = started(data_path=table(tmp_path / "a.csv", **columns), **before)
    update(project, data={"data_path": table(tmp_path / "b.csv", **columns)})
    answers = answers_of(project)
    assert before.items() <= answers.items() and answers["family"] == "tabular-ensemble"
    assert answers["data_path"] == (tmp_path / "b.csv").as_posix()


def test_given_answers_hold_for_other_data(started: Render, tmp_path: Path) -> None:
    project = started()
    houses = table(tmp_path / "houses.csv", rooms=[1, 2, 3], price=[1000 + 37 * row % 401 for row in range(400)])
    given = {"data_path": houses, "target": "rooms", "task": "multiclass", "family": "dense-softmax"}
    update(project, data=given)
    assert given.items() <= answers_of(project).items()


def test_two_classes_do_not_hold_for_a_target_that_has_more(started: Render, tmp_path: Path) -> None:
    project = started(data_path=table(tmp_path / "a.csv", age=[1, 2, 3, 4, 5, 6, 7], ill=["a", "b"]))
    assert answers_of(project)["task"] == "binary"
    update(project, data={"data_path": table(tmp_path / "b.csv", age=[1, 2, 3, 4, 5, 6, 7], ill=["a", "b", "c"])})
    answers = answers_of(project)
    assert [answers[name] for name in ("target", "task", "family")] == ["ill", "multiclass", "tabular-ensemble"]
