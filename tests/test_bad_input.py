"""Wrong settings and wrong data: one clear line, exit code 1, no traceback."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import keras
import pandas as pd
import pytest
from conftest import Import, Render, run


@pytest.fixture(scope="module")
def projects(render: Render, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("projects")
    return {
        family: render(folder / family, family=family)
        for family in ("dense-binary", "dense-softmax", "multilabel", "regression", "separable-cnn", "stacked-lstm")
    }


@pytest.fixture
def copied(projects: dict[str, Path], tmp_path: Path) -> Render:
    """A copy that the test may spoil, without its data."""

    def copy(family: str) -> Path:
        destination = tmp_path / family
        shutil.copytree(projects[family], destination)
        return destination

    return copy


def error_of(project: Path, *arguments: object) -> str:
    done = run(project, *arguments, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not list(project.glob("runs/2*"))
    return done.stderr[done.stderr.index("error: ") :].strip()


SETTINGS = {
    "wrong key": ('epohcs = 3', "config.toml: unknown setting epohcs; did you mean epochs?"),
    "wrong type": ('epochs = "many"', "config.toml: epochs = 'many': Input should be a valid integer"),
    "out of range": ("test_fraction = 0.9", "config.toml: test_fraction = 0.9: Input should be less than 0.5"),
    "not a number": ("learning_rate = nan", "config.toml: learning_rate = nan: Input should be a finite number"),
    "empty list": ("units = []", "config.toml: units = []: List should have at least 1 item"),
    "wrong item": ("units = [32, 0]", "config.toml: units = 0: Input should be greater than 0"),
}  # fmt: skip


@pytest.mark.parametrize(("line", "message"), SETTINGS.values(), ids=SETTINGS)
def test_wrong_setting(line: str, message: str, copied: Render) -> None:
    project = copied("dense-binary")
    key = line.split(" =")[0]
    config = project / "config.toml"
    others = [old for old in config.read_text().splitlines() if not old.startswith(f"{key} =")]
    config.write_text("\n".join([*others, line]))
    assert message in error_of(project, "train")


def test_missing_setting(copied: Render) -> None:
    project = copied("dense-binary")
    config = project / "config.toml"
    config.write_text(re.sub("(?m)^epochs = .*\n", "", config.read_text()))
    assert error_of(project, "train") == "error: config.toml: the setting epochs is missing"


def test_no_toml(copied: Render) -> None:
    project = copied("dense-binary")
    (project / "config.toml").write_text("epochs: 3")
    assert "config.toml is not valid TOML" in error_of(project, "train")
    (project / "config.toml").unlink()
    assert "no config.toml here: run this in the project folder" in error_of(project, "train")


def test_wrong_flag(copied: Render) -> None:
    project = copied("dense-binary")
    assert "--epochs x: Input should be a valid integer" in error_of(project, "train", "--epochs", "x")
    done = run(project, "train", "--epohcs", "3", check=False)
    assert done.returncode == 2 and "unrecognized arguments: --epohcs 3" in done.stderr


def test_help_names_every_command_and_setting(copied: Render) -> None:
    project = copied("dense-binary")
    commands = run(project, "--help").stdout
    assert all(command in commands for command in ("train", "evaluate", "predict"))
    flags = run(project, "train", "--help").stdout
    keys = [line.split(" =")[0] for line in (project / "config.toml").read_text().splitlines() if " = " in line]
    assert len(keys) > 8 and all("--" + key.replace("_", "-") in flags for key in keys if not key.startswith("#"))


TABLES = {
    "missing file": ("dense-binary", None, "other.csv does not exist"),
    "empty file": ("dense-binary", "", "cannot be read as a table"),
    "no target": ("dense-binary", "a,b\n1,2\n", "has no column diagnosis; it has a, b"),
    "no labels": ("dense-binary", "a,diagnosis\n0.5,\n2,\n", "has no example with a target"),
    "one class": ("dense-softmax", "a,cultivar\n0.5,x\n2,x\n", "holds one class only"),
    "three classes": (
        "dense-binary",
        "a,diagnosis\n0.5,x\n2,y\n3,z\n",
        "must hold two classes, but it holds 3: x, y, z",
    ),
    "header only": ("dense-binary", "a,diagnosis\n", "other.csv has no rows"),
    "nothing but the target": ("dense-binary", "diagnosis\nx\ny\n", "has no column to learn from beside the target"),
    "columns that tell nothing": (
        "dense-binary",
        "a,b,c,diagnosis\n" + "1,,?,x\n1,,NA,y\n" * 9,
        "has no column to learn from beside the target",
    ),
    "label neither 0 nor 1": ("multilabel", "a,u,v\n0.5,0,1\n2,1,2\n", "column v, row 2: 2 is neither 0 nor 1"),
    "few rows": ("dense-binary", "a,diagnosis\n0.5,x\n2,y\n", "2 examples or groups are too few to split"),
    "no series id": (
        "stacked-lstm",
        "step,x,y,digit\n1,1,1,1\n",
        "has no column series or no step; it has step, x, y, digit. Set series_column",
    ),
    "row without series": ("stacked-lstm", "series,step,x,y,digit\n1,1,1,1,1\n,1,1,1,1\n", "row 2 has no series"),
    "step of words": (
        "stacked-lstm",
        "series,step,x,y,digit\n1,one,1,1,1\n",
        "column step, row 1 is no number or date",
    ),
    "two targets in a series": (
        "stacked-lstm",
        "series,step,x,y,digit\n1,1,1,1,1\n7,1,1,1,4\n7,2,1,1,5\n",
        "digit changes within series 7",
    ),
    "no feature": ("stacked-lstm", "series,step,x,digit\n1,1,1,1\n", "has no column y"),
}


@pytest.fixture(scope="module")
def refusal(imported: Import) -> Callable[..., str]:
    """Train on a file with this content, without a process of its own; return the line that says what is wrong."""
    projects = {}

    def get(family: str, path: Path, content: str, *flags: object) -> str:
        if family not in projects:
            projects[family] = imported(family=family, tables=True)  # lists of images, too
        project = projects[family]
        if content is not None:
            (project.folder / path).write_text(content)
        error = project.error("train", "--data-path", path, *flags)
        if content is not None:
            (project.folder / path).unlink()
        assert not list(project.folder.glob("runs/*"))
        return error

    return get


@pytest.mark.train
@pytest.mark.parametrize(("family", "content", "message"), TABLES.values(), ids=TABLES)
def test_wrong_table(family: str, content: str | None, message: str, refusal: Callable[..., str]) -> None:
    flags = ["--target", "u,v"] if family == "multilabel" else []
    assert message in refusal(family, "other.csv", content, *flags)


@pytest.mark.train
def test_a_folder_without_tables(refusal: Callable[..., str]) -> None:
    assert "src is a folder without tables (.csv, " in refusal("dense-binary", "src", None)


@pytest.mark.train
def test_a_broken_parquet_file(refusal: Callable[..., str]) -> None:
    assert "other.parquet cannot be read as a table" in refusal("dense-binary", "other.parquet", "no Parquet")


@pytest.mark.train
def test_wrong_data_in_a_process_of_its_own(copied: Render) -> None:
    project = copied("dense-softmax")
    _, content, _ = TABLES["one class"]
    assert content
    (project / "other.csv").write_text(content)
    assert "holds one class only" in error_of(project, "train", "--data-path", "other.csv")


@pytest.mark.train
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,digit\na.png,1\n", "has no column path"),
        ("path,digit\n,1\n", "row 1 has no path"),
        ("path,digit\n", "has no rows"),
    ],
)
def test_wrong_list_of_images(content: str, message: str, refusal: Callable[..., str]) -> None:
    assert message in refusal("separable-cnn", "list.csv", content)


@pytest.mark.train
def test_wrong_images(copied: Render) -> None:
    project = copied("separable-cnn")
    (project / "none").mkdir()
    assert "none holds no images (.png, " in error_of(project, "train", "--data-path", "none")
    shutil.copy(project / "data" / "digits" / "3" / "0003.png", project / "none")
    assert "none has no folder for each class, with its images in it" in error_of(
        project, "train", "--data-path", "none"
    )
    (project / "none" / "a").mkdir()
    (project / "none" / "0003.png").rename(project / "none" / "a" / "0003.png")
    assert "holds one class only" in error_of(project, "train", "--data-path", "none")
    (project / "none" / "a" / "0003.png").write_bytes(b"not an image")
    done = run(project, "train", "--data-path", "none", check=False)
    assert done.returncode == 1 and "error: none: none of the examples can be read" in done.stderr
    assert "Skipped: none/a/0003.png: cannot identify image file" in done.stdout


@pytest.mark.train
def test_predict_says_what_is_missing(copied: Render) -> None:
    project = copied("dense-binary")
    assert "no finished run in runs/latest: run the train command first" in error_of(
        project, "predict", "data/breast_cancer.csv", "--output", "p.csv"
    )
    run(project, "train", "--smoke")
    flags = ("data/breast_cancer.csv", "--output", "p.csv", "--run", "runs/smoke/model.keras")
    assert error_of(project, "predict", *flags).startswith("error: no finished run in runs/smoke/model.keras")
    sample = pd.read_csv(project / "data" / "breast_cancer.csv")
    sample.drop(columns="mean_area").to_csv(project / "less.csv", index=False)
    assert "less.csv has no column mean_area" in error_of(project, "predict", "less.csv", "--output", "p.csv")
    sample.assign(diagnosis="unclear").to_csv(project / "odd.csv", index=False)
    assert "'unclear' is none of the classes benign, malignant" in error_of(project, "evaluate", "odd.csv")
    assert not (project / "p.csv").exists()


@pytest.mark.train
def test_a_model_that_is_damaged_is_named(imported: Import) -> None:
    project = imported(family="dense-binary")
    project.main("train", "--smoke")
    file = project.folder / "runs" / "smoke" / "model.keras"
    whole = file.read_bytes()
    for damaged in (b"", whole[:3000], whole[:2000] + bytes(400) + whole[2400:], bytes(5000) + whole[5000:]):
        file.write_bytes(damaged)
        assert "runs/latest/model.keras cannot be read, train again: " in project.error("evaluate")
    file.unlink()
    assert project.error("evaluate") == "error: [Errno 2] No such file or directory: 'runs/latest/model.keras'"


@pytest.mark.train
def test_a_model_with_code_of_its_own_is_refused_unrun(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(family="dense-binary")
    project.main("train", "--smoke")
    monkeypatch.chdir(project.folder)
    inputs = keras.Input((1,))
    harmful = keras.layers.Lambda(lambda x: (open("owned", "w"), x)[1], output_shape=(1,))
    keras.Model(inputs, harmful(inputs)).save("runs/smoke/model.keras")
    (project.folder / "owned").unlink(missing_ok=True)  # of building the model here
    error = project.error("evaluate")
    assert "runs/latest/model.keras cannot be read, train again: " in error and "Lambda" in error
    assert not (project.folder / "owned").exists()
