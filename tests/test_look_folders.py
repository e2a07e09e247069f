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
    for name, suffix, files in [("cat", "jpg", 9), ("dog", "JPG", 8), ("bird", "XCF", 7)]:
        (tmp_path / "pets" / name).mkdir(parents=True)
        for number in range(files):
            (tmp_path / "pets" / name / f"{number}.{suffix}").touch()
    (tmp_path / "pets" / "LICENSE").touch()
    found = "17 images, in 2 folders; left out: 8 other files (.xcf, LICENSE)"
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


NUMBERS = range(1, 5)
LAYOUTS = {  # names of files, and what is seen of them
    "a folder around": ([f"pets/pets/{c}/{n}.png" for c in ("cat", "dog") for n in NUMBERS], "in 2 folders"),
    "splits": (
        [f"{s}/{c}/{n}.png" for s in ("Train", "val", "test") for c in ("cat", "dog") for n in NUMBERS],
        "split: 8",
    ),
    "splits in classes": (
        [f"{c}/{s}/{n}.png" for s in ("train", "test") for c in ("cat", "dog") for n in NUMBERS],
        "8 t",
    ),
    "long names": (
        [f"seg_{s}/seg_{s}/{c}/1.png" for s in ("train", "test") for c in ("cat", "dog")],
        "2 train, 2 test",
    ),
    "without classes": (
        [f"train/{c}.{n}.png" for c in ("cat", "dog") for n in NUMBERS] + ["test/1.png"],
        "names of the",
    ),
    "names": ([f"{c}_{n}.png" for c in ("cat", "dog") for n in NUMBERS], "cat (cat_4.png), dog (dog_4.png)"),
    "numbers first": ([f"{n:03}-{c}.png" for c in ("cat", "dog") for n in NUMBERS], "dog (004-dog.png)"),
    "copies": ([f"{c} ({n}).png" for c in ("cat", "dog") for n in NUMBERS], "tell the classes: cat (cat (4).png)"),
    "nested": ([f"{c}/{n}.png" for c in ("cat/tom", "cat/tim", "dog/rex") for n in NUMBERS], "class_level = 2 takes"),
}


@pytest.mark.parametrize(("names", "said"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts_tell_two_classes(names: list[str], said: str, tmp_path: Path) -> None:
    make_files(tmp_path, [*names, "__MACOSX/._1.png", "Thumbs.db", ".DS_Store"])
    assert seen(tmp_path) == ("images", "class", "binary") and not look(tmp_path).refused
    assert said in look(tmp_path).summary()


def test_another_level_has_other_classes(tmp_path: Path) -> None:
    facts = look(make_files(tmp_path, LAYOUTS["nested"][0]))
    assert facts.levels_seen() == "1: cat, dog; 2: rex, tim, tom"
    assert facts.at_level(2).propose_task("class", "images") == "multiclass"


REFUSED = {
    "nothing": ([], "holds no files"),
    "no suffixes": (["a/1", "b/2"], "holds 2 files without a suffix, such as 1: give them names such as 1.jpg"),
    "documents": (["1.pdf", "2.docx"], "drawings or documents"),
    "one class": (["cat/1.png", "cat/2.png"], "all of one class, cat"),
    "no classes": (["IMG_1.png", "IMG_2.png"], "no folder for each class"),
    "a list": (["img/1.png", "labels.csv"], "labels.csv as data_path"),
    "masks": ([f"{kind}/{n}.png" for kind in ("images", "masks") for n in NUMBERS], "segmentation is not supported"),
    "masks in classes": ([f"{c}/{n}{m}.png" for c in "ab" for n in NUMBERS for m in ("", "_mask")], "segmentation"),
    "YOLO": ([f"images/{n}.png" for n in NUMBERS] + [f"labels/{n}.txt" for n in NUMBERS], "detection is not"),
    "COCO": (["train/1.png", "train/2.png", "annotations/boxes.json"], "detection is not supported"),
    "Pascal VOC": (["JPEGImages/1.png", "Annotations/1.xml"], "detection is not supported"),
}
CONTENTS = {
    ".txt": "0 0.5 0.5 0.1 0.2\n",
    ".xml": "<annotation><object><bndbox/></object></annotation>",
    ".json": '{"images": [], "annotations": [{"bbox": [1, 2, 3, 4]}]}',
}


@pytest.mark.parametrize(("names", "said"), REFUSED.values(), ids=REFUSED)
def test_what_no_project_learns_from_is_refused(names: list[str], said: str, tmp_path: Path) -> None:
    for name in map(Path, make_files(tmp_path, names).rglob("*.*")):
        name.write_text(CONTENTS.get(name.suffix, ""))
    assert said in look(tmp_path).refused


LISTS = {  # what a table calls its files, and where they are
    "names": ("{n}.png", "images/{n}.png"),
    "no suffix": ("{n}", "img/train/{n}.png"),
    "backslashes": ("pics\\{c}\\{n}.png", "pics/{c}/{n}.png"),
    "another machine": ("C:\\Users\\me\\pics\\{c}\\{n}.png", "{c}/{n}.png"),
    "beside": ("{n}", "../images/{n}.png"),
}


@pytest.mark.parametrize(("called", "is_at"), LISTS.values(), ids=LISTS)
def test_files_are_found_by_what_a_table_calls_them(called: str, is_at: str, tmp_path: Path) -> None:
    rows = [{"n": number, "c": "dog" if number % 3 else "cat"} for number in range(30)]
    (tmp_path / "data").mkdir()
    make_files(tmp_path / "data", [is_at.format(**row) for row in rows])
    lines = [f"{called.format(**row)},{row['c']}" for row in rows]
    (tmp_path / "data" / "train.csv").write_text("\n".join(["image_id,label", *lines]))
    facts = look(tmp_path / "data" / "train.csv")
    assert seen(tmp_path / "data" / "train.csv") == ("images", "label", "binary")
    assert (facts.path_column, facts.lists_outside) == ("image_id", ".." in is_at)


@pytest.mark.parametrize("folders", [["train", "car"], ["test", "dev"], ["train"], ["train", "test", "unsorted"]])
def test_other_folders_are_classes(folders: list[str], tmp_path: Path) -> None:
    make_files(tmp_path, [f"{folder}/1.png" for folder in folders])
    assert seen(tmp_path)[2] == ["", "binary", "multiclass"][len(folders) - 1] and not look(tmp_path).lacks


def test_numbers_of_rows_name_no_files(tmp_path: Path) -> None:
    make_files(tmp_path, [f"pictures/{number}.png" for number in range(20)])
    (tmp_path / "data").mkdir()
    table = "customer_id,amount,churn\n" + "".join(f"{n % 20},{n % 7}.5,{n % 2}\n" for n in range(80))
    for file in (tmp_path / "data" / "t.csv", tmp_path / "shops.csv"):
        file.write_text(table)
        assert look(file).propose_input() == "table"
