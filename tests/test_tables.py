"""Tables as people have them: how they are written."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Load, columns_of, lines

RNG = np.random.default_rng(0)


# How tables are written


ROWS = lines("size,weight,kind,t", "1.5,-2,big,x", "2.25,3e2,small,y", ",0,small,x", "4,1,big,y")
WRITTEN = {
    "commas": ROWS,
    "semicolons": ROWS.replace(",", ";"),
    "tabs": ROWS.replace(",", "\t"),
    "semicolons and decimal commas": ROWS.replace(",", ";").replace(".", ","),
    "tabs and decimal commas": ROWS.replace(",", "\t").replace(".", ","),
    "BOM": "\ufeff" + ROWS,
    "BOM and semicolons": "\ufeff" + ROWS.replace(",", ";"),
    "Windows line ends": ROWS.replace("\n", "\r\n"),
    "no line end at the end": ROWS.strip(),
    "empty lines": ROWS.replace("\n", "\n\n"),
    "spaces around values": ROWS.replace(",", " , ").replace("size ,", "size,").replace(" weight ,", "weight,")
    .replace(" kind , t", "kind,t"),
    "everything in quotes": '"' + ROWS.replace(",", '","').replace("\n", '"\n"')[:-1],
    "separators in quotes": ROWS.replace("big", '"b,i,g;"'),
}  # fmt: skip


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN)
def test_however_it_is_written_it_reads_the_same(content: str, read: Load) -> None:
    examples, said = read(content)
    assert said == ""
    assert columns_of(examples) == (["size", "weight"], [], ["kind"])
    np.testing.assert_array_equal(examples.x["numbers"], [[1.5, -2], [2.25, 300], [np.nan, 0], [4, 1]])
    big = "b,i,g;" if "b,i,g;" in content else "big"
    assert examples.x["categories"][:, 0].tolist() == [big, "small", "small", big]
    assert examples.known["t"].tolist() == ["x", "y", "x", "y"]


def semicolons_and_commas(rows: int = 60, odd: Any = None) -> str:
    """Return a table with 1,5 for 1.5 whose columns a and t are of such numbers, and one cell odd."""
    cells = [[f"{number}.25", str(number % 7), f"{number}.5"] for number in range(rows)]
    if odd:
        cells[29][0] = odd
    return lines("a;b;t", *(";".join(row) for row in cells)).replace(".", ",")


def test_a_target_with_decimal_commas(imported: Import, tmp_path: Path) -> None:
    project = imported(family="regression")
    (tmp_path / "table.csv").write_text(semicolons_and_commas())
    config = project.config(data_path=tmp_path / "table.csv", target=["t"])
    data = project.module("data.dataset").load(config)
    everything = np.concatenate([split.y for split in (data.train, data.validation, data.test)])
    assert sorted(everything[:, 0]) == [number + 0.5 for number in range(60)]


def test_a_cell_that_is_no_number_among_decimal_commas(read: Load) -> None:
    known = read(semicolons_and_commas())[0].columns
    for columns in (None, known):
        examples, said = read(semicolons_and_commas(odd="soon"), columns=columns)
        assert np.isnan(examples.x["numbers"][29, 0]) and examples.x["numbers"][30, 0] == 30.25
        assert "column a: 1 cell is no number, read as missing: 'soon' (row 30)" in said
    assert read(semicolons_and_commas(odd="?"))[1] == ""


GERMAN = lines(
    "Fläche;Umsatz;Breite;Datum;t",
    *(f"{n},5;{n % 9 + 1}.{n:03},25;48.{1370 + n};{n % 28 + 1:02}.01.2024;{n % 900 + 1}.030" for n in range(60)),
)


def test_points_among_decimal_commas_are_of_thousands_where_all_of_a_column_are(
    imported: Import, tmp_path: Path
) -> None:
    project = imported(family="regression")
    (tmp_path / "table.csv").write_text(GERMAN)
    config = project.config(data_path=tmp_path / "table.csv", target=["t"])
    data = project.module("data.dataset").load(config)
    assert sorted(np.concatenate([s.y for s in (data.train, data.validation, data.test)])[:, 0])[:2] == [1030, 2030]
    assert columns_of(data.schema)[:2] == (["Fläche", "Umsatz", "Breite"], ["Datum"])
    whole = np.concatenate([s.x["numbers"] for s in (data.train, data.validation, data.test)])
    assert sorted(whole[:, 1])[:2] == [1000.25, 1009.25]
    assert data.schema.columns.offsets == {"Breite": 48.137} and 0 <= whole[:, 2].min() < 1


def test_points_are_of_thousands_where_numbers_below_have_none(read: Load) -> None:
    prices = [f"{n * 37:,}".replace(",", ".") for n in range(10, 90)]
    examples, _ = read(lines("price,size,t", *(f"{price},{n}.125,x" for n, price in enumerate(prices))))
    np.testing.assert_allclose(examples.x["numbers"][:, 0], np.arange(10, 90) * 37)
    np.testing.assert_allclose(examples.x["numbers"][:, 1], np.arange(80) + 0.125)
    later, said = read(lines("price,size", "950,7", "1.250,7.125"), columns=examples.columns)
    assert said == "" and later.x["numbers"][:, 0].tolist() == [950, 1250]


def test_a_row_alone_is_read_with_its_thousands(read: Load) -> None:
    known = read(GERMAN)[0].columns
    one, _ = read("\n".join(GERMAN.splitlines()[:2]) + "\n", columns=known)
    assert one.x["numbers"][0, :2].tolist() == [0.5, 1000.25]


def test_errors_of_a_spreadsheet_are_missing_and_its_empty_rows_are_none(read: Load) -> None:
    examples, _ = read(lines("a,b,t", "1.5,#N/A,x", "2,4.5,y", "#DIV/0!,5,x", "3,6,y", ",,", ",,"))
    assert columns_of(examples)[0] == ["a", "b"]
    assert np.isnan(examples.x["numbers"]).tolist() == [[False, True], [False, False], [True, False], [False, False]]


def test_latin_1_is_read_and_said(read: Load) -> None:
    content = lines("größe,ort,t", "1.5,Köln,x", "2,Köln,y", "3,Ulm,x", "4,Ulm,y")
    examples, said = read(content, encoding="latin-1")
    assert said.strip().endswith("table.csv is not UTF-8: read as Windows-1252") and said.count("\n") == 1
    assert columns_of(examples) == (["größe"], [], ["ort"])
    assert examples.x["categories"][:, 0].tolist() == ["köln", "köln", "ulm", "ulm"]
    assert read(content)[1] == ""


def test_letters_that_all_mean_yes_are_names(read: Load) -> None:
    content = lines("axis,seen,a,t", *["x,y,1,p", "y,n,2,q", "y,y,3,p", "x,n,4,q"] * 5)
    assert columns_of(read(content)[0]) == (["seen", "a"], [], ["axis"])


def test_an_index_without_a_name_is_no_title(read: Load) -> None:
    examples, said = read(lines(",t", *[f"{n},{'ab'[n % 2]}" for n in range(20)]), features=["Unnamed: 0"])
    assert columns_of(examples) == (["Unnamed: 0"], [], []) and "above the header" not in said


def test_latin_1_that_starts_late(read: Load) -> None:
    content = lines("a,ort,t", *["1,Ulm,x", "2,Ulm,y", "3,Bonn,x"] * 70_000, "4,Köln,y")
    examples, said = read(content, encoding="latin-1")
    assert "read as Windows-1252" in said and examples.x["categories"][-1, 0] == "köln"


@pytest.mark.filterwarnings("error")
def test_a_separator_at_the_end_of_every_row(read: Load) -> None:
    examples, said = read("a,t\n" + "1.5,x,\n2.5,y,\n" * 10)
    assert said == "" and examples.columns.numbers == ["a"] and set(examples.known["t"]) == {"x", "y"}


@pytest.mark.filterwarnings("ignore")
def test_rows_longer_than_the_header(read: Load) -> None:
    with pytest.raises(Exception, match="table.csv"):  # a comma that nobody quoted: not shifted columns
        read("when,a,t\n" + "Jan 5, 2024,1.5,x\nFeb 5, 2024,2.5,y\n" * 10)
    with pytest.raises(Exception, match="table.csv"):
        read("when,a,t\n" + "Jan 5,1.5,x\n" * 10 + "Feb 5, 2024,2.5,y\n")


def test_parquet_with_all_its_types(read: Load) -> None:
    day = pd.Timestamp("2024-01-31 18:30")
    frame = pd.DataFrame(
        {
            "when": [day, pd.NaT, day + pd.Timedelta(days=1), day],
            "zone": pd.Series([day, day, pd.NaT, day + pd.Timedelta(hours=1)]).dt.tz_localize("Europe/Berlin"),
            "day": [datetime.date(2024, 2, 1), None, datetime.date(2024, 2, 2), datetime.date(2024, 2, 1)],
            "flag": [True, False, True, True],
            "maybe": pd.array([True, None, False, True], dtype="boolean"),
            "count": pd.array([1, None, 3, 3], dtype="Int64"),
            "small": np.array([1, 2, 3, 4], dtype="uint8")[::-1],
            "single": np.array([0.5, np.nan, 1, 2], dtype="float32"),
            "level": pd.Categorical(["low", "high", None, "low"]),
            "name": ["ann", None, "bob", "ann"],
            "t": [1, 0, 1, 0],
        }
    )
    frame = pd.concat([frame, frame]).set_index(pd.Index([7, 3, 3, 1] * 2))
    examples, said = read(frame, "table.parquet")
    assert said == ""
    numbers, dates, categories = columns_of(examples)
    assert numbers == ["flag", "maybe", "count", "small", "single"]
    assert dates == ["when", "zone", "day"] and categories == ["level", "name"]
    nan = np.nan
    expected = [[1, 1, 1, 4, 0.5], [0, nan, nan, 3, nan], [1, 0, 3, 2, 1], [1, 1, 3, 1, 2]]
    np.testing.assert_array_equal(examples.x["numbers"][:, :5], expected * 2)
    # Days since 1970, month, day of the week, hour; in UTC, in which Berlin's winter is an hour earlier.
    np.testing.assert_allclose(
        examples.x["numbers"][0, 5:],
        [19753 + 18.5 / 24, 1, 2, 18.5, 19753 + 17.5 / 24, 1, 2, 17.5, 19754, 2, 3, 0],
        atol=0.01,
    )
    assert np.isnan(examples.x["numbers"][1, 5:9]).all() and np.isnan(examples.x["numbers"][1, 13:]).all()
    assert examples.x["categories"].tolist() == [["low", "ann"], ["high", ""], ["", "bob"], ["low", "ann"]] * 2


def test_parquet_whose_name_is_in_capitals_or_that_has_no_rows(reader: Imported, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [0.5, 1.5], "t": ["x", "y"]})
    frame.to_parquet(tmp_path / "table.PARQUET")
    frame[:0].to_parquet(tmp_path / "empty.parquet")
    read, config = reader.module("data.read").read, reader.config(target=["t"])
    assert read(tmp_path / "table.PARQUET", config).x["numbers"].tolist() == [[0.5], [1.5]]
    with pytest.raises(Exception, match="empty.parquet has no rows"):
        read(tmp_path / "empty.parquet", config)


def test_a_named_index_of_parquet_is_a_column_and_another_is_none(reader: Imported, tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5, 3.5]}, index=[7, 8, 9])
    frame.to_parquet(tmp_path / "without.parquet")
    frame.rename_axis("day").to_parquet(tmp_path / "named.parquet")
    open_table = reader.module("tables.opening").open_table
    assert open_table(tmp_path / "without.parquet").names == ["a"]
    named = open_table(tmp_path / "named.parquet").frame(["day"])
    assert named["day"].tolist() == ["7", "8", "9"] and named.index.tolist() == [0, 1, 2]


def test_categories_of_parquet_are_the_same_whatever_their_type(read: Load) -> None:
    whole = pd.DataFrame({"zip": [7, 8, 7, 8], "a": [0.1, 0.2, 0.3, 0.5], "t": "x"})
    examples, _ = read(whole, "table.parquet", categories=["zip"])
    with_gap = whole.assign(zip=[7, 8, np.nan, 8])  # whole numbers with a gap are floats
    later, _ = read(with_gap, "later.parquet", columns=examples.columns, categories=["zip"])
    assert examples.x["categories"][:, 0].tolist() == ["7", "8", "7", "8"]
    assert later.x["categories"][:, 0].tolist() == ["7", "8", "", "8"]
    csv, _ = read(with_gap.to_csv(index=False), columns=examples.columns, categories=["zip"])
    assert csv.x["categories"].tolist() == [["7"], ["8"], [""], ["8"]]
