"""Whatever the data are, the look at them is short and stops no interview; the template may come from an address."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import numpy as np
import pandas as pd
import pytest
import yaml
from conftest import Answers, commit, copier_command, git
from copier.errors import UserMessageError
from proposals import door, look, seen
from test_look import SAMPLES, answers_for

GIB = 2**30


def test_a_huge_file_is_sampled(plain_template: Path, tmp_path: Path) -> None:
    with open(tmp_path / "huge.csv", "wb") as file:
        file.write(b"a,b,kind\n" + b"1,2,x\n" * 10)
        file.truncate(50 * GIB)  # sparse
        file.seek(0, os.SEEK_END)
        file.write(b"\n" + b"1,2,y\n3,4,z\n" * 10)
    answers = answers_for(plain_template, tmp_path, tmp_path / "huge.csv")
    assert (answers["target"], answers["task"]) == ("kind", "multiclass")


@pytest.mark.parametrize("write", ["to_csv", "to_parquet"])
def test_of_a_large_table_parts_are_read(write: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door.load("samples"), "LARGE", 1_000_000)  # as if more took long
    monkeypatch.setattr(door.load("samples"), "PART", 30_000)
    frame = pd.DataFrame({"id": np.repeat(range(900), 100), "time": [*range(100)] * 900, "note": "-" * 20})
    frame["mood"] = frame["id"].map(lambda id: "xyz"[id // 300])
    getattr(frame, write)(tmp_path / f"t.{write[3:]}", index=False)
    facts = look(tmp_path / f"t.{write[3:]}")
    assert seen(tmp_path / f"t.{write[3:]}") == ("series", "mood", "multiclass")
    found = re.fullmatch(
        r"about ([\d,]+) rows: at least (\d+) series of about 100 steps; 4 columns: .*", facts.summary()
    )
    assert found and 80_000 < int(found[1].replace(",", "")) < 100_000 and 20 < int(found[2]) < 200


def zeros(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(50 * GIB)


def one_long_line(path: Path) -> None:
    path.write_bytes(b"abc,def " * (100_000_000 // 8))


def one_long_value(path: Path) -> None:
    path.write_bytes(b'a,b\n1,"' + b"x" * 200_000 + b'"\n2,3\n')


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def broken_link(path: Path) -> None:
    path.symlink_to("nowhere")


# What the look says of them, or an empty string where it sees a table.
STRANGE = {
    "empty": (lambda path: path.touch(), "it is empty"),
    "zeros": (zeros, "it holds no text"),
    "one long line": (one_long_line, "too long"),
    "one long value": (one_long_value, ""),
    "noise": (lambda path: path.write_bytes(bytes(range(256)) * 2000), "it holds no text"),
    "short noise": (lambda path: path.write_bytes(b"\x00\xff\xfe"), "it holds no text"),
    "zip": (lambda path: path.write_bytes(b"PK\x03\x04" + b"\x14\x00\x08," * 100), "a broken archive"),
    "PDF": (lambda path: path.write_bytes(b"%PDF-1.4\n" + bytes(range(256))), "a PDF; export the table as CSV"),
    "web page": (lambda path: path.write_bytes(b"<!DOCTYPE html>\n<p>a,b</p>\n"), "a web page; download the file"),
    "pipe": (os.mkfifo, ""),
    "device": (lambda path: path.symlink_to("/dev/zero"), ""),
    "empty folder": (lambda path: path.mkdir(), "holds no files"),
    "blank line": (lambda path: path.write_bytes(b"\n"), "it is empty"),
    "two header lines": (lambda path: path.write_bytes(b"a;b,c\n1\n2;3;4;5\n"), "has no rows"),
    "open quote": (lambda path: path.write_bytes(b'"unclosed\n1,2'), "has no rows"),
    "no names": (lambda path: path.write_bytes(b",,\n1,2,3\n"), "has no rows"),
    "UTF-16": (lambda path: path.write_bytes("a,b\n1,2\n".encode("utf-16")), ""),
    "only a header": (lambda path: path.write_bytes(b"a,label\n"), "has no rows"),
    "a row too long": (
        lambda path: path.write_bytes(b"a,kind\n" + b"1,x\n2,y\n3\n4,5,6\n" * 5),
        "row 4 has more values than the header has names",
    ),
}


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(name, ".csv") for name in STRANGE]
    + [(name, suffix) for name in ("empty", "zeros", "noise", "zip") for suffix in (".parquet", ".npz")],
)
def test_a_strange_file_is_refused_in_a_line_or_read(
    name: str, suffix: str, plain_template: Path, tmp_path: Path
) -> None:
    make, reason = STRANGE[name]
    make(tmp_path / f"t{suffix}")
    if reason and suffix != ".npz":
        with pytest.raises(UserMessageError) as refused:
            answers_for(plain_template, tmp_path, tmp_path / f"t{suffix}", project_name="p")
        assert "\n" not in str(refused.value) and f"t{suffix}" in str(refused.value)
        assert suffix == ".parquet" or reason in str(refused.value)
    else:
        answers = answers_for(plain_template, tmp_path, tmp_path / f"t{suffix}", project_name="p")
        assert answers["input"] in ("table", "series")
        assert answers["target"] and answers["task"] in ("binary", "multiclass")


TABLES = {
    "a name of two lines": (b'"first\nname","say ""kind"""\n' + b"1,x\n2,y\n" * 5, 'say "kind"'),
    "byte order mark": (b"\xef\xbb\xbflabel,a\n" + b"x,1\ny,2\n" * 5, "label"),
    "zero bytes": (b"a,kind\n" + b"1,x\0\n2,y\n" * 5, "kind"),
    "carriage returns": (b"a,kind\r" + b"1,x\r2,y\r" * 5, "kind"),
    "Windows": (b"a,kind\r\n" + b"1,x\r\n\r\n2,y\r\n" * 5, "kind"),
    "blanks": (b"a, kind\n" + b"1, x\n2, y\n" * 5, "kind"),
    "braces": (b"{{ a }},b\n1,2\n", "b"),
}


@pytest.mark.parametrize(("content", "target"), TABLES.values(), ids=TABLES)
def test_an_untidy_table_is_understood(content: bytes, target: str, plain_template: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    answers = answers_for(plain_template, tmp_path, tmp_path / "t.csv")
    assert (answers["input"], answers["target"]) == ("table", target)


@pytest.mark.parametrize("make", [loop, broken_link], ids=["loop", "broken link"])
def test_a_link_to_nothing_is_one_line(make: Callable[..., Any], template: Path, tmp_path: Path) -> None:
    make(tmp_path / "t.csv")
    options = ["--trust", "--defaults", "-d", f"data_path={tmp_path / 't.csv'}"]
    done = copier_command("copy", *options, template, tmp_path / "p")
    assert done.returncode != 0 and "Traceback" not in done.stderr
    assert f"data_path: {tmp_path / 't.csv'} does not exist" in done.stderr


def test_links_in_a_folder_are_no_trap(plain_template: Path, tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "1.png").touch()
    (tmp_path / "photos" / "cat" / "up").symlink_to(tmp_path / "photos")
    (tmp_path / "photos" / "cat" / "2.png").symlink_to("nowhere")
    (tmp_path / "photos" / "loop").symlink_to("loop")
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["task"]) == ("images", "binary")


@pytest.mark.parametrize("kind", ["folder", "folder in it"])
def test_a_folder_that_may_not_be_read_stops_no_interview(
    kind: str, plain_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = tmp_path / "photos"
    for name in ("cat", "dog", "fox"):
        (photos / name).mkdir(parents=True)
        (photos / name / "1.png").touch()
    forbid(monkeypatch, photos if kind == "folder" else photos / "fox")
    answers = answers_for(plain_template, tmp_path, photos)
    assert (answers["input"], answers["task"]) == ("images" if kind == "folder in it" else "table", "binary")


def test_a_file_that_may_not_be_read_is_refused(
    plain_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    forbid(monkeypatch, tmp_path / "t.csv")
    with pytest.raises(UserMessageError, match="data_path: .*t.csv cannot be read: you have no permission"):
        answers_for(plain_template, tmp_path, tmp_path / "t.csv")


def forbid(monkeypatch: pytest.MonkeyPatch, path: Path) -> Any:
    """Let reading of a path fail, for the superuser too."""

    def forbidding(function: Callable[..., Any]) -> Any:
        def call(name: Any, *arguments: Any, **options: Any) -> Any:
            if str(name) == str(path):
                raise PermissionError(13, "Permission denied", str(path))
            return function(name, *arguments, **options)

        return call

    monkeypatch.setattr("builtins.open", forbidding(open))
    monkeypatch.setattr("os.scandir", forbidding(os.scandir))


def test_a_file_may_vanish_during_the_interview(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,label\n" + "1,x\n2,y\n3,z\n" * 10)

    def answer(questions: Any, answers: Any) -> Answers:
        name = questions[0]["name"]
        questions[0]["when"](answers)
        if name == "target":
            path.unlink()
        return {name: str(path) if name == "data_path" else answers[name]}

    monkeypatch.setattr("copier._main.unsafe_prompt", answer)
    copier.run_copy(str(template), tmp_path / "p", unsafe=True, quiet=True, skip_tasks=True)
    assert yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text())["target"] == "label"


def test_the_template_may_come_from_an_address(template: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    options = ["--trust", "--defaults", "--skip-tasks", "-d", f"data_path={SAMPLES / 'wine.csv'}"]
    done = copier_command("copy", *options, f"git+file://{template}", "../p", cwd=tmp_path / "elsewhere")
    assert done.returncode == 0, done.stderr
    answers = yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text())
    assert (answers["target"], answers["family"]) == ("cultivar", "tabular-ensemble")
    commit(tmp_path / "p", "Start")
    done = copier_command("update", "--trust", "--defaults", "--skip-tasks", cwd=tmp_path / "p")
    assert done.returncode == 0, done.stderr
    assert git(tmp_path / "p", "status", "--porcelain") == ""


def test_a_relative_path_is_recorded_as_absolute(
    plain_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(SAMPLES)
    answers = answers_for(plain_template, tmp_path, "wine.csv")
    assert (answers["data_path"], answers["target"]) == ((SAMPLES / "wine.csv").as_posix(), "cultivar")


def test_an_update_looks_with_the_new_version(own_template: Path, tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,c,kind\n" + "1,2,3,x\n2,3,4,y\n" * 10)
    answers_for(own_template, tmp_path, tmp_path / "t.csv", target="b")
    commit(tmp_path / "p", "Start")
    facts = own_template / "looking" / "column_facts.py"
    assert 'TARGETS = ["target", ' in facts.read_text()
    facts.write_text(facts.read_text().replace('TARGETS = ["target", ', 'TARGETS = ["c", '))
    questions = own_template / "questions" / "data.yml"
    new = 'seen_now:\n  type: str\n  ask: false\n  default: "{{ (data_path | look).propose_target(input) }}"\n'
    questions.write_text(questions.read_text() + "\n" + new)
    commit(own_template, "Another guess", tag="v0.2.0")
    copier.run_update(
        tmp_path / "p",
        defaults=True,
        unsafe=True,
        quiet=True,
        overwrite=True,
        skip_tasks=True,
        exclude=["*", "!.copier-answers.yml"],
    )
    answers = yaml.safe_load((tmp_path / "p" / ".copier-answers.yml").read_text())
    assert (answers["_commit"], answers["target"], answers["seen_now"]) == ("v0.2.0", "b", "c")
