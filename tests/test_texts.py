"""Texts as people have them: tables and .txt files, encodings, scripts, missing and huge ones."""

import pandas as pd
import pytest
from conftest import needs

keeps_nul = needs("pandas", "3.1", "ends a text at a NUL character")


@pytest.fixture(scope="module")
def reader(imported):
    return imported(input="text")


@pytest.fixture
def settings(reader):
    """The settings of the project, for the texts in the column review with the target t."""

    def make(**changes):
        return reader.config(**{"target": ["t"], "text_column": "review", "words": 8} | changes)

    return make


@pytest.fixture
def read(reader, settings, tmp_path, capsys):
    """Read a table, or the file or folder of this name; return the examples and what is printed."""

    def read_texts(source="", columns=None, **changes):
        path = tmp_path / source if isinstance(source, str) else tmp_path / "table.csv"
        if not isinstance(source, str):
            source.to_csv(path, index=False)
        return reader.module("examples").read(path, settings(**changes), columns), capsys.readouterr().out

    return read_texts


def texts_of(examples):
    assert examples.x["text"].dtype == object and examples.x["text"].shape[1:] == (1,)
    return examples.x["text"][:, 0].tolist()


SCRIPTS = ["größe café", "пРИВЕТ МИР", "我喜欢这部电影", "とても良い。スゴイ", "ดีมาก", "جيد جدا"]
SCRIPTS += ["👩‍👩‍👧 👍🏽 ❤️", "a\u0301b", "שלום"]


@pytest.mark.parametrize("form", ["csv", "semicolons", "tabs", "parquet", "UTF-16"])
def test_tables(form, read, tmp_path):
    frame = pd.DataFrame({"id": range(9), "review": SCRIPTS, "t": [*"xyz"] * 3})
    if form == "parquet":
        frame.to_parquet(tmp_path / "data.parquet")
    else:
        options = {"semicolons": {"sep": ";"}, "tabs": {"sep": "\t"}, "UTF-16": {"encoding": "utf-16"}}.get(form, {})
        frame.to_csv(tmp_path / "data.csv", index=False, **options)
    examples, said = read("data.parquet" if form == "parquet" else "data.csv")
    assert said == "" and texts_of(examples) == [*SCRIPTS[:7], "\u00e1b", SCRIPTS[8]]
    assert examples.about["t"].tolist() == [*"xyz"] * 3 and list(examples.keys) == []


def test_latin_1_and_semicolons(read, tmp_path):
    content = 'Nr;review;t\n1;"Schöne; Straße";gut\n2;"zwei\nZeilen";übel\n'
    (tmp_path / "data.csv").write_bytes(content.encode("latin-1"))
    examples, said = read("data.csv")
    assert texts_of(examples) == ["Schöne; Straße", "zwei\nZeilen"] and examples.about["t"].tolist() == ["gut", "übel"]
    assert said == f"{tmp_path / 'data.csv'} is not UTF-8: read as Latin-1\n"


def test_missing_texts_are_empty_and_words_for_missing_are_text(read):
    texts = ["", None, "NA", "null", "nan", "None", "12", "1.50", "TRUE", "  spaces ", '"quoted"', "a,b;c"]
    examples, said = read(pd.DataFrame({"review": texts, "t": "x"}))
    expected = ["", "", "NA", "null", "nan", "None", "12", "1.50", "TRUE", "spaces", '"quoted"', "a,b;c"]
    assert texts_of(examples) == expected and said == ""


def test_a_column_of_numbers_is_text_as_written(read):
    assert texts_of(read(pd.DataFrame({"review": ["007", "1e3", ""], "t": "x"}))[0]) == ["007", "1e3", ""]


def test_a_parquet_column_of_numbers_or_of_nothing(read, tmp_path):
    for values, expected in ([7, 8, None], ["7", "8", ""]), ([None] * 3, [""] * 3), ([True, False, None], None):
        pd.DataFrame({"review": values, "t": [*"xyz"]}).to_parquet(tmp_path / "data.parquet")
        assert texts_of(read("data.parquet")[0]) == (expected or ["True", "False", ""])


@keeps_nul
def test_long_texts_and_odd_characters_stay_whole(read):
    texts = ["word " * 60_000 + "end", "a\0b", "tab\there", "\ufeffmark", "line\r\nline"]
    assert texts_of(read(pd.DataFrame({"review": texts, "t": "x"}))[0]) == texts


def test_folders_of_files(read, tmp_path):
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
    assert said == "" and texts.pop("good/3.txt").split() == ["café", "the", "end"]
    assert texts.pop("bad/odd.txt").startswith("café")
    assert texts == {
        **{"bad/empty.txt": "", "bad/folder.txt/6.txt": "inside", "bad/wide.txt": "café"},
        **{"good/1.txt": "café", "good/deep/er/2.TXT": "café"},
    }
    assert examples.about["t"].tolist() == ["bad"] * 4 + ["good"] * 3


@pytest.mark.parametrize("target", ["review", "path", "t"])
def test_the_class_of_a_folder_may_have_any_name(target, read, tmp_path):
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.txt").write_text(f"text of {name}")
    examples, _ = read(target=[target])
    assert texts_of(examples) == ["text of x", "text of y"] and examples.about[target].tolist() == ["x", "y"]
    assert examples.keys["path"].tolist() == ["x/1.txt", "y/1.txt"]


@pytest.mark.parametrize("name", ["1.txt", "2.TXT"])
def test_one_file_to_predict(name, read, reader, tmp_path):
    (tmp_path / name).write_text("hello")
    examples, _ = read(name, columns=reader.module("columns").Columns())
    assert texts_of(examples) == ["hello"] and examples.keys["path"].tolist() == [name] and examples.about.empty


def test_what_is_missing_is_said(read, tmp_path):
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
        ("absent.txt", "cannot be read"),
    ]:
        with pytest.raises(Exception, match=message) as error:
            read(source)
        assert type(error.value).__name__ == "UserError"


@keeps_nul
def test_parts_keep_one_long_text_among_many(reader, settings, tmp_path, monkeypatch):
    """As text of fixed width these would take gigabytes."""
    texts = [f"text {number}" for number in range(3000)]
    texts[7] = "word " * 60_000 + "end"
    texts[8], texts[9] = "\0", "nul\0"
    pd.DataFrame({"review": texts, "t": [*"xyz"] * 1000}).to_csv(tmp_path / "data.csv", index=False)
    monkeypatch.chdir(tmp_path)
    config = settings(data_path=tmp_path / "data.csv").model_copy(update={"memory_mb": 0.5})
    parts = reader.module("load").load(config).parts
    assert sum(path.stat().st_size for path in tmp_path.glob("runs/parts-*/*/*")) < 2_000_000
    found = [parts.read(parts.of(side)) for side in ("train", "validation", "test")]
    assert sorted(text for arrays in found for text in arrays["text"][:, 0]) == sorted(texts)


@pytest.mark.parametrize("form", ["csv", "parquet", "folder"])
def test_the_numbers_of_the_words_count_as_memory(form, reader, settings, tmp_path):
    """Of short texts they take much more than the text."""
    path = tmp_path / f"data.{form}"
    frame = pd.DataFrame({"review": ["good"] * 1000, "t": "x"})
    if form == "folder":
        (path / "x").mkdir(parents=True)
        for number in range(1000):
            (path / "x" / f"{number}.txt").write_text("good")
    else:
        frame.to_csv(path, index=False) if form == "csv" else frame.to_parquet(path)
    size = reader.module("examples").size_of(path, settings(words=256))
    assert 256 * 8 * 1000 < size < 1.2 * 256 * 8 * 1000
