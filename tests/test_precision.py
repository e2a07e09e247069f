"""Training with numbers of 16 bits between the layers (`precision`), where a GPU is asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from conftest import Import, Imported, Render, package_of, run

QUIET = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "JAX_PLATFORMS": "cpu", "PYTHONPATH": "src"}
DTYPES = """
import PACKAGE, keras
model = keras.saving.load_model("runs/latest/model.keras")
network = model.get_layer("network")
print(model.output.dtype, network.get_layer("dense").compute_dtype, network.get_layer("head").compute_dtype)
"""


@pytest.fixture(scope="module")
def half(imported: Import) -> Imported:
    """A project of texts that has trained with 16 bits in between."""
    project = imported(family="text-ngrams", input="text", gpu=True)
    project.main("train", "--smoke", "--precision", "mixed_bfloat16")
    return project


@pytest.mark.train
def test_texts_trained_with_16_bits_are_exported_for_tensorflow(half: Imported) -> None:
    assert "Loaded by TensorFlow it predicts the same for 32 examples." in half.main("export")


def test_only_projects_for_gpus_have_the_setting(render: Render, tmp_path: Path) -> None:
    for gpu in (True, False):
        project = render(tmp_path / f"gpu_{gpu}", family="dense-binary", gpu=gpu)
        assert ('precision = "float32"' in (project / "config.toml").read_text()) == gpu
        assert ("set_dtype_policy" in (project / "src" / package_of(project) / "network/model.py").read_text()) == gpu


@pytest.mark.train
@pytest.mark.parametrize(("format", "runtime"), [("onnx", "ONNX Runtime"), ("litert", "LiteRT")])
def test_formats_of_32_bits_are_refused_in_a_line(
    format: str, runtime: str, half: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What these formats need is no small thing, and not needed to be refused.
    monkeypatch.setattr(half.module("commands.export"), "check_packages", lambda to, format: None)
    error = half.error("export", "--format", format, "--output", "new")
    why = f"{runtime} calculates with 32 bits, this network partly with 16"
    assert error == f'error: {why}: export one that was trained with precision = "float32"'
    assert not (half.folder / "new").exists()


@pytest.mark.thorough
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_losses_are_close_and_outputs_are_exact(backend: str, render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "project", family="dense-binary", backend=backend, gpu=True)
    losses = {}
    for precision in ("float32", "mixed_bfloat16", "mixed_float16"):
        flags = ("--precision", precision, "--epochs", "6", "--references", "false", "--report", "false")
        command = [sys.executable, "-m", package_of(project), "train", *flags]
        done = subprocess.run(command, cwd=project, env=os.environ | QUIET, text=True, capture_output=True)
        assert not done.returncode, done.stderr[-2000:]
        losses[precision] = pd.read_csv(project / "runs" / "latest" / "history.csv")["val_loss"].iloc[-1]
        code = DTYPES.replace("PACKAGE", package_of(project))
        told = subprocess.run([sys.executable, "-c", code], cwd=project, env=os.environ | QUIET, capture_output=True)
        if backend == "tensorflow":
            assert "predicts the same" in run(project, "export", "--output", f"exported_{precision}").stdout
        within = precision.removeprefix("mixed_")
        assert told.stdout.decode().split() == ["float32", within, "float32"]
    assert len(set(losses.values())) == 3
    assert all(loss == pytest.approx(losses["float32"], rel=0.01) for loss in losses.values())
    assert "--precision float64" in run(project, "train", "--precision", "float64", check=False).stderr
