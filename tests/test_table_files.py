"""Tables as files: whatever their encoding, separators, header and format, the project reads the same rows."""

import gzip
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import Import, Imported, Render

Table = tuple[list[str], list[tuple[Any, ...]], str]
ROWS = [(str(20 + n), f"{n}.5", ["York", "Bath", "Hull"][n % 3], ["yes", "no"][n % 2]) for n in range(40)]
NAMES = ["age", "income", "city", "bought"]


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    return imported(family="dense-binary")


@pytest.fixture
def read(project: Imported, tmp_path: Path) -> Callable[..., Table]:
    """Write a file and read it: the names of its columns, its rows, and what is said without the path."""

    def read_file(content: str | bytes, name: str = "t.csv", encoding: str = "utf-8") -> Table:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        said: list[str] = []
        table = project.module("tables.opening").open_table(path, said.append)
        cells = ", ".join(map(table.text, table.names))
        rows = table.query(f"select {cells} from cells")
        return table.names, rows, "\n".join(said).replace(str(path), "t")

    return read_file


def written(separator: str = ",", rows: list[Any] = ROWS, names: list[str] = NAMES, end: str = "\n") -> str:
    return "".join(separator.join(row) + end for row in [names, *rows])


@pytest.mark.parametrize("separator", [*",;\t|~^", "  ", ", "])
def test_any_separator(separator: str, read: Callable[..., Table]) -> None:
    assert read(written(separator)) == (NAMES, ROWS, "")


def test_the_separator_is_that_of_the_rows(read: Callable[..., Table]) -> None:
    rows = [(f"{n},5", f"{n % 7},25", "a, b | c") for n in range(30)]
    assert read(written(";", rows, ["size (in m, about)", "weight, in kg", "kind"]))[1][3] == (
        "3,5",
        "3,25",
        "a, b | c",
    )
    labels = [(str(n), "red|blue" if n % 2 else "red") for n in range(30)]
    assert read(written(",", labels, ["id", "labels"]))[1] == labels


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end(end: str, read: Callable[..., Table]) -> None:
    assert read(written(end=end)) == (NAMES, ROWS, "")
    assert read(written(end=end).replace(end, "\n", 7)) == (NAMES, ROWS, "")


ALPHABETS = {
    "cp1252": "München Köln Düsseldorf Gärtner Größe",
    "cp1250": "Łódź Kraków Gdańsk Wrocław Poznań płeć",
    "cp1251": "Москва Санкт-Петербург Казань Екатеринбург город",
    "cp1253": "Αθήνα Θεσσαλονίκη Πάτρα Λάρισα πόλη",
    "cp1254": "İstanbul Muğla İzmir Eskişehir şehir",
    "cp866": "Москва Казань Пермь Омск Самара Томск Тула Уфа город",
    "koi8_r": "Москва Казань Пермь Омск Самара Томск Тула Уфа город",
    "cp874": "กรุงเทพ เชียงใหม่ ภูเก็ต ขอนแก่น ระยอง ชลบุรี ตรัง ยะลา เมือง",
    "iso8859_2": "Łódź Kraków Gdańsk Poznań Wrocław Toruń Śrem Żary płeć",
    "utf-32": "München Łódź Москва 北京 größe",
    "gb18030": "北京 上海 广州 深圳 城市",
    "shift_jis": "東京 大阪 名古屋 横浜 都市",
    "utf-16": "München Łódź Москва 北京 größe",
    "utf-16-le": "München Łódź Москва 北京 größe",
    "utf-16-be": "München Łódź Москва 北京 größe",
    "utf-8-sig": "München Łódź Москва 北京 größe",
}


@pytest.mark.parametrize(("encoding", "words"), ALPHABETS.items(), ids=ALPHABETS)
def test_any_encoding(encoding: str, words: str, read: Callable[..., Table]) -> None:
    *places, name = words.split()
    rows = [(age, places[n % len(places)], bought) for n, (age, _, _, bought) in enumerate(ROWS)]
    names, found, said = read(written(rows=rows, names=["age", name, "bought"]), encoding=encoding)
    assert (names, found) == (["age", name, "bought"], rows)
    assert said.startswith("t is not UTF-8: read as ") or encoding.startswith("utf") and not said


@pytest.mark.parametrize("separator", [":", "::", "\x01", "||"])
def test_rare_separators(separator: str, read: Callable[..., Table]) -> None:
    names, rows, _ = read(written(",").replace(",", separator))
    places = [names.index(name) for name in NAMES]
    assert [tuple(row[place] for place in places) for row in rows] == ROWS
    assert read("time\n07:30:00\n18:15:00\n")[:2] == (["time"], [("07:30:00",), ("18:15:00",)])


OF_COUNTRIES = {  # whose letters are those of several languages in another code page
    "cp1250": "Plzeň Liberec České-Budějovice Ústí Hradec-Králové Zlín Děčín Třebíč město",
    "cp1255": "ירושלים חיפה אילת אשדוד עיר",
    "cp874": "กรุงเทพ เชียงใหม่ ภูเก็ต เมือง",
    "cp1251": "москва казань тверь город",
    "koi8_u": "Київ Львів Чернігів місто",
    "cp1254": "İstanbul Ağrı Muğla Şırnak Uşak İzmir Çorum Iğdır şehir",
    "utf-16-le": "Москва Казань Пермь Омск Самара Томск Тула Уфа город",
    "utf-16-be": "北京 上海 广州 深圳 城市",
}


@pytest.mark.parametrize(("encoding", "words"), OF_COUNTRIES.items(), ids=OF_COUNTRIES)
def test_letters_of_one_language_tell_the_encoding(encoding: str, words: str, read: Callable[..., Table]) -> None:
    *places, name = words.split()
    rows = [(places[n % len(places)], "yes") for n in range(40)]
    assert read(written(rows=rows, names=[name, "bought"]), encoding=encoding)[:2] == ([name, "bought"], rows)


def test_lines_in_two_encodings_are_the_same_text(read: Callable[..., Table]) -> None:
    rows = [(str(n), ["Köln", "Düsseldorf", "Würzburg"][n % 3]) for n in range(60)]
    lines = written(rows=rows, names=["id", "ort"]).splitlines(keepends=True)
    content = "".join(lines[:30]).encode() + "".join(lines[30:]).encode("cp1252")
    _, found, said = read(content)
    assert found == rows and said == "t is not UTF-8: read as Windows-1252; 29 of its lines are UTF-8"


@pytest.mark.parametrize(
    "names", ["price £", "Temp °C", "Fläche m²;Preis €", "Ort Köln;Wohnfläche;Kaufpreis (€)", "n° 3;½", "?j?8\x07î®"]
)
def test_signs_beside_numbers_tell_no_other_encoding(names: str, read: Callable[..., Table]) -> None:
    columns = ["id", *names.split(";")]
    text = ";".join(columns) + "\n" + "".join(f"{n};{';'.join(['7'] * (len(columns) - 1))}\n" for n in range(300))
    found, _, said = read(text, encoding="cp1252")
    assert found == columns and said == "t is not UTF-8: read as Windows-1252"


def test_a_few_broken_signs_are_no_other_encoding(read: Callable[..., Table]) -> None:
    rows = [(str(n), "Köln") for n in range(300)]
    _, found, said = read(written(rows=rows, names=["id", "ort"]).encode() + b"300,K\xf6ln\n")
    assert found[:300] == rows and said == "t is not UTF-8: read as UTF-8 with broken signs"


HEADERS = {
    "a title": ("Customers 2024\n\n" + written(), "t: left out 1 line above the header"),
    "a title with commas": ("Customers 2024,,,\n,,,\n" + written(), "t: left out 1 line above the header"),
    "comments": ("# exported\n# 40 rows, of all\n" + written(), "t: left out 2 lines above the header"),
    "names in a comment": ("# from the shop\n# " + written(), "t: left out 1 line above the header"),
    "sep=": ("sep=;\n" + written(";"), ""),
    "units": (
        written().replace("\n", "\n[years],[EUR],,\n", 1),
        "t: left out the row below the header: it holds units",
    ),
    "the header again": (written() + written(rows=[]) * 2, "t: left out rows 41, 42: the header again"),
    "a total": (written() + "Total,800,,\n", "t: left out row 41: a total"),
    "subtotals": (
        written(rows=ROWS[:20]) + "Subtotal,400,,\n" + written(rows=ROWS[20:]).partition("\n")[2] + "Total,800,,\n",
        "t: left out rows 21, 42: a total",
    ),
    "a note": (written() + ",,,\nSource: the register of the city,,,\n", "t: left out row 42: a note"),
    "empty rows and columns": (written().replace("\n", ",,\n") + ",,,,,\n" * 9, ""),
    "groups": ("person,,place,\n" + written(), None),
}


@pytest.mark.parametrize(("content", "said"), HEADERS.values(), ids=HEADERS)
def test_what_stands_around_the_rows_is_left_out(content: str, said: str | None, read: Callable[..., Table]) -> None:
    names, rows, heard = read(content)
    assert rows == ROWS
    if said is None:
        assert names == ["person age", "income", "place city", "bought"]
    else:
        assert (names, heard) == (NAMES, said)


def test_without_a_header_columns_get_names(read: Callable[..., Table]) -> None:
    names, rows, said = read(written().partition("\n")[2])
    assert names == ["column_1", "column_2", "column_3", "column_4"] and rows == ROWS
    assert said.startswith("t: there is no header: its first row holds values, not the names of columns")


def test_a_mark_that_occurs_again_is_no_name(read: Callable[..., Table]) -> None:
    rows = [("unknown", "unknown"), *((str(n), str(n * n)) for n in range(9)), ("unknown", "5"), ("7", "unknown")] * 2
    assert read(written(rows=rows, names=["a", "b"])) == (["a", "b"], rows, "")


@pytest.mark.parametrize("names", [["2021", "2022", "2023", "2024"], ["0", "1", "2", "3"], ["1.5", "2.5", "7.25", "y"]])
def test_numbers_may_be_names(names: list[str], read: Callable[..., Table]) -> None:
    rows = [(str(n % 7), str(n * 13 % 11), str(n * 5 % 9), "1") for n in range(30)]
    assert read(written(rows=rows, names=names)) == (names, rows, "")


def test_names_that_occur_again_or_are_missing(read: Callable[..., Table]) -> None:
    names, _, said = read("a,b,a,,a\n1,2,3,4,5\n6,7,8,9,1\n")
    assert names == ["a", "b", "a_2", "Unnamed: 3", "a_3"]
    assert said == "t: names that occur again in its header are now a_2, a_3"
    assert read('id,"size\n(in cm)"\n1,2\n3,4\n')[0] == ["id", "size (in cm)"]


def test_row_names_as_r_writes_them(read: Callable[..., Table]) -> None:
    names, rows, _ = read('"age" "city"\n' + "".join(f'"{n}" {20 + n} "York"\n' for n in range(9)))
    assert names == ["Unnamed: 0", "age", "city"] and rows[0] == ("0", "20", "York")


QUOTES = {
    "single": (written().replace("York", "'York, UK'"), "York, UK", ""),
    "backslashes": (written().replace("York", '"the \\"Old\\" York"'), 'the "Old" York', ""),
    "after a blank": (written(", ").replace("York", '"York, UK"'), "York, UK", ""),
    "of two lines": (written().replace("York", '"York\nUK"'), "York\nUK", ""),
    "of inches": (written().replace("York", '5" pipe'), '5" pipe', ""),
    "within a value": (written().replace("York", '"an "old" town, York"'), 'an "old" town, York', ""),
}


@pytest.mark.parametrize(("content", "york", "said"), QUOTES.values(), ids=QUOTES)
def test_any_quotes(content: str, york: str, said: str, read: Callable[..., Table]) -> None:
    rows = [(age, income, york if city == "York" else city, bought) for age, income, city, bought in ROWS]
    assert read(content) == (NAMES, rows, said)


def test_a_quote_too_many_costs_no_other_row(read: Callable[..., Table]) -> None:
    for place in range(4):
        cells = [list(row) for row in ROWS]
        cells[5][place] = '"' + cells[5][place]
        assert read(written(rows=cells)) == (NAMES, [tuple(row) for row in cells], "")


def test_rows_with_too_many_or_too_few_values(read: Callable[..., Table]) -> None:
    content = written().replace("\n23,3.5,", "\n23,,3.5,")
    assert read(content)[1:] == (
        [*ROWS[:3], *ROWS[4:]],
        "t: left out row 4: more values than names; put a value that holds ',' in quotes",
    )
    names, rows, said = read(written().replace("\n23,3.5,York,no", "\n23,3.5"))
    assert rows[3] == ("23", "3.5", None, None) and said == "t: row 4: too few values, the last ones are missing"


def records(lines: bool) -> str:
    found = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    return "\n".join(map(json.dumps, found)) if lines else json.dumps(found, indent=1)


def zipped(path: Path, *names: str) -> bytes:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, written())
        archive.writestr("__MACOSX/._t.csv", "x")
        archive.writestr("about.md", "# About")
    return path.read_bytes()


def test_packed_and_other_formats(read: Callable[..., Table], tmp_path: Path) -> None:
    assert read(gzip.compress(written(";").encode()), "t.csv.gz") == (NAMES, ROWS, "")
    assert read(zipped(tmp_path / "a", "data/t.csv"), "t.zip") == (NAMES, ROWS, "t: read data/t.csv in it")
    assert read(written("\t"), "t.txt") == (NAMES, ROWS, "")
    assert read(records(lines=True), "t.jsonl") == (NAMES, ROWS, "")
    assert read(records(lines=False), "t.json") == (NAMES, ROWS, "")
    with pytest.raises(
        Exception, match="archive of 3 files with 2 tables: a.csv, b.csv; unpack it and give its folder"
    ):
        read(zipped(tmp_path / "a", "b.csv", "a.csv"), "t.zip")
    with pytest.raises(Exception, match="it is no list of records"):
        read(pd.DataFrame({"a": [1, 2], "b": [3, 4]}).to_json(), "t.json")


def test_sheets(read: Callable[..., Table], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    with pytest.raises(Exception, match="cannot be read as a table: to read spreadsheets, install python-calamine"):
        read(path.read_bytes(), "t.xlsx")


def test_a_folder_of_tables_and_a_pattern_are_one_table(project: Imported, tmp_path: Path) -> None:
    (tmp_path / "sales_1.csv").write_text(written(rows=ROWS[:20]))
    turned = [row[::-1] for row in ROWS[20:]]
    (tmp_path / "sales_2.csv").write_text(written(";", turned, NAMES[::-1]))
    open_table = project.module("tables.opening").open_table
    for path in (tmp_path, tmp_path / "sales_*.csv"):
        table = open_table(path)
        assert (table.names, table.rows) == (NAMES, 40)
        assert table.frame(NAMES).to_numpy().tolist() == [list(row) for row in ROWS]
    (tmp_path / "shops.csv").write_text("city,people\nYork,1\n")
    assert open_table(tmp_path / "sales_*.csv").rows == 40
    with pytest.raises(Exception, match="column age is not the same in sales_1.csv and shops.csv; name one file"):
        open_table(tmp_path)


def test_files_for_training_and_test_become_both(render: Render, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "train.csv").write_text(written())
    (data / "test.csv").write_text(written(rows=ROWS[:9]))
    config = (render(tmp_path / "p", data_path=str(data), target="bought") / "config.toml").read_text()
    assert f'data_path = "{data.as_posix()}"' in config
    assert f'test_path = "{data.as_posix()}/test.csv"' in config
    (data / "test.csv").write_text(written(rows=[row[:3] for row in ROWS], names=NAMES[:3]))
    config = (render(tmp_path / "q", data_path=str(data), target="bought") / "config.toml").read_text()
    assert 'test_path = ""' in config


def arff(rows: list[Any]) -> str:
    kinds = ["numeric", "real", "{York,Bath,Hull}", "{yes,no}"]
    names = "".join(f"@ATTRIBUTE {name} {kind}\n" for name, kind in zip(NAMES, kinds, strict=True))
    return f"% of 2024\n@RELATION 'shop'\n\n{names}\n@DATA\n" + "".join(",".join(row) + "\n" for row in rows)


def in_columns(rows: list[Any]) -> str:
    return "".join("".join(cell.ljust(10) for cell in row).rstrip() + "\n" for row in [NAMES, *rows])


OF_PLACES = [(age, income, f"{city} East", bought) for age, income, city, bought in ROWS]
FORMS = {
    "ARFF": (arff(ROWS), ROWS, "t is read as ARFF"),
    "lines in quotes": (
        "".join(f'"{line}"\n' for line in written().splitlines()),
        ROWS,
        "t is read as lines in quotes as a whole",
    ),
    "fixed width": (in_columns(OF_PLACES), OF_PLACES, "t is read as columns of fixed width"),
}


@pytest.mark.parametrize(("content", "rows", "said"), FORMS.values(), ids=FORMS)
def test_text_of_another_form(content: str, rows: list[Any], said: str, read: Callable[..., Table]) -> None:
    assert read(content) == (NAMES, rows, said)


def test_lines_of_a_printed_table_are_no_rows(read: Callable[..., Table]) -> None:
    markdown = "".join("|" + "|".join(row) + "|\n" for row in [NAMES, ["---", ":--", ":-:", "--:"], *ROWS])
    names, rows, said = read(markdown)
    assert names[1:5] == NAMES and [row[1:5] for row in rows] == ROWS
    assert said == "t: left out the row below the header: it is a line"
    printed = written(" | ").splitlines(keepends=True)
    names, rows, _ = read("".join([printed[0], "----+------+----+-----\n", *printed[1:]]))
    assert (names, rows) == (NAMES, ROWS)


def test_times_beside_dates_are_no_other_form(read: Callable[..., Table]) -> None:
    rows = [(f"2021-03-10 {n % 24:02}:00", f"{n}.5") for n in range(40)]
    assert read(written(rows=rows, names=["time", "sold"])) == (["time", "sold"], rows, "")


def test_as_many_words_in_every_line_are_no_columns_of_fixed_width(read: Callable[..., Table]) -> None:
    """As in older files of research: numbers of one or two digits."""
    rows = [("1", f"{530100 + n}", f"{38 + n / 10:.1f}", str(n % 30 * 4), "x") for n in range(60)]
    names, found, said = read("".join(" ".join(row) + "\n" for row in rows))
    assert (len(names), found) == (5, rows)
    assert "fixed width" not in said


def test_a_column_of_quoted_texts_is_no_form(read: Callable[..., Table]) -> None:
    texts = [(f"so good, {n} times, or more",) for n in range(30)]
    content = "text\n" + "".join(f'"{text}"\n' for (text,) in texts)
    assert read(content) == (["text"], texts, "")


def test_records_under_a_key_and_in_records(read: Callable[..., Table]) -> None:
    records = [dict(zip(NAMES, row, strict=True)) for row in ROWS]
    assert read(json.dumps({"count": 40, "data": records}), "t.json") == (NAMES, ROWS, "")
    inside = [
        {"age": r["age"], "of": {"income": r["income"], "at": {"city": r["city"]}}, "b": r["bought"]} for r in records
    ]
    assert read(json.dumps(inside), "t.json") == (["age", "of.income", "of.at.city", "b"], ROWS, "")


NO_TABLES = {
    "part of a page": (b"<table border=1><tr><td>1</td></tr></table>", "web page"),
    "a page": ("\ufeff \n<!DOCTYPE HTML><p>".encode(), "web page"),
    "Arrow": (b"ARROW1\0\0" + bytes(100), "Arrow"),
    "a pickle": (b"\x80\x04\x95" + bytes(100), "pickle"),
    "tar": (bytes(257) + b"ustar\x0000" + bytes(300), "tar"),
    "LIBSVM": ("".join(f"{n % 2} 1:{n} 7:0.5\n" for n in range(20)).encode(), "LIBSVM"),
    "SQL": (b"CREATE TABLE t (a int, b int);\n" + b"INSERT INTO t VALUES (1, 2);\n" * 20, "dump of a database"),
}


@pytest.mark.parametrize(("content", "said"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_named(content: bytes, said: str, read: Callable[..., Table]) -> None:
    with pytest.raises(Exception, match=f"cannot be read as a table: it is .*{said}"):
        read(content)


def test_few_words_tell_their_encoding(read: Callable[..., Table]) -> None:
    for encoding, words in {
        "cp1250": "Łódź Gdańsk",
        "cp1251": "Москва Казань",
        "koi8_r": "Москва Казань",
        "cp1253": "Αθήνα Πάτρα",
        "cp1254": "İzmir Muğla",
        "mac_roman": "café crème",
        "cp866": "Москва Казань",
        "gb18030": "北京 上海",
    }.items():
        rows = [(str(n), words.split()[n % 2]) for n in range(80)]
        assert read(written(rows=rows, names=["id", "x"]), encoding=encoding)[1] == rows, encoding


def test_cells_may_hold_any_line_end(read: Callable[..., Table]) -> None:
    cells = ["a\rb", "c\r\nd", "e\nf", "g\r", "plain", 'h "i"\r j']
    rows = [(str(n), cells[n % 6]) for n in range(30)]
    content = "id,text\n" + "".join(f'{n},"{cell.replace(chr(34), chr(34) * 2)}"\n' for n, cell in rows)
    names, found, said = read(content)
    assert (names, [row[1].strip() for row in found], said) == (["id", "text"], [cell.strip() for _, cell in rows], "")


def test_a_value_may_have_many_lines_and_quotes_of_its_own(read: Callable[..., Table]) -> None:
    code = "\n".join(f'read ""file {n}.csv"" , then ""go on"",\n' for n in range(90))
    rows = [(str(n), code if n == 3 else f'he said ""no"" , {n}') for n in range(30)]
    content = "id,why\n" + "".join(f'{n},"{text}"\n' for n, text in rows)
    expected = [(n, text.replace('""', '"')) for n, text in rows]
    names, found, said = read(content)
    assert (names, [(n, text.strip()) for n, text in found], said) == (
        ["id", "why"],
        [(n, text.strip()) for n, text in expected],
        "",
    )
    names, found, said = read(content.replace("\n7,", "\r\n7,"))  # line ends that differ: row by row
    assert (len(found), said) == (30, "")


@pytest.mark.parametrize("ending", ["", ".5"])
def test_a_year_above_other_numbers_is_a_name(ending: str, read: Callable[..., Table]) -> None:
    rows = [(f"State {n}", f"{37 * n}{ending}") for n in range(30)]
    assert read(written(",", rows, ["state", "2022"]))[:2] == (["state", "2022"], rows)
    years = [(f"Film {n}", str(1990 + n % 20), f"{n}.5") for n in range(30)]
    assert len(read(written(",", years[1:], list(years[0])))[1]) == 30  # a row, as the others


SURVEYS = {
    "some questions have several columns": (
        ["id", "Which have you seen?", "", "Rank them", "", "Gender"],
        ["", "Film A", "Film B", "Film A", "Film B", "Response"],
        [("Film A" if n % 2 else "", "Film B" if n % 3 else "", str(n % 2 + 1), str(2 - n % 2)) for n in range(30)],
        ["id", "Which have you seen? Film A", "Which have you seen? Film B", "Rank them Film A", "Rank them Film B"],
    ),
    "every question has one": (
        ["id", "Do you fly?", "How often?", "With whom?", "Why?", "Gender"],
        ["", "Response", "Response", "Response", "Open-Ended Response", "Response"],
        [(["yes", "no"][n % 2], ["often", "never"][n % 2], ["alone", "friends"][n % 2], "work") for n in range(30)],
        ["id", "Do you fly?", "How often?", "With whom?", "Why?"],
    ),
}


@pytest.mark.parametrize("survey", SURVEYS)
def test_a_second_line_of_the_header_is_no_row(survey: str, read: Callable[..., Table]) -> None:
    header, second, answers, names = SURVEYS[survey]
    rows = [(str(7000 + n), *answers[n], ["male", "female"][n % 2]) for n in range(30)]
    found, cells, said = read(written(",", [second, *rows], header))
    assert found[:5] == names and found[5].startswith("Gender")
    assert [tuple(cell or "" for cell in row) for row in cells] == rows
    assert said == "" or "describes the columns" in said


def test_words_in_the_first_row_are_no_header(read: Callable[..., Table]) -> None:
    rows = [("7001", "unknown", "unknown", "x")] + [(str(7001 + n), f"{n}.5", str(n), "xyz"[n % 3]) for n in range(30)]
    assert len(read(written(",", rows, ["id", "a", "b", "c"]))[1]) == 31


def test_a_file_that_changes_while_it_is_read_is_refused(project: Imported, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    whole = "Written by a logger\n" + written()
    path.write_text(whole)

    def log_more(_: str) -> None:  # what is said of the title comes while the file is read
        path.write_text(whole + ",".join(ROWS[0]) + "\n")

    with pytest.raises(project.module("errors").UserError, match="log.csv .*: it changed while it was read: try again"):
        project.module("tables.opening").open_table(path, log_more)
    assert project.module("tables.opening").open_table(path).rows == len(ROWS) + 1


def test_what_is_written_keeps_any_line_end_in_its_cell(project: Imported, tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["a\rb", "c\nd", 'e"f', None], "value": [1.5, 2.5, 3.5, 4.5]})
    write = project.module("data.examples").write_csv
    write(frame, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "t.csv"), frame)
    write(frame[1:], tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == 'name,value\n"c\nd",2.5\n"e""f",3.5\n,4.5\n'
