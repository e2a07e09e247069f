"""Data larger than memory (`large=true`): read in shards, with the same outcome as in memory."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Render, run
from PIL import Image

SPLITS = ["train", "validation", "test"]


@pytest.fixture(scope="module")
def large_projects(imported: Import) -> Callable[[str], Imported]:
    """An untrained project for large data of each family, rendered once."""
    rendered: dict[str, Imported] = {}

    def get(family: str) -> Imported:
        if family not in rendered:
            rendered[family] = imported(family=family, large=True)
        return rendered[family]

    return get


@pytest.fixture
def load(large_projects: Callable[[str], Imported], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    """Write a table and load it as if some thousandths of a megabyte were the memory."""

    def load_table(
        frame: pd.DataFrame, family: str = "dense-binary", suffix: str = "csv", memory_mb: float = 0.01, **settings: Any
    ) -> Any:
        project = large_projects(family)
        path = tmp_path / f"table.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
        config = project.config(data_path=path, **{"target": ["t"]} | settings)
        monkeypatch.chdir(tmp_path)
        return project.module("data.dataset").load(config.model_copy(update={"memory_mb": memory_mb}))

    return load_table


def table(rows: int = 600, **more: Any) -> pd.DataFrame:
    """Return a table whose number a tells the row, and with it the target."""
    numbers = np.arange(rows) * 3.0
    kinds = np.array(["red", "künstler", "x" * 40, ""])[np.arange(rows) % 4]
    return pd.DataFrame({"a": numbers, "kind": kinds, "t": np.where(np.arange(rows) % 2, "yes", "no")} | more)


def rows_of(x: Any) -> np.ndarray:
    """Return the rows of the table that inputs come from."""
    return (x["numbers"][:, 0] / 3).round().astype("int")


def rows_in_shards(data: Any) -> list[int]:
    """Return the rows that are trained on, shard after shard."""
    return [row for number in range(len(data.shards)) for row in rows_of(data.shards.read(number)[0])]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_every_row_is_in_one_split_with_its_values(
    suffix: str, load: Callable, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = table()
    data = load(frame, suffix=suffix)
    assert "is larger than memory_mb: it is read in shards of " in capsys.readouterr().out
    split_of = data.record["split"].to_numpy()
    trained_on = rows_in_shards(data)
    assert sorted(trained_on) == np.flatnonzero(split_of == "train").tolist() and len(data.shards) > 3
    shares = [np.mean(split_of == split) for split in SPLITS]
    assert shares == pytest.approx([0.7, 0.15, 0.15], abs=0.01)
    for split in SPLITS:
        rows = rows_of(getattr(data, split).x)
        assert (split_of[rows] == split).all()
        assert getattr(data, split).x["categories"][:, 0].tolist() == frame["kind"][rows].tolist()
        assert (getattr(data, split).y[:, 0] == rows % 2).all()
    for number in range(len(data.shards)):
        x, y, *_ = data.shards.read(number)
        assert (y[:, 0] == rows_of(x) % 2).all() and len(y) == data.shards.sizes[number]
    assert data.schema.outputs == ["no", "yes"]
    assert data.describe().startswith(
        f"600 examples: {sum(split_of == 'train')} to train, {sum(split_of == 'validation')} to validate,"
        f" {sum(split_of == 'test')} to test; scored on {len(data.validation.y)} and {len(data.test.y)} of these"
    )


def test_each_shard_is_a_sample_of_all(load: Callable) -> None:
    data = load(table(6000), memory_mb=0.1)
    assert len(data.shards) > 5
    for number in range(len(data.shards)):
        rows = rows_of(data.shards.read(number)[0])
        assert rows.min() < 1500 and rows.max() > 4500
    sizes = data.shards.sizes
    assert max(sizes) - min(sizes) <= len(sizes)


def test_same_seed_same_split_other_seed_another(load: Callable) -> None:
    first, again, other = (load(table(), seed=seed) for seed in (3, 3, 4))
    rows = [rows_of(data.test.x).tolist() for data in (first, again, other)]
    assert rows[0] == rows[1] != rows[2]
    assert first.schema == again.schema


def test_a_changed_value_changes_the_fingerprint(load: Callable) -> None:
    changed = table()
    changed.loc[599, "kind"] = "blue"
    assert load(table()).schema.fingerprint != load(changed).schema.fingerprint


@pytest.mark.parametrize("kind", ["text", "numbers"])
def test_a_group_stays_in_one_split(kind: str, load: Callable) -> None:
    groups = np.random.default_rng(0).integers(0, 80, 1200)
    who = [f"patient {group}" for group in groups] if kind == "text" else groups
    data = load(table(1200, who=who), group_column="who")
    split_of = data.record["split"].to_numpy()
    seen = [set(groups[split_of == split]) for split in SPLITS]
    assert sum(map(len, seen)) == 80 and all(seen)
    assert data.train.x["numbers"].shape[1] == 1


def test_the_latest_are_for_the_test(load: Callable) -> None:
    data = load(table(when=range(600)), time_column="when")
    assert rows_of(data.test.x).min() > max(rows_in_shards(data))


def test_rows_without_a_target_are_left_out_and_counted(load: Callable, capsys: pytest.CaptureFixture[str]) -> None:
    frame = table()
    frame.loc[[5, 70, *range(100, 200)], "t"] = None
    data = load(frame)
    assert "Left out: 102 of 600 examples without a target" in capsys.readouterr().out
    assert len(data.record) == 498


def test_classes_that_come_late(load: Callable) -> None:
    assert load(table(t=["a"] * 590 + ["b"] * 10)).schema.outputs == ["a", "b"]
    with pytest.raises(Exception, match="must hold two classes, but it holds 3"):
        load(table(t=["a"] * 300 + ["b"] * 299 + ["c"]))


@pytest.mark.parametrize("family", ["dense-softmax", "multilabel", "regression"])
def test_the_baseline_is_of_all_shards(family: str, load: Callable) -> None:
    frame = table().assign(t=["x"] * 590 + ["y"] * 6 + ["z"] * 4)
    if family == "regression":
        frame["t"] = np.arange(600) ** 2
    data = load(frame, family=family)
    targets = frame["t"].to_numpy()[rows_in_shards(data)]
    expected = [np.mean(targets)] if family == "regression" else [np.mean(targets == n) for n in data.schema.outputs]
    np.testing.assert_allclose(data.schema.mean, expected, rtol=1e-6)


def test_several_targets_and_lists_of_labels(load: Callable) -> None:
    rows = np.arange(600)
    data = load(table(t=rows * 1e5, u=-1e-3 * rows), "regression", target=["t", "u"])
    for split in SPLITS:
        x, y, *_ = getattr(data, split)
        np.testing.assert_allclose(y, rows_of(x)[:, np.newaxis] * [1e5, -1e-3], rtol=1e-5)
    labels = np.array(["", "a", "a|b", "c"])
    data = load(table(t=labels[rows % 4]), "multilabel")
    expected = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]])
    np.testing.assert_array_equal(data.test.y, expected[rows_of(data.test.x) % 4])


def test_a_test_set_of_its_own(load: Callable, tmp_path: Path) -> None:
    table(40).to_csv(tmp_path / "apart.csv", index=False)
    data = load(table(), test_path=str(tmp_path / "apart.csv"))
    assert rows_of(data.test.x).tolist() == list(range(40))
    assert set(data.record["split"]) == {"train", "validation"} and len(data.record) == 600


def test_errors_name_the_row_of_the_file(load: Callable) -> None:
    frame = table()
    frame["when"] = pd.Series(range(len(frame))).astype(object)
    frame.loc[432, "when"] = "late"
    with pytest.raises(Exception, match="column when, row 433 is no number or date"):
        load(frame, time_column="when")


def images(folder: Path, count: int = 200) -> None:
    """Write grey images whose level is their number, in two classes; one is broken."""
    for number in range(count):
        path = folder / f"class{number % 2}" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), number).save(path)
    (folder / "class0" / "broken.png").write_bytes(b"")


def test_images_come_in_shards_too(
    large_projects: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    images(tmp_path / "data")
    project = large_projects("separable-cnn")
    monkeypatch.chdir(tmp_path)
    config = project.config(data_path=tmp_path / "data", target=["t"], image_size=[8, 8])
    data = project.module("data.dataset").load(config.model_copy(update={"memory_mb": 0.02}))
    levels = []
    for number in range(len(data.shards)):
        x, y, *_ = data.shards.read(number)
        assert (x["image"][:, 0, 0, 0] % 2 == y).all()
        levels += x["image"][:, 0, 0, 0].tolist()
    names = data.record["path"][data.record["split"] == "train"]
    expected = {int(Path(name).stem) for name in names if "broken" not in name}
    assert set(levels) == expected and len(levels) == len(expected)
    assert (data.test.x["image"][:, 0, 0, 0] % 2 == data.test.y).all()


def test_images_beside_the_folders_of_classes_are_left_out(
    large_projects: Callable, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["stray.png", *(f"{kind}/{number}.png" for kind in "abc" for number in range(20))]
    for shade, name in enumerate(names):  # equal ones would stay in one split
        (tmp_path / "data" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 8), shade).save(tmp_path / "data" / name)
    project = large_projects("separable-cnn")
    data = project.module("data.dataset").load(project.config(data_path=tmp_path / "data"))
    assert "Left out: 1 of 61 examples without a target" in capsys.readouterr().out
    assert data.schema.outputs == ["a", "b", "c"] and (data.record["split"] == "").sum() == 1


def test_a_sample_comes_from_all_over_a_table_sorted_by_target(large_projects: Callable, tmp_path: Path) -> None:
    project = large_projects("dense-softmax")
    table(3000, t=np.repeat(["a", "b", "c"], 1000)).to_csv(tmp_path / "table.csv", index=False)
    config = project.config(data_path=tmp_path / "table.csv", target=["t"]).model_copy(update={"memory_mb": 0.2})
    data = project.module("data.dataset").load(config, whole=False)
    assert data.schema.outputs == ["a", "b", "c"] and np.allclose(data.schema.mean, 1 / 3, atol=0.1)
    assert 30 <= len(data.record) <= 400 and data.shards is None and not data.schema.whole


# Training and predicting


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
def trained_in_shards(large_projects: Callable) -> tuple[Imported, str]:
    project = large_projects("dense-binary")
    large().to_csv(project.folder / "large.csv", index=False)
    return project, project.main("train", *FLAGS, "--memory-mb", 1)


@pytest.mark.train
def test_training_in_shards_learns_as_in_memory(trained_in_shards: tuple[Imported, str]) -> None:
    project, said = trained_in_shards
    assert "large.csv is larger than memory_mb" in said and "14000 examples" in said
    scores = project.metrics
    assert scores["test"]["accuracy"] > max(0.85, scores["baseline"]["accuracy"] + 0.1)
    again = project.main("evaluate")
    assert f"{scores['test']['accuracy']:.4g}" in again
    project.main("train", *FLAGS)
    assert project.metrics["test"]["accuracy"] == pytest.approx(scores["test"]["accuracy"], abs=0.03)


@pytest.mark.train
def test_scores_by_group_in_shards_are_those_in_memory(trained_in_shards: tuple[Imported, str], tmp_path: Path) -> None:
    project, _ = trained_in_shards
    frame = large()
    frame.loc[::9, "kind"] = None
    frame.to_csv(project.folder / "groups.csv", index=False)
    flags = ("--data-path", "groups.csv", "--target", "t", "--epochs", 1, "--scores-by", "kind")
    found = {}
    for memory_mb in (1, 100):
        said = project.main("train", *flags, "--memory-mb", memory_mb, "--report", "true")
        assert ("is larger than memory_mb" in said) == (memory_mb == 1)
        metrics = project.metrics
        found[memory_mb] = {n.removeprefix("group_"): s for n, s in metrics.items() if n.startswith("group_")}
        groups = found[memory_mb]
        assert set(groups) == {"künstler", "smith", "clerk", "no value"}
        right = sum(s["accuracy"] * s["examples"] for s in groups.values())
        assert right / sum(s["examples"] for s in groups.values()) == pytest.approx(metrics["test"]["accuracy"])
        folder = project.folder / "runs" / "latest"
        page, card = ((folder / file).read_text("utf-8") for file in ("report.html", "MODEL_CARD.md"))
        assert "Scores by kind, on the test split" in page and "\n## Scores by kind\n" in card
        assert "\nBy kind\n" in said and "\nBy kind\n" in project.main("evaluate", "groups.csv")
        (line,) = (line for line in project.main("evaluate").splitlines() if line.startswith("künstler"))
        assert line.split()[1] == str(groups["künstler"]["examples"])
    for name, scores in found[1].items():
        spread = np.hypot(scores["accuracy_spread"], found[100][name]["accuracy_spread"])
        assert abs(scores["accuracy"] - found[100][name]["accuracy"]) < 4 * spread
    assert "kidn" in project.error("train", *flags[:-1], "kidn")


@pytest.mark.train
def test_a_smoke_training_of_large_data_can_be_measured_again(trained_in_shards: tuple[Imported, str]) -> None:
    project, _ = trained_in_shards
    project.main("train", *FLAGS, "--memory-mb", 1, "--smoke")
    said = project.main("evaluate", "--run", "runs/smoke")
    assert "accuracy" in said and "shards" not in said


@pytest.mark.train
def test_rare_classes_count_in_shards_too(trained_in_shards: tuple[Imported, str]) -> None:
    project, _ = trained_in_shards
    project.main("train", *FLAGS, "--memory-mb", 1, "--balance-classes", "true")
    assert project.metrics["test"]["balanced_accuracy"] > 0.85


@pytest.mark.train
def test_predictions_in_parts_are_those_at_once(
    trained_in_shards: tuple[Imported, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = trained_in_shards
    large().head(500).to_csv(project.folder / "some.csv", index=False)
    at_once = project.predict("some.csv")
    monkeypatch.setattr(project.module("commands.predict"), "PREDICTED", 7)
    in_parts = project.predict("some.csv")
    assert len(at_once) == 500 and list(at_once["prediction"]) == list(in_parts["prediction"])
    pd.testing.assert_frame_equal(at_once.iloc[:, 1:].astype(float), in_parts.iloc[:, 1:].astype(float), atol=1e-6)


@pytest.mark.train
def test_an_error_in_a_late_part_leaves_no_predictions(
    trained_in_shards: tuple[Imported, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project, _ = trained_in_shards
    large().head(100).to_csv(project.folder / "wrong.csv", index=False)
    module, parts = project.module("commands.predict"), list[int]()
    of_part = module.predict_examples

    def wrong_at_the_end(examples: Any, trained: Any) -> Any:
        parts.append(len(examples.keys))
        if sum(parts) > 90:
            raise OSError(5, "Input/output error", "wrong.csv")
        return of_part(examples, trained)

    monkeypatch.setattr(module, "PREDICTED", 7)
    monkeypatch.setattr(module, "predict_examples", wrong_at_the_end)
    (project.folder / "new").mkdir(exist_ok=True)
    error = project.error("predict", "wrong.csv", "--output", "new/p.csv")
    assert error == "error: [Errno 5] Input/output error: 'wrong.csv'" and len(parts) == 13
    assert not list((project.folder / "new").iterdir())


@pytest.mark.train
def test_images_train_in_shards(large_projects: Callable) -> None:
    project = large_projects("separable-cnn")
    flags = ("--image-size", "16,16", "--memory-mb", 1, "--epochs", 3, "--filters", "[[16,32],[32]]")
    said = project.main("train", *flags)
    assert "larger than memory_mb" in said and project.metrics["test"]["accuracy"] > 0.4


@pytest.mark.train
@pytest.mark.thorough
def test_jax_trains_in_shards(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary", backend="jax", large=True)
    large(100_000).to_csv(project / "large.csv", index=False)  # JAX does without the names
    said = run(project, "train", *FLAGS, "--memory-mb", 1).stdout
    assert "larger than memory_mb" in said and (project / "runs" / "latest" / "metrics.json").is_file()
