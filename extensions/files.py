"""Looks at folders, and at the first bytes of images and arrays: how large they are, what they hold."""

import ast
import os
import struct
import sys
import zipfile
from array import array
from itertools import islice
from math import prod

MOST_FILES = 5000
MOST_FOLDERS = 1000
FIRST_FILES = 5  # of every folder, however many the others hold
MOST_VALUE_BYTES = 8_000_000  # of an array


def walk(folder):
    """Yield every visible file and folder below a folder."""
    folders = [folder]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    # Links to folders may form a loop.
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    yield entry
        except OSError:
            pass  # not for us to read, or gone


def list_files(folder):
    """Return the files at the top, those of every folder by its name, and whether there are more.

    It looks at MOST_FILES and MOST_FOLDERS, but at FIRST_FILES of each of these at least.
    """
    with os.scandir(folder) as entries:
        visible = islice((entry for entry in entries if not entry.name.startswith(".")), MOST_FILES + 1)
        top = sorted(visible, key=lambda entry: entry.name)
    folders = [entry for entry in top if entry.is_dir(follow_symlinks=False)]
    beside = [entry.path for entry in top if not entry.is_dir(follow_symlinks=False)][:MOST_FILES]
    walkers = {entry.name: walk(entry.path) for entry in folders[:MOST_FOLDERS]}
    files = {name: [entry.path for entry in islice(walker, FIRST_FILES)] for name, walker in walkers.items()}
    left = MOST_FILES - len(beside) - sum(map(len, files.values()))
    for name, walker in walkers.items():
        more = [entry.path for entry in islice(walker, max(0, left))]
        files[name] += more
        left -= len(more)
    cut = len(top) > MOST_FILES or len(folders) > MOST_FOLDERS or any(next(walker, None) for walker in walkers.values())
    return beside, files, cut


def spread(items, most):
    """Return at most so many of the items, from all over the list."""
    return items[:: -(-len(items) // most)] if items else []


def image_header(path):
    """Return height, width and whether there is colour of a PNG, JPEG, GIF or BMP file; None for others."""
    try:
        with open(path, "rb") as file:
            start = file.read(32)
            if start.startswith(b"\x89PNG\r\n\x1a\n"):
                width, height, _, kind = struct.unpack_from(">IIBB", start, 16)
                header = height, width, kind not in (0, 4)
            elif start[:6] in (b"GIF87a", b"GIF89a"):
                width, height = struct.unpack_from("<HH", start, 6)
                header = height, width, True
            elif start.startswith(b"BM"):
                short = start[14:18] == b"\x0c\x00\x00\x00"
                width, height = struct.unpack_from("<HH" if short else "<ii", start, 18)
                header = abs(height), width, True  # from top to bottom where it is negative
            elif start.startswith(b"\xff\xd8"):
                header = jpeg_header(file)
            else:
                return None
        return header if min(header[:2]) > 0 else None
    except (OSError, ValueError, struct.error):
        return None


def jpeg_header(file):
    """Return height, width and whether there is colour: from the frame header, turned as the camera was."""
    file.seek(2)
    turned = False
    for _ in range(1000):  # segments: real files have a few dozen
        mark, kind, length = struct.unpack(">BBH", file.read(4))
        if mark != 0xFF or length < 2:
            break
        if kind == 0xFF:  # a fill byte
            file.seek(-3, os.SEEK_CUR)
        elif 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):
            height, width, components = struct.unpack(">xHHB", file.read(6))
            return (width, height, components > 1) if turned else (height, width, components > 1)
        elif kind == 0xE1:
            turned = is_turned(file.read(length - 2)) or turned
        else:
            file.seek(length - 2, os.SEEK_CUR)
    raise ValueError("no JPEG frame")


def is_turned(exif):
    """Tell whether Exif data say that height and width change places (tag 274, orientation, 5 to 8)."""
    try:
        order = {b"Exif\0\0II": "<", b"Exif\0\0MM": ">"}[exif[:8]]
        tags = 6 + struct.unpack_from(order + "I", exif, 10)[0]
        (count,) = struct.unpack_from(order + "H", exif, tags)
        entries = (struct.unpack_from(order + "HHIH", exif, tags + 2 + 12 * number) for number in range(count))
        return any(tag == 274 and value >= 5 for tag, _, _, value in entries)
    except (KeyError, struct.error):
        return False


def read_arrays(path):
    """Return the shape of x, and shape, type and values of y in an .npz file; raises KeyError where one is missing."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("x.npy") as member:
            x_shape, _ = array_header(member)
        with archive.open("y.npy") as member:
            y_shape, kind = array_header(member)
            values = array_values(member, kind, prod(y_shape))
    return x_shape, y_shape, kind, values


def array_header(member):
    """Return shape and type, such as <f4, of an array in NumPy's format."""
    magic, major = struct.unpack("6sBx", member.read(8))
    if magic != b"\x93NUMPY":
        raise ValueError("no array")
    (length,) = struct.unpack("<H" if major == 1 else "<I", member.read(2 if major == 1 else 4))
    header = ast.literal_eval(member.read(min(length, 10_000)).decode("latin-1").strip())
    return header["shape"], str(header["descr"])


def array_values(member, kind, count):
    """Return the values of an array of integers, truth values or texts, at least the first ones; none of others."""
    order, letter, size = kind[:1], kind[1:2], int(kind[2:]) if kind[2:].isdigit() else 0
    size *= 4 if letter == "U" else 1
    if letter not in "iubUS" or not size:
        return []
    raw = member.read(min(count, MOST_VALUE_BYTES // size) * size)
    if letter in "US":
        encoding = "latin-1" if letter == "S" else "utf-32-be" if order == ">" else "utf-32-le"
        return [raw[start : start + size].decode(encoding).rstrip("\0") for start in range(0, len(raw), size)]
    code = {1: "b", 2: "h", 4: "i", 8: "q"}[size]
    numbers = array(code.upper() if letter == "u" else code, raw)
    if (order == ">") != (sys.byteorder == "big") and order in "<>":
        numbers.byteswap()
    return [str(bool(number)) if letter == "b" else str(number) for number in numbers]
