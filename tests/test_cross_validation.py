"""Cross-validation: what is in which fold, and mean and spread of the scores."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported
from test_references import write_thresholds

QUICK = ("--epochs", 1, "--references", "false")


def newest(project: Imported) -> Path:
    """Return the folder of the newest cross-validation."""
    return max(project.folder.glob("runs/*_cross-validation"), key=lambda folder: folder.stat().st_mtime_ns)


def folds_of(project: Imported, path: Path, count: int, **settings: Any) -> list[Any]:
    """Return the split of every example in each fold."""
    config = project.config(data_path=path, target=["t"], **settings)
    folds = project.module("data.folds").load_folds(config, count)
    return [data.record["split"].to_numpy() for data in folds]


def write(path: Path, **columns: Any) -> Path:
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def test_each_example_is_tested_once_and_shares_of_classes_are_the_same(projects: Import, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    classes = rng.permutation(["no"] * 90 + ["yes"] * 30)
    path = write(tmp_path / "t.csv", a=rng.normal(size=120), t=classes)
    splits = folds_of(projects("dense-binary"), path, 3)
    assert (sum((split == "test").astype(int) for split in splits) == 1).all()
    for split in splits:
        assert (split == "test").sum() == 40 and (classes[split == "test"] == "yes").sum() == 10
        assert set(split) == {"train", "validation", "test"}


def test_groups_stay_in_one_split_and_so_do_repeated_rows(projects: Import, tmp_path: Path) -> None:
    who, a = np.repeat(np.arange(40), 3), np.random.default_rng(0).normal(size=120)
    path = write(tmp_path / "groups.csv", a=a, who=[f"w{n}" for n in who], t=np.where(who % 2, "x", "y"))
    project = projects("dense-binary")
    for split in folds_of(project, path, 4, group_column="who", features=["a"]):
        assert pd.Series(split).groupby(who).nunique().max() == 1 and set(split) == {"train", "validation", "test"}

    twins = np.arange(120) % 100
    path = write(tmp_path / "twins.csv", a=a[twins], t=np.where(twins % 2, "x", "y"))
    for split in folds_of(project, path, 4):
        assert pd.Series(split).groupby(twins).nunique().max() == 1
    path = write(tmp_path / "numbers.csv", a=a, who=[f"w{n}" for n in who], t=a + who)
    for split in folds_of(projects("regression"), path, 4, group_column="who", features=["a"]):
        assert pd.Series(split).groupby(who).nunique().max() == 1


@pytest.mark.parametrize("family", ["dense-binary", "regression"])
def test_by_time_what_follows_is_tested(projects: Import, tmp_path: Path, family: str) -> None:
    rng = np.random.default_rng(0)
    day = rng.permutation(120)
    target = np.where(rng.random(120) > 0.5, "x", "y") if family == "dense-binary" else rng.normal(size=120)
    path = write(tmp_path / "t.csv", a=rng.normal(size=120), day=day, t=target)
    splits = folds_of(projects(family), path, 3, time_column="day", features=["a"])
    for number, split in enumerate(splits, 1):
        train, validation, test = (day[split == name] for name in ("train", "validation", "test"))
        assert train.max() < validation.min() and validation.max() < test.min()
        assert list(np.sort(test)) == [*range(30 * number, 30 * (number + 1))]


def test_forecasts_are_of_what_follows(projects: Import, tmp_path: Path) -> None:
    steps = np.arange(300)
    path = write(tmp_path / "t.csv", step=steps, t=np.sin(steps) + steps / 100)
    settings = {"step_column": "step", "window": 12, "horizon": 3}
    splits = folds_of(projects("stacked-lstm", "forecast"), path, 3, **settings)
    assert len(splits) == 3
    for split in splits:
        train, validation, test = (np.flatnonzero(split == name) for name in ("train", "validation", "test"))
        assert train.max() < validation.min() and validation.max() < test.min()


@pytest.mark.train
def test_mean_and_spread_are_printed_and_kept(projects: Import) -> None:
    project = projects("dense-binary")
    said = project.main("cross-validate", "--folds", 2, *QUICK)
    result = json.loads((newest(project) / "cross_validation.json").read_text())
    found = [of_fold["network"]["auc"] for of_fold in result["each"]]
    assert result["folds"] == len(found) == 2 and result["tested"] == 569
    assert result["mean"]["network"]["auc"] == pytest.approx(np.mean(found))
    assert result["spread"]["network"]["auc"] == pytest.approx(np.std(found, ddof=1))
    shown = f"{np.mean(found):.4g} ± {np.std(found, ddof=1):.2g}"
    assert shown in next(line for line in said.splitlines() if line.startswith("auc"))
    assert "standard deviation between the folds" in said and result["verdict"] in said
    assert said.count("Fold ") == 2 and "to validate" not in said
    assert "to validate" in (newest(project) / "fold_1" / "log.txt").read_text()
    assert not (project.folder / "runs" / "latest").exists()
    assert "no finished run" in project.error("runs")


@pytest.mark.train
@pytest.mark.thorough
def test_references_have_a_spread_too_and_the_verdict_is_on_all_folds(projects: Import, tmp_path: Path) -> None:
    project = projects("dense-binary")
    path = write_thresholds(tmp_path / "t.csv", rows=400)
    flags = ("--data-path", path, "--target", "label", "--features", "a,b,place", "--folds", 2, "--epochs", 1)
    said = project.main("cross-validate", *flags)
    result = json.loads((newest(project) / "cross_validation.json").read_text())
    assert [*result["mean"]] == [*result["spread"]] == ["network", "baseline", "linear", "boosted_trees"]
    assert "better here: AUC" in said or "no better than the baseline" in said
    project.main("train", *QUICK)
    listed = next(line for line in project.main("runs").splitlines() if line.startswith("Cross-validations: "))
    assert newest(project).name in listed


@pytest.mark.train
@pytest.mark.thorough
def test_other_inputs_are_cross_validated_too(projects: Import) -> None:
    for family, task in (("stacked-lstm", "forecast"), ("separable-cnn", None)):
        said = projects(family, task).main("cross-validate", "--folds", 2, *QUICK)
        assert "Mean ± spread of 2 folds" in said and "nan" not in said and "_step_" not in said


def test_what_is_left_out_and_what_is_too_little_is_said(
    projects: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = projects("dense-binary")
    path = write(tmp_path / "t.csv", a=np.arange(40) * 1.5, t=["x", "y"] * 20)
    folds_of(project, path, 2, test_path=str(path))
    assert f"Left out: {path}, because each fold is a test" in capsys.readouterr().out
    assert project.error("cross-validate", "--folds", 1) == "error: --folds 1: 2 or more, please"
    path = write(tmp_path / "t.csv", a=[1.5, 2.5, 3.5, 4.5], t=["x", "y", "x", "y"])
    error = project.error("cross-validate", "--data-path", path, "--target", "t")
    assert "too little data for 5 folds" in error


@pytest.mark.train
def test_ctrl_c_in_one_fold_ends_all(projects: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = projects("dense-binary")
    checkpoint = project.module("training.checkpoint").Checkpoint
    learning_rate = checkpoint.learning_rate

    def interrupt(self: Any, *arguments: Any) -> Any:
        self.interrupted = True
        return learning_rate(self, *arguments)

    monkeypatch.setattr(checkpoint, "learning_rate", interrupt)
    assert "stopped in fold 1 of 5: there is no result" in project.error("cross-validate", *QUICK)
    assert not (newest(project) / "cross_validation.json").exists()


def test_data_larger_than_memory_is_not_cross_validated(imported: Import, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", a=[1.5, 2.5, 3.5, 4.5] * 5, t=["x", "y"] * 10)
    project = imported(data_path=str(path), target="t", large=True)
    with pytest.raises(SystemExit):
        project.main("cross-validate")
