"""The default separable CNN on 6,000 images of Fashion-MNIST, given as a user gives images: a folder per class."""

import gzip
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Render, run
from PIL import Image

SOURCE = Path(os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist"))
IMAGES_PER_CLASS = 600


def read_idx(name: str) -> Any:
    """Read uint8 (n, ...) from a gzipped file in the IDX format: magic number, sizes, values."""
    content = gzip.decompress((SOURCE / f"{name}.gz").read_bytes())
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, "uint8", offset=4 + 4 * dimensions).reshape(shape)


def write_images(folder: Path, part: str, per_class: int | None) -> Path:
    images, labels = read_idx(f"{part}-images-idx3-ubyte"), read_idx(f"{part}-labels-idx1-ubyte")
    for label in range(10):
        (folder / f"class {label}").mkdir(parents=True)
        for number in np.flatnonzero(labels == label)[:per_class]:
            Image.fromarray(images[number]).save(folder / f"class {label}" / f"{number}.png")
    return folder


@pytest.mark.train
@pytest.mark.skipif(not SOURCE.is_dir(), reason=f"needs Fashion-MNIST in {SOURCE} (Debian: dataset-fashion-mnist)")
def test_separable_cnn_reaches_085(render: Render, tmp_path: Path) -> None:
    training = write_images(tmp_path / "train", "train", IMAGES_PER_CLASS)
    test = write_images(tmp_path / "test", "t10k", None)
    project = render(tmp_path / "p", family="separable-cnn", data_path=str(training))
    run(project, "train", "--image-size", "28,28", "--color", "false", "--epochs", 8)
    run(project, "predict", test, "--output", "predictions.csv")
    predictions = pd.read_csv(project / "predictions.csv")
    assert len(predictions) == 10_000
    accuracy = np.mean(predictions["prediction"] == predictions["path"].str.split("/").str[0])
    print(f"Fashion-MNIST, 6,000 images, 8 epochs: test accuracy {accuracy:.3f}")
    assert accuracy > 0.85
