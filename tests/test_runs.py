"""Run folders: what marks a run as finished is whole or not there, and damaged files are one line."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import Import, Imported


@pytest.fixture
def project(imported: Import) -> Imported:
    return imported(family="dense-binary")


def test_a_full_disk_at_the_end_leaves_no_run_that_looks_finished(
    project: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        if any(project.folder.glob("runs/*/metrics.json.part")):
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        assert "No space left on device" in project.error("train", "--epochs", 1)
    assert not [*project.folder.glob("runs/*/metrics.json*")] and not (project.folder / "runs" / "latest").exists()
    assert "no finished run" in project.error("evaluate")


@pytest.mark.parametrize("name", ["metrics.json", "latest"])
def test_a_disk_that_renames_nothing_stops_a_training_in_a_line(
    name: str, project: Imported, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As shared disks do at times."""
    replace = os.replace

    def stale(source: Any, target: Any) -> None:
        if Path(target).name == name:
            raise OSError(116, "Stale file handle")
        replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", stale)
        assert "Stale file handle" in project.error("train", "--epochs", 3)
    project.main("train", "--epochs", 3)
    runs = project.folder / "runs"
    assert (runs / "latest" / "metrics.json").is_file()
    assert [path.name for path in runs.iterdir() if path.is_symlink()] == ["latest"]


DAMAGE = {
    "not UTF-8": b"\xff\xfe{",
    "empty": b"",
    "deep": b"[" * 100_000,
    "of other types": b"[1, 2]",
    "cut": b'{"outputs": ',
}


@pytest.mark.parametrize("name", ["config.json", "schema.json"])
def test_damaged_files_of_a_run_are_one_line_and_block_no_training(project: Imported, name: str) -> None:
    project.main("train", "--epochs", 1)
    file = project.folder / "runs" / "latest" / name
    whole = file.read_bytes()
    stopped = project.folder / "runs" / "stopped"
    stopped.mkdir()
    (stopped / "unfinished.npz").write_bytes(b"")
    for what, content in DAMAGE.items():
        file.write_bytes(content)
        error = project.error("evaluate")
        assert "\n" not in error and f"{name} " in error and "train again" in error, what
        for other in ("config.json", "schema.json", "network.py"):
            (stopped / other).write_bytes(content)
    file.write_bytes(whole)
    assert "Training in" in project.main("train", "--epochs", 1)


def test_without_outputs_a_schema_is_damaged(project: Imported) -> None:
    project.main("train", "--epochs", 1)
    file = project.folder / "runs" / "latest" / "schema.json"
    file.write_text('{"columns": {}, "outputs": [], "mean": []}')
    assert project.error("evaluate").endswith("does not fit the project, train again: mean, outputs")


def test_runs_that_is_a_link_to_nowhere(project: Imported) -> None:
    (project.folder / "runs").symlink_to("gone", target_is_directory=True)
    assert project.error("train") == "error: runs is a link to gone, which is not there"


def test_a_lost_history_is_not_continued_in_silence(project: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = project.module("training.checkpoint")
    monkeypatch.setattr(checkpoint, "SECONDS", 0)

    def killed(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(project.module("commands.train"), "measure", killed)
        with pytest.raises(SystemExit):
            project.main("train", "--epochs", 3)
    project.module("training.runs").LOCKS.pop().release()  # which the end of a process does
    (state,) = project.folder.glob("runs/*/unfinished.npz")
    (state.parent / "history.csv").write_text("")
    error = project.error("train", "--epochs", 3)
    project.module("training.runs").LOCKS.pop().release()
    assert "cannot be continued: remove that folder and train again (history.csv has lost epochs)" in error
    for content in (b"", b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"text"):  # empty: after the power has gone
        state.write_bytes(content)
        error = project.error("train", "--epochs", 3)
        assert "cannot be continued: remove that folder and train again" in error and "\n" not in error
        project.module("training.runs").LOCKS.pop().release()


def test_predictions_never_replace_the_data(project: Imported, tmp_path: Path) -> None:
    project.main("train", "--epochs", 1)
    sample = project.folder / "data" / "breast_cancer.csv"
    before = sample.read_bytes()
    other = tmp_path / "other.csv"
    other.write_bytes(before)
    link = tmp_path / "link.csv"
    link.symlink_to(other)
    for data, output in [(sample, sample), (other, other), (other, link), (link, other), (other, sample)]:
        assert project.error("predict", data, "--output", output).endswith("is among the data: name another")
    assert sample.read_bytes() == other.read_bytes() == before
    project.main("predict", link, "--output", tmp_path / "predictions.csv")
    project.main("predict", link, "--output", tmp_path / "predictions.csv")

    # Nothing else is replaced either: a device, which root would lose, notes, the input as a download that goes on.
    os.mkfifo(tmp_path / "pipe")
    assert project.error("predict", link, "--output", tmp_path / "pipe").endswith("is no plain file: name another")
    assert (tmp_path / "pipe").is_fifo()
    config = project.folder / "config.toml"
    assert "is there, and holds no predictions" in project.error("predict", link, "--output", config)
    part = tmp_path / "new.csv.part"
    part.write_bytes(before)
    project.main("predict", part, "--output", tmp_path / "new.csv")
    assert part.read_bytes() == before
    linked = tmp_path / "linked.csv"
    linked.symlink_to("new.csv")
    project.main("predict", other, "--output", linked)
    assert linked.is_symlink() and holds(tmp_path / "new.csv") == holds(tmp_path / "predictions.csv")


def holds(file: Path) -> bytes:
    return file.read_bytes()


def test_a_project_that_was_copied_without_its_links_goes_on(project: Imported) -> None:
    """Such as by `cp -L` or to a disk that has none: runs/latest is a folder then."""
    runs = project.folder / "runs"
    config = project.folder / "config.toml"
    config.write_bytes(b"\xef\xbb\xbf" + config.read_bytes())  # as some editors on Windows write it
    project.main("train", "--epochs", 1)
    run = runs / os.readlink(runs / "latest")
    (runs / "latest").unlink()
    shutil.copytree(run, runs / "latest")
    project.main("train", "--epochs", 1, "--seed", 5)
    newest = os.readlink(runs / "latest")
    assert newest != run.name and (runs / f"latest-before-{newest}" / "model.keras").is_file()
    for content in ("[1]", '{"reference_linear": 3}', '{"reference_linear": null}'):
        (runs / newest / "metrics.json").write_text(content)
        assert "metrics.json does not fit the project, train again" in project.error("evaluate")
