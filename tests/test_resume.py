"""A training that was stopped goes on, with the same settings and data only."""

import errno
import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Import, Render, package_of, run
from filelock import FileLock

pytestmark = pytest.mark.train
# Long enough to be killed on a fast machine: a state is written after a second.
EPOCHS = 40
LONG = ("--epochs", EPOCHS, "--patience", EPOCHS, "--batch-size", "8", "--report", "false")


def start_training(project: Path, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", package_of(project), "train", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": "src"}
    return subprocess.Popen(
        command, cwd=project, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def kill_training(project: Path) -> Path:
    """Kill a training that has written its state, which takes a second; return its run folder."""
    training = start_training(project, *LONG)
    deadline = time.monotonic() + 600
    while not (backups := list(project.glob("runs/2*/unfinished.npz"))):
        assert time.monotonic() < deadline and training.poll() is None
        time.sleep(0.05)
    training.send_signal(signal.SIGKILL)
    training.wait()
    return backups[0].parent


def test_a_killed_training_goes_on_where_it_stopped(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    history = kill_training(project) / "history.csv"
    before = history.read_text().splitlines()

    said = run(project, "train", *LONG).stdout
    assert f"Going on with runs/{history.parent.name}" in said
    after = history.read_text().splitlines()
    assert after[: len(before) - 1] == before[:-1]
    epochs = [int(line.split(",")[0]) for line in after[1:]]
    assert epochs == list(range(EPOCHS))
    assert len(list(project.glob("runs/2*"))) == 1
    assert not (history.parent / "unfinished.npz").exists()

    # The same results as without the kill.
    (folder,) = re.findall("Training in (runs/.+)", run(project, "train", *LONG).stdout)
    undisturbed = project / folder
    np.testing.assert_allclose(pd.read_csv(history), pd.read_csv(undisturbed / "history.csv"), rtol=1e-4, atol=1e-6)
    resumed_metrics, metrics = [json.loads((f / "metrics.json").read_text()) for f in (history.parent, undisturbed)]
    assert resumed_metrics["test"] == pytest.approx(metrics["test"], rel=1e-4)


def test_a_stopped_training_is_not_continued_with_other_data(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    stopped = kill_training(project)
    data = project / "data" / "breast_cancer.csv"
    data.write_text(data.read_text().replace("17.99,", "17.98,", 1))
    done = start_training(project, "--epochs", "60", "--patience", "3", "--batch-size", "8")
    said = done.communicate()[0]
    assert "Going on" not in said and str(stopped.name) not in said
    assert done.returncode == 0


def test_a_stopped_training_is_not_continued_with_another_network_or_a_damaged_state(
    render: Render, tmp_path: Path
) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    stopped = kill_training(project)
    model = project / "src" / package_of(project) / "network" / "body.py"
    code = model.read_text()
    model.write_text(code.replace('activation="relu"', 'activation="gelu"'))
    assert model.read_text() != code
    said = run(project, "train", *LONG).stdout
    assert "Going on" not in said and stopped.name not in said
    model.write_text(code)
    state = stopped / "unfinished.npz"
    state.write_bytes(state.read_bytes()[:1000])
    done = run(project, "train", *LONG, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"error: the training in runs/{stopped.name} cannot be continued" in done.stderr


def wait_for(project: Path, epochs: int) -> Path:
    """Wait until a training has finished so many epochs; return its run folder."""
    deadline = time.monotonic() + 600
    while True:
        for history in project.glob("runs/2*/history.csv"):
            if len(history.read_text().splitlines()) > epochs:
                return history.parent
        assert time.monotonic() < deadline, "the training does not get on"
        time.sleep(0.05)


def test_an_interrupted_training_keeps_its_best_weights(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    training = start_training(project, "--epochs", "2000", "--patience", "2000")
    folder = wait_for(project, 5)
    training.send_signal(signal.SIGINT)
    said = training.communicate(timeout=600)[0]
    assert training.returncode == 0 and "Traceback" not in said
    assert "Stopping: the weights of the best epoch are kept" in said
    assert (project / "runs" / "latest").resolve() == folder.resolve()
    assert "auc" in run(project, "evaluate").stdout
    assert not {file.name for file in folder.iterdir()} & {"lock", "unfinished.npz"}


def test_ctrl_c_while_the_examples_are_prepared_is_heard(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(family="dense-binary")
    batches = project.module("training.fit").batches

    def interrupted(*arguments: object) -> Iterator[Any]:
        os.kill(os.getpid(), signal.SIGINT)
        yield from batches(*arguments)

    monkeypatch.setattr(project.module("training.fit"), "batches", interrupted)
    said = project.main("train", "--epochs", 50, "--patience", 50)
    assert "Stopping: the weights of the best epoch are kept" in said
    assert len(pd.read_csv(project.folder / "runs" / "latest" / "history.csv")) == 1


def test_two_trainings_at_once_have_a_run_each(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    first = start_training(project, *LONG)
    folder = wait_for(project, 1)
    while not (folder / "unfinished.npz").exists():  # which the second could take up
        assert first.poll() is None
        time.sleep(0.05)
    others = [start_training(project, *LONG)]
    for training in [first, *others]:
        said = training.communicate(timeout=600)[0]
        assert training.returncode == 0, said
        assert "Going on with" not in said
    runs = [path for path in project.glob("runs/2*") if not path.is_symlink()]
    assert len(runs) == 2
    histories = [pd.read_csv(path / "history.csv") for path in runs]
    for history in histories:
        assert history["epoch"].tolist() == list(range(EPOCHS))
        np.testing.assert_allclose(history, histories[0], rtol=1e-4, atol=1e-6)


def test_a_smoke_training_leaves_another_alone(imported: Import) -> None:
    project = imported(family="dense-binary")
    project.main("train", "--smoke")
    (smoke,) = project.folder.glob("runs/smoke*")
    (smoke / "old").touch()
    with FileLock(smoke / "lock"):
        project.main("train", "--smoke")
    assert (smoke / "old").exists() and (smoke.with_name("smoke-again") / "metrics.json").exists()
    project.main("train", "--smoke")
    assert not (smoke / "old").exists() and (smoke / "metrics.json").exists()
    assert {path.name for path in project.folder.glob("runs/*")} == {"latest", "smoke", "smoke-again"}


def test_a_full_disk_is_one_line_and_costs_nothing(imported: Import, monkeypatch: pytest.MonkeyPatch) -> None:
    project = imported(family="dense-binary")
    project.main("train", "--epochs", 2)
    before = project.metrics
    checkpoints = project.module("training.checkpoint")
    savez, written = np.savez, list[None]()

    def full_the_second_time(file: Any, **arrays: Any) -> None:
        if written:
            file.write(b"half")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), file.name)
        written.append(savez(file, **arrays))

    monkeypatch.setattr(checkpoints, "SECONDS", 0)
    monkeypatch.setattr(checkpoints.np, "savez", full_the_second_time)
    error = project.error("train", "--epochs", 200, "--patience", 200)
    assert "No space left on device" in error and "writing.npz" in error
    assert project.metrics == before
    (state,) = project.folder.glob("runs/2*/unfinished.npz")
    assert not list(project.folder.glob("runs/2*/writing.npz"))
    with np.load(state) as arrays:
        assert arrays["epochs"] == 1


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the files of a process")
def test_a_disk_that_is_full_when_the_model_is_saved_costs_nothing(trained: Render) -> None:
    import resource

    project = trained(family="dense-binary")
    model = project / "runs" / "latest" / "model.keras"
    before, most = model.read_bytes(), model.stat().st_size - 1000
    command = [sys.executable, "-m", package_of(project), "train", "--epochs", "3"]
    limit = functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, (most, most))  # as on a disk that is full
    environment = os.environ | {"PYTHONPATH": "src"}
    done = subprocess.run(command, cwd=project, env=environment, preexec_fn=limit, text=True, capture_output=True)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("error: [Errno 27] File too large")
    assert model.read_bytes() == before
    run(project, "evaluate")
    run(project, "train", "--epochs", "3")
    assert model.resolve().parent.name != "smoke"
