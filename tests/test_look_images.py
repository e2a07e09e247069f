"""Answers are proposed from the user's images: classes, size, colour, proportions."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import copier
import pandas as pd
import pytest
from conftest import ROOT, Answers, Render, commit, copier_command, git
from PIL import Image
from proposals import door, look
from test_look import answers_for

DIGITS = ROOT / "template" / "data" / "digits.csv"


def save_image(path: Path, width: int = 20, height: int = 10, mode: str = "RGB", **options: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, (width, height), *([] if mode == "P" else [1 if mode == "1" else None])).save(path, **options)


def save_twice(folder: Path, name: str, *size: Any, **options: Any) -> None:
    """Save an image in the folders of two classes."""
    for of_class in ("a", "b"):
        save_image(folder / of_class / name, *size, **options)


@pytest.mark.parametrize(("classes", "task"), [(2, "binary"), (3, "multiclass")])
def test_folders_are_classes(classes: int, task: str, plain_template: Path, tmp_path: Path) -> None:
    for number in range(classes):
        save_image(tmp_path / "photos" / f"class {number}" / "a.JPG", format="jpeg")
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["target"]) == ("images", "class")
    assert (answers["task"], answers["family"]) == (task, "separable-cnn")


def test_what_is_hidden_or_holds_no_image_is_no_class(plain_template: Path, tmp_path: Path) -> None:
    for name in ("cat/1.png", "dog/puppies/1.png", ".thumbs/1.png", "__MACOSX/._1.png", "bird/.1.png"):
        save_image(tmp_path / "photos" / name)
    (tmp_path / "photos" / "empty").mkdir()
    (tmp_path / "photos" / "notes").mkdir()
    (tmp_path / "photos" / "notes" / "labels.csv").write_text("a,b\n1,2\n")
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["task"]) == ("images", "binary")


@pytest.mark.parametrize("names", [["1.png"], ["1.png", "2.png", "cat/1.png", "dog/1.png"]])
def test_images_without_classes_are_refused(names: list[str], template: Path, tmp_path: Path) -> None:
    for name in names:
        save_image(tmp_path / "photos" / name)
    options = ("--trust", "--defaults", "--skip-tasks", "-d", f"data_path={tmp_path / 'photos'}")
    done = copier_command("copy", *options, template, tmp_path / "p")
    assert done.returncode != 0 and not (tmp_path / "p").exists()
    assert "but no folder for each class" in done.stderr.strip().splitlines()[-1]


def test_a_stray_image_is_no_class(plain_template: Path, tmp_path: Path) -> None:
    for name in ("stray.png", "cat/1.png", "dog/1.png"):
        save_image(tmp_path / "photos" / name, width=24, height=16)
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["task"]) == ("images", "binary")
    assert answers["image_size"] == [16, 24]


def test_a_list_of_images(plain_template: Path, tmp_path: Path) -> None:
    shutil.copy(DIGITS, tmp_path)
    for number, height in enumerate([30, 40, 50]):
        save_image(tmp_path / "digits" / "0" / f"000{number}.png", 30, height, "L")
    (tmp_path / "digits.csv").write_text(
        "path,parity\n" + "".join(f"digits/0/000{number % 4}.png,{number % 2}\n" for number in range(40))
    )
    answers = answers_for(plain_template, tmp_path, tmp_path / "digits.csv")
    assert (answers["input"], answers["target"], answers["task"]) == ("images", "parity", "binary")
    assert (answers["image_size"], answers["color"], answers["resize"]) == ([40, 30], False, "pad")


FORMATS = {
    "png": ("RGB", "png", {}, True),
    "png with transparency": ("RGBA", "png", {}, True),
    "png with a palette": ("P", "png", {}, True),
    "grey png": ("L", "png", {}, False),
    "grey png with transparency": ("LA", "png", {}, False),
    "16-bit png": ("I;16", "png", {}, False),
    "black and white png": ("1", "png", {}, False),
    "jpeg": ("RGB", "jpg", {}, True),
    "progressive jpeg": ("RGB", "jpeg", {"progressive": True}, True),
    "jpeg with a long comment": ("RGB", "jpg", {"comment": b"x" * 60_000}, True),
    "grey jpeg": ("L", "jpg", {}, False),
    "cmyk jpeg": ("CMYK", "jpg", {}, True),
    "gif": ("P", "gif", {}, True),
    "bmp": ("RGB", "bmp", {}, True),
}


@pytest.mark.parametrize(("mode", "suffix", "options", "color"), FORMATS.values(), ids=FORMATS)
def test_size_and_colour_come_from_the_headers(
    mode: str, suffix: str, options: Answers, color: bool, plain_template: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        save_image(tmp_path / "photos" / name / f"1.{suffix}", 30, 20, mode, **options)
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["image_size"], answers["color"], answers["resize"]) == ([20, 30], color, "stretch")


@pytest.mark.parametrize("suffix", ["jfif", "webp", "avif", "tif", "jp2", "ppm", "tga"])
def test_size_and_colour_of_other_formats(suffix: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_image(tmp_path / name / f"1.{suffix}", 30, 20)
    facts = look(str(tmp_path))
    assert (facts.input, facts.image_size, facts.color, facts.deep) == ("images", [20, 30], True, False)


@pytest.mark.parametrize(("mode", "suffix"), [("I;16", "png"), ("I;16", "tif"), ("F", "tif"), ("I;16", "pgm")])
def test_more_than_8_bits_are_said_and_kept(mode: str, suffix: str, tmp_path: Path) -> None:
    save_image(tmp_path / "a" / f"1.{suffix}", 30, 20, mode)
    facts = look(str(tmp_path))
    assert facts.deep and not facts.color and "more than 8 bits" in facts.summary()


@pytest.mark.parametrize(("suffix", "input"), [("gif", "video"), ("tif", "images"), ("webp", "images")])
def test_several_frames_are_said_and_gifs_are_video(suffix: str, input: str, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (24, 16), color) for color in ("red", "blue", "white")]
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        frames[0].save(tmp_path / name / f"1.{suffix}", save_all=True, append_images=frames[1:])
    facts = look(str(tmp_path))
    assert facts.input == input and facts.image_size == [16, 24]
    assert re.search("GIFs of several frames" if input == "video" else "several frames or pages", facts.summary())
    assert facts.frames == 3 or input == "images"


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("1.HEIC", b"\0\0\0\x18ftypheic" + bytes(300), r"\.heic.* none of which can be read"),
        ("1.dcm", bytes(128) + b"DICM", r"\.dcm: DICOM files\); convert"),
        ("1.NEF", b"II*\0", r"\.nef: raw photos"),
        ("1.nrrd", b"NRRD0004\n", r"\.nrrd: scans.*NIfTI"),
    ],
)
def test_formats_that_no_project_reads_are_refused(name: str, content: bytes, refused: str, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).write_bytes(content)
    assert re.search(refused, look(str(tmp_path)).refused)


@pytest.mark.parametrize(
    ("sizes", "image_size"),
    [
        ([(28, 28)] * 3, [28, 28]),
        ([(128, 100)], [100, 128]),
        ([(640, 480)] * 2, [96, 128]),
        ([(4032, 3024)], [96, 128]),
        ([(300, 400), (90, 120), (30, 40)], [120, 90]),
        ([(1000, 3)], [8, 128]),
    ],
)
def test_size_is_the_median_made_smaller(
    sizes: list[tuple[int, ...]], image_size: list[int], plain_template: Path, tmp_path: Path
) -> None:
    for number, (width, height) in enumerate(sizes):
        save_twice(tmp_path / "photos", f"{number}.png", width, height, "1")
    assert answers_for(plain_template, tmp_path, tmp_path / "photos")["image_size"] == image_size


@pytest.mark.parametrize(("orientation", "image_size"), [(1, [20, 30]), (3, [20, 30]), (6, [30, 20]), (8, [30, 20])])
def test_photos_stand_as_the_camera_was_held(
    orientation: int, image_size: list[int], plain_template: Path, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Camera", orientation
    save_twice(tmp_path / "photos", "1.jpg", 30, 20, exif=exif)
    assert answers_for(plain_template, tmp_path, tmp_path / "photos")["image_size"] == image_size


def test_one_image_with_colour_is_enough(plain_template: Path, tmp_path: Path) -> None:
    for number in range(60):
        save_image(tmp_path / "photos" / "a" / f"{number}.png", mode="L")
    save_image(tmp_path / "photos" / "b" / "1.png", mode="RGB")
    assert answers_for(plain_template, tmp_path, tmp_path / "photos")["color"] is True


BROKEN = {
    "empty": b"",
    "cut png": b"\x89PNG\r\n\x1a\n\0\0",
    "png of no width": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(20),
    "cut jpeg": b"\xff\xd8\xff\xc0\0",
    "jpeg of fill bytes": b"\xff\xd8" + b"\xff" * 5000,
    "jpeg segments without length": b"\xff\xd8" + b"\xff\xe0\0\0" * 100,
    "broken exif": b"\xff\xd8\xff\xe1\0\x10Exif\0\0II*\0\xff\xff\xff\x7f",
    "cut bmp": b"BM123",
    "another format": b"RIFF....WEBP",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_images_tell_nothing(content: bytes, plain_template: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        (tmp_path / "photos" / name / "1.jpg").write_bytes(content)
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["input"], answers["task"]) == ("images", "binary")
    assert (answers["image_size"], answers["color"], answers["resize"]) == ([64, 64], True, "stretch")


@pytest.fixture
def asked_for(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], list[str]]:
    """Take every default as a person would; return the names of the questions."""

    def interview(data_path: object) -> list[str]:
        names = []

        def answer(questions: Any, answers: Any) -> Answers:
            name = questions[0]["name"]
            if questions[0]["when"](answers):
                names.append(name)
            return {name: str(data_path) if name == "data_path" else answers[name]}

        monkeypatch.setattr("copier._main.unsafe_prompt", answer)
        copier.run_copy(str(template), tmp_path / "p", unsafe=True, quiet=True, skip_tasks=True)
        return names

    return interview


@pytest.mark.parametrize(("heights", "is_asked"), [([100, 100], False), ([100, 101], False), ([100, 105], True)])
def test_how_images_fit_is_asked_only_where_proportions_differ(
    heights: list[int], is_asked: bool, asked_for: Callable[[object], list[str]], tmp_path: Path
) -> None:
    for number, height in enumerate(heights):
        save_twice(tmp_path / "photos", f"{number}.png", 200, height, "1")
    names = asked_for(tmp_path / "photos")
    assert ("resize" in names) == is_asked
    assert len(names) <= 10 and not {"image_size", "color"} & set(names)


@pytest.mark.parametrize(("heights", "resize"), [([100, 109], "stretch"), ([100, 112], "pad"), ([100, 400], "pad")])
def test_images_of_other_proportions_are_padded(
    heights: list[int], resize: str, plain_template: Path, tmp_path: Path
) -> None:
    for number, height in enumerate(heights):
        save_twice(tmp_path / "photos", f"{number}.png", 200, height, "1")
    assert answers_for(plain_template, tmp_path, tmp_path / "photos")["resize"] == resize


def test_given_answers_hold(template: Path, tmp_path: Path) -> None:
    save_twice(tmp_path / "photos", "1.png")
    options = {"data_path": tmp_path / "photos", "image_size": "[32, 48]", "color": "false", "resize": "pad"}
    given = [option for name, value in options.items() for option in ("-d", f"{name}={value}")]
    done = copier_command("copy", "--trust", "--defaults", "--skip-tasks", *given, template, tmp_path / "p")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "p" / ".copier-answers.yml").read_text()
    assert "image_size:\n- 32\n- 48\n" in text and "color: false\n" in text and "resize: pad\n" in text


@pytest.mark.parametrize("size", ["32", "[32]", "[0, 32]", "[32, 32.5]", "[true, 32]", "[32, 99999]", "big", "[32,"])
def test_an_impossible_size_is_one_line(size: str, template: Path, tmp_path: Path) -> None:
    done = copier_command("copy", "--trust", "--defaults", "-d", f"image_size={size}", template, tmp_path / "p")
    assert done.returncode != 0 and "Traceback" not in done.stderr and not (tmp_path / "p").exists()
    assert done.stderr.strip().splitlines()[-1] == (
        f"image_size: height and width in pixels, please, such as [64, 64], not {size}"
    )


def test_other_projects_have_no_answers_about_images(template: Path, tmp_path: Path) -> None:
    answers = answers_for(template, tmp_path, ROOT / "template" / "data" / "wine.csv")
    assert not {"image_size", "color", "resize"} & set(answers)


def test_recorded_answers_hold_when_the_images_have_changed(render: Render, own_template: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    for name in ("a", "b"):
        save_image(photos / name / "1.png", 30, 20, "L")
    project = render(tmp_path / "p", source=own_template, data_path=str(photos))
    recorded = (project / ".copier-answers.yml").read_text()
    assert "image_size:\n- 20\n- 30\n" in recorded and "color: false\n" in recorded
    commit(project, "Start")
    for change in (lambda: save_image(photos / "c" / "1.png", 999, 20), lambda: shutil.rmtree(photos)):
        change()
        copier.run_update(project, defaults=True, unsafe=True, quiet=True, overwrite=True, skip_tasks=True)
        assert git(project, "status", "--porcelain") == ""


def test_of_a_hundred_thousand_files_some_are_looked_at(plain_template: Path, tmp_path: Path) -> None:
    save_image(tmp_path / "photos" / "a" / "0.png", 30, 20, "1")
    (tmp_path / "photos" / "b").mkdir()
    for number in range(5000):
        os.link(tmp_path / "photos" / "a" / "0.png", tmp_path / "photos" / "b" / f"{number}.png")
    answers = answers_for(plain_template, tmp_path, tmp_path / "photos")
    assert (answers["task"], answers["image_size"]) == ("binary", [20, 30])


def test_no_folder_is_searched_for_more_files_than_it_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = door.load("lists")
    searched: list[Path] = []

    def search(folder: Path, ends: list[str]) -> list[Path]:
        searched.append(folder)
        return []

    monkeypatch.setattr(lists, "first_files", search)
    monkeypatch.setattr(lists, "MOST_LISTED", 400)
    for rows in (300, 500):
        frame = pd.DataFrame({"id": range(rows), "grade": ["low", "high", "low"] * (rows // 3) + ["low"] * (rows % 3)})
        frame.to_csv(tmp_path / f"{rows}.csv", index=False)
    assert look(tmp_path / "300.csv").propose_input() == "table" and searched
    searched.clear()
    assert look(tmp_path / f"{rows}.csv").propose_input() == "table" and not searched


@pytest.mark.parametrize(("name", "outside"), [("1.png", False), ("../1.png", True), ("absolute", True)])
def test_a_list_of_files_elsewhere_may_name_them(
    name: str, outside: bool, plain_template: Path, tmp_path: Path
) -> None:
    for folder in (tmp_path, tmp_path / "list"):
        folder.mkdir(exist_ok=True)
        Image.new("L", (8, 8)).save(folder / "1.png")
    name = str(tmp_path / "1.png") if name == "absolute" else name
    table = pd.DataFrame({"path": [name] * 4, "label": ["a", "b"] * 2})
    table.to_csv(tmp_path / "list" / "list.csv", index=False)
    answers = answers_for(plain_template, tmp_path, tmp_path / "list" / "list.csv")
    assert (answers["input"], answers["outside_paths"]) == ("images", outside)
