"""tracking=mlflow: trainings in the list of a real server of MLflow, which the weekly tests start."""

import importlib.util
import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Import, Imported, Render

pytestmark = pytest.mark.train


@pytest.fixture(scope="module")
def project(imported: Import) -> Imported:
    return imported(family="dense-binary", tracking="mlflow")


def test_without_the_answer_there_is_none_of_it(render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", family="dense-binary")
    files = [path for path in project.rglob("*") if path.is_file() and path.name != ".copier-answers.yml"]
    assert not [path for path in files if b"mlflow" in path.read_bytes().lower()]


def test_a_training_does_not_depend_on_the_server(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:  # nobody answers there
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://127.0.0.1:{taken.getsockname()[1]}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        said = project.main("train", "--epochs", 1)
    assert said.count("MLflow does not have all of this run: ") == 1 and "Traceback" not in said
    assert (project.folder / "runs" / "latest" / "metrics.json").is_file()
    assert "MLflow" not in project.main("train", "--smoke")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """A server of MLflow; gives its address."""
    if not importlib.util.find_spec("mlflow"):
        pytest.skip("pip install --group tracking")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    stores = [
        "--backend-store-uri",
        f"sqlite:///{tmp_path}/mlflow.db",
        "--artifacts-destination",
        str(tmp_path / "files"),
    ]
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with open(tmp_path / "log", "w") as log:
        process = subprocess.Popen([*command, *stores], cwd=tmp_path, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/health").close()
                break
            except OSError:
                assert process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.mark.thorough
def test_a_server_lists_the_training(project: Imported, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    said = project.main("train", "--epochs", 3, "--seed", 7, "--report", "true")
    folder = (project.folder / "runs" / "latest").resolve()
    assert f"MLflow has it as {folder.name} in {project.package}" in said

    import mlflow

    mlflow.set_tracking_uri(server)
    (experiment,) = mlflow.search_experiments(filter_string=f"name = '{project.package}'")
    (run,) = mlflow.search_runs([experiment.experiment_id], output_format="list")
    assert run.info.run_name == folder.name and run.info.status == "FINISHED"
    assert run.data.params["seed"] == "7" and run.data.params["epochs"] == "3"
    scores = json.loads((folder / "metrics.json").read_text())["test"]
    assert {n: run.data.metrics[f"test/{n}"] for n in scores} == pytest.approx(scores)
    client = mlflow.MlflowClient()
    assert [point.step for point in client.get_metric_history(run.info.run_id, "val_loss")] == [0, 1, 2]
    kept = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert kept == {"report.html", "MODEL_CARD.md", "metrics.json", "schema.json", "model.keras"}


@pytest.mark.thorough
def test_without_a_server_it_has_a_store_here(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    mlflow = pytest.importorskip("mlflow", reason="pip install --group tracking")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    monkeypatch.chdir(project.folder)
    mlflow.set_tracking_uri(None)
    assert "MLflow has it as" in project.main("train", "--epochs", 2)
    ignored = (project.folder / ".gitignore").read_text().splitlines()
    found = {path.name for path in project.folder.iterdir() if path.name.startswith("mlflow") or path.name == "mlruns"}
    assert found and found <= {line.rstrip("/") for line in ignored}
