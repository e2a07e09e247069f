"""Files of strangers: nothing outside of the data is opened, and no small file takes all memory."""

import gzip
import os
import random
import threading
import zipfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import av
import keras
import numpy as np
import pandas as pd
import pytest
from conftest import Import, Imported
from PIL import Image
from test_media import save

KINDS = {"images": ".png", "sound": ".wav", "video": ".mkv", "volumes": ".npy"}


def write(kind: str, path: Path, level: float = 0.5) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind != "images":
        return save(kind, path, level)
    Image.new("L", (8, 8), round(255 * level)).save(path)
    return path


@pytest.fixture(scope="module")
def projects_of(imported: Import) -> Callable[[str], Imported]:
    rendered: dict[str, Imported] = {}

    def get(kind: str) -> Imported:
        if kind not in rendered:
            rendered[kind] = imported(input=kind, task="multiclass", tables=True)
        return rendered[kind]

    return get


@pytest.fixture
def read(projects_of: Callable[[str], Imported], capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Any, str]]:
    """Read data of a kind; return the examples, and what was printed."""

    def read_data(kind: str, path: Path, **settings: Any) -> tuple[Any, str]:
        project = projects_of(kind)
        config = project.config(data_path=path, target=["t"], **settings)
        examples = project.module("data.read").read(path, config)
        return examples, capsys.readouterr().out

    return read_data


@pytest.mark.parametrize(("kind", "suffix"), KINDS.items())
def test_links_that_lead_out_are_left_out_unless_they_may(
    kind: str, suffix: str, read: Callable[..., tuple[Any, str]], tmp_path: Path
) -> None:
    secret = write(kind, tmp_path / "secret" / f"s{suffix}")
    data = tmp_path / "data"
    inside = write(kind, data / "a" / f"1{suffix}")
    (data / "b").mkdir()
    (data / "b" / f"inside{suffix}").symlink_to(inside)
    (data / "b" / f"outside{suffix}").symlink_to(secret)
    (data / "b" / f"gone{suffix}").symlink_to("nowhere")
    (data / "linked").symlink_to(secret.parent, target_is_directory=True)
    os.mkfifo(data / "b" / f"pipe{suffix}")
    examples, said = read(kind, data)
    assert [*examples.keys["path"]] == [f"a/1{suffix}", f"b/inside{suffix}"]
    for name, reason in [
        (f"b/outside{suffix}", "a link that leads out of the folder"),
        (f"b/gone{suffix}", "there is no such file"),
        (f"b/pipe{suffix}", "it is no plain file"),
        ("linked", "a link to a folder"),
    ]:
        assert f"Left out: {data / name} ({reason})\n" in said
    examples, said = read(kind, data, outside_paths=True)
    assert f"b/outside{suffix}" in [*examples.keys["path"]] and "leads out" not in said


@pytest.mark.parametrize(("kind", "suffix"), KINDS.items())
def test_links_in_a_list_of_paths_that_lead_out_are_skipped(
    kind: str, suffix: str, read: Callable[..., tuple[Any, str]], tmp_path: Path
) -> None:
    secret = write(kind, tmp_path / "secret" / f"s{suffix}")
    write(kind, tmp_path / "data" / f"1{suffix}")
    (tmp_path / "data" / f"2{suffix}").symlink_to(secret)
    table = tmp_path / "data" / "list.csv"
    table.write_text(f"path,t\n1{suffix},a\n2{suffix},b\n")
    examples, said = read(kind, table)
    assert [*examples.rows] == [0] and f"2{suffix}: a link that leads out of the folder" in said
    assert len(read(kind, table, outside_paths=True)[0].rows) == 2


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def test_videos_are_files_and_nothing_else(
    read: Callable[..., tuple[Any, str]], server: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, asked = server
    save("video", tmp_path / "1.mkv", 0.5)
    save("video", tmp_path.parent / "secret.mkv", 0.5)
    # Lists of other files that FFmpeg follows, by their contents.
    (tmp_path / "2.mp4").write_text(f"#EXTM3U\n#EXTINF:1,\n{address}/a.ts\n")
    (tmp_path / "3.mp4").write_text(f"ffconcat version 1.0\nfile '{tmp_path.parent}/secret.mkv'\n")
    names = ["1.mkv", "2.mp4", "3.mp4", f"{address}/b.mkv", f"file:{tmp_path.parent}/secret.mkv"]
    names += [f"concat:{tmp_path.parent}/secret.mkv", f"subfile,,start,0,end,0,,:{tmp_path.parent}/secret.mkv"]
    rows = "".join(f'"{name}",{number % 2}\n' for number, name in enumerate(names))
    (tmp_path / "list.csv").write_text(f"path,t\n{rows}")
    monkeypatch.chdir(tmp_path)
    examples, _ = read("video", Path("list.csv"))
    assert [*examples.rows] == [0] and asked == []
    with pytest.raises(av.FFmpegError):  # what is asked where nothing limits it
        av.open(f"{address}/b.mkv")
    assert asked == ["/b.mkv"]


def test_an_image_runs_no_program(
    read: Callable[..., tuple[Any, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("images", tmp_path / "a" / "1.png")
    postscript = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n%%EndComments\nshowpage\n"
    (tmp_path / "a" / "2.png").write_bytes(postscript)
    program = tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\necho ran >> {tmp_path}/ran\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=os.pathsep)
    examples, said = read("images", tmp_path)
    assert [*examples.keys["path"][examples.rows]] == ["a/1.png"] and "2.png: cannot identify image file\n" in said
    assert not (tmp_path / "ran").exists()


def test_what_is_decoded_at_the_same_time_fits_into_memory(
    projects_of: Callable[[str], Imported], read: Callable[..., tuple[Any, str]], tmp_path: Path
) -> None:
    media = projects_of("images").module("data.decoding")
    for number in range(12):
        write("images", tmp_path / "a" / f"{number}.png")
    Image.new("P", (2**14, 2**14)).save(tmp_path / "a" / "bomb.png", optimize=True)
    taken, most = [], media.MEMORY.most
    before = media.MEMORY.of

    def of(size: int) -> Any:
        taken.append(media.MEMORY.most - media.MEMORY.free)
        return before(size)

    media.MEMORY.of = of
    try:
        examples, said = read("images", tmp_path)
    finally:
        del media.MEMORY.of
    assert len(examples.rows) == 12 and "bomb.png: to decode it takes 3,221,225,472 bytes" in said
    assert (tmp_path / "a" / "bomb.png").stat().st_size < 400_000
    assert taken and max(taken) <= most and media.MEMORY.free == most


def test_memory_is_waited_for(projects_of: Callable[[str], Imported]) -> None:
    memory = projects_of("images").module("data.decoding").Memory(100)
    at_once, seen = [], []

    def work() -> None:
        with memory.of(40):
            at_once.append(1)
            seen.append(len(at_once))
            threading.Event().wait(0.01)
            at_once.pop()

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 10 and max(seen) <= 2 and memory.free == 100
    with pytest.raises(ValueError, match="to decode it takes 101 bytes, over 100"), memory.of(101):
        pass


def test_a_model_that_unpacks_to_far_more_than_its_size_is_refused(imported: Import) -> None:
    project = imported(family="dense-binary")
    project.main("train", "--epochs", 1)
    model = project.folder / "runs" / "latest" / "model.keras"
    whole = model.read_bytes()
    other = keras.Input((3,))
    keras.Model(other, keras.layers.Dense(1)(other)).save(model)
    assert "model.keras cannot be read, train again: it is of another network" in project.error("evaluate")
    model.write_bytes(whole)
    with zipfile.ZipFile(model, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("more", np.zeros(2**27, "uint8").tobytes())
    assert "model.keras cannot be read, train again: it unpacks to 134," in project.error("evaluate")


def test_one_file_that_no_reader_expects_stops_nothing(
    projects_of: Callable[[str], Imported], read: Callable[..., tuple[Any, str]], tmp_path: Path
) -> None:
    write("video", tmp_path / "a" / "1.mkv")
    # MPEG whose first start code is of no codec that FFmpeg knows: its stream has no width.
    (tmp_path / "a" / "2.mpg").write_bytes(b"\x00\x00\x01\xba\x44" + bytes(9) + b"\x00\x00\x01\xfd\x00\x40" + bytes(64))
    decode_all = projects_of("video").module("data.decoding").decode_all
    (reason,) = decode_all([tmp_path / "a" / "1.mkv"], None, lambda file: file.no_such_thing)
    assert reason.endswith("has no attribute 'no_such_thing'")
    examples, said = read("video", tmp_path)
    assert [*examples.keys["path"][examples.rows]] == ["a/1.mkv"] and "2.mpg: " in said


def test_names_that_no_file_can_have_are_skipped(read: Callable[..., tuple[Any, str]], tmp_path: Path) -> None:
    for name in ("1.png", "2.png"):
        write("images", tmp_path / name)
    names = ["1.png", "2.png", "x" * 5000 + ".png", "a\0b.png", "y" * 300]
    frame = pd.DataFrame({"path": names, "t": ["a", "b", "a", "b", "a"]})
    frame.to_parquet(tmp_path / "list.parquet")
    examples, said = read("images", tmp_path / "list.parquet")
    assert [*examples.rows] == [0, 1] and said.count("Skipped: ") == 4


def test_a_folder_of_tables_holds_no_links_that_lead_out(imported: Import, tmp_path: Path) -> None:
    open_table = imported(family="dense-binary").module("tables.opening").open_table
    said: list[str] = []
    (tmp_path / "secret.csv").write_text("a,b\n9,secret\n")
    data = tmp_path / "data"
    data.mkdir()
    (data / "1.csv").write_text("a,b\n1,x\n2,y\n")
    (data / "2.csv").symlink_to("1.csv")
    (data / "3.csv").symlink_to(tmp_path / "secret.csv")
    (data / "4.csv").symlink_to("nowhere")
    assert open_table(data, said.append).rows == 4
    reasons = {"3.csv": "a link that leads out of the folder", "4.csv": "it is no plain file"}
    assert said == [f"Left out: {data / name} ({reason})" for name, reason in reasons.items()]
    assert open_table(data / "*.csv").rows == 5  # who names them wants them


PLAIN = b"a,b\n" + b"1,2\n" * 200


def packed(path: Path, method: int) -> bytes:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("in.csv", random.Random(0).randbytes(4000).hex())
    return path.read_bytes()


def test_damaged_and_nested_archives_are_one_line(imported: Import, tmp_path: Path) -> None:
    open_table = imported(family="dense-binary").module("tables.opening").open_table
    file = tmp_path / "t.csv.gz"

    def reason(content: bytes) -> str:
        file.write_bytes(content)
        with pytest.raises(Exception, match="cannot be read as a table: ") as refused:
            open_table(file)
        assert "\n" not in str(refused.value)
        return str(refused.value)

    whole = gzip.compress(random.Random(0).randbytes(4000).hex().encode())
    methods = (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    for content in [whole, *(packed(tmp_path / "z", method) for method in methods)]:
        for place in range(60, 1000, 47):
            damaged = content[:place] + bytes(40) + content[place + 40 :]
            assert reason(damaged)
    content = PLAIN
    for times in range(1, 6):
        content = gzip.compress(content)
        file.write_bytes(content)
        if times <= 3:
            assert open_table(file).rows == 200
    assert reason(content).endswith("it is packed more than 3 times; unpack it")


def test_a_sheet_that_fits_into_no_memory_is_one_line(
    imported: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    formats = imported(family="dense-binary").module("tables.formats")
    (tmp_path / "t.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    (tmp_path / "lib").mkdir()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    monkeypatch.syspath_prepend(tmp_path / "lib")
    # In place of the package, which the tests do not need: its ways to end.
    for ends, expected in {
        "raise CalamineError('Cannot detect')": "it is a broken spreadsheet: Cannot detect",
        "os.abort()": "or too large to be read: look for cells far",
        "bytearray(2**40)": "or too large to be read: look for cells far",
    }.items():
        code = f"import os\nclass CalamineError(Exception): ...\nclass CalamineWorkbook:\n  def from_path(p): {ends}\n"
        (tmp_path / "lib" / "python_calamine.py").write_text(code)
        with pytest.raises(ValueError, match=expected):
            formats.unpack(tmp_path / "t.xls", tmp_path, print)
