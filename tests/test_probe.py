"""Answers are proposed from the user's data: input, target, task, family, series columns."""

import os
import shutil
import tomllib

import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import ROOT, commit, copier_command, git
from PIL import Image

SAMPLES = ROOT / "template" / "data"


def answers_for(render, tmp_path, data_path, **answers):
    project = render(tmp_path / "p", data_path=str(data_path), **answers)
    return yaml.safe_load((project / ".copier-answers.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "target", "expected"),
    [
        ("breast_cancer.csv", None, {"target": "diagnosis", "task": "binary", "family": "dense-binary"}),
        ("wine.csv", None, {"target": "cultivar", "task": "multiclass", "family": "dense-softmax"}),
        ("diabetes.csv", None, {"target": "progression", "task": "regression", "family": "regression"}),
        ("diabetes.csv", "sex", {"task": "binary", "family": "dense-binary"}),
        ("diabetes.csv", "bmi, bp", {"task": "regression", "family": "regression"}),
        ("digit_segments.csv", None, {"target": "segments", "task": "multilabel", "family": "multilabel"}),
        ("pen_digits.csv", "digit", {"input": "series", "task": "multiclass", "family": "stacked-lstm"}),
        ("pen_digits.csv", "parity", {"input": "series", "task": "binary", "family": "stacked-lstm"}),
    ],
)
def test_the_samples_as_a_users_data(file, target, expected, render, tmp_path):
    given = {"target": target} if target else {}
    answers = answers_for(render, tmp_path, SAMPLES / file, **given)
    assert expected.items() <= answers.items()


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_separators_and_encodings(separator, encoding, render, tmp_path):
    frame = pd.DataFrame({"größe": [1, 2, 3] * 20, "class": ["süß", "herb", "?"] * 20})
    frame.to_csv(tmp_path / "t.csv", sep=separator, encoding=encoding, index=False)
    answers = answers_for(render, tmp_path, tmp_path / "t.csv")
    assert (answers["target"], answers["task"]) == ("class", "binary")


def test_parquet(render, tmp_path):
    pd.DataFrame({"a": [0.5, 1.5] * 30, "label": [1, 2] * 30}).to_parquet(tmp_path / "t.parquet")
    answers = answers_for(render, tmp_path, tmp_path / "t.parquet")
    assert (answers["target"], answers["task"]) == ("label", "binary")


def test_columns_of_zeros_and_ones_are_labels(render, tmp_path):
    pd.DataFrame({"a": range(40), "wet": [0, 1] * 20, "warm": [1, 1, 0, 0] * 10}).to_csv(
        tmp_path / "t.csv", index=False
    )
    assert answers_for(render, tmp_path, tmp_path / "t.csv", target="wet,warm")["family"] == "multilabel"


@pytest.mark.parametrize(("classes", "task"), [(2, "binary"), (3, "multiclass")])
def test_folders_of_images(classes, task, render, tmp_path):
    for number in range(classes):
        (tmp_path / "photos" / f"class {number}").mkdir(parents=True)
        Image.new("RGB", (20, 10)).save(tmp_path / "photos" / f"class {number}" / "a.JPG", "jpeg")
    (tmp_path / "photos" / ".thumbs").mkdir()
    answers = answers_for(render, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["task"], answers["family"]) == ("images", task, "separable-cnn")


def test_list_of_images(render, tmp_path):
    shutil.copy(SAMPLES / "digits.csv", tmp_path)
    answers = answers_for(render, tmp_path, tmp_path / "digits.csv", target="parity")
    assert (answers["input"], answers["task"]) == ("images", "binary")


def test_columns_of_series_are_found_and_kept(render, own_template, tmp_path):
    series = pd.DataFrame({"Sensor_ID": np.repeat(["a", "b"], 30), "Time": [*range(30)] * 2, "v": 1.5, "label": 3})
    series.to_csv(tmp_path / "log.csv", index=False)
    project = render(tmp_path / "p", source=own_template, data_path=str(tmp_path / "log.csv"))
    settings = tomllib.loads((project / "config.toml").read_text())
    assert (settings["series_column"], settings["step_column"], settings["target"]) == ("Sensor_ID", "Time", ["label"])
    commit(project, "Start")
    (tmp_path / "log.csv").unlink()
    done = copier_command("update", "--trust", "--defaults", "--skip-tasks", project)
    assert done.returncode == 0, done.stderr
    assert git(project, "status", "--porcelain") == ""


def test_a_huge_file_is_sampled(render, tmp_path):
    with open(tmp_path / "huge.csv", "wb") as file:
        file.write(b"a,b,kind\n" + b"1,2,x\n" * 10)
        file.truncate(4 * 2**30)  # a sparse file of 4 GiB
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + b"1,2,y\n3,4,z\n" * 10)
    answers = answers_for(render, tmp_path, tmp_path / "huge.csv")
    assert (answers["target"], answers["task"]) == ("kind", "multiclass")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\x00\xff\xfe", b"a,b\n", b'"unclosed\n1,2', b"a;b,c\n1\n2;3;4;5\n", b"{{ a }},b\n1,2\n"]
)
def test_a_strange_file_stops_no_interview(content, render, tmp_path):
    (tmp_path / "t.csv").write_bytes(content)
    assert answers_for(render, tmp_path, tmp_path / "t.csv")["input"] == "table"


WRONG = {
    "missing file": ({"data_path": "nowhere.csv"}, "data_path: nowhere.csv does not exist (looked in "),
    "mistyped target": ({"target": "diagnosys"}, "target: no column 'diagnosys' in"),
    "one of two targets": ({"target": "mean_area, nothing"}, "target: no column 'nothing' in"),
}


@pytest.mark.parametrize(("answers", "message"), WRONG.values(), ids=WRONG)
def test_wrong_data_is_one_line(answers, message, template, tmp_path):
    given = {"data_path": str(SAMPLES / "breast_cancer.csv")} | answers
    options = [option for name, value in given.items() for option in ("-d", f"{name}={value}")]
    done = copier_command("copy", "--trust", "--defaults", *options, template, tmp_path / "p")
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert message in done.stderr and "Traceback" not in done.stderr


def test_did_you_mean(template, tmp_path):
    data = f"data_path={SAMPLES / 'breast_cancer.csv'}"
    done = copier_command(
        "copy", "--trust", "--defaults", "-d", data, "-d", "target=diagnosys", template, tmp_path / "p"
    )
    assert "did you mean 'diagnosis'?" in done.stderr
