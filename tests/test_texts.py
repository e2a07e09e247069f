"""Texts as people have them: tables and .txt files, encodings, scripts, missing and huge ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Import, Imported, Load, needs

keeps_nul = needs("pandas", "3.1", "ends a text at a NUL character")


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(input="text")


@pytest.fixture
def settings(reader: Imported) -> Callable[..., Any]:
    """The settings of the project, for the texts in the column review with the target t."""

    def make(**changes: Any) -> Any:
        return reader.config(**{"target": ["t"], "text_column": "review", "words": 8} | changes)

    return make


@pytest.fixture
def read(reader: Imported, settings: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a table, or the file or folder of this name; return the examples and what is printed."""

    def read_texts(source: Any = "", training: bool = True, **changes: Any) -> tuple[Any, str]:
        path = tmp_path / source if isinstance(source, str) else tmp_path / "table.csv"
        if not isinstance(source, str):
            source.to_csv(path, index=False)
        return reader.module("data.read").read(path, settings(**changes), training), capsys.readouterr().out

    return read_texts


def texts_of(examples: Any) -> list[str]:
    assert examples.x["text"].dtype == object and examples.x["text"].shape[1:] == (1,)
    return examples.x["text"][:, 0].tolist()


SCRIPTS = ["größe café", "пРИВЕТ МИР", "我喜欢这部电影", "とても良い。スゴイ", "ดีมาก", "جيد جدا"]
SCRIPTS += ["👩‍👩‍👧 👍🏽 ❤️", "a\u0301b", "שלום"]


@pytest.mark.parametrize("form", ["csv", "semicolons", "tabs", "parquet", "UTF-16"])
def test_tables(form: str, read: Load, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": range(9), "review": SCRIPTS, "t": [*"xyz"] * 3})
    if form == "parquet":
        frame.to_parquet(tmp_path / "data.parquet")
    else:
        separator = {"semicolons": ";", "tabs": "\t"}.get(form, ",")
        encoding = "utf-16" if form == "UTF-16" else "utf-8"
        frame.to_csv(tmp_path / "data.csv", index=False, sep=separator, encoding=encoding)
    examples, said = read("data.parquet" if form == "parquet" else "data.csv")
    assert said == "Left out: id (only review is read)\n"
    assert texts_of(examples) == [*SCRIPTS[:7], "\u00e1b", SCRIPTS[8]]
    assert examples.known["t"].tolist() == [*"xyz"] * 3 and list(examples.keys) == []


def test_latin_1_and_semicolons(read: Load, tmp_path: Path) -> None:
    content = 'Nr;review;t\n1;"Schöne; Straße";gut\n2;"zwei\nZeilen";übel\n'
    (tmp_path / "data.csv").write_bytes(content.encode("latin-1"))
    examples, said = read("data.csv")
    assert texts_of(examples) == ["Schöne; Straße", "zwei\nZeilen"] and examples.known["t"].tolist() == ["gut", "übel"]
    assert said.startswith(f"{tmp_path / 'data.csv'} is not UTF-8: read as Windows-1252\nLeft out: Nr ")


def test_missing_texts_are_empty_and_words_for_missing_are_text(read: Load) -> None:
    texts = ["", None, "NA", "null", "nan", "None", "12", "1.50", "TRUE", "  spaces ", '"quoted"', "a,b;c"]
    examples, said = read(pd.DataFrame({"review": texts, "t": "x"}))
    expected = ["", "", "NA", "null", "nan", "None", "12", "1.50", "TRUE", "spaces", '"quoted"', "a,b;c"]
    assert texts_of(examples) == expected and said == ""


def test_a_column_of_numbers_is_text_as_written(read: Load) -> None:
    assert texts_of(read(pd.DataFrame({"review": ["007", "1e3", ""], "t": "x"}))[0]) == ["007", "1e3", ""]


def test_a_parquet_column_of_numbers_or_of_nothing(read: Load, tmp_path: Path) -> None:
    for values, expected in ([7, 8, None], ["7", "8", ""]), ([None] * 3, [""] * 3), ([True, False, None], None):
        pd.DataFrame({"review": values, "t": [*"xyz"]}).to_parquet(tmp_path / "data.parquet")
        assert texts_of(read("data.parquet")[0]) == (expected or ["True", "False", ""])


@keeps_nul
def test_long_texts_and_odd_characters_stay_whole(read: Load) -> None:
    texts = ["word " * 60_000 + "end", "a\0b", "tab\there", "\ufeffmark", "line\r\nline"]
    assert texts_of(read(pd.DataFrame({"review": texts, "t": "x"}))[0]) == texts


def test_folders_of_files(read: Load, tmp_path: Path) -> None:
    files = {
        "good/1.txt": "\ufeffcafé".encode(),
        "good/deep/er/2.TXT": "café".encode("latin-1"),
        "good/3.txt": "café\r\nthe end\r\n".encode(),
        "bad/empty.txt": b"",
        "bad/wide.txt": "café".encode("utf-16"),
        "bad/odd.txt": "café".encode("utf-16") + b"x",
        "bad/notes.md": b"no text",
        "bad/._4.txt": b"of macOS",
        ".hidden/5.txt": b"no class",
        "bad/folder.txt/6.txt": b"inside",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    examples, said = read()
    texts = dict(zip(examples.keys["path"], texts_of(examples), strict=True))
    assert "level 1" in said and texts.pop("good/3.txt").split() == ["café", "the", "end"]
    assert texts.pop("bad/odd.txt").startswith("café")
    assert texts == {
        **{"bad/empty.txt": "", "bad/folder.txt/6.txt": "inside", "bad/wide.txt": "café"},
        **{"good/1.txt": "café", "good/deep/er/2.TXT": "café"},
    }
    assert examples.known["t"].tolist() == ["bad"] * 4 + ["good"] * 3


@pytest.mark.parametrize("target", ["review", "path", "t"])
def test_the_class_of_a_folder_may_have_any_name(target: str, read: Load, tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"text of {name}")
    examples, _ = read(target=[target])
    assert texts_of(examples) == ["text of x", "text of y"] and examples.known[target].tolist() == ["x", "y"]
    assert examples.keys["path"].tolist() == ["x/1.txt", "y/1.txt"]


@pytest.mark.parametrize("name", ["1.txt", "2.TXT"])
def test_one_file_to_predict(name: str, read: Load, reader: Imported, tmp_path: Path) -> None:
    (tmp_path / name).write_text("hello")
    examples, _ = read(name, training=False)
    assert texts_of(examples) == ["hello"] and examples.keys["path"].tolist() == [name] and examples.known.empty


def test_what_is_missing_is_said(read: Load, tmp_path: Path) -> None:
    frame = pd.DataFrame({"reviews": ["good"], "t": ["x"]})
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "1.txt").write_text("no class")
    (tmp_path / "none").mkdir()
    for source, message in [
        (frame, "no column review; did you mean reviews?"),
        (frame.rename(columns={"reviews": "review", "t": "kind"}), "no column t; it has review, kind"),
        (frame[:0], "has no rows"),
        ("folder", "no folder for each class, with .txt files"),
        ("none", "holds no .txt files"),
        ("absent.csv", "does not exist"),
        ("absent.txt", "absent.txt does not exist"),
    ]:
        with pytest.raises(Exception, match=message) as error:
            read(source)
        assert type(error.value).__name__ == "UserError"


@pytest.fixture(scope="module")
def large_reader(imported: Import) -> Imported:
    return imported(input="text", large=True)


@keeps_nul
def test_shards_keep_one_long_text_among_many(large_reader: Imported, tmp_path: Path) -> None:
    """As text of fixed width these would take gigabytes."""
    texts = [f"text {number}" for number in range(3000)]
    texts[7] = "word " * 60_000 + "end"
    texts[8], texts[9] = "\0", "nul\0"
    pd.DataFrame({"review": texts, "t": [*"xyz"] * 1000}).to_csv(tmp_path / "data.csv", index=False)
    config = large_reader.config(data_path=tmp_path / "data.csv", target=["t"], text_column="review", words=8)
    data = large_reader.module("data.dataset").load(config.model_copy(update={"memory_mb": 0.5}))
    assert len(data.shards) > 1
    found = [data.shards.read(number)[0] for number in range(len(data.shards))] + [data.validation.x, data.test.x]
    assert sorted(text for arrays in found for text in arrays["text"][:, 0]) == sorted(texts)


@pytest.mark.parametrize("form", ["csv", "parquet", "folder"])
def test_the_numbers_of_the_words_count_as_memory(form: str, large_reader: Imported, tmp_path: Path) -> None:
    """Of short texts they take much more than the text."""
    path = tmp_path / f"data.{form}"
    frame = pd.DataFrame({"review": ["good"] * 1000, "t": "x"})
    if form == "folder":
        (path / "x").mkdir(parents=True)
        for number in range(1000):
            (path / "x" / f"{number}.txt").write_text("good")
    else:
        frame.to_csv(path, index=False) if form == "csv" else frame.to_parquet(path)
    config = large_reader.config(target=["t"], text_column="review", words=256)
    source = large_reader.module("data.read").open_source(path, config)
    assert 256 * 8 * 1000 < len(source) * source.bytes_each < 1.2 * 256 * 8 * 1000
