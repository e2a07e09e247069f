"""Folders that tell all: the project has nothing that reads tables, until it is asked for; old ones keep it."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml
from conftest import Import, Render, commit, git, package_of
from copier.errors import UserMessageError
from PIL import Image
from updating import update

WORDS = ["a good film", "a bad film", "nice", "boring"]


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder of images in two classes, one of them in folders of other spelling."""
    folder = tmp_path / "photos"
    rng = np.random.default_rng(0)
    for name in ("train/cat", "train/dog", "test/Cat", "test/dog"):
        (folder / name).mkdir(parents=True)
        for number in range(8):
            pixels = rng.integers(0, 255, (16, 16, 3), dtype="uint8")
            Image.fromarray(pixels).save(folder / name / f"img{number}.png")
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """A folder of texts in two classes, some not in UTF-8."""
    folder = tmp_path / "texts"
    for name in ("good", "bad"):
        (folder / name).mkdir(parents=True)
        for number in range(20):
            (folder / name / f"{number}.txt").write_bytes(f"{WORDS[number % 4]} {number} é".encode("cp1252"))
    return folder


def reads_tables(project: Path) -> bool:
    """Tell whether a project has what reads tables, in its code and its packages; it must be all or nothing."""
    packages = (project / "pyproject.toml").read_text()
    found = {(project / "src" / package_of(project) / "tables" / "table.py").is_file(), "duckdb" in packages}
    found.add("excel" in tomllib.loads(packages)["project"]["optional-dependencies"])
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("kind", ["photos", "texts"])
def test_a_folder_is_read_as_by_a_project_that_reads_tables_too(
    kind: str, request: pytest.FixtureRequest, imported: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = request.getfixturevalue(kind)
    said, data = [], []
    for answers in ({}, {"tables": True}):
        project = imported(data_path=str(folder), **answers)
        assert reads_tables(project.folder) == bool(answers)
        data.append(project.module("data.dataset").load(project.config()))
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] and data[0].schema.outputs == data[1].schema.outputs
    assert data[0].record.equals(data[1].record)
    for name in ("train", "validation", "test"):
        splits = [getattr(of, name) for of in data]
        np.testing.assert_array_equal(splits[0].y, splits[1].y)
        for given, expected in zip(splits[0].x.values(), splits[1].x.values(), strict=True):
            np.testing.assert_array_equal(given, expected)


def test_a_list_that_comes_later_is_named_with_what_brings_it(photos: Path, imported: Import) -> None:
    project = imported(data_path=str(photos))
    (photos.parent / "other.csv").write_text("a,b\n1,2\n")
    (photos.parent / "counts.csv").write_text("name,img1,img2\nimg3,img4,img5\n" + "a,1,2\n" * 3)  # by chance
    assert "update" not in project.main("look")
    labels = photos.parent / "labels.csv"
    labels.write_text("path,kind\nphotos/train/cat/img1.png,cat\nphotos/train/dog/img2.png,dog\n")
    way = "a table that lists files is read, as data_path, after: copier-keras update -d tables=true"
    assert f"Note: {labels} is not read; {way}\n" in project.main("look")
    assert project.error("look", labels).endswith(f"; {way}")


def test_a_text_project_names_what_reads_tables(texts: Path, imported: Import) -> None:
    project = imported(data_path=str(texts))
    table = texts.parent / "texts.csv"
    table.write_text("text,class\na film,good\n")
    assert "copier-keras update -d tables=true" in project.error("look", table)


def test_an_update_brings_what_reads_tables_and_takes_it_away(photos: Path, started: Render) -> None:
    project = started(data_path=str(photos))
    assert not reads_tables(project)
    update(project, data={"tables": True})
    assert reads_tables(project) and "path_column" in (project / "config.toml").read_text()
    commit(project)
    update(project, data={"tables": False})
    assert not reads_tables(project)


def test_a_list_as_new_data_brings_what_reads_it(photos: Path, started: Render) -> None:
    project = started(data_path=str(photos))
    rows = [f"photos/train/{kind}/img{n}.png,{kind}\n" for n in range(8) for kind in ("cat", "dog")]
    (photos.parent / "list.csv").write_text("path,kind\n" + "".join(rows))
    update(project, data={"data_path": str(photos.parent / "list.csv")})
    assert reads_tables(project) and 'target = ["kind"]' in (project / "config.toml").read_text()


def test_a_project_from_before_keeps_what_reads_tables(photos: Path, started: Render) -> None:
    project = started(data_path=str(photos), tables=True)
    answers = project / ".copier-answers.yml"
    recorded = yaml.safe_load(answers.read_text())
    assert recorded.pop("tables") is True
    answers.write_text(yaml.safe_dump(recorded, allow_unicode=True))
    commit(project, "As before this answer")
    update(project)
    assert reads_tables(project)
    assert git(project, "diff", "--name-only").split() == [".copier-answers.yml"]


@pytest.mark.parametrize(
    "answers",
    [{"task": "regression"}, {"task": "multilabel"}, {"group_column": "who"}],
    ids=lambda answers: "-".join(answers.values()),
)
def test_what_is_read_as_cells_are_needs_what_reads_tables(
    answers: dict[str, str], photos: Path, render: Render, plain_template: Path, tmp_path: Path
) -> None:
    project = render(tmp_path / "p", source=plain_template, data_path=str(photos), **answers)
    assert reads_tables(project)


def test_a_list_cannot_do_without(tmp_path: Path, photos: Path, render: Render, plain_template: Path) -> None:
    (tmp_path / "list.csv").write_text("path,kind\nphotos/train/cat/img1.png,a\nphotos/train/dog/img1.png,b\n")
    with pytest.raises((ValueError, UserMessageError), match="no folder whose names tell the classes"):
        render(tmp_path / "p", source=plain_template, data_path=str(tmp_path / "list.csv"), tables=False)
