"""A table with a column that names images beside other columns trains one network."""

import shutil
from pathlib import Path
from typing import Any

import black
import copier
import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Render, git
from PIL import Image
from test_look import answers_for

ROWS = 240


def write_table(folder: Path, rows: int = ROWS, **columns: Any) -> pd.DataFrame:
    """Write a table of photos, bright ones and dark ones, beside columns of which each tells a part of the grade."""
    rng = np.random.default_rng(0)
    (folder / "photos").mkdir(parents=True)
    bright = rng.random(rows) < 0.5
    for row, is_bright in enumerate(bright):
        pixels = rng.integers(120, 256, (12, 16, 3)) if is_bright else rng.integers(1, 136, (12, 16, 3))
        Image.fromarray(pixels.astype("uint8")).save(folder / "photos" / f"{row}.png")
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, rows), "D")
    words = rng.choice("the it was some week other things came box in".split(), (rows, 5))
    frame = pd.DataFrame(
        {
            "photo": [f"photos/{row}.png" for row in range(rows)],
            "weight": rng.normal(size=rows).round(3),
            "place": rng.choice(["north", "south"], rows),
            "sold": days.strftime("%d.%m.%Y"),
            "note": [f"{' '.join(some)} no. {row}" for row, some in enumerate(words)],
        }
    )
    told = bright.astype(int) * 2 + (frame["place"] == "north") + (frame["weight"] > 0)
    frame["grade"] = np.where(told > 2, "high", np.where(told < 2, "low", "middle"))
    frame["price"] = (told + rng.normal(0, 0.1, rows)).round(3)
    frame["good"] = np.where(told > 2, "yes", "no")
    frame["labels"] = np.where(bright, "bright|", "") + np.where(frame["place"] == "north", "cold", "warm")
    frame = frame.assign(**columns)
    frame.to_csv(folder / "t.csv", index=False)
    return frame


BESIDE = ["photo", "weight", "place", "sold", "note"]


@pytest.mark.parametrize(
    ("kept", "answers", "expected"),
    [
        ([], {}, "table"),
        (["sold"], {}, "table"),
        ([], {"input": "images"}, "images"),
        (["split"], {}, "images"),
        (["grade_code"], {}, "images"),
        (["width", "height"], {}, "images"),
    ],
)
def test_images_beside_columns_of_value_are_a_column(
    kept: list[str], answers: dict[str, Any], expected: str, plain_template: Path, tmp_path: Path
) -> None:
    frame = write_table(tmp_path, 60, split="train", width=16, height=12)
    frame["grade_code"] = frame["grade"].map({"high": 3, "low": 1, "middle": 2})
    frame.loc[::5, "split"] = "test"
    frame[["photo", "grade", *(kept or BESIDE[1:])]].to_csv(tmp_path / "t.csv", index=False)
    found = answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="grade", **answers)
    assert (found["input"], found["image_size"]) == (expected, [12, 16])
    assert found.get("image_column", "") == ("photo" if expected == "table" else "")


def test_flags_of_an_image_are_its_labels(plain_template: Path, tmp_path: Path) -> None:
    write_table(tmp_path, 60)
    flags = np.random.default_rng(1).integers(0, 2, (60, 4))
    frame = pd.DataFrame(flags, columns=["smile", "hat", "beard", "glasses"])
    frame.insert(0, "photo", [f"photos/{row}.png" for row in range(60)])
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv")["input"] == "images"
    assert answers_for(plain_template, tmp_path, tmp_path / "t.csv", target="hat")["input"] == "images"


@pytest.mark.parametrize("large", [False, pytest.param(True, marks=pytest.mark.thorough)])
@pytest.mark.parametrize("backend", ["tensorflow", pytest.param("jax", marks=pytest.mark.thorough)])
def test_the_code_is_formatted_and_has_no_more_than_it_needs(
    large: bool, backend: str, render: Render, tmp_path: Path
) -> None:
    write_table(tmp_path, 60)
    answers = {"data_path": str(tmp_path / "t.csv"), "target": "grade", "large": large, "backend": backend}
    project = render(tmp_path / "p", **answers)
    for file in project.rglob("*.py"):
        code = file.read_text()
        assert code == black.format_str(code, mode=black.Mode()), file
        assert code.count("\n") <= (230 if large else 200), file
    assert {file.stem for file in project.rglob("image*.py")} == {"image_column", "image_body"}
    without = render(tmp_path / "without", image_column="", **answers)
    text = "".join(file.read_text() for file in [*without.rglob("*.py"), without / "pyproject.toml"])
    assert not [word for word in ("image_", "images", "PIL", "pillow") if word in text]


def test_an_update_keeps_what_a_project_sees(started: Render, tmp_path: Path) -> None:
    write_table(tmp_path, 60)
    answers = {"data_path": str(tmp_path / "t.csv"), "target": "grade"}
    project = started(**answers)
    shutil.rmtree(tmp_path / "photos")
    copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True, skip_tasks=True)
    assert git(project, "status", "--porcelain") == ""
    assert "image_column: photo\n" in (project / ".copier-answers.yml").read_text()


@pytest.fixture(scope="module")
def mixed(imported: Import, tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, Path, pd.DataFrame]:
    """A project of a table with photos, not trained; the folder of the table, and its rows."""
    folder = tmp_path_factory.mktemp("mixed")
    frame = write_table(folder)[[*BESIDE, "grade"]]
    frame.to_csv(folder / "t.csv", index=False)
    return imported(data_path=str(folder / "t.csv"), target="grade"), folder, frame


def test_what_cannot_be_read_is_counted(
    mixed: tuple[Imported, Path, pd.DataFrame], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, _, _ = mixed
    frame = write_table(tmp_path / "data", 40)
    (tmp_path / "data" / "photos" / "1.png").unlink()
    (tmp_path / "data" / "photos" / "2.png").write_bytes(b"no image")
    frame.loc[3, "photo"] = None
    table = tmp_path / "data" / "t.csv"
    frame.to_csv(table, index=False)
    read, config = project.module("data.read").read, project.config(data_path=table)
    examples, said = read(table, config), capsys.readouterr().out
    assert examples.x["image"].shape == (40, 12, 16, 3) and examples.x["image"].dtype == np.uint8
    assert [*np.flatnonzero(~examples.x["image"].any(axis=(1, 2, 3)))] == [1, 2, 3]
    assert "Images: 38 for 40 rows, in column photo\n" in said
    assert f"Skipped: {table.parent / 'photos' / '1.png'}: there is no such file\n" in said
    assert "Skipped: 2 of 39 images, which cannot be read\n" in said
    assert "Note: 3 of 40 rows have no image that can be read in column photo: only their other columns" in said
    assert list(examples.keys["photo"].fillna("")) == list(frame["photo"].fillna(""))

    frame.loc[0, "photo"] = "../0.png"
    frame.to_csv(table, index=False)
    shutil.copy(tmp_path / "data" / "photos" / "0.png", tmp_path)
    with pytest.raises(Exception, match=r"row 1: \.\./0.png is outside of the folder of the list; outside_paths"):
        read(table, config)
    outside = read(table, project.config(data_path=table, outside_paths=True), examples.columns)
    assert np.array_equal(outside.x["image"], examples.x["image"])

    shutil.rmtree(tmp_path / "data" / "photos")
    frame.drop(index=0).to_csv(table, index=False)
    with pytest.raises(Exception, match="none of the images that column photo names is in .*data"):
        read(table, config)
    frame.drop(columns="photo").to_csv(table, index=False)
    with pytest.raises(Exception, match="photo"):
        read(table, config, examples.columns)


def test_parts_hold_the_images_of_their_rows(imported: Import, tmp_path: Path) -> None:
    write_table(tmp_path, 60)
    project = imported(data_path=str(tmp_path / "t.csv"), target="grade", large=True)
    config = project.config()
    module = project.module("data.read")
    whole, source = module.read(config.data_path, config), module.open_source(config.data_path, config)
    rows = np.random.default_rng(0).permutation(60)
    part = source.in_order(rows).read(10, 30)
    for name, values in part.x.items():
        assert np.array_equal(values, whole.x[name][rows[10:30]]), name
    assert source.bytes_each > 12 * 16 * 3


@pytest.mark.train
@pytest.mark.parametrize(
    ("target", "task", "score", "least"),
    [
        ("grade", "multiclass", "accuracy", 0.8),  # without the photo at most 0.65, with it alone as well
        pytest.param("good", "binary", "accuracy", 0.85, marks=pytest.mark.thorough),
        pytest.param("price", "regression", "r2", 0.8, marks=pytest.mark.thorough),
        pytest.param("labels", "multilabel", "macro_f1", 0.95, marks=pytest.mark.thorough),
    ],
)
def test_images_and_columns_decide_together(
    target: str, task: str, score: str, least: float, imported: Import, tmp_path: Path
) -> None:
    frame = write_table(tmp_path)[[*BESIDE, target]]
    frame.to_csv(tmp_path / "t.csv", index=False)
    project = imported(data_path=str(tmp_path / "t.csv"), target=target)
    assert project.config().image_column == "photo" and task in (project.folder / ".copier-answers.yml").read_text()
    said = project.main("train", "--references", "true", "--report", "true", "--filters", "[[8],[16]]")
    assert "Images: 240 for 240 rows" in said and "Left out" not in said and "Without" not in said
    assert project.metrics["test"][score] > least
    assert 'photo = "image"\n' in (project.folder / "columns.toml").read_text()
    report = (project.folder / "runs" / "latest" / "report.html").read_text()
    assert "(image)" in report
    data = project.module("data.dataset").load(project.config())
    assert "data:image/png" in project.module("report.shown").show(data.test, 0, data.schema, project.config())

    frame.loc[:9, ["photo", "weight"]] = None
    frame.drop(columns=target).to_csv(tmp_path / "new.csv", index=False)
    predictions = project.predict(tmp_path / "new.csv")
    assert [*predictions["photo"]] == [*frame["photo"].fillna("")] and (predictions["prediction"] != "").all()
    if task in ("multiclass", "binary"):
        assert np.mean(predictions["prediction"][10:] == frame[target][10:]) > least
    assert "240 examples" in project.main("evaluate", tmp_path / "t.csv")
    assert "image uint8 (None, 12, 16, 3)\nLoaded by TensorFlow it predicts the same" in project.main("export")


@pytest.mark.train
@pytest.mark.thorough
def test_a_column_of_images_can_be_left_out_by_hand(mixed: tuple[Imported, Path, pd.DataFrame]) -> None:
    project, folder, frame = mixed
    project.main("train", "--epochs", 1)
    file = project.folder / "columns.toml"
    file.write_text(file.read_text().replace('photo = "image"', 'photo = "ignored"'))
    said = project.main("train", "--epochs", 1)
    assert "Left out: column photo (ignored in columns.toml)\n" in said and "Images:" not in said
    frame.drop(columns=["photo", "grade"]).to_csv(folder / "new.csv", index=False)
    assert len(project.predict(folder / "new.csv")) == ROWS
