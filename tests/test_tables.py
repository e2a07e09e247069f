"""Tables as people have them: how they are written, and what their columns hold."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Load, columns_of

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    """A project whose functions read tables with the target t."""
    return imported(family="dense-binary")


@pytest.fixture
def read(reader: Imported, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Write a file and read it: its examples, and what is printed."""

    def read_table(
        content: Any, name: str = "table.csv", encoding: str = "utf-8", columns: Any = None, **settings: Any
    ) -> tuple[Any, str]:
        path = tmp_path / name
        if isinstance(content, pd.DataFrame) and name.endswith(".parquet"):
            content.to_parquet(path)
        elif isinstance(content, pd.DataFrame):
            content.to_csv(path, index=False)
        else:
            path.write_bytes(content.encode(encoding))
        examples = reader.module("data.read").read(path, reader.config(target=["t"], **settings), columns)
        return examples, capsys.readouterr().out

    return read_table


def lines(*rows: str, end: str = "\n") -> str:
    return end.join([*rows, ""])


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
    with pytest.raises(Exception, match="column a, row 30: 'soon' is not a finite number"):
        read(semicolons_and_commas(odd="soon"))
    examples, _ = read(semicolons_and_commas(odd="?"))
    assert np.isnan(examples.x["numbers"][29, 0]) and examples.x["numbers"][30, 0] == 30.25
    known = read(semicolons_and_commas())[0].columns
    with pytest.raises(Exception, match="column a, row 30: 'soon' is not a finite number"):
        read(semicolons_and_commas(odd="soon"), columns=known)


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
    assert sorted(whole[:, 1])[:2] == [1000.25, 1009.25] and 48 < whole[:, 2].min() < 49


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
    assert examples.x["categories"][:, 0].tolist() == ["Köln", "Köln", "Ulm", "Ulm"]
    assert read(content)[1] == ""


def test_latin_1_that_starts_late(read: Load) -> None:
    content = lines("a,ort,t", *["1,Ulm,x", "2,Ulm,y", "3,Bonn,x"] * 70_000, "4,Köln,y")
    examples, said = read(content, encoding="latin-1")
    assert "read as Windows-1252" in said and examples.x["categories"][-1, 0] == "Köln"


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


# What columns hold


@pytest.mark.parametrize("missing", ["", "NA", "N/A", "?", "nan", "NaN", "null", "NULL", "None", " ", " ? "])
def test_missing_values(missing: str, read: Load) -> None:
    rows = ["1,red,True,2024-01-02", "2,blue,False,2024-01-03", "3,red,True,2024-01-04"]
    gap = ",".join([missing] * 4)
    examples, said = read(lines("a,b,c,d,t", *[f"{row},x" for row in rows], f"{gap},x", f"{rows[0]},y"))
    assert said == ""
    assert columns_of(examples) == (["a", "c"], ["d"], ["b"])
    assert np.isnan(examples.x["numbers"][3]).all() and not np.isnan(examples.x["numbers"][[0, 1, 2, 4]]).any()
    assert examples.x["categories"][:, 0].tolist() == ["red", "blue", "red", "", "red"]


@pytest.mark.parametrize(
    "words", ["True False", "true false", "TRUE FALSE", "True false TRUE false", "1 0 1.0 0"], ids=str
)
def test_booleans(words: str, read: Load) -> None:
    cells = words.split() * 3
    examples, said = read(lines("a,t", *[f"{cell},x" for cell in cells], ",x"))
    assert said == "" and columns_of(examples) == (["a"], [], [])
    expected = [float(cell.lower() in ("true", "1", "1.0")) for cell in cells]
    np.testing.assert_array_equal(examples.x["numbers"][:, 0], [*expected, np.nan])


MOMENTS = pd.to_datetime(["2023-11-30 00:00", "2024-02-29 13:30", "1969-12-31 23:15", "2024-07-04 06:45"])
DATES = {
    "%Y-%m-%d": False,
    "%Y/%m/%d": False,
    "%Y-%m-%d %H:%M": True,
    "%Y-%m-%dT%H:%M:%S": True,
    "%Y-%m-%dT%H:%M:%SZ": True,
    "%Y-%m-%d %H:%M:%S.000": True,
    "%d.%m.%Y": False,
    "%d.%m.%Y %H:%M": True,
    "%d/%m/%Y": False,
    "%d/%m/%Y %H:%M:%S": True,
    "%m/%d/%Y": False,
    "%m/%d/%Y %H:%M": True,
    "%d-%m-%Y": False,
}


@pytest.mark.parametrize(("written", "with_time"), DATES.items())
def test_dates(written: str, with_time: bool, read: Load) -> None:
    examples, said = read(lines("a,t", *[f"{moment:{written}},x" for moment in MOMENTS], "NA,x"))
    assert said == "" and columns_of(examples) == ([], ["a"], [])
    moments = MOMENTS if with_time else MOMENTS.normalize()
    days = (moments - pd.Timestamp(0)) / pd.Timedelta(days=1)
    hours = moments.hour + moments.minute / 60
    expected = np.stack([days, moments.month, moments.day_of_week, hours], axis=1)
    np.testing.assert_allclose(examples.x["numbers"][:-1], expected, atol=0.002)
    assert np.isnan(examples.x["numbers"][-1]).all()


def test_dates_keep_the_format_of_the_training(read: Load) -> None:
    written = ["01.02.2024", "13.02.2024", "03.04.2024"]
    examples, _ = read(lines("a,t", *[f"{day},x" for day in written]))
    later, _ = read(lines("a", "05.06.2024"), columns=examples.columns)
    assert later.x["numbers"][0, 1] == 6  # the month, though alone it might be the day
    with pytest.raises(Exception, match="column a, row 2: '2024-06-05' is not a date"):
        read(lines("a", "05.06.2024", "2024-06-05"), columns=examples.columns)


LEFT_OUT = {
    "constant number": (["1.5"] * 30, "(the same in every row)"),
    "constant text": (["same"] * 30, "(the same in every row)"),
    "empty": ([""] * 30, "(empty)"),
    "nothing but missing values": (["NA", "?", ""] * 10, "(empty)"),
    "counted from 1": (range(1, 31), "(an identifier)"),
    "counted from 0": (range(30), "(an identifier)"),
    "text": ([f"note {i}, of its own" for i in range(30)], "(text, 30 different in 30 rows)"),
}


@pytest.mark.parametrize(("values", "reason"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_columns_that_tell_nothing_are_left_out_with_a_line(values: Any, reason: str, read: Load) -> None:
    frame = pd.DataFrame({"a": values, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], [])
    assert said == f"Left out: column a {reason}\n"


@pytest.mark.parametrize("value", ["x", "1", "True"])
def test_one_value_or_none_is_something_to_learn_from(value: str, read: Load) -> None:
    examples, said = read(lines("a,b,t", *[f"{value},1.5,x", ",0.5,y", ",2.5,y"] * 10))
    numbers, _, categories = columns_of(examples)
    assert said == "" and "a" in numbers + categories


@pytest.mark.parametrize("name", ["id", "ID", "Id", "customer_id", "order id", "index"])
def test_identifiers_by_name(name: str, read: Load) -> None:
    numbers = RNG.permutation(1000)[:30] + 10_000
    frame = pd.DataFrame({name: numbers, "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame)
    assert columns_of(examples) == (["b"], [], []) and said == f"Left out: column {name} (an identifier)\n"
    examples, said = read(frame, features=[name, "b"])
    assert columns_of(examples) == ([name, "b"], [], []) and said == ""


def test_the_index_that_pandas_writes_is_an_identifier(read: Load) -> None:
    frame = pd.DataFrame({"b": RNG.normal(size=30), "t": "x"}).sample(frac=1, random_state=0)
    examples, said = read(frame.to_csv())
    assert columns_of(examples) == (["b"], [], []) and "(an identifier)" in said


@pytest.mark.parametrize("name", ["age", "valid", "paid", "humid"])
def test_whole_numbers_are_no_identifiers(name: str, read: Load) -> None:
    examples, said = read(pd.DataFrame({name: RNG.permutation(1000)[:30], "t": "x"}))
    assert columns_of(examples) == ([name], [], []) and said == ""


def test_text_is_used_where_the_user_names_it(read: Load) -> None:
    frame = pd.DataFrame({"a": [f"name {i}" for i in range(30)], "b": RNG.normal(size=30), "t": "x"})
    examples, said = read(frame, features=["a", "b"])
    assert columns_of(examples) == (["b"], [], ["a"]) and said == ""
    assert examples.x["categories"][29, 0] == "name 29"


def test_whole_numbers_are_categories_where_the_user_says_so(read: Load) -> None:
    content = lines("zip,a,t", "01234,0.1,x", "4321,0.2,x", "01234,0.3,y", ",0.4,y")
    examples, _ = read(content, categories=["zip"])
    assert columns_of(examples) == (["a"], [], ["zip"])
    assert examples.x["categories"][:, 0].tolist() == ["01234", "4321", "01234", ""]
    assert columns_of(read(content)[0]) == (["zip", "a"], [], [])


def test_a_column_named_twice_is_seen_once(read: Load) -> None:
    examples, _ = read(lines("zip,a,t", "01234,0.1,x", "4321,0.2,y"), features=["a", "zip"], categories=["zip"])
    assert columns_of(examples) == (["a"], [], ["zip"])


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
    open_table = reader.module("data.tables").open_table
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
    assert csv.x["categories"].tolist() == [["7.0"], ["8.0"], [""], ["8.0"]]  # text, as it is written


NAMES = [
    "with space",
    " in front",
    'quo"te',
    "it's",
    "comma, semicolon; and tab\t",
    "größe",
    "名前",
    "🎈",
    "{brace}",
    "{{ 7*7 }}",
    "{% raw %}",
    "a",
    "A",
    "a.1",
    "back\\slash",
    "100%",
    "#hash",
    "new\nline",
    "=1+1",
    "None",
    "1",
]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet"])
def test_names_of_columns(name: str, read: Load) -> None:
    values = RNG.normal(size=(40, len(NAMES)))
    frame = pd.DataFrame(values, columns=NAMES).assign(t="x")
    examples, said = read(frame, name)
    names = [" ".join(name.split()) for name in NAMES] if name == "table.csv" else NAMES
    assert said == "" and examples.columns.numbers == names
    np.testing.assert_allclose(examples.x["numbers"], values, rtol=1e-6)
    again, _ = read(frame[[*reversed(NAMES)]], name, columns=examples.columns)
    np.testing.assert_array_equal(again.x["numbers"], examples.x["numbers"])
