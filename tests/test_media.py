"""Sound, video and volumes from files to predictions: folders, lists of paths, broken files, parts, groups."""

import re
import shutil
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import Import, Imported

pytestmark = pytest.mark.train
CNN = ("--filters", "[[4],[8]]", "--learning-rate", 0.03)
FLAGS = {  # of small data and small networks
    "sound": (".wav", "--sample-rate", 8000, "--seconds", 0.3, *CNN),
    "video": (".mkv", "--frames", 4, "--image-size", "8,8", *CNN),
    "volumes": (".npy", "--volume-size", "8,8,8", *CNN),
}
COUNT = 40  # files of each class


def save(kind: str, path: Path, level: float) -> Path:
    """Write an example whose values tell the level, from 0 to 1: pitch, brightness, value."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "sound":
        time = np.arange(round(2000 + 800 * level)) / 8000
        soundfile.write(path, np.sin(2 * np.pi * (200 + 2000 * level) * time) / 2, 8000)
    elif kind == "volumes":
        np.save(path, np.full((6, 8, 10), level, "float32"))
    else:
        with av.open(path, "w") as container:
            stream = container.add_stream("ffv1", rate=5)
            stream.height, stream.width, stream.pix_fmt = 8, 8, "gray"
            for _ in range(3):
                levels = np.full((8, 8), 250 * level, "uint8")
                container.mux(stream.encode(av.VideoFrame.from_ndarray(levels, "gray")))
            container.mux(stream.encode())
    return path


class Trained:
    """A network that was trained on class folders, with a broken file among them."""

    def __init__(self, kind: str, project: Imported, folder: Path) -> None:
        self.kind, self.project, self.data = kind, project, folder / "data"
        self.suffix, *self.flags = FLAGS[kind]
        for number in range(COUNT):
            for name, start in (("low", 0), ("high", 0.6)):
                save(kind, self.data / name / f"{number:02}{self.suffix}", start + 0.4 * number / COUNT)
        (self.data / "low" / f"broken{self.suffix}").write_bytes(b"broken")
        self.said = self.train(self.data)
        self.predictions = project.predict(self.data)

    def train(self, data: Path, *flags: object) -> str:
        return self.project.main("train", "--data-path", data, "--target", "t", "--epochs", 6, *self.flags, *flags)


@pytest.fixture(scope="module", params=FLAGS)
def trained(request: pytest.FixtureRequest, imported: Import, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    kind = request.param
    return Trained(
        kind, imported(input=kind, task="multiclass", large=True, tables=True), tmp_path_factory.mktemp(kind)
    )


def test_broken_files_are_skipped_and_have_a_row_without_a_prediction(trained: Trained) -> None:
    assert f"Skipped: 1 of {2 * COUNT + 1} " in trained.said and f"{2 * COUNT} examples" in trained.said
    predictions = trained.predictions
    files = sorted(path.relative_to(trained.data).as_posix() for path in trained.data.rglob("*.*"))
    assert list(predictions["path"]) == files
    assert list(predictions) == ["path", "prediction", "probability_high", "probability_low"]
    broken = predictions["path"].str.contains("broken")
    for name in ("prediction", "probability_low"):
        assert ((predictions[name] == "") == broken).all()
    right = predictions["prediction"] == predictions["path"].str.split("/").str[0]
    assert right[~broken].mean() > 0.9


def test_alone_or_among_others_predictions_are_the_same(trained: Trained, tmp_path: Path) -> None:
    whole = trained.predictions.set_index("path")["probability_low"]
    paths = [f"high/07{trained.suffix}", f"low/03{trained.suffix}", "none.wav", f"high/07{trained.suffix}"]
    pd.DataFrame({"path": paths}).to_csv(trained.data / "list.csv", index=False)
    some = trained.project.predict(trained.data / "list.csv")
    (trained.data / "list.csv").unlink()
    assert list(some["path"]) == paths and list(some["probability_low"] == "") == [False, False, True, False]
    for row in (0, 1, 3):
        assert float(some["probability_low"][row]) == pytest.approx(float(whole[paths[row]]), abs=1e-5)
    one = trained.project.predict(trained.data / paths[0])
    assert list(one["path"]) == [f"07{trained.suffix}"]
    assert float(one["probability_low"][0]) == pytest.approx(float(whole[paths[0]]), abs=1e-5)
    # A folder without classes, in its order, which is not that of the training.
    for number, path in enumerate(reversed(paths[:2])):
        shutil.copy(trained.data / path, tmp_path / f"{number}{trained.suffix}")
    flat = trained.project.predict(tmp_path)
    assert list(flat["path"]) == [f"0{trained.suffix}", f"1{trained.suffix}"]
    for row, path in enumerate(reversed(paths[:2])):
        assert float(flat["probability_low"][row]) == pytest.approx(float(whole[path]), abs=1e-5)


def test_predicting_in_parts_is_as_predicting_the_whole(trained: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trained.project.module("commands.predict"), "PREDICTED", 7)
    again = trained.project.predict(trained.data)
    assert list(again["prediction"]) == list(trained.predictions["prediction"])


def test_labelled_folders_and_lists_are_measured(trained: Trained, tmp_path: Path) -> None:
    assert f"{trained.data}, {2 * COUNT} examples" in trained.project.main("evaluate", trained.data)
    paths = [trained.data / name / f"0{number}{trained.suffix}" for name in ("low", "high") for number in range(5)]
    labels = [path.parent.name for path in paths[:-1]] + [""]
    pd.DataFrame({"path": paths, "t": labels}).to_csv(tmp_path / "list.csv", index=False)
    assert "list.csv: row 1: " in trained.project.error("evaluate", tmp_path / "list.csv")  # elsewhere, not allowed
    said = trained.project.main("evaluate", tmp_path / "list.csv", "--outside-paths")
    assert "list.csv, 9 examples" in said and "Left out: 1 of 10 examples without a target" in said


def test_where_nothing_can_be_read_one_line_says_why(trained: Trained, tmp_path: Path) -> None:
    error = trained.project.error
    broken = trained.data / "low" / f"broken{trained.suffix}"
    for source, message in [
        (broken, "none of the examples can be read"),
        (tmp_path / "none", "none"),
        (tmp_path, "holds no "),
        (trained.project.folder / "config.toml", "config.toml is none of .*"),
    ]:
        assert re.search(message, error("predict", source, "--output", tmp_path / "p" / "p.csv"))
        assert not list((tmp_path / "p").glob("*"))
    shutil.copy(broken, tmp_path / broken.name)
    assert "none of the examples can be read" in error("predict", tmp_path, "--output", "p.csv")
    assert "has no folder for each class" in error("train", "--data-path", tmp_path, "--target", "t")
    assert "has no target: t" in error("evaluate", trained.data / "low" / f"01{trained.suffix}")
    pd.DataFrame({"file": ["1.wav"], "t": ["low"]}).to_csv(tmp_path / "list.csv", index=False)
    assert "has no column path" in error("train", "--data-path", tmp_path / "list.csv", "--target", "t")


def test_groups_stay_together_in_lists_and_in_shards(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = sorted(trained.data.rglob(f"*[0-9]{trained.suffix}"))
    who = np.random.default_rng(0).permutation(len(paths)) // 4
    frame = pd.DataFrame({"path": paths, "t": [path.parent.name for path in paths], "who": who})
    frame.to_csv(tmp_path / "list.csv", index=False)
    project, module = trained.project, trained.project.module("data.read")
    config = project.config(data_path=tmp_path / "list.csv", target=["t"], group_column="who", outside_paths=True)
    record = project.module("data.dataset").load(config).record
    assert list(record["path"]) == list(map(str, paths))
    assert (record["split"].groupby(who).nunique() == 1).all() and record["split"].nunique() == 3

    # In shards: each example stands for its row, as its first value.
    monkeypatch.setattr(module, "decode", lambda file, config: np.full(module.shape_of(config), paths.index(file)))
    data = project.module("data.dataset").load(config.model_copy(update={"memory_mb": 0.2}))
    assert len(data.shards) > 1 and (data.record["split"].groupby(who).nunique() == 1).all()
    shards = [list(data.shards.read(number)[0].values())[0] for number in range(len(data.shards))]
    trained_on = np.concatenate(shards).reshape(sum(data.shards.sizes), -1)[:, 0]
    assert sorted(trained_on) == np.flatnonzero(data.record["split"] == "train").tolist()


def test_data_larger_than_memory_is_trained_on_in_shards(trained: Trained, tmp_path: Path) -> None:
    larger = {"sound": ("--seconds", 1), "video": ("--frames", 16, "--image-size", "16,16")}
    more = larger.get(trained.kind, ("--volume-size", "16,16,16"))
    said = trained.train(trained.data, *more, "--memory-mb", 1)
    # A broken file is found only when its shard is read.
    assert "larger than memory_mb" in said and f"{2 * COUNT + 1} examples" in said
    assert said.count(f"broken{trained.suffix}: ") == 1
    predictions = trained.project.predict(trained.data)
    assert list(predictions["path"]) == list(trained.predictions["path"])
    right = predictions["prediction"] == predictions["path"].str.split("/").str[0]
    assert right.mean() > 0.8
