"""The look and the project read a table alike: each column, what is left out and why, and what is refused.

Both stand for a door: the look for copier's, before there is a project; the reader of a rendered project for training.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT, Import, Imported
from proposals import door

CASES = ROOT.parent / "shared" / "cases" / "cases"
TABLES = [path for path in sorted(CASES.glob("*/*")) if path.is_file() and path.name != "case.toml"]
ROWS = 200


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    return imported(family="regression")


def by_the_look(path: Path) -> Any:
    """Return what the look says of a table, or its error."""
    try:
        seen = door.survey.look_at(path)
    except door.load("errors").UserError as error:
        return str(error)
    table = seen.table
    said = {name: (table[name].kind, table[name].count, table[name].distinct) for name in table.names}
    return table.row_count, said, left_out_and_seen(door.load, table.table)


def by_the_project(project: Imported, path: Path) -> Any:
    """Return what the project says of a table, or its error."""
    try:
        table = project.module("tables.opening").open_table(path)
    except project.module("errors").UserError as error:
        return str(error)
    judged = project.module("tables.judging").judge(table, table.names)
    said = {column.name: (kind_of_values(column), column.values, column.distinct) for column in judged}
    return table.rows, said, left_out_and_seen(project.module, table)


def kind_of_values(column: Any) -> str:
    """Return the word of the look for what a column holds."""
    return {"date": "dates", "number": "numbers", "name": "text"}[column.holds] if column.values else ""


def left_out_and_seen(module: Callable[[str], Any], table: Any) -> Any:
    """Return what is seen of every column, how dates are written, and why others are left out; or what is refused."""
    try:
        chosen, _ = module("tables.choosing").choose_columns(table, [], [], [])
    except module("errors").UserError as error:
        return str(error)
    kinds = dict.fromkeys(chosen.numbers, "numbers") | chosen.written | dict.fromkeys(chosen.categories, "categories")
    kinds |= dict.fromkeys(chosen.texts, "texts")
    return kinds | chosen.dates | {name: f"left out: {reason}" for name, reason in chosen.left_out.items()}


@pytest.mark.skipif(not TABLES, reason=f"{CASES} is not there")
@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_of_the_cases(path: Path, project: Imported) -> None:
    assert by_the_look(path) == by_the_project(project, path)


def repeated(*cells: object) -> list[str]:
    return [str(cells[row % len(cells)]) for row in range(ROWS)]


# What people have in columns, and what both doors say of it.
COLUMNS = {
    "month first": ([f"{1 + row % 12}/{1 + row % 28}/2024" for row in range(ROWS)], "12/31/1999"),
    "day first": ([f"{1 + row % 28}/{1 + row % 12}/2024" for row in range(ROWS)], "31.12.1999"),
    "either first": (repeated("1/2/2024", "3/4/2024", "5/6/2024"), "12/31/1999"),
    "points": ([f"{1 + row % 28:02}.{1 + row % 12:02}.2024" for row in range(ROWS)], "31.12.1999"),
    "compact": ([f"2024{1 + row % 12:02}{1 + row % 28:02}" for row in range(ROWS)], "19991231"),
    "months": (repeated("2024-01", "2024-02", "2024-03"), "31.12.1999"),
    "ISO 8601": (repeated("2024-01-31T23:59:59.5Z", "2024-02-01T00:00:00+01:00"), "1999-12-31"),
    "years": (repeated(1999, 2001, 2024), "numbers"),
    "no such day": (repeated("2024-02-30", "2024-02-29"), "categories"),
    "true and false": (repeated("true", "false", "True", "FALSE"), "yes/no"),
    "yes and no": (repeated("yes", "no"), "yes/no"),
    "names, 70 % different": (
        [f"n{row * 7 // 10}" for row in range(ROWS)],
        "left out: names, 140 different in 200 rows",
    ),
    "names, 50 % different": ([f"n{row // 2}" for row in range(ROWS)], "categories"),
    "zip codes": (repeated("01067", "10115", "80331"), "categories"),
    "a class called None": (repeated("None", "some", "many"), "categories"),
    "a class called NA": (repeated("NA", "EU", "AS"), "categories"),
    "gaps": (repeated(1.5, "", "NA", "n/a", 2, "#N/A", "null"), "numbers"),
    "one in 10 is no number": ([str(row % 7) if row % 10 else "unknown" for row in range(ROWS)], "1,234.5"),
    "blanks around": (repeated(" 1", "2 ", "\u00a03 "), "1,234.5"),
    "underscores": (repeated("1_000", "2_000", "3"), "categories"),
    "exponents": (repeated("1e3", "-2.5E-7", "+.5"), "numbers"),
    "row number": ([str(row + 1) for row in range(ROWS)], "left out: an identifier"),
    "customer_id": ([str(row * 7919 % 100_003) for row in range(ROWS)], "left out: an identifier"),
    "order_id": (repeated(7, 8, 9), "categories"),
    "codes": ([f"k{row}" for row in range(ROWS)], "left out: names, 200 different in 200 rows"),
    "constant": (repeated(3), "left out: the same in every row"),
    "constant or missing": (repeated("x", ""), "categories"),
    "empty": (repeated(""), "left out: empty"),
    "missing marks": (repeated("NA", "null", "?"), "left out: empty"),
    "größe": (repeated("süß", "herb"), "categories"),
    "notes": (
        [f"this one was number {row}, I think" for row in range(ROWS)],
        "left out: names, 200 different in 200 rows",
    ),
}
FRAME = pd.DataFrame({name: cells for name, (cells, _) in COLUMNS.items()})
TYPED = pd.DataFrame(
    {
        "whole": range(ROWS),
        "measured": [row / 7 for row in range(ROWS)],
        "with gaps": [None if row % 3 else row for row in range(ROWS)],
        "is": [row % 2 == 0 for row in range(ROWS)],
        "is or missing": pd.array([None, True, False, True] * (ROWS // 4), "boolean"),
        "day": pd.date_range("2024-01-01", periods=ROWS),
        "moment": pd.date_range("2024-01-01", periods=ROWS, freq="7min", tz="Europe/Paris"),
        "kind": pd.Categorical(repeated("a", "b", "?")),
        "photo": [b"\xff\xd8"] * ROWS,
        "list": [[1, 2]] * ROWS,
    }
)


def german(path: Path) -> None:
    """Decimal commas, some of them late, and points between thousands."""
    rows = [
        f"{row},5;{row if row < 190 else f'{row},25'};{1 + row % 9}.{row:03},1;1.{row:03};k{row % 3}"
        for row in range(ROWS)
    ]
    path.write_text("\n".join(["first;late;thousands;grouped;kind", *rows, ""]))


WRITTEN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "comma": (".csv", lambda path: FRAME.to_csv(path, index=False)),
    "semicolon": (".csv", lambda path: FRAME.to_csv(path, index=False, sep=";")),
    "tab": (".tsv", lambda path: FRAME.to_csv(path, index=False, sep="\t")),
    "pipe": (".csv", lambda path: FRAME.to_csv(path, index=False, sep="|")),
    "byte order mark": (".csv", lambda path: FRAME.to_csv(path, index=False, encoding="utf-8-sig")),
    "UTF-16": (".csv", lambda path: FRAME.to_csv(path, index=False, encoding="utf-16")),
    "Latin-1": (".csv", lambda path: FRAME.to_csv(path, index=False, encoding="latin-1")),
    "an index without a name": (".csv", lambda path: FRAME.to_csv(path)),
    "decimal commas": (".csv", german),
    "Parquet of text": (".parquet", lambda path: FRAME.to_parquet(path)),
    "Parquet of many types": (".parquet", lambda path: TYPED.to_parquet(path)),
    "Parquet with an index": (".parquet", lambda path: TYPED.set_index("day").to_parquet(path)),
    "one in 25 is no number": (".csv", lambda path: path.write_text("a\n" + ("1\n" * 24 + "unknown\n") * 8)),
    "a decimal comma late in a file of commas": (
        ".csv",
        lambda path: path.write_text("a\n" + "1\n" * 190 + '"2,5"\n' * 9),
    ),
    "infinite": (".csv", lambda path: path.write_text("a\n" + "1\n2\ninf\n" * 20)),
    "short rows": (".csv", lambda path: path.write_text("a,b,c\n" + "1,2,3\n4,5\n6\n" * 20)),
    "carriage returns": (".csv", lambda path: path.write_bytes(b"a,kind\r" + b"1,x\r2,y\r" * 20)),
    "empty rows at the end": (".csv", lambda path: path.write_text("a,b\n" + "1,x\n2,y\n" * 20 + ",\n" * 50)),
    "values of two lines": (".csv", lambda path: path.write_text("a,b\n" + '1,"x\ny"\n2,"say ""z"""\n' * 20)),
    "one column": (".csv", lambda path: path.write_text("a\n" + "1\n2\n" * 20)),
    "one row": (".csv", lambda path: path.write_text("a,b\n1,x\n")),
    "dates beyond those of pandas": (
        ".csv",
        lambda path: path.write_text("a,b\n" + "0001-01-01,1\n9999-12-31,2\n" * 9),
    ),
}


@pytest.mark.parametrize(("suffix", "write"), WRITTEN.values(), ids=WRITTEN)
def test_however_a_table_is_written(
    suffix: str, write: Callable[[Path], object], project: Imported, tmp_path: Path
) -> None:
    path = tmp_path / f"t{suffix}"
    write(path)
    said = by_the_look(path)
    assert not isinstance(said, str) and said == by_the_project(project, path)


@pytest.mark.parametrize("form", ["comma", "semicolon", "UTF-16", "Latin-1", "Parquet of text"])
def test_both_say_what_each_column_holds(form: str, project: Imported, tmp_path: Path) -> None:
    suffix, write = WRITTEN[form]
    write(tmp_path / f"t{suffix}")
    _, _, said = by_the_look(tmp_path / f"t{suffix}")
    assert said == {name: kind for name, (_, kind) in COLUMNS.items()}


REFUSED: dict[str, Callable[[Path], object]] = {
    "nothing": lambda path: None,
    "folder": lambda path: path.mkdir(),
    "no bytes": lambda path: path.touch(),
    "only a header": lambda path: path.write_text("a,b\n"),
    "a row too long": lambda path: path.write_text("a,b\n1,2\n3,4,5\n"),
    "noise": lambda path: path.write_bytes(bytes(range(256)) * 20),
    "zeros": lambda path: path.write_bytes(bytes(10_000)),
    "an archive": lambda path: path.write_bytes(b"PK\x03\x04" + b"\x14\x00\x08," * 100),
}


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_an_error_of_one_is_an_error_of_the_other(
    suffix: str, make: Callable[[Path], object], project: Imported, tmp_path: Path
) -> None:
    path = tmp_path / f"t{suffix}"
    make(path)
    message = by_the_project(project, path)
    assert isinstance(message, str) and message.startswith(str(path))
    if path.is_file():  # of a folder the look says which files are in it
        assert by_the_look(path) == message
    assert not door.look(path).columns  # what stands before copier's questions


def test_the_project_gets_the_files_that_the_look_imports(project: Imported) -> None:
    for name in ("errors", "tables.sql", "tables.columns", "tables.judging", "tables.choosing", "tables.opening"):
        files = [Path(module.__file__) for module in (door.load(name), project.module(name))]
        assert files[0].read_text(encoding="utf-8") == files[1].read_text(encoding="utf-8")
