"""What makes training fast changes nothing else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Import, Imported, Render, package_of

pytestmark = pytest.mark.train

FAMILIES = [
    {"family": "dense-softmax", "fused": True},
    {"family": "regression", "fused": True},
    pytest.param({"family": "tabular-ensemble", "task": "regression", "fused": True}, marks=pytest.mark.thorough),
    # Unrolled, their steps take minutes to compile.
    pytest.param({"input": "series", "family": "stacked-lstm", "task": "binary"}, marks=pytest.mark.thorough),
    pytest.param({"input": "series", "family": "separable-cnn-1d", "task": "binary"}, marks=pytest.mark.thorough),
]


def history(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "history.csv")


def train(project: Imported, *flags: object) -> pd.DataFrame:
    """Train for three epochs, and return what each of them reported."""
    project.main("train", "--epochs", 3, *flags)
    return history(project.folder / "runs" / "latest")


@pytest.mark.parametrize("answers", FAMILIES, ids=lambda answers: answers["family"])
def test_many_steps_in_a_call_are_the_same_as_one_by_one(
    answers: Answers, imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = imported(**answers)
    monkeypatch.setattr(project.module("training.fused"), "LONG_TRAINING", 1)
    one_by_one = train(project, "--steps-per-call", 1)
    for steps in (3, 200):  # several calls, the last with a rest; one call for all
        together = train(project, "--steps-per-call", steps)
        assert len(together) == 3
        np.testing.assert_allclose(together, one_by_one, rtol=1e-4, atol=1e-5)


def test_large_examples_go_into_a_call_by_few(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(input="series", family="separable-cnn-1d", task="binary")
    fused = project.module("training.fused")
    monkeypatch.setattr(fused, "LONG_TRAINING", 1)
    config = project.config(batch_size=10, steps_per_call=100)
    examples = ({"series": np.zeros((3, 16, 16, 1), "float32")}, np.zeros(3, "float32"))
    monkeypatch.setattr(fused, "LARGEST_STACK", 7 * 10 * (16 * 16 + 1) * 4)
    assert fused.steps_together(1000, examples, config) == 7
    monkeypatch.setattr(fused, "LARGEST_STACK", 1)
    assert fused.steps_together(1000, examples, config) == 1


@pytest.mark.thorough
def test_with_jax_too(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary", backend="jax", fused=True)
    program = f"""
import json, sys
from {package_of(project)} import config
from {package_of(project)}.commands import train
from {package_of(project)}.training import fused
fused.LONG_TRAINING = 1
losses = []
for steps in (1, 3, 200):
    settings = config.read_settings() | {{"steps_per_call": steps, "epochs": 3}}
    run = train.train(config.make_config(settings))
    losses.append((run / "history.csv").read_text())
json.dump(losses, open("losses.json", "w"))
"""
    environment = os.environ | {"PYTHONPATH": "src", "KERAS_BACKEND": "jax"}
    subprocess.run([sys.executable, "-c", program], cwd=project, env=environment, check=True, capture_output=True)
    one_by_one, *others = [
        [line.split(",")[1:] for line in text.splitlines()[1:]]
        for text in json.loads((project / "losses.json").read_text())
    ]
    assert len(one_by_one) == 3
    for together in others:
        np.testing.assert_allclose(np.array(together, "float"), np.array(one_by_one, "float"), rtol=1e-4)


@pytest.mark.thorough
def test_images_are_compiled_with_jax(render: Render, tmp_path: Path) -> None:
    """Keras says that its layers for augmentation cannot be, and then leaves the whole network uncompiled."""
    project = render(tmp_path / "p", input="images", family="separable-cnn", backend="jax")
    program = f"""
from {package_of(project)} import config
from {package_of(project)}.data import dataset
from {package_of(project)}.network import head, model
import keras
settings = config.make_config(config.read_settings() | {{"filters": [[2]]}})
data = dataset.load(settings)
models = model.build(settings, data.train, len(data.schema.outputs))
network = models.network
network.compile("sgd", head.LOSS)
models.complete.save("model.keras")
print("compiled:", network.jit_compile, keras.saving.load_model("model.keras").jit_compile)
network.fit({{"image": data.train.x["image"][:64].astype("float32")}}, data.train.y[:64], verbose=0)
"""
    environment = os.environ | {"PYTHONPATH": "src", "KERAS_BACKEND": "jax"}
    done = subprocess.run([sys.executable, "-c", program], cwd=project, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["compiled: True True"], done.stderr[-2000:]
