"""What a folder holds is what most of its files are; a folder of texts per class."""

import os
import resource
from pathlib import Path

import pytest
from conftest import copier_command
from proposals import look, seen
from test_look_help import INPUT, TASK, Interview, interview  # noqa: F401
from test_look_text import classes, sentence


def test_a_folder_of_texts_per_class(tmp_path: Path) -> None:
    for number in range(12):
        file = tmp_path / "mail" / classes("spam", "ham", "news")[number] / f"{number}.TXT"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sentence(30) if number else "", encoding="utf-8")
    assert seen(tmp_path / "mail") == ("text", "class", "multiclass")
    assert look(tmp_path / "mail").summary() == "12 texts, in 3 folders; about 30 words in each"
    assert look(tmp_path / "mail").text == ""
    (tmp_path / "mail" / "spam" / "list.csv").write_text("a,b\n1,2\n")
    (tmp_path / "mail" / "spam" / "noise.txt").write_bytes(bytes(range(256)))
    os.mkfifo(tmp_path / "mail" / "spam" / "pipe.txt")
    (tmp_path / "mail" / "spam" / "nowhere.txt").symlink_to("nowhere")
    assert seen(tmp_path / "mail") == ("text", "class", "multiclass")


def test_texts_beside_images_describe_them(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for suffix in ("png", "txt", "caption.txt"):
            (tmp_path / name / f"1.{suffix}").write_text("a cat on a mat")
    assert seen(tmp_path) == ("images", "class", "binary")


def test_other_files_are_said_to_be_left_out(template: Path, tmp_path: Path) -> None:
    for name, suffix, files in [("cat", "jpg", 9), ("dog", "JPG", 8), ("bird", "HEIC", 7)]:
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(files):
            (tmp_path / "pets" / name / f"{number}.{suffix}").touch()
    (tmp_path / "pets" / "LICENSE").touch()
    found = "17 images, in 2 folders; left out: 8 other files (.heic, LICENSE)"
    assert look(tmp_path / "pets").summary() == found
    options = ("--trust", "--defaults", "-d", f"data_path={tmp_path / 'pets'}", "--skip-tasks")
    said = copier_command("copy", *options, template, tmp_path / "p", check=True).stderr
    assert f"It predicts class (binary, with separable-cnn) from {tmp_path / 'pets'} ({found})\n" in said


MIXED = {
    "sound with transcripts": (["a/1.wav", "a/1.txt", "b/2.wav", "b/2.txt"], "sound"),
    "sound with pictures of it": (["a/1.flac", "a/2.ogg", "a/1.png"], "sound"),
    "video with single frames": (["a/1.mp4", "a/2.mp4", "b/3.mov", "b/3.jpg"], "video"),
    "images with a list and notes": (["a/1.png", "b/2.png", "list.csv", "README.txt"], "images"),
    "as many images as volumes": (["a/1.png", "b/1.npy"], "images"),
    "series with notes": (["a/1.csv", "b/1.csv", "notes.txt"], "series"),
    "texts with a list": ([f"{name}/{number}.txt" for name in "ab" for number in range(5)] + ["list.csv"], "text"),
    "other files": (["a/1.pdf", "b/2.gz", "c/.wav", "d/wav"], ""),
}


@pytest.mark.parametrize(("names", "input"), MIXED.values(), ids=MIXED)
def test_most_files_decide(names: list[str], input: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert look(tmp_path).propose_input() == input


def test_many_folders_are_not_open_all_at_once(tmp_path: Path) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}").mkdir()
        for name in range(7):
            (tmp_path / f"{number:03}" / f"{name}.png").touch()
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, usual[1]))
    try:
        assert look(tmp_path).summary() == "2,100 images, in 300 folders"
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, usual)


def make_files(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


SPLITS = {
    "train and test": (["test", "train"], "train and test", ("train", "test")),
    "three": (["Test", "Train", "Val"], "Train, Test and Val", ("Train", "Test")),
    "train and valid": (["train", "valid"], "train and valid", ("train", "valid")),
    "long names": (["testing", "training", "validation"], "training, testing and validation", ("training", "testing")),
}


@pytest.mark.parametrize(("folders", "named", "given"), SPLITS.values(), ids=SPLITS)
def test_splits_are_no_classes(
    folders: list[str],
    named: str,
    given: tuple[str, ...],
    interview: Interview,  # noqa: F811
    template: Path,
    tmp_path: Path,
) -> None:
    pets = make_files(tmp_path / "pets", [f"{folder}/{name}/1.png" for folder in folders for name in ("cat", "dog")])
    advice = (
        f"{named} are no classes but splits: give pets/{given[0]} as data_path here,"
        f" pets/{given[1]} as test_path in config.toml"
    )
    messages, _ = interview(pets)
    found = f"{2 * len(folders)} images, in {len(folders)} folders"
    assert messages["input"] == f"{INPUT} ({found}; {advice})"
    assert messages["target"].endswith(f" ({advice})") and messages["task"] == TASK
    options = ["--trust", "--defaults", "--skip-tasks", "-d", f"data_path={pets}"]
    done = copier_command("copy", *options, template, tmp_path / "q")
    assert done.returncode != 0 and not (tmp_path / "q").exists()
    assert done.stderr.strip().splitlines()[-1] == f"data_path: {advice}"
    assert seen(pets / given[0]) == ("images", "class", "binary")


@pytest.mark.parametrize("folders", [["train", "car"], ["test", "dev"], ["train"], ["train", "test", "unsorted"]])
def test_other_folders_are_classes(folders: list[str], tmp_path: Path) -> None:
    make_files(tmp_path, [f"{folder}/1.png" for folder in folders])
    assert seen(tmp_path)[2] == ["", "binary", "multiclass"][len(folders) - 1] and not look(tmp_path).lacks
