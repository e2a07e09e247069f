"""Training on several devices (`devices=host`) and by several processes (`devices=hosts`)."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported, Render, commit, package_of, run
from copier.errors import UserMessageError
from PIL import Image
from updating import release, update

BATCH = 32
SHORT = ("--epochs", "6", "--references", "false", "--report", "false")
QUIET = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "JAX_PLATFORMS": "cpu", "PYTHONPATH": "src"}
LOGICAL_DEVICES = """
import sys, tensorflow as tf
cpu, = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * int(sys.argv.pop(1)))
from PACKAGE.__main__ import main
main(sys.argv[1:])
"""


@pytest.fixture(scope="module")
def hosts(imported: Import) -> Imported:
    """An untrained project for several machines."""
    return imported(family="dense-binary", backend="jax", devices="hosts")


def load_share(hosts: Imported, number: int, processes: int, **settings: Any) -> Any:
    share = hosts.module("data.share").Share(number, processes)
    return hosts.module("data.dataset").load(hosts.config(**settings), share=share)


def first_epochs(hosts: Imported, number: int, processes: int, epochs: int = 2, **settings: Any) -> list[Any]:
    """Return the batches of some epochs as a process has them: pairs of inputs and weights."""
    data = load_share(hosts, number, processes, **settings)
    shards = [data.shards.read(n)[:2] for n in range(len(data.shards))]
    places = data.share.places(BATCH)
    batches = hosts.module("training.global_batches").batches(shards, data.learned, BATCH, places, 0, 0)
    steps = -(-data.learned // BATCH) * epochs
    return [(x["numbers"], w) for x, _, w in (next(batches) for _ in range(steps))]


@pytest.mark.parametrize("memory_mb", [500, 0.05], ids=["in memory", "in shards"])
@pytest.mark.parametrize("processes", [2, 4])
def test_processes_share_the_batches_of_one(
    processes: int, memory_mb: float, hosts: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hosts.folder)
    config = hosts.config().model_copy(update={"memory_mb": memory_mb})
    monkeypatch.setattr(hosts, "config", lambda **_: config)
    alone = first_epochs(hosts, 0, 1)
    shares = [first_epochs(hosts, number, processes) for number in range(processes)]
    for (x, weights), *parts in zip(alone, *shares, strict=True):
        assert (np.concatenate([part[0] for part in parts]) == x).all()
        assert (np.concatenate([part[1] for part in parts]) == weights).all()
    data = load_share(hosts, 0, processes)
    assert sum(data.shards.sizes) == -(-data.learned // BATCH) * BATCH // processes


def test_parts_of_batches_in_memory(imported: Import) -> None:
    series = imported(family="stacked-lstm", input="series", backend="jax", devices="hosts")
    of_batches = series.module("training.global_batches")
    examples = {"series": np.arange(70)[:, np.newaxis]}, np.arange(70)
    whole = of_batches.filled(examples, BATCH, range(BATCH))[1].reshape(-1, BATCH)
    assert (whole.ravel()[:70] == examples[1]).all()
    parts = [of_batches.filled(examples, BATCH, range(8 * n, 8 * n + 8))[1].reshape(-1, 8) for n in range(4)]
    assert (np.hstack(parts) == whole).all()


def test_every_example_counts_once_in_an_epoch(hosts: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hosts.folder)
    data = load_share(hosts, 0, 1)
    assert data.learned % BATCH  # or nothing is filled
    both = first_epochs(hosts, 0, 1)
    one, two = both[: len(both) // 2], both[len(both) // 2 :]
    for epoch in (one, two):
        counted = np.concatenate([x[w > 0] for x, w in epoch])
        assert len(counted) == data.learned == len(np.unique(counted, axis=0))
        assert all(w.mean() == pytest.approx(1) for _, w in epoch)
    assert not (one[0][0] == two[0][0]).all()


@pytest.mark.parametrize("memory_mb", [500, 0.05], ids=["in memory", "in shards"])
def test_evaluate_finds_the_split_of_the_training(
    memory_mb: float, hosts: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(hosts.folder)
    config = hosts.config().model_copy(update={"memory_mb": memory_mb})
    monkeypatch.setattr(hosts, "config", lambda **_: config)
    load = hosts.module("data.dataset").load
    for whole, trained in [(True, load_share(hosts, 0, 2)), (False, load(config, whole=False))]:
        assert trained.schema.whole == whole
        again = load(config, trained.schema.whole)
        assert again.schema.fingerprint == trained.schema.fingerprint
        assert (again.test.y == trained.test.y).all()


@pytest.mark.parametrize(
    "flags, message",
    [
        (["--coordinator", "here:1"], "--coordinator needs --processes and --process, too"),
        (
            ["--coordinator", "here:1", "--processes", "2", "--process", "2"],
            "--process 2: of 2 processes the numbers are",
        ),
        (["--coordinator", "here", "--processes", "2", "--process", "0"], "--coordinator here: HOST:PORT of process 0"),
        (["--smoke", "--coordinator", "a:1", "--processes", "2", "--process", "0"], "--smoke is for one process"),
    ],
)
def test_a_wrong_place_is_said_in_one_line(flags: list[str], message: str, hosts: Imported) -> None:
    error = hosts.error("train", *flags)
    assert error.startswith(f"error: {message}") and "\n" not in error


@pytest.mark.parametrize(
    "variables",
    [
        {"KERAS_DISTRIBUTION_NUM_PROCESSES": "4", "KERAS_DISTRIBUTION_PROCESS_ID": "3"},
        {"SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "3"},
        {"OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "3"},
        {"PMI_SIZE": "4", "PMI_RANK": "3"},
    ],
)
def test_launchers_tell_the_place(variables: dict[str, str], hosts: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    find_place = hosts.module("training.processes").find_place
    assert find_place(None, None, None) is None
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_place("a:1", None, None) == ("a:1", 4, 3)


def test_a_batch_that_does_not_divide_is_said(hosts: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(hosts.folder)
    with pytest.raises(Exception, match="batch_size = 33 does not divide by 2 processes: try 32"):
        load_share(hosts, 0, 2, batch_size=33)


@pytest.mark.parametrize(
    "answers, message",
    [
        ({"family": "dense-binary"}, "several machines need backend jax"),
        ({"family": "dense-binary", "backend": "jax", "large": False}, "choose large true"),
    ],
)
def test_what_cannot_run_on_several_machines_is_refused(
    answers: dict[str, Any], message: str, render: Render, tmp_path: Path
) -> None:
    with pytest.raises(UserMessageError, match=f"devices: .*{message}"):
        render(tmp_path / "project", devices="hosts", **answers)


@pytest.mark.parametrize("answers", [{"family": "dense-binary", "devices": "host"}, {"family": "pretrained"}])
def test_fused_steps_are_refused_where_none_can_be(answers: dict[str, str], render: Render, tmp_path: Path) -> None:
    with pytest.raises(UserMessageError, match="fused: not with family"):
        render(tmp_path / "project", fused=True, **answers)


def on_virtual_devices(project: Path, backend: str, devices: int) -> tuple[list[str], dict[str, str]]:
    """Return the start of a command, and its environment, that see one CPU as so many devices."""
    environment = os.environ | QUIET
    if backend == "jax":
        flag = f"--xla_force_host_platform_device_count={devices}"
        return [sys.executable, "-m", package_of(project)], environment | {"XLA_FLAGS": flag}
    code = LOGICAL_DEVICES.replace("PACKAGE", package_of(project))
    return [sys.executable, "-c", code, str(devices)], environment


def history_of(project: Path) -> pd.DataFrame:
    return pd.read_csv(project / "runs" / "latest" / "history.csv")


def is_equal(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    losses = ["loss", "val_loss"]
    return len(one) == len(other) and np.allclose(one[losses], other[losses], rtol=1e-4, atol=0)


@pytest.mark.thorough
@pytest.mark.parametrize("family", ["dense-binary", "tabular-ensemble", "separable-cnn", "stacked-lstm"])
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_have_the_losses_of_one(backend: str, family: str, render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "project", family=family, backend=backend, devices="host")
    found = []
    for devices in (1, 2):
        command, environment = on_virtual_devices(project, backend, devices)
        flags = ["train", *SHORT, "--epochs", "2"]
        if family == "separable-cnn":  # each device shifts its images in ways of its own
            flags += ["--augmentation", "false", "--learning-rate", "0.00001"]  # rounding grows with large steps
        done = subprocess.run([*command, *flags], cwd=project, env=environment, text=True, capture_output=True)
        assert not done.returncode, done.stderr[-2000:]
        assert (f"2 devices: batches of {BATCH}" in done.stdout) == (devices == 2) or family == "tabular-ensemble"
        found.append(history_of(project))
    assert is_equal(*found)


LAYOUTS = """
from PACKAGE.config import make_config, read_settings  # sets the backend
import keras
from PACKAGE.data.dataset import load
from PACKAGE.network.model import build
from PACKAGE.training.devices import all_devices, copy_to_devices
config = make_config(read_settings(), {"model_shards": "2"})
data = load(config)
network = build(config, data.train, 1).network
devices = all_devices(network, config)
with devices.scope():
    network = copy_to_devices(network)
    optimizer = keras.optimizers.AdamW()
    optimizer.build(network.trainable_variables)
for v in network.variables + optimizer.variables:
    print(v.path, len(v.value.addressable_shards), *v.value.addressable_shards[0].data.shape)
"""


def train_on_virtual_devices(project: Path, devices: int, shards: int, *flags: str) -> subprocess.Popen[str]:
    environment = os.environ | QUIET | {"XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}"}
    command = [sys.executable, "-m", package_of(project), "train", "--model-shards", str(shards), *SHORT, *flags]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=project, env=environment, text=True, stdout=pipe, stderr=pipe)


def finished(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=500)
    assert not process.returncode, error[-2000:]
    return out


@pytest.mark.thorough
def test_the_weights_are_divided_among_devices(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "project", family="dense-binary", backend="jax", devices="host")
    environment = os.environ | QUIET | {"XLA_FLAGS": "--xla_force_host_platform_device_count=4"}
    code = LAYOUTS.replace("PACKAGE", package_of(project))
    done = subprocess.run([sys.executable, "-c", code], cwd=project, env=environment, text=True, capture_output=True)
    assert not done.returncode, done.stderr[-2000:]
    for line in ("dense/kernel 4 30 16", "adam_w/dense_1_kernel_velocity 4 32 16", "dense/bias 4 32"):
        assert line in done.stdout.splitlines()

    refused = train_on_virtual_devices(project, 4, 3).communicate(timeout=200)[1].splitlines()
    assert "error: model_shards = 3 does not divide the number of devices: 4" in refused

    finished(train_on_virtual_devices(project, 1, 1))
    expected = history_of(project)
    for devices, shards in [(2, 2), (4, 2)]:
        out = finished(train_on_virtual_devices(project, devices, shards))
        assert "1,984 of 2,081 weights are divided among 2 devices" in out
        assert is_equal(history_of(project), expected)
    assert "baseline" in run(project, "evaluate").stdout  # the saved model is whole

    long = ("--epochs", "60", "--patience", "60")
    killed = train_on_virtual_devices(project, 4, 4, *long)
    wait_for_state(project, killed)
    killed.kill()
    killed.communicate()
    assert "Going on with" in finished(train_on_virtual_devices(project, 2, 2, *long))
    continued = history_of(project)
    finished(train_on_virtual_devices(project, 1, 1, *long))
    assert is_equal(continued, history_of(project))


def wait_for_state(project: Path, training: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 120
    while not [*project.glob("runs/*/unfinished.npz")]:
        assert training.poll() is None and time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.thorough
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_two_devices_read_shards_as_one(backend: str, render: Render, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(20_000, 20)).astype("float32")
    table = pd.DataFrame(numbers, columns=[f"number_{n}" for n in range(20)])
    table["label"] = np.where(numbers[:, 0] * numbers[:, 1] + numbers[:, 2] > 0, "yes", "no")
    table.to_parquet(tmp_path / "table.parquet")
    answers = {"data_path": str(tmp_path / "table.parquet"), "target": "label", "family": "dense-binary", "large": True}
    project = render(tmp_path / "p", backend=backend, devices="host", **answers)
    flags = ("train", *SHORT, "--epochs", "2", "--memory-mb", "1", "--batch-size", "256")
    found = []
    for devices in (1, 2):
        command, environment = on_virtual_devices(project, backend, devices)
        done = subprocess.run([*command, *flags], cwd=project, env=environment, text=True, capture_output=True)
        assert not done.returncode, done.stderr[-2000:]
        assert "is read in shards" in done.stdout
        found.append(history_of(project))
    assert is_equal(*found)


def start(project: Path, coordinator: str, processes: int, number: int, *flags: str) -> subprocess.Popen[str]:
    place = ("--coordinator", coordinator, "--processes", str(processes), "--process", str(number))
    command = [sys.executable, "-m", package_of(project), "train", *place, *flags]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=project, env=os.environ | QUIET, text=True, stdout=pipe, stderr=pipe)


def train_together(project: Path, processes: int, *flags: str) -> list[tuple[int, str, str]]:
    """Train with so many processes; return status, output and errors of each."""
    coordinator = free_address()
    started = [start(project, coordinator, processes, number, *flags) for number in range(processes)]
    said = [process.communicate(timeout=500) for process in started]
    return [(p.returncode, out, error) for p, (out, error) in zip(started, said, strict=True)]


def free_address() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{found.getsockname()[1]}"


@pytest.fixture(scope="module")
def together(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render(tmp_path_factory.mktemp("hosts") / "project", family="dense-binary", backend="jax", devices="hosts")


@pytest.mark.thorough
@pytest.mark.parametrize("processes", [2, 4])
def test_processes_have_the_losses_of_one(processes: int, together: Path) -> None:
    alone = subprocess.run(
        [sys.executable, "-m", package_of(together), "train", *SHORT],
        cwd=together, env=os.environ | QUIET, capture_output=True,
    )  # fmt: skip
    assert not alone.returncode
    expected = history_of(together)
    shutil.rmtree(together / "runs")
    for number, (status, out, error) in enumerate(train_together(together, processes, *SHORT)):
        assert not status, error
        assert (out == "") == (number > 0)
    assert is_equal(history_of(together), expected)
    assert len([*(together / "runs").iterdir()]) == 2  # the run, and the link to it


@pytest.mark.thorough
def test_processes_train_on_images_and_evaluate(render: Render, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(60):
        image = rng.integers(0, 120, (20, 20, 3), dtype="uint8")
        image[:, 10 * (number % 2) :][:, :10] += 100
        (tmp_path / "photos" / "lr"[number % 2]).mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(tmp_path / "photos" / "lr"[number % 2] / f"{number}.png")
    project = render(tmp_path / "p", data_path=str(tmp_path / "photos"), backend="jax", devices="hosts")
    flags = (*SHORT, "--epochs", "2", "--batch-size", "16", "--augmentation", "false", "--learning-rate", "0.0001")
    found = []
    for processes in (1, 2):
        for status, _, error in train_together(project, processes, *flags):
            assert not status, error
        found.append(history_of(project))
        assert "baseline" in run(project, "evaluate").stdout
        shutil.rmtree(project / "runs")
    assert is_equal(*found)


@pytest.mark.thorough
@pytest.mark.parametrize("answers", [{"family": "stacked-lstm"}, {"family": "dense-forecast", "task": "forecast"}])
def test_processes_train_on_series(answers: dict[str, str], render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", input="series", backend="jax", devices="hosts", **answers)
    found = []
    for processes in (1, 2):
        for status, _, error in train_together(project, processes, *SHORT, "--epochs", "2"):
            assert not status, error
        found.append(history_of(project))
    assert is_equal(*found)


@pytest.mark.thorough
def test_a_lost_process_ends_all_and_others_go_on(together: Path) -> None:
    flags = (*SHORT, "--epochs", "60", "--patience", "60")
    shutil.rmtree(together / "runs", ignore_errors=True)
    coordinator = free_address()
    first, second = (start(together, coordinator, 2, number, *flags) for number in range(2))
    wait_for_state(together, first)
    second.kill()
    out, error = first.communicate(timeout=60)
    assert first.returncode == 1
    assert error.strip().startswith("error: one of 2 processes is lost: start all of them again")
    second.communicate()

    ((_, out, error),) = train_together(together, 1, *flags)
    assert "Going on with" in out, error
    continued = history_of(together)
    shutil.rmtree(together / "runs")
    train_together(together, 1, *flags)
    assert is_equal(continued, history_of(together))


@pytest.mark.thorough
def test_other_counts_and_batches_are_said(together: Path) -> None:
    coordinator = free_address()
    started = start(together, coordinator, 2, 0, *SHORT), start(together, coordinator, 3, 1, *SHORT)
    errors = [process.communicate(timeout=200)[1] for process in started]
    assert "error: --processes 3 here, and 2 elsewhere: all need the same number" in errors[1]
    assert "error: one of 2 processes is lost" in errors[0]
    for status, _, error in train_together(together, 2, *SHORT, "--batch-size", "33"):
        assert status == 1 and "error: batch_size = 33 does not divide by 2 processes: try 32" in error


@pytest.mark.thorough
def test_what_differs_between_machines_is_said(together: Path, tmp_path: Path) -> None:
    other = shutil.copytree(together, tmp_path / "other")
    data = other / "data" / "breast_cancer.csv"
    data.write_text(data.read_text("utf-8").replace("1", "2", 1), "utf-8")
    coordinator = free_address()
    started = start(together, coordinator, 2, 0, *SHORT), start(other, coordinator, 2, 1, *SHORT)
    for process, message in zip(started, ["process 1 has other data", "process 0 has other data"], strict=True):
        error = process.communicate(timeout=200)[1]
        assert process.returncode == 1 and message in error
    coordinator = free_address()
    started = start(together, coordinator, 2, 0, *SHORT), start(together, coordinator, 2, 1, *SHORT, "--seed", "1")
    for process in started:
        assert "has other settings than process" in process.communicate(timeout=200)[1]


def test_several_gpus_are_used_by_new_projects_only(
    render: Render, started: Render, own_template: Path, tmp_path: Path
) -> None:
    project = started(family="dense-binary")
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("devices: one\n", ""))
    commit(project, "As before the question")
    release(own_template, "extensions/answers.py", 'glob("*"))) if has_gpu() else 0', 'glob("*"))) or 2')
    update(project)
    assert "devices: one\n" in answers.read_text()
    fresh = render(tmp_path / "fresh", source=own_template, family="dense-binary")
    assert "devices: host\n" in (fresh / ".copier-answers.yml").read_text()
