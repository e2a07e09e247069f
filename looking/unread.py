"""Files that no project reads, or that are not what their names say: what they are, and what to do with them."""

import os
from collections import Counter
from collections.abc import Sequence
from math import prod

from . import headers, pictures
from .files import ROOT, formats_among, kind_of
from .recipes import load_recipes  # extensions/recipes.py
from .words import span, spread

NIFTI = "convert them to NIfTI (.nii.gz)"
PICTURES = "export them as JPEG, PNG or TIFF"
ARRAYS = "save the array of each example as a .npy file"
# How names end, what such files are, and what makes them readable.
UNREAD = [
    ([".dcm", ".dicom", ".ima"], "DICOM files", f"{NIFTI}, one file per scan, for example with dcm2niix"),
    ([".nrrd", ".nhdr", ".mha", ".mhd", ".mgz", ".mgh", ".mnc", ".img"], "scans in another format", NIFTI),
    ([".cr2", ".cr3", ".nef", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef"], "raw photos of cameras", PICTURES),
    ([".svg", ".eps", ".ai", ".wmf", ".emf", ".pdf", ".djvu"], "drawings or documents", PICTURES),
    ([".jxl", ".jxr", ".xcf", ".exr", ".hdr", ".svs", ".ndpi", ".czi", ".lif", ".nd2", ".fits"], "images", PICTURES),
    (
        [".mid", ".midi", ".ra", ".ape", ".dsf", ".wv", ".mpc", ".shn"],
        "sounds in another format",
        "convert them to WAV",
    ),
    ([".mat", ".h5", ".hdf5", ".pkl", ".pickle", ".pt", ".pth", ".tfrecord", ".joblib"], "files of arrays", ARRAYS),
]

BY_CONTENT = {
    "video": "GIFs of several frames are read as video: -d input=images reads the first frame only",
    "sound": "they hold no pictures, only sound",
}


def why_unread(paths: Sequence[str]) -> str:
    """Return that most of the files are of a format that no project reads, or an empty string."""
    names = [path.lower() for path in paths]
    found = Counter(
        number for name in names for number, (ends, _, _) in enumerate(UNREAD) if name.endswith(tuple(ends))
    )
    if not found:
        return ""
    number, count = found.most_common(1)[0]
    readable = Counter(filter(None, map(kind_of, paths)))
    ends, what, advice = UNREAD[number]
    # Files of arrays beside others may be what somebody made of them.
    if count < max(readable.values(), default=0) or readable and advice == ARRAYS:
        return ""
    seen = sorted({end for end in ends for name in names if name.endswith(end)})
    files = "1 file" if count == 1 else f"{count:,} files"
    return f"{files} of a format that cannot be read ({', '.join(seen)}: {what}); {advice}"


def kind_by_content(kind: str, paths: Sequence[str], seen: Sequence[pictures.ImageHeader]) -> str:
    """Return the kind of data where the files hold another than their names say, or an empty string."""
    names = [path.lower() for path in paths]
    if kind == "images" and all(name.endswith(".gif") for name in names):
        return "video" if 2 * sum(header.frames > 1 for header in seen) > len(seen) else ""
    if kind == "video" and all(name.endswith((".webm", ".mp4")) for name in names):
        return "sound" if not any(map(has_pictures, spread([*paths], 10))) else ""
    return ""


def has_pictures(path: str) -> bool:
    """Tell whether a .webm or .mp4 file has a track of video; true where that is not seen."""
    try:
        with open(path, "rb") as file:
            start = file.read(100_000)
            file.seek(max(0, os.path.getsize(path) - 100_000))  # where an .mp4 may describe its tracks
            described = start + file.read()
    except OSError:
        return True
    tracks = {b"A_": b"V_", b"soun": b"vide"}  # sound and video: Matroska, MP4
    form = b"A_" if start.startswith(b"\x1aE\xdf\xa3") else b"soun"
    return form not in described or tracks[form] in described


def why_unfit(kind: str, paths: Sequence[str]) -> str:
    """Return what is wrong with these files where that is the same for all, or an empty string."""
    if kind == "volumes":
        scans = [path for path in paths if path.lower().endswith((".nii", ".nii.gz"))]
        longer = [prod(shape[3:]) for shape in map(headers.volume_shape, scans) if shape]
        if len(scans) == len(paths) and longer and min(longer) > 1:
            return f"volumes of four axes ({span(longer)} moments each): save one of three in each file"
    for name in formats_among(kind, paths) if kind == "images" else []:
        ends = tuple(load_recipes(ROOT)["inputs"][kind]["optional"][name]["suffixes"])
        some = [path for path in paths if path.lower().endswith(ends)]
        if len(some) == len(paths) and not any(map(pictures.image_header, some)):
            return f"files ({', '.join(ends)}) none of which can be read: they are damaged, or no images"
    return ""
