"""Data at an address: copied once, trained on from its copy, and copied anew where that is asked for."""

import sqlite3
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pandas as pd
import pytest
from conftest import Render, copier_command, run
from updating import SEED, release, update

TABLE = "a,b,ill\n" + "".join(f"{i},{i * i % 83},{'yes' if i % 3 else 'no'}\n" for i in range(80))


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a line for each, and keeps what was asked for."""

    asked: list[str] = []

    def log_message(self, *_: object) -> None:
        self.asked.append(self.path)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and the address at which its files are."""
    folder = tmp_path / "served"
    folder.mkdir()
    (folder / "mine.csv").write_text(TABLE)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.train
def test_a_table_at_an_address_is_copied_and_trained_on(
    served: tuple[Path, str], render: Render, tmp_path: Path
) -> None:
    folder, address = served
    project = render(tmp_path / "p", data_path=f"{address}/mine.csv?download=1", family="dense-binary")
    config = (project / "config.toml").read_text()
    assert 'data_path = "data/mine.csv"' in config and f'data_from = "{address}/mine.csv?download=1"' in config
    copy = project / "data" / "mine.csv"
    said = run(project, "train", "--smoke")  # without hooks there is no copy yet
    assert f"Fetching {address}/mine.csv" in said.stdout + said.stderr and copy.read_text() == TABLE
    (folder / "mine.csv").write_text(TABLE + "93,3,yes\n")
    assert "80 examples" in run(project, "look").stdout
    run(project, "fetch")
    assert "81 examples" in run(project, "look").stdout
    (folder / "mine.csv").unlink()
    failed = run(project, "fetch", check=False)
    assert failed.returncode == 1 and "could not be copied" in failed.stderr and "Traceback" not in failed.stderr
    assert copy.read_text() == TABLE + "93,3,yes\n" and len(list(copy.parent.iterdir())) == 1


@pytest.mark.thorough
def test_the_hooks_fetch_once_and_train(served: tuple[Path, str], render: Render, tmp_path: Path) -> None:
    project = render(tmp_path / "p", hooks=True, data_path=f"{served[1]}/mine.csv", family="dense-binary")
    assert (project / "data" / "mine.csv").read_text() == TABLE
    assert (project / "runs" / "smoke" / "metrics.json").exists()


def test_a_table_of_a_database_is_a_parquet_file(render: Render, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        pd.DataFrame({"a": range(60), "b": 1.5, "ill": ["yes", "no"] * 30}).to_sql("my visits", database, index=False)
    database.close()
    address = f"sqlite:///{tmp_path / 'shop.db'}?table=my%20visits"
    project = render(tmp_path / "p", data_path=address)
    assert 'target = ["ill"]' in (project / "config.toml").read_text()
    assert "adbc-driver-sqlite" in (project / "pyproject.toml").read_text()
    run(project, "fetch")
    assert len(pd.read_parquet(project / "data" / "my_visits.parquet")) == 60


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("ftp://host/x.csv", "ftp:// is not read; an address begins with one of https://"),
        ("{address}/other.csv", "{address}/other.csv could not be copied: "),
        ("https://me:secret@host/x.csv", "https://me:***@host/x.csv: no password in an address, please"),
        ("postgresql://host/db?password=secret&table=a", "postgresql://host/db?password=***&table=a: no password in"),
        ("sqlite:///x.db?table=a", "sqlite:///x.db?table=a could not be copied: write its whole path"),
        ("sqlite:////nowhere/x.db?table=a", "/nowhere/x.db does not exist"),
        ("postgresql://host/db", "postgresql://host/db names no table: end it with ?table=NAME"),
        ("gs://bucket/x.csv", "gs:// needs more packages: pip install"),
    ],
)
def test_an_address_that_gives_nothing_is_refused_in_a_line(
    address: str, says: str, served: tuple[Path, str], template: Path, tmp_path: Path
) -> None:
    address, says = (text.replace("{address}", served[1]) for text in (address, says))
    options = "--trust", "--defaults", "-d", f"data_path={address}"
    done = copier_command("copy", *options, template, tmp_path / "p")
    assert done.returncode == 1 and says in done.stderr and "secret" not in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "p").exists()


def test_an_update_needs_no_data_at_its_address(served: tuple[Path, str], started: Render, own_template: Path) -> None:
    folder, address = served
    project = started(data_path=f"{address}/mine.csv")
    (folder / "mine.csv").unlink()
    release(own_template, *SEED)
    update(project)
    config = (project / "config.toml").read_text()
    assert "seed = 1" in config and 'target = ["ill"]' in config and 'data_path = "data/mine.csv"' in config


def test_a_project_with_data_at_hand_has_nothing_of_it(render: Render, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(TABLE)
    project = render(tmp_path / "p", data_path=str(tmp_path / "mine.csv"))
    texts = [file.read_text() for file in project.rglob("*") if file.is_file()]
    assert not any(word in text for text in texts for word in ("data_from", "fetch_missing", "fsspec"))
    assert not list(project.rglob("fetch.py"))


@pytest.mark.thorough
def test_an_update_reads_the_copy_in_the_project(
    served: tuple[Path, str], started: Render, own_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = started(data_path=f"{served[1]}/mine.csv")
    run(project, "fetch")
    monkeypatch.chdir(project)
    asked = len(Quiet.asked)
    release(own_template, *SEED)
    update(project)
    assert "seed = 1" in (project / "config.toml").read_text() and len(Quiet.asked) == asked
