"""Recognises data of tasks that no project does: masks, boxes and captions of objects beside images."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from .files import kind_of
from .words import shown, spread

INSTEAD = (
    "a project predicts classes or numbers of whole images; for these give a folder per class, or a table with the"
    " columns path and label"
)
MASKS = r"(?i)(^|[\W_])(masks?|annot(ation)?s?|segmentation(s|class)?|labels?|ground_?truths?|gt)([\W_]|\d*$)"
MASK_OF_IMAGE = r"(?i)(.+?)[\W_]*(masks?|seg|segmentation|gt|groundtruth|label|matte)(_?\d+)?$"
BOXES = {  # of JSON, in one file for all images or one for each
    "COCO": ['"images"', '"annotations"', r'"(bbox|segmentation|keypoints|caption)"'],
    "LabelMe": ['"shapes"', '"imagePath"'],
    "VIA": ['"regions"', '"shape_attributes"'],
}
SOME = 10  # files of annotations that are looked into
BYTES = 1_000_000  # at the beginning and at the end of each


def other_task(path: Path, files: list[Path]) -> str:
    """Return of which other task data is in a folder, and what to do instead; an empty string where it is of none."""
    images = {file.stem.lower() for file in files if kind_of(file.name) == "images"}
    if not images:
        return ""
    of_images = [file for file in files if file.stem.lower() in images and kind_of(file.name) != "images"]
    for what, is_of in (("YOLO", is_yolo), ("Pascal VOC", is_voc), *((name, is_json_of(name)) for name in BOXES)):
        found = list(filter(is_of, texts_in(path, files if what == "COCO" or what == "VIA" else of_images)))
        if found and (what in ("COCO", "VIA") or 2 * len(found) >= min(SOME, len(images))):
            where = shown(found[0][0])
            return f"holds boxes or outlines of objects ({what}, {where}): detection is not supported; {INSTEAD}"
    if masks := masks_among(files):
        return f"holds images and masks of them ({masks}): segmentation is not supported; {INSTEAD}"
    return ""


def texts_in(path: Path, files: Iterable[Path]) -> Iterable[tuple[str, str]]:
    """Yield names and beginnings and ends of some files that may hold annotations."""
    for suffix in (".txt", ".xml", ".json"):
        for file in spread([file for file in files if file.suffix.lower() == suffix], SOME):
            try:
                with open(path / file, "rb") as opened:
                    content = opened.read(BYTES)
                    opened.seek(max(len(content), os.path.getsize(path / file) - BYTES))
                    content += opened.read(BYTES)
            except OSError:
                continue
            yield file.as_posix(), content.decode("utf-8", "replace")


def is_yolo(file: tuple[str, str]) -> bool:
    """Tell whether every line is a class and the corners of a box or an outline, from 0 to 1."""
    name, text = file
    lines = [line.split() for line in text.splitlines() if line.strip()]
    number = r"-?\d*\.?\d+(e-?\d+)?"
    return name.lower().endswith(".txt") and all(
        len(line) >= 5 and line[0].isdigit() and all(re.fullmatch(number, n) and -1 <= float(n) <= 2 for n in line[1:])
        for line in lines
    )


def is_voc(file: tuple[str, str]) -> bool:
    """Tell whether a file says where in an image objects are, in XML."""
    return file[0].lower().endswith(".xml") and "<annotation" in file[1]


def is_json_of(name: str) -> Callable[[tuple[str, str]], bool]:
    """Return what tells whether a file is JSON with the keys of a format."""
    return lambda file: file[0].lower().endswith(".json") and all(re.search(key, file[1]) for key in BOXES[name])


def masks_among(files: list[Path]) -> str:
    """Return an example of an image with its mask, by names: in a folder of their own, or with an ending."""
    images = [file for file in files if kind_of(file.name) == "images"]
    by_folder: dict[str, set[str]] = {}
    for file in images:
        by_folder.setdefault(file.parent.as_posix(), set()).add(file.stem.lower())
    plain = {folder: {image_of(stem) for stem in stems} for folder, stems in by_folder.items()}
    for folder, stems in plain.items():
        if re.search(MASKS, folder.rpartition("/")[2]):
            for other, of_other in plain.items():
                if other != folder and not re.search(MASKS, other.rpartition("/")[2]):
                    if 10 * len(stems & of_other) >= 9 * min(len(stems), len(of_other)):
                        return f"{shown(other or '.')} and {shown(folder)}"
    for stems in by_folder.values():
        bare = {stem.rstrip(" _-.()") for stem in stems}
        masks = [stem for stem in stems if re.fullmatch(MASK_OF_IMAGE, stem) and image_of(stem) in bare]
        if 3 * len(masks) >= len(stems):
            return f"{shown(image_of(masks[0]))} and {shown(masks[0])}"
    return ""


def image_of(stem: str) -> str:
    """Return the name of the image that a mask is of, going by its name; any other name as it is."""
    found = re.fullmatch(MASK_OF_IMAGE, stem)
    return (found[1] if found else stem).rstrip(" _-.()")
