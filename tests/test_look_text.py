"""Texts are told from tables, their column from their target."""

import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Answers
from proposals import look, seen
from test_look import SAMPLES

WORDS = "the film was not as good as I had hoped but my son liked how it ends and we saw it twice".split()
ROWS = 60
CHANCE = random.Random(0)


def sentence(words: int = 14) -> str:
    return " ".join(CHANCE.choices(WORDS, k=words))


def sentences(rows: int = ROWS, words: int = 14) -> list[str]:
    return [sentence(words) for _ in range(rows)]


def numbers(rows: int = ROWS) -> list[float]:
    return [CHANCE.uniform(1, 9) for _ in range(rows)]


def classes(*names: str | int, rows: int = ROWS) -> list[Any]:
    return [names[number % len(names)] for number in range(rows)]


def people(rows: int = ROWS) -> list[str]:
    return [
        f"{surname}, Mr. {CHANCE.choice(['Owen', 'Karl'])} H{number} James"
        for number, surname in enumerate(classes("Braund", "Heikkinen", "van Melle", rows=rows))
    ]


def write(path: Path, columns: Any) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


CHINESE = [f"这部电影的故事很好看我们全家都喜欢第{number}遍" for number in range(ROWS)]
DATES = [f"2024-{1 + number * 7 % 12:02}-{1 + number * 5 % 28:02}" for number in range(ROWS)]
FLAGS = {name: classes(*values) for name, values in {"toxic": (0, 1, 0), "insult": (0, 0, 1), "threat": (1, 0)}.items()}
TEXTS = {
    "news groups": ({"text": sentences(words=180), "category": classes("sci.med", "sci.space", "misc")}, "category"),
    "spam": ({"v1": classes("ham", "ham", "spam"), "v2": sentences()}, "v1"),
    "reviews": (
        {"id": range(ROWS), "text": sentences(), "rating": classes(1, 5, 4, 4), "date": DATES},
        "rating",
    ),
    "reviews of products": (
        {"product_id": classes("a7", "b9"), "time": DATES, "review": sentences(), "stars": classes(1, 5, 4)},
        "stars",
    ),
    "one review a day": (
        {"date": pd.date_range("2024-01-01", periods=ROWS), "review": sentences(), "rating": classes(1, 2, 5)},
        "rating",
    ),
    "short titles": ({"title": sentences(words=3), "genre": classes("drama", "crime", "war")}, "genre"),
    "no usual names": ({"a": sentences(), "b": classes("x", "y", "z")}, "b"),
    "numbers to predict": ({"essay": sentences(), "grade": numbers()}, "grade"),
    "Chinese": ({"内容": CHINESE, "标签": classes("体育", "财经", "娱乐")}, "标签"),
    "labels in one column": (
        {"abstract": sentences(), "tags": classes("nets|vision", "text", "text|nets", "vision")},
        "tags",
    ),
    "labels in columns": ({"id": range(ROWS), "comment_text": sentences()} | FLAGS, "toxic, insult, threat"),
    "pipes in titles": (
        {"topic": classes("a", "b", "c"), "text": sentences(), "headline": [f"{s} | News" for s in sentences(words=5)]},
        "topic",
    ),
}
TASKS = {"category": "multiclass", "label": "binary", "grade": "regression", "tags": "multilabel", "v1": "binary"}


@pytest.mark.parametrize(("columns", "target"), TEXTS.values(), ids=TEXTS)
def test_rows_of_texts(columns: Answers, target: str, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", columns)
    task = TASKS.get(target, "multilabel" if ", " in target else "multiclass")
    assert seen(path) == ("text", target, task)
    lengths = {name: len(" ".join(map(str, values))) for name, values in columns.items()}
    assert look(path).text == max(lengths, key=lambda name: lengths[name])


HOUSES = {f"number {number}": numbers() for number in range(15)}
TABLES = {
    "passengers": {
        "Survived": classes(0, 1, 1),
        "Name": people(),
        "Sex": classes("male", "female"),
        "Age": numbers(),
        "Ticket": [f"A/5 {number * 7919 % 9999}" for number in range(ROWS)],
    },
    "few columns of passengers": {"Survived": classes(0, 1, 1), "Name": people(), "Sex": classes("male", "female")},
    "addresses": {"where": [f"{number} Long Street, Upper Village" for number in range(ROWS)], "price": numbers()},
    "houses": HOUSES | {"description": sentences(), "price": numbers()},
    "pixels": {
        "emotion": classes("glad", "sad", "angry"),
        "pixels": [" ".join(map(str, range(n, 50))) for n in range(40)] + ["0 0 0 0 0"] * 20,
    },
    "answers that recur": {"note": classes("I do not know", "yes of course", "no not at all"), "a": classes(1, 2)},
    "many words in classes": {
        "degree": classes("some college but no degree", "never went to a school", "one year of a college"),
        "income": classes("low", "high", "low"),
    },
}


@pytest.mark.parametrize("columns", TABLES.values(), ids=TABLES)
def test_tables_stay_tables(columns: Answers, tmp_path: Path) -> None:
    rows = min(map(len, columns.values()))
    path = write(tmp_path / "t.csv", {name: list(values)[:rows] for name, values in columns.items()})
    assert seen(path)[0] == "table"


MIXED = {
    "tweets": {"id": range(ROWS), "place": classes("London", "Leeds", "UK"), "tweet": sentences()},
    "title and text": {"title": sentences(words=5), "body": sentences()},
    "text and price": {"description": sentences(), "price": numbers()},
}


@pytest.mark.parametrize("columns", MIXED.values(), ids=MIXED)
def test_texts_beside_what_tells_as_well_are_a_table(columns: Answers, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", columns | {"label": classes("good", "bad", "none")})
    assert seen(path) == ("table", "label", "multiclass")


@pytest.mark.parametrize("file", ["breast_cancer.csv", "wine.csv", "diabetes.csv", "digit_segments.csv"])
def test_the_samples_hold_no_texts(file: str) -> None:
    assert (look(SAMPLES / file).text, look(SAMPLES / file).propose_input()) == ("", "table")


@pytest.mark.parametrize("target", ["labels", "sentiment", "score", "source"])
def test_every_target_of_the_sample_of_texts(target: str) -> None:
    facts = look(SAMPLES / "texts.csv")
    others = "text" if target == "source" else "table"  # all but the source judge the text
    assert (facts.propose_input(target=target), facts.propose_target("text"), facts.text) == (others, "labels", "text")


def test_series_with_notes_stay_series(tmp_path: Path) -> None:
    steps = {"id": sorted(classes(*range(12))), "time": [*range(5)] * 12, "load": numbers(), "note": sentences()}
    steps["ill"] = sorted(classes("a", "b", "c"))
    assert seen(write(tmp_path / "t.csv", steps)) == ("series", "ill", "multiclass")
    days = {"date": pd.date_range("2024-01-01", periods=ROWS), "load": numbers(), "note": sentences()}
    assert seen(write(tmp_path / "t.csv", days)) == ("series", "load", "forecast")


def test_given_answers_decide(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", {"id": range(ROWS), "comment": sentences()} | FLAGS | {"votes": numbers()})
    facts = look(path)
    assert facts.propose_input() == "table"  # three flags may be what tells the votes
    assert facts.propose_input(target="toxic, insult") == "table"  # so may the votes
    assert facts.propose_input(target="comment") == "table"
    assert facts.propose_input(task="forecast") == "series"
    assert facts.propose_target("text") == "votes"


def test_the_text_is_never_the_target(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", {"label": sentences(), "other": sentences(words=9)})
    assert (look(path).text, look(path).propose_target("text")) == ("label", "other")
    assert look(path).propose_input() == "table"
    path = write(tmp_path / "t.csv", {"text": sentences()})
    assert (look(path).propose_input(), look(path).propose_target("text")) == ("table", "")


@pytest.mark.parametrize("write_table", ["to_csv", "to_parquet"])
def test_what_is_said_of_texts(write_table: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{write_table[3:]}"
    frame = pd.DataFrame({"text": sentences(), "label": classes("a", "b")})
    getattr(frame, write_table)(path, index=False)
    assert look(path).summary() == f"{ROWS} rows; texts of about 14 words in column text; 2 columns: 2 of text"
    assert look(path).columns_seen() == "text, label"
    assert look(path).values_seen("label") == "label: 2 values: a 50 %, b 50 %"
    write(tmp_path / "t.csv", {"内容": CHINESE, "y": classes(0, 1)})
    assert "; texts of about 21 characters in column 内容; " in look(tmp_path / "t.csv").summary()
    facts = look(write(tmp_path / "t.csv", HOUSES | {"description": sentences(), "price": numbers()}))
    assert "texts of about 14 words in column description" in facts.summary()
    assert (facts.sample_rate, facts.seconds, facts.volume_size, facts.image_size) == (None, None, None, None)


def test_texts_of_many_lines_are_read_from_the_middle_too(tmp_path: Path) -> None:
    texts = ["\n".join([sentence(), f'he said, "{sentence(5)}, or not"', "a, b"] * 5) for _ in range(3000)]
    path = write(tmp_path / "t.csv", {"text": texts, "kind": classes("x", "y", rows=3000)})
    assert seen(path) == ("text", "kind", "binary")
    assert 2500 < look(path).table.row_count < 3500


@pytest.mark.parametrize("write_table", ["to_csv", "to_parquet"])
def test_of_long_texts_enough_are_read(write_table: str, tmp_path: Path) -> None:
    path = tmp_path / f"t.{write_table[3:]}"
    books = [sentence(9000) + f" {number}" for number in range(120)]
    getattr(pd.DataFrame({"body": books, "kind": classes(*"abcd", rows=120)}), write_table)(path, index=False)
    assert seen(path) == ("text", "kind", "multiclass")
    assert "texts of about 9,000 words in column body" in look(path).summary()
