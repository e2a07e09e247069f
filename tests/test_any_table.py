"""Whatever table comes in: it trains and predicts a row for each row, or one clear line says what is wrong."""

import contextlib
import csv
import io
import operator
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from variants import some_often

# The same examples in every run; ANY_TABLE=1000 looks at so many others.
COUNT = int(os.environ.get("ANY_TABLE", 0))


def examples_of(count: int) -> Any:
    return settings(
        max_examples=COUNT or count,
        derandomize=not COUNT,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="module")
def projects(imported: Import) -> dict[str, Imported]:
    return {family: imported(family=family) for family in ("dense-binary", "regression", "multilabel")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tables")


# Tables

ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAMES = st.one_of(
    st.sampled_from(
        ["a", "b", "A", "id", "", " ", "t ", "größe", "{{ 7*7 }}", 'quo"te', "x,y;z", "new\nline", "1", "NA"]
    ),
    st.sampled_from(["split", "prediction", "path", "numbers", "Unnamed: 0", "a.1", "🎈"]),
    ANY_TEXT,
)
NUMBERS = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(["0", "-1e-300", "007", "+5", " 3 ", "1e5", ".5", "5.", "99999999999999999999"]),
)
DAYS = st.datetimes(
    min_value=pd.Timestamp(1700, 1, 1).to_pydatetime(), max_value=pd.Timestamp(2250, 1, 1).to_pydatetime()
)
WRITTEN = [
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%Y-%m-%d %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S+02:00",
    "%H:%M",
]
MISSING = st.sampled_from(["", "NA", "?", "nan", "None", " "])
KINDS = [
    NUMBERS,
    st.integers(0, 3).map(str),
    st.sampled_from(["True", "False", "true", "FALSE"]),
    *[DAYS.map(operator.methodcaller("strftime", written)) for written in WRITTEN],
    st.sampled_from(["red", "blue", "grün", "", "blue "]),
    st.sampled_from(["1.000,5", "1,5", "2,25", "-3,0"]),
    ANY_TEXT,
    ANY_TEXT.map(lambda text: f"a longer text with {text} in it"),
    st.just("same"),
    MISSING,
]
ODD = st.one_of(
    MISSING,
    st.sampled_from(["inf", "-inf", "Infinity", "word", "1e40", "1e999", "0x10", "1_000", "$5", "١٢"]),
    ANY_TEXT,
)
TARGETS = {
    "dense-binary": [
        *[st.sampled_from(pair) for pair in (["no", "yes"], [*"01"], ["-1", "1"], ["{{ 7*7 }}", '="\x27\\'])],
        st.sampled_from("abc"),
    ],
    "regression": [st.integers(0, 50).map(str), st.floats(-1e9, 1e9).map(repr), NUMBERS],
    "multilabel": [st.sampled_from(["", "x", "x|y", "y|z", "z|"])],
}


@st.composite
def columns(draw: st.DrawFn, rows: int, kinds: tuple[Any, ...] = tuple(KINDS), odd: Any = ODD) -> Any:
    """Draw the cells of a column: of one kind, most often, with a few that are odd or missing."""
    kind = draw(st.sampled_from(kinds))
    if len(kinds) > 5 and draw(st.booleans()):
        kind = kinds[0]  # of numbers there are more than of the others
    cells = draw(st.lists(kind, min_size=rows, max_size=rows))
    if rows and draw(st.integers(0, 3)) == 0:
        strange = draw(odd)
        for row in draw(st.sets(st.integers(0, rows - 1), max_size=max(1, rows // 4))):
            cells[row] = strange
    if draw(st.integers(0, 9)) == 0:
        cells = [str(row) for row in range(rows)]
    return cells


@st.composite
def tables(draw: st.DrawFn, family: str, least: int = 0, most: int = 40) -> Any:
    """Draw a table with the target t: its header, its rows, and the bytes of a CSV file."""
    rows = draw(st.one_of(st.integers(max(least, 12), most), st.integers(least, most)))
    distinct = draw(st.integers(0, 9)) > 0
    names = draw(
        st.lists(
            NAMES, min_size=draw(st.sampled_from([0, 1, 2, 2])), max_size=5, unique_by=str.strip if distinct else None
        )
    )
    table = {(name, number): draw(columns(rows)) for number, name in enumerate(names)}
    target = draw(columns(rows, tuple(TARGETS[family]), st.one_of(MISSING, ODD) if draw(st.booleans()) else MISSING))
    place = draw(st.integers(0, len(table)))
    header = [name for name, _ in table]
    header.insert(place, "t")
    cells = [*table.values()]
    cells.insert(place, target)
    body = [list(row) for row in zip(*cells, strict=True)]
    return header, body, as_bytes(draw, [header, *body])


def as_bytes(draw: st.DrawFn, lines: list[list[str]]) -> bytes:
    """Write the lines in one of the ways in which CSV is written."""
    file = io.StringIO()
    writer = csv.writer(
        file,
        delimiter=draw(st.sampled_from(",,,;\t")),
        lineterminator=draw(st.sampled_from(["\n", "\n", "\r\n"])),
        quoting=(
            csv.QUOTE_ALL
            if draw(st.booleans()) or any("\r" in cell for line in lines for cell in line)
            else csv.QUOTE_MINIMAL
        ),
    )
    writer.writerows(lines)
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8", "utf-8-sig", "latin-1"]))
    return file.getvalue().encode(encoding, errors="replace")


# Reading


def read_or_say(project: Imported, content: bytes, folder: Path, **changes: Any) -> Any:
    """Read the table: the examples, or the message of the only error that may be raised."""
    path = folder / "table.csv"
    path.write_bytes(content)
    user_error = project.module("errors").UserError
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            return project.module("data.dataset").load(project.config(data_path=path, target=["t"], **changes))
        except user_error as error:
            assert str(error)
            event(re.sub(r"[0-9].*|called .*", "...", str(error).replace(str(path), "FILE")))
            return str(error)


def check_data(data: Any) -> None:
    """Check that what was read fits together."""
    assert set(data.record["split"]) <= {"", "train", "validation", "test"}
    for split in (data.train, data.validation, data.test):
        assert len(split.y) > 0 and np.isfinite(split.y).all()
        for name, values in split.x.items():
            assert len(values) == len(split.y) and values.ndim == 2
            if name == "numbers":
                assert values.dtype == "float32" and not np.isinf(values).any()
            else:
                assert all(isinstance(value, str) for value in values.flat)


SIGNS = st.sampled_from("ab01,,,;\t\"\n\n\r '\\#é.-\0")


@examples_of(50)
@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text(SIGNS, max_size=80).map(lambda text: "a,t\n1.5,0\n2,1\n" * 20 + text),
        st.lists(st.text(SIGNS, max_size=6), min_size=20, max_size=40).map(lambda cells: "a,t\n" + "\n".join(cells)),
    )
)
@example(content="t,a\n1,2\n")
@example(content="a,t\n" + "1.5,x,\n2.5,y,\n" * 10)
@example(content="t\n" * 20)
@example(content="a,t\n".encode("utf-16"))
@example(content=b"\x1f\x8b\x08\x00")
@example(content=b'a,t\n"1,x\n')
@example(content=b"a,t\n1,x\n\x00,y\n")
@example(content=b"\n\n\n")
@example(content="a,t\n" + "x" * 200_000 + ",1\n1.5,0\n" * 20)
@example(content='"a,t\n' + "1.5,0\n" * 40_000)
def test_any_bytes_are_read_or_refused(content: bytes, projects: dict[str, Imported], folder: Path) -> None:
    content = content if isinstance(content, bytes) else content.encode()
    for family in ("dense-binary", "regression"):
        data = read_or_say(projects[family], content, folder)
        if not isinstance(data, str):
            check_data(data)


@pytest.mark.parametrize("family", some_often(TARGETS, ["dense-binary", "regression"]))
def test_any_table_is_read_or_refused(family: str, projects: dict[str, Imported], folder: Path) -> None:
    @examples_of(50)
    @given(table=tables(family), seed=st.integers(0, 3), fraction=st.sampled_from([0.01, 0.15, 0.49]))
    def check(table: tuple[Any, Any, bytes], seed: int, fraction: float) -> None:
        _, body, content = table
        data = read_or_say(projects[family], content, folder, seed=seed, test_fraction=fraction)
        if not isinstance(data, str):
            check_data(data)
            assert len(data.record) == len(body)

    check()


# Training


@pytest.fixture(scope="module")
def eager() -> Iterator[None]:
    """Compile nothing: it takes longer than to train on a few rows."""
    import tensorflow

    tensorflow.config.run_functions_eagerly(True)
    yield
    tensorflow.config.run_functions_eagerly(False)


@pytest.mark.train
@pytest.mark.parametrize("family", some_often(TARGETS, ["dense-binary", "regression"]))
def test_any_table_trains_or_is_refused(family: str, projects: dict[str, Imported], folder: Path, eager: None) -> None:
    project = projects[family]
    flags = ("--target", "t", "--epochs", 1, "--units", 4)

    @examples_of(12)
    @given(table=tables(family, least=15, most=60), balance=st.booleans())
    def check(table: tuple[Any, Any, bytes], balance: bool) -> None:
        _, body, content = table
        path = folder / "table.csv"
        path.write_bytes(content)
        shutil.rmtree(project.folder / "runs", ignore_errors=True)
        weigh = ("--balance-classes", "true") if balance and family == "dense-binary" else ()
        try:
            project.main("train", "--data-path", path, *flags, *weigh)
        except SystemExit as stopped:
            assert str(stopped.code).startswith("error: ")
            assert not list((project.folder / "runs").glob("*/metrics.json"))
            assert not (project.folder / "runs" / "latest").exists()
            return
        assert set(project.metrics) == {"validation", "test", "baseline"}
        assert len(project.predict(path)) == len(body)

    check()


@pytest.mark.parametrize("family", some_often(TARGETS, ["dense-binary", "regression"]))
def test_column_by_column_a_table_reads_the_same(
    family: str, projects: dict[str, Imported], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects[family]

    @examples_of(25)
    @given(table=tables(family, least=12))
    def check(table: tuple[Any, Any, bytes]) -> None:
        _, _, content = table
        at_once = read_or_say(project, content, folder)
        with monkeypatch.context() as patch:
            patch.setattr(project.module("tables.table"), "COLUMNS_AT_ONCE", 1)
            one_by_one = read_or_say(project, content, folder)
        if isinstance(at_once, str):
            assert one_by_one == at_once
        else:
            assert one_by_one.schema == at_once.schema  # with the fingerprint of all values

    check()
