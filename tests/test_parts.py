"""Data larger than memory: dealt out to parts on disk, trained on and predicted part by part."""

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Load, Render, run
from filelock import FileLock
from PIL import Image

SIDES = ("train", "validation", "test")


@pytest.fixture(scope="module")
def projects(imported: Import) -> Import:
    rendered = {}

    def get(family: str) -> Imported:
        if family not in rendered:
            rendered[family] = imported(family=family)
        return rendered[family]

    return get


@pytest.fixture
def deal_out(projects: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write a table, or a list of images, and deal it out, as if a thousandth of a megabyte were the memory."""

    def deal(
        frame: pd.DataFrame,
        family: str = "dense-binary",
        suffix: str = "csv",
        part: int = 50,
        memory_mb: float = 0.002,
        **settings: Any,
    ) -> Any:
        project = projects(family)
        path = tmp_path / f"table.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
        monkeypatch.setattr(project.module("data.read"), "PART", part)
        config = project.config(data_path=path, **{"target": ["t"]} | settings)
        monkeypatch.chdir(tmp_path)
        return project.module("data.dataset").load(config.model_copy(update={"memory_mb": memory_mb}))

    return deal


def table(rows: int = 600, **more: Any) -> pd.DataFrame:
    """Return a table whose number a tells the row, and with it the target."""
    numbers = np.arange(rows) * 3.0
    kinds = np.array(["red", "künstler", "x" * 40, ""])[np.arange(rows) % 4]
    return pd.DataFrame({"a": numbers, "kind": kinds, "t": np.where(np.arange(rows) % 2, "yes", "no")} | more)


def everything(data: Any) -> dict[str, Any]:
    """Read all parts of every side: raw inputs and targets."""
    return {side: data.parts.read(data.parts.of(side)) for side in SIDES}


def test_parquet_whose_values_repeat_is_as_large_as_its_rows(projects: Import, tmp_path: Path) -> None:
    path = tmp_path / "table.parquet"
    pd.DataFrame({"a": np.zeros(1_000_000), "t": "no"}).to_parquet(path)
    assert path.stat().st_size < 100_000
    assert projects("dense-binary").module("data.read").size_of(path, None) >= 8_000_000


@pytest.mark.parametrize("family", ["dense-softmax", "multilabel", "regression"])
def test_the_baseline_is_of_all_parts(family: str, deal_out: Load) -> None:
    frame = table(rows=600).assign(t=["x"] * 590 + ["y"] * 6 + ["z"] * 4)
    if family == "regression":
        frame["t"] = np.arange(600) ** 2
    data = deal_out(frame, family=family)
    targets = everything(data)["train"]["targets"][:, 0]
    expected = (
        [np.mean(targets.astype(float))]
        if family == "regression"
        else [np.mean(targets == name) for name in data.schema.outputs]
    )
    assert len(data.parts.of("train")) > 1
    np.testing.assert_allclose(data.schema.baseline, expected, rtol=1e-6)
    scored = [len(split.y) for split in (data.validation, data.test)]
    sizes = [data.parts.sizes[side] for side in SIDES]
    assert data.describe().startswith(
        f"600 examples: {sizes[0]} to train, {sizes[1]} to validate, {sizes[2]} to test;"
        f" scored on {scored[0]} and {scored[1]} of these"
    )


def rows_of(arrays: Any) -> Any:
    return (arrays["numbers"][:, 0] / 3).round().astype("int")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_every_row_is_dealt_out_once_with_its_values(
    suffix: str, deal_out: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = table()
    data = deal_out(frame, suffix=suffix)
    assert "is larger than memory_mb: dealing it out to " in capsys.readouterr().out
    sides = everything(data)
    assert sorted(np.concatenate([rows_of(arrays) for arrays in sides.values()])) == list(range(600))
    for side, arrays in sides.items():
        rows = rows_of(arrays)
        assert arrays["categories"][:, 0].tolist() == frame["kind"][rows].tolist()
        assert arrays["targets"][:, 0].tolist() == frame["t"][rows].tolist()
        assert data.parts.sizes[side] == len(rows)
        assert data.sizes[side] == len(rows)
    for split in (data.train, data.validation, data.test):
        assert (split.y[:, 0] == rows_of(split.x) % 2).all()
    assert [data.parts.sizes[side] / 600 for side in SIDES] == pytest.approx([0.7, 0.15, 0.15], abs=0.05)
    assert data.schema.outputs == ["no", "yes"] and data.record is None


def test_each_part_is_a_sample_of_all(deal_out: Load) -> None:
    data = deal_out(table(6000), memory_mb=0.02)
    parts = data.parts.of("train")
    assert len(parts) == data.parts.count > 5
    for part in parts:
        rows = rows_of(data.parts.read([part]))
        assert rows.min() < 1500 and rows.max() > 4500
        assert 30 < len(rows) < 0.7 * 6000


def test_same_seed_same_split_other_seed_another(deal_out: Load) -> None:
    first, again, other = (deal_out(table(), seed=seed) for seed in (3, 3, 4))
    rows = [rows_of(data.test.x).tolist() for data in (first, again, other)]
    assert rows[0] == rows[1] != rows[2]
    assert first.schema == again.schema


def test_a_changed_value_changes_the_fingerprint(deal_out: Load) -> None:
    changed = table()
    changed.loc[599, "kind"] = "blue"
    assert deal_out(table()).schema.fingerprint != deal_out(changed).schema.fingerprint


@pytest.mark.parametrize("kind", ["text", "numbers"])
def test_a_group_stays_on_one_side(kind: str, deal_out: Load) -> None:
    groups = np.random.default_rng(0).integers(0, 80, 1200)
    who = [f"patient {group}" for group in groups] if kind == "text" else groups
    sides = everything(deal_out(table(1200, who=who), group_column="who"))
    seen = [{groups[row] for row in rows_of(arrays)} for arrays in sides.values()]
    assert sum(map(len, seen)) == 80 and all(seen)
    assert all(arrays["numbers"].shape[1] == 1 for arrays in sides.values())


def test_rows_without_a_target_are_left_out_and_counted(deal_out: Load, capsys: pytest.CaptureFixture[str]) -> None:
    frame = table()
    frame.loc[[5, 70, 599], "t"] = None
    data = deal_out(frame)
    assert "Left out: 3 " in capsys.readouterr().out
    assert sum(data.parts.sizes.values()) == 597


def test_parts_without_any_target(deal_out: Load) -> None:
    frame = table()
    frame.loc[50:149, "t"] = None
    assert sum(deal_out(frame).parts.sizes.values()) == 500


def test_classes_that_come_late(deal_out: Load) -> None:
    frame = table(t=["a"] * 590 + ["b"] * 10)
    assert deal_out(frame).schema.outputs == ["a", "b"]
    with pytest.raises(Exception, match="must hold two classes, but it holds 3"):
        deal_out(table(t=["a"] * 300 + ["b"] * 299 + ["c"]))


def test_several_targets_and_lists_of_labels(deal_out: Load) -> None:
    rows = np.arange(600)
    data = deal_out(table(t=rows * 1e5, u=-1e-3 * rows), "regression", target=["t", "u"])
    for split in (data.train, data.validation, data.test):
        np.testing.assert_allclose(split.y, rows_of(split.x)[:, np.newaxis] * [1e5, -1e-3], rtol=1e-5)
    labels = np.array(["", "a", "a|b", "c"])
    data = deal_out(table(t=labels[rows % 4]), "multilabel")
    expected = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(data.test.y, expected[rows_of(data.test.x) % 4])


def test_a_test_set_of_its_own(deal_out: Load, tmp_path: Path) -> None:
    table(40).to_csv(tmp_path / "apart.csv", index=False)
    data = deal_out(table(), test_path=str(tmp_path / "apart.csv"))
    assert rows_of(data.test.x).tolist() == list(range(40))
    assert data.parts.sizes["train"] + data.parts.sizes["validation"] == 600 and not data.parts.of("test")


def test_errors_name_the_row_of_the_file(deal_out: Load) -> None:
    frame = table()
    frame["a"] = frame["a"].astype(object)
    frame.loc[432, "a"] = "much"
    with pytest.raises(Exception, match="column a, row 433: 'much' is not a finite number"):
        deal_out(frame)


def test_time_needs_memory(deal_out: Load) -> None:
    with pytest.raises(Exception, match="time_column needs all data in memory: raise memory_mb"):
        deal_out(table(when=range(600)), time_column="when")


def test_parts_are_removed(deal_out: Load, tmp_path: Path) -> None:
    data = deal_out(table())
    assert list(tmp_path.glob("runs/parts-*"))
    del data
    gc.collect()
    assert not list(tmp_path.glob("runs/parts-*"))
    with pytest.raises(Exception, match="holds one class"):
        deal_out(table(t="same"), "dense-softmax")
    gc.collect()
    assert not list(tmp_path.glob("runs/parts-*"))


def test_parts_of_a_killed_training_are_removed_by_the_next(deal_out: Load, tmp_path: Path) -> None:
    for name in ("parts-old", "parts-used"):
        (tmp_path / "runs" / name / "train-0").mkdir(parents=True)
    with FileLock(tmp_path / "runs" / "parts-used" / "lock"):
        data = deal_out(table())
        own = data.parts.folder.name.split("/")[-1]
        assert {path.name for path in tmp_path.glob("runs/*")} == {"parts-used", own}


def test_images_are_dealt_out_too(projects: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(200):
        path = tmp_path / "data" / f"class{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(path)
    (tmp_path / "data" / "class0" / "broken.png").write_bytes(b"")
    project = projects("separable-cnn")
    monkeypatch.setattr(project.module("data.read"), "PART", 30)
    monkeypatch.chdir(tmp_path)
    config = project.config(data_path=tmp_path / "data", target=["t"], image_size=[8, 8])
    data = project.module("data.dataset").load(config.model_copy(update={"memory_mb": 0.02}))
    sides = everything(data)
    levels = {side: arrays["image"][:, 0, 0, 0].tolist() for side, arrays in sides.items()}
    assert sorted(sum(levels.values(), [])) == list(range(200))
    for side, arrays in sides.items():
        assert arrays["targets"][:, 0].tolist() == [f"class{level % 2}" for level in levels[side]]
    assert (data.test.x["image"][:, 0, 0, 0] % 2 == data.test.y).all()


def test_images_beside_the_folders_of_classes_are_left_out(
    projects: Import, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ["stray.png", *(f"{kind}/{number}.png" for kind in "abc" for number in range(20))]:
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8)).save(tmp_path / "data" / name)
    project = projects("separable-cnn")
    data = project.module("data.dataset").load(project.config(data_path=tmp_path / "data"))
    assert "Left out: 1 of 61 examples without a target" in capsys.readouterr().out
    assert data.schema.outputs == ["a", "b", "c"] and (data.record["split"] == "").sum() == 1


# Training and predicting


def test_some_of_the_rows_come_from_all_over_a_table_sorted_by_target(
    projects: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects("dense-softmax")
    table(3000, t=np.repeat(["a", "b", "c"], 1000)).to_csv(tmp_path / "table.csv", index=False)
    monkeypatch.setattr(project.module("data.read"), "PART", 500)
    config = project.config(data_path=tmp_path / "table.csv", target=["t"]).model_copy(update={"memory_mb": 0.05})
    data = project.module("data.dataset").load(config, whole=False)
    assert data.schema.outputs == ["a", "b", "c"] and np.allclose(data.schema.baseline, 1 / 3, atol=0.05)
    assert 30 <= sum(data.sizes.values()) <= 400 and data.parts is None


def test_some_of_the_images_come_from_every_folder(
    projects: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = projects("separable-cnn")
    for number in range(90):
        path = tmp_path / "data" / "abc"[number // 30] / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(path)
    monkeypatch.setattr(project.module("data.read"), "PART", 20)
    config = project.config(data_path=tmp_path / "data").model_copy(update={"memory_mb": 0.02})
    data = project.module("data.dataset").load(config, whole=False)
    assert data.schema.outputs == ["a", "b", "c"]


def large(rows: int = 14_000) -> pd.DataFrame:
    """Return a table that takes more than a megabyte and can be learned."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(rows, 3)).round(6), columns=[*"abc"])
    frame["kind"] = rng.choice(["künstler", "smith", "clerk"], rows)
    score = frame["a"] + (frame["kind"] == "smith") * 2 + rng.normal(0, 0.5, rows)
    frame["t"] = np.where(score > 1.7, "yes", "no")
    frame.loc[::10, "b"] = np.nan
    return frame


FLAGS = ("--data-path", "large.csv", "--target", "t", "--epochs", 2)


@pytest.fixture(scope="module")
def trained_in_parts(projects: Import) -> tuple[Imported, str]:
    project = projects("dense-binary")
    large().to_csv(project.folder / "large.csv", index=False)
    return project, project.main("train", *FLAGS, "--memory-mb", 1)


@pytest.mark.train
def test_training_in_parts_learns_as_in_memory(trained_in_parts: tuple[Imported, str]) -> None:
    project, said = trained_in_parts
    assert "large.csv is larger than memory_mb" in said and "14000 examples" in said
    gc.collect()  # a process of its own removes them at its end
    assert not list(project.folder.glob("runs/parts-*"))
    scores = project.metrics
    assert scores["test"]["accuracy"] > max(0.85, scores["baseline"]["accuracy"] + 0.1)
    again = project.main("evaluate")
    assert f"{scores['test']['accuracy']:.4g}" in again
    gc.collect()
    assert not list(project.folder.glob("runs/parts-*"))
    project.main("train", *FLAGS)
    assert project.metrics["test"]["accuracy"] == pytest.approx(scores["test"]["accuracy"], abs=0.03)


@pytest.mark.train
def test_a_smoke_training_of_large_data_can_be_measured_again(trained_in_parts: tuple[Imported, str]) -> None:
    project, _ = trained_in_parts
    project.main("train", *FLAGS, "--memory-mb", 1, "--smoke")
    said = project.main("evaluate", "--run", "runs/smoke")
    assert "accuracy" in said and "dealing it out" not in said


@pytest.mark.train
def test_rare_classes_count_in_parts_too(trained_in_parts: tuple[Imported, str]) -> None:
    project, _ = trained_in_parts
    project.main("train", *FLAGS, "--memory-mb", 1, "--balance-classes", "true")
    assert project.metrics["test"]["balanced_accuracy"] > 0.85


@pytest.mark.train
def test_predictions_in_parts_are_those_at_once(
    trained_in_parts: tuple[Imported, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = trained_in_parts
    large().head(500).to_csv(project.folder / "some.csv", index=False)
    at_once = project.predict("some.csv")
    monkeypatch.setattr(project.module("data.read"), "PART", 7)
    in_parts = project.predict("some.csv")
    assert len(at_once) == 500 and list(at_once["prediction"]) == list(in_parts["prediction"])
    pd.testing.assert_frame_equal(at_once.iloc[:, 1:].astype(float), in_parts.iloc[:, 1:].astype(float), atol=1e-6)


@pytest.mark.train
def test_an_error_in_a_late_part_leaves_no_predictions(
    trained_in_parts: tuple[Imported, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = trained_in_parts
    frame = large().head(100).astype({"a": object})
    frame.loc[90, "a"] = "much"
    frame.to_csv(project.folder / "wrong.csv", index=False)
    monkeypatch.setattr(project.module("data.read"), "PART", 7)
    (project.folder / "new").mkdir(exist_ok=True)
    error = project.error("predict", "wrong.csv", "--output", "new/p.csv")
    assert error == "error: wrong.csv: column a, row 91: 'much' is not a finite number"
    assert not list((project.folder / "new").iterdir())


@pytest.mark.train
def test_images_in_parts(projects: Import) -> None:
    project = projects("separable-cnn")
    flags = ("--image-size", "16,16", "--memory-mb", 1, "--epochs", 3, "--filters", "[[16,32],[32]]")
    said = project.main("train", *flags)
    assert "larger than memory_mb" in said and project.metrics["test"]["accuracy"] > 0.4


@pytest.mark.train
def test_jax_trains_in_parts(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary", backend="jax")
    large().to_csv(project / "large.csv", index=False)
    said = run(project, "train", *FLAGS, "--memory-mb", 1).stdout
    assert "larger than memory_mb" in said and (project / "runs" / "latest" / "metrics.json").is_file()
    assert not list(project.glob("runs/parts-*"))
