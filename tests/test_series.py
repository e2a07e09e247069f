"""Series as people have them: long tables, a folder with a file for each, NPZ arrays."""

import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Import, Imported, Load, damage


@pytest.fixture(scope="module")
def reader(imported: Import) -> Imported:
    return imported(family="stacked-lstm")


@pytest.fixture
def settings(reader: Imported) -> Callable[..., Any]:
    """The settings of the project, for series with the target t."""

    def make(**changes: Any) -> Any:
        names = {"target": ["t"], "series_column": "id", "step_column": "step", "features": []}
        return reader.config(**names | changes)

    return make


@pytest.fixture
def read(reader: Imported, settings: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Load:
    """Read a table, or the file or folder of this name; return the examples and what is printed."""

    def read_series(source: Any, columns: Any = None, **changes: Any) -> tuple[Any, str]:
        path = tmp_path / source if isinstance(source, str) else tmp_path / "table.csv"
        if not isinstance(source, str):
            source.to_csv(path, index=False)
        return reader.module("data.read").read(path, settings(**changes), columns), capsys.readouterr().out

    return read_series


LENGTHS = {"b": 4, "a": 2, "10": 3, "9": 1}


def long_table() -> pd.DataFrame:
    """Return series of different lengths, whose values tell series and step."""
    rows = []
    for number, (name, length) in enumerate(LENGTHS.items()):
        for step in range(length):
            rows.append({"id": name, "step": step, "x": 100 * number + step, "y": -step, "t": "uv"[number % 2]})
    return pd.DataFrame(rows)


def expected(columns: Any = ("x", "y")) -> Any:
    """Return the series as they should be read."""
    x = np.full((4, 4, 2), np.nan)
    for number, length in enumerate(LENGTHS.values()):
        x[number, :length, 0] = 100 * number + np.arange(length)
        x[number, :length, 1] = -np.arange(length)
    return x


@pytest.mark.parametrize("kind", ["numbers", "floats", "dates", "times", "text of numbers"])
def test_long_tables_in_any_order_of_rows(kind: str, read: Load) -> None:
    frame = long_table()
    days = pd.Timestamp("2023-12-31") + pd.to_timedelta(frame["step"], "D")
    frame["step"] = {
        "numbers": frame["step"],
        "floats": frame["step"] / 3 - 1,
        "dates": days.dt.strftime("%d.%m.%Y"),
        "times": (days - pd.Timedelta(hours=2)).dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "text of numbers": frame["step"] + 8,  # 8, 9, 10, 11: not in the order of text
    }[kind]
    examples, said = read(frame)
    assert said == "" and examples.columns.numbers == ["x", "y"]
    np.testing.assert_array_equal(examples.x["series"], expected())
    assert examples.keys["id"].tolist() == list(LENGTHS) and examples.known["t"].tolist() == [*"uvuv"]

    mixed = frame.sample(frac=1, random_state=0)
    examples, _ = read(mixed.iloc[:, ::-1], columns=examples.columns)
    names = mixed["id"].drop_duplicates()
    assert examples.keys["id"].tolist() == names.tolist()
    order = [list(LENGTHS).index(name) for name in names]
    np.testing.assert_array_equal(examples.x["series"], expected()[order])


def test_gaps_and_missing_values(read: Load) -> None:
    frame = long_table().drop(index=[1])  # a step of b that nobody recorded
    frame.loc[2, "x"] = np.nan
    frame.loc[3, ["x", "y"]] = np.nan  # a row without any value is as good as none
    series = read(frame)[0].x["series"]
    np.testing.assert_array_equal(series[0], [[0, 0], [np.nan, -2], [np.nan, np.nan]])


def test_columns_without_numbers_are_left_out_with_a_line(read: Load) -> None:
    frame = long_table().assign(words="text", empty="", flag="True")
    examples, said = read(frame)
    assert "words" in said and "words" not in examples.columns.numbers
    assert np.isfinite(examples.x["series"][0, :, :2]).all()


def test_columns_and_types_of_the_id(read: Load) -> None:
    frame = long_table().assign(id=np.repeat([7, 30, 5, 100], list(LENGTHS.values())))
    assert read(frame)[0].keys["id"].astype(str).tolist() == ["7", "30", "5", "100"]
    spaced = frame.assign(id=np.repeat(["01", "1", " ü {x}", "{{ 1 }}"], list(LENGTHS.values())))
    assert read(spaced)[0].keys["id"].tolist() == ["01", "1", "ü {x}", "{{ 1 }}"]


def test_a_target_that_is_missing_in_some_rows_of_a_series(read: Load) -> None:
    frame = long_table()
    frame.loc[frame["step"] > 0, "t"] = None  # only the first row names it
    assert read(frame)[0].known["t"].tolist() == [*"uvuv"]


def test_series_of_one_patient_stay_together(reader: Imported, settings: Callable[..., Any], tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    ids = np.repeat(np.arange(60), 3)
    patients = rng.integers(0, 12, 60)
    frame = pd.DataFrame({"id": ids, "step": np.tile(range(3), 60), "x": patients[ids], "who": patients[ids]})
    frame["t"] = np.array([*"uv"])[ids % 2]
    frame.to_csv(tmp_path / "table.csv", index=False)
    config = settings(data_path=tmp_path / "table.csv", group_column="who", features=["x"])
    data = reader.module("data.dataset").load(config)
    seen = [set(np.unique(split.x["series"])) for split in (data.train, data.validation, data.test)]
    assert all(seen) and sum(map(len, seen)) == len(set(patients))
    assert list(data.record) == ["id", "split"] and len(data.record) == 60


def write_folder(folder: Path, suffix: str = "csv", step: bool = True) -> None:
    """Write every series to a file of its own, in the folder of its class."""
    for name, frame in long_table().groupby("id"):
        path = folder / frame["t"].iloc[0] / f"{name}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        frame = frame[["step", "x", "y"] if step else ["x", "y"]]
        if step:
            frame = frame[::-1]
        frame.to_parquet(path) if suffix == "parquet" else frame.to_csv(path, index=False)


FILES = {"u/10": 2, "u/b": 0, "v/9": 3, "v/a": 1}  # in the order of their names; the number of the series


@pytest.mark.parametrize(("suffix", "step"), [("csv", True), ("csv", False), ("parquet", True)])
def test_a_folder_with_a_file_for_each_series(suffix: str, step: bool, read: Load, tmp_path: Path) -> None:
    write_folder(tmp_path / "data", suffix, step)
    (tmp_path / "data" / "readme.txt").write_text("no series")
    (tmp_path / "data" / "u" / ".hidden.csv").write_text("x,y\n1,2\n")
    examples, _ = read("data")
    assert examples.keys["path"].tolist() == [f"{name}.{suffix}" for name in FILES]
    assert examples.known["t"].tolist() == ["u", "u", "v", "v"] and examples.columns.numbers == ["x", "y"]
    np.testing.assert_array_equal(examples.x["series"], expected()[list(FILES.values())])


def test_a_folder_without_classes_to_predict(read: Load, tmp_path: Path) -> None:
    write_folder(tmp_path / "data")
    columns = read("data")[0].columns
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in (tmp_path / "data").rglob("*.csv"):
        (flat / path.name).write_text(path.read_text())
    examples, _ = read("flat", columns)
    assert examples.keys["path"].tolist() == ["10.csv", "9.csv", "a.csv", "b.csv"]
    np.testing.assert_array_equal(examples.x["series"], expected()[[2, 3, 1, 0]])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "u" / "b.csv").write_text("x\n1\n"), "b.csv has no column y"),
        (lambda folder: (folder / "u" / "b.csv").write_text(""), "b.csv cannot be read as a table"),
        (lambda folder: (folder / "u" / "b.csv").write_text("x,y\n1,few\n1,much\n"), "b.csv: column y"),
        (lambda folder: [path.unlink() for path in folder.rglob("*.csv")], "data holds no tables"),
        (
            lambda folder: [path.rename(folder / f"{path.parent.name}_{path.name}") for path in folder.rglob("*.csv")],
            "has no folder for each class",
        ),
    ],
    ids=["column", "empty", "text", "none", "no class"],
)
def test_what_is_wrong_with_a_folder_is_said(
    spoil: Callable[..., Any], message: str, read: Load, tmp_path: Path
) -> None:
    write_folder(tmp_path / "data")
    spoil(tmp_path / "data")
    with pytest.raises(Exception, match=message):
        read("data")


def test_a_file_beside_the_folders_has_no_class(read: Load, tmp_path: Path) -> None:
    write_folder(tmp_path / "data")
    (tmp_path / "data" / "top.csv").write_text("x,y\n1,2\n")
    examples, _ = read("data")
    assert examples.keys["path"][examples.known["t"].isna()].tolist() == ["top.csv"]


def test_npz_arrays(read: Load, tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=expected(), t=np.array([3, 5, 3, 5]), other=np.zeros(9))
    examples, _ = read("data.npz")
    np.testing.assert_array_equal(examples.x["series"], expected())
    assert examples.known["t"].tolist() == ["3", "5", "3", "5"]
    np.savez_compressed(tmp_path / "new.npz", x=np.nan_to_num(expected()[::-1]).astype("int64"))
    later, _ = read("new.npz", examples.columns)
    assert len(later.x["series"]) == 4 and "t" not in later.known


@pytest.mark.parametrize(
    "target", [np.array(["a", "ü b", "a", "c"]), np.array([True, False, True, True]), [0.5, 1, 2, 3]]
)
def test_targets_of_npz(target: Any, read: Load, tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=expected(), t=target)
    assert read("data.npz")[0].known["t"].tolist() in ([str(value) for value in target], ["0.5", "1.0", "2.0", "3.0"])


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"series": expected()}, r"needs x \(series, steps, features\); it has series \(4, 4, 2\)"),
        ({"x": expected()[0]}, r"needs x .* it has x \(4, 2\)"),
        ({"x": expected().astype(str)}, "needs x"),
        ({"x": expected()[:0]}, "needs x"),
        ({"x": np.where(np.isnan(expected()), np.inf, 1)}, "series 1 is infinite"),
        ({"x": expected(), "t": np.zeros(3)}, r"t is \(3,\), not 4"),
        ({"x": np.array([{}], dtype=object)}, "cannot be read as NPZ|needs x"),
    ],
    ids=["name", "shape", "text", "empty", "infinite", "targets", "pickle"],
)
def test_what_is_wrong_with_npz_is_said(arrays: Answers, message: str, read: Load, tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", **arrays)
    with pytest.raises(Exception, match=message) as error:
        read("data.npz")
    assert type(error.value).__name__ == "UserError"


@pytest.fixture
def refusal(reader: Imported, read: Load, tmp_path: Path) -> Callable[[], str]:
    """Read data.npz, which has to be refused; return why."""

    def get() -> str:
        with pytest.raises(reader.module("errors").UserError, match="data.npz") as error:
            read("data.npz")
        return str(error.value)

    return get


def test_a_broken_npz_is_said(refusal: Callable[[], str], tmp_path: Path) -> None:
    for content in (b"", b"no zip", b"PK\x03\x04 cut"):
        (tmp_path / "data.npz").write_bytes(content)
        assert "cannot be read as NPZ" in refusal()
    with open(tmp_path / "data.npz", "wb") as file:
        np.save(file, expected())
    assert "cannot be read as NPZ" in refusal()


def test_files_that_are_no_arrays_are_told_apart(read: Load, refusal: Callable[[], str], tmp_path: Path) -> None:
    np.savez(tmp_path / "data.npz", x=expected(), t=np.array([3, 5, 3, 5]))
    with zipfile.ZipFile(tmp_path / "data.npz", "a") as archive:
        archive.writestr("about.txt", "what it is")
    assert len(read("data.npz")[0].x["series"]) == 4
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive:
        archive.writestr("x", "no array")
    assert "needs x (series, steps, features); it has x ()" in refusal()


def test_damaged_npz_are_read_or_refused(reader: Imported, settings: Callable[..., Any], tmp_path: Path) -> None:
    """Whatever bytes are wrong: series come out, or one line that says why not."""
    rng = random.Random(0)
    np.savez_compressed(tmp_path / "data.npz", x=expected(), t=np.array([3, 5, 3, 5]))
    whole = (tmp_path / "data.npz").read_bytes()
    refused = 0
    for _ in range(300):
        (tmp_path / "data.npz").write_bytes(damage(whole, rng, most=len(whole)))
        try:
            reader.module("data.read").read(tmp_path / "data.npz", settings())
        except reader.module("errors").UserError:
            refused += 1
    assert refused


def test_a_small_npz_that_unpacks_to_too_much_is_refused_unopened(refusal: Callable[[], str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.npy", b"")
        archive.writestr("x.npy", b"")
        archive.filelist[1].file_size = 2**42  # as it will say: who unpacks it finds nothing
    assert refusal().endswith("it unpacks to 4,398,046,511,104 bytes, more than 4,294,967,296")


def test_an_array_that_is_larger_than_memory_is_refused(refusal: Callable[[], str], tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "data.npz", "w") as archive, archive.open("x.npy", "w") as file:
        header = {"descr": "<f8", "fortran_order": False, "shape": (2**50, 1, 1)}
        np.lib.format.write_array_header_1_0(file, header)
    assert re.search("cannot be read as NPZ: Unable to allocate", refusal())


@pytest.mark.parametrize("lacks", [0, 1])
def test_a_column_that_only_some_files_have_is_an_error_whichever_comes_first(
    lacks: int, reader: Imported, read: Load, tmp_path: Path
) -> None:
    for number, kind in enumerate(["a", "b"]):
        frame = pd.DataFrame({"u": [1, 2], "note": ["x", "y"], "w": [5, 6]})
        (tmp_path / "data" / kind).mkdir(parents=True)
        frame.drop(columns=["w", "note"] if number == lacks else []).to_csv(tmp_path / "data" / kind / "0.csv")
    with pytest.raises(reader.module("errors").UserError, match=rf"{'ab'[lacks]}.0\.csv has no column w; it has "):
        read("data")
    examples, _ = read("data", features=["u"])
    assert examples.x["series"].shape == (2, 2, 1)


def write_repeated(path: Path, rows: int) -> None:
    """Write a series whose values repeat, which takes hardly any bytes."""
    pd.DataFrame({"id": "a", "step": np.zeros(rows), "t": "b", "x": np.zeros(rows)}).to_parquet(path)
    assert path.stat().st_size < 10_000


def test_a_small_parquet_file_that_unpacks_to_too_much_is_refused(
    reader: Imported, read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader.module("tables.opening"), "LARGEST", 1_000_000)
    write_repeated(tmp_path / "data.parquet", 100_000)
    with pytest.raises(reader.module("errors").UserError, match="it unpacks to 3,200,000 bytes and more"):
        read("data.parquet")


def test_a_small_parquet_file_of_few_steps_is_read(
    reader: Imported, read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader.module("tables.opening"), "LARGEST", 1_000_000)
    write_repeated(tmp_path / "data.parquet", 100)
    assert len(read("data.parquet")[0].x["series"]) == 1


def test_a_large_npz_may_unpack_to_more(
    reader: Imported, read: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader.module("tables.opening"), "LARGEST", 100)
    np.savez_compressed(tmp_path / "data.npz", x=expected(), t=np.array([3, 5, 3, 5]))
    assert len(read("data.npz")[0].x["series"]) == 4


@pytest.mark.train
def test_all_forms_train_and_predict_alike(reader: Imported, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 6, 2)).cumsum(axis=1).round(3)
    kinds = np.where(x[:, -1, 0] > 0, "up", "down")
    for number, (values, kind) in enumerate(zip(x, kinds, strict=True)):
        path = tmp_path / "data" / kind / f"{number:02}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        pd.DataFrame(values, columns=["x_0", "x_1"]).to_csv(path, index=False)
    np.savez(tmp_path / "data.npz", x=x, t=kinds)
    long = pd.DataFrame(x.reshape(-1, 2), columns=["x_0", "x_1"])
    long.insert(0, "series", np.repeat(range(60), 6))
    long.insert(1, "step", np.tile(range(6), 60))
    long.assign(t=np.repeat(kinds, 6)).to_csv(tmp_path / "long.csv", index=False)

    flags = ("--units", "4", "--epochs", 2, "--references", "false")
    reader.main("train", "--data-path", tmp_path / "data", "--target", "t", "--features", "[]", *flags)
    folder, arrays, table = (reader.predict(tmp_path / name) for name in ("data", "data.npz", "long.csv"))
    assert list(folder["path"]) == sorted(f"{kind}/{number:02}.csv" for number, kind in enumerate(kinds))
    assert list(arrays["series"]) == list(table["series"]) == [str(number) for number in range(60)]
    order = folder["path"].str[-6:-4].astype(int)
    for name in ("probability_up", "probability_down"):
        np.testing.assert_allclose(arrays[name].astype(float), table[name].astype(float), atol=1e-5)
        np.testing.assert_allclose(folder[name].astype(float), arrays[name][order].astype(float), atol=1e-5)
    assert "data.npz, 60 examples" in reader.main("evaluate", tmp_path / "data.npz")
