"""The family pretrained: where it is proposed, where weights come from, and that it learns from features."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from conftest import Import, Imported
from PIL import Image
from proposals import look

FEW = 10


def write_photos(folder: Path, classes: int = 2, each: int = FEW, side: int = 64, mode: str = "RGB") -> Path:
    """Write noise, darker in each class, into a folder for each."""
    random = np.random.default_rng(0)
    for number in range(classes * each):
        levels = random.uniform(0, 250 / (1 + number % classes), (side, side, 3)).astype("uint8")
        file = folder / f"class {number % classes}" / f"{number}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels).convert(mode).save(file)
    return folder


def backbone(file: Path) -> Path:
    """Write a backbone that any weights do for: it only has to see how bright an image is."""
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Rescaling(1 / 255)(inputs)
    x = keras.layers.BatchNormalization()(keras.layers.Conv2D(8, 3, strides=2)(x))
    keras.Model(inputs, keras.layers.ReLU()(x)).save(file)
    return file


@pytest.mark.parametrize(
    ("changes", "few"),
    [({}, True), ({"mode": "L"}, False), ({"side": 32}, False)],
    ids=["photos", "grey", "small"],
)
def test_few_photos_in_colour_call_for_it(changes: dict[str, Any], few: bool, tmp_path: Path) -> None:
    assert look(str(write_photos(tmp_path / "photos", **changes))).are_photos_few("class") == few


def test_photos_in_a_list_are_counted_by_class(tmp_path: Path) -> None:
    files = sorted(write_photos(tmp_path / "photos").rglob("*.jpg"))
    rows = [f"{file.relative_to(tmp_path)},{file.parent.name},{number}" for number, file in enumerate(files)]
    (tmp_path / "list.csv").write_text("\n".join(["path,kind,weight", *rows]) + "\n")
    seen = look(str(tmp_path / "list.csv"))
    assert (seen.classes_of("kind"), seen.classes_of("weight")) == (2, 10)
    assert seen.are_photos_few("kind")


@pytest.fixture(scope="module")
def project(imported: Import, tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """A project of few photos, for which it is the default."""
    return imported(data_path=str(write_photos(tmp_path_factory.mktemp("photos"))))


@pytest.mark.train
def test_it_learns_from_features_and_predicts_raw_images(project: Imported, tmp_path: Path) -> None:
    weights = backbone(tmp_path / "backbone.keras")
    said = project.main("train", "--weights", weights, "--epochs", "30", "--fine-tune-epochs", "1")
    assert "Now the top of the backbone learns" in said
    model = keras.saving.load_model(project.folder / "runs" / "latest" / "model.keras")
    assert model.input["image"].dtype == "uint8"
    assert "backbone" in [layer.name for layer in model.layers]
    weights.unlink()  # what is saved needs no file of weights
    assert len(project.predict(project.config().data_path)) == 2 * FEW


@pytest.mark.train
def test_without_a_connection_it_trains_from_scratch(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("URL fetch failure on https://example.org/weights.h5: no connection\nmore")

    monkeypatch.setattr(keras.applications, "EfficientNetV2B0", fail)
    said = project.main("train", "--smoke")
    assert "https://example.org/weights.h5" in said and 'weights = "PATH"' in said and "from scratch" in said
    assert "reloaded, predicts the same" in said


@pytest.mark.train
@pytest.mark.parametrize(
    ("name", "reason"), [("missing.h5", "there is no such file"), ("broken.keras", "cannot be read")]
)
def test_weights_that_are_none_are_one_line(name: str, reason: str, project: Imported, tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_bytes(b"no model")
    with pytest.raises(project.module("errors").UserError, match=reason) as error:
        project.module("network.backbone").load_backbone(project.config(weights=str(tmp_path / name)))
    assert "\n" not in str(error.value)
