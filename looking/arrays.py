"""Reads arrays in NumPy's format without NumPy: their shapes and types, and the values of targets."""

import ast
import struct
import zipfile
from math import prod
from pathlib import Path
from typing import IO

MOST_VALUES = 1_000_000  # of an array
MOST_VALUE_BYTES = 8_000_000
# NumPy's types and those of struct.
CODES = dict(pair.split(":") for pair in "b1:? i1:b u1:B i2:h u2:H i4:i u4:I i8:q u8:Q f2:e f4:f f8:d".split())

Shape = tuple[int, ...]


def read_arrays(path: Path) -> tuple[Shape, Shape, str, list[str]]:
    """Return the shape of x, and shape, type and values of y in an .npz file; raises KeyError where one is missing."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("x.npy") as member:
            x_shape, _ = array_header(member)
        with archive.open("y.npy") as member:
            y_shape, kind = array_header(member)
            values = array_values(member, kind, prod(y_shape))
    return x_shape, y_shape, kind, values


def array_header(member: IO[bytes]) -> tuple[Shape, str]:
    """Return shape and type, such as <f4, of an array in NumPy's format."""
    magic, major = struct.unpack("6sBx", member.read(8))
    if magic != b"\x93NUMPY":
        raise ValueError("no array")
    (length,) = struct.unpack("<H" if major == 1 else "<I", member.read(2 if major == 1 else 4))
    header = ast.literal_eval(member.read(min(length, 10_000)).decode("latin-1").strip())
    return header["shape"], str(header["descr"])


def array_values(member: IO[bytes], kind: str, count: int) -> list[str]:
    """Return the first values of an array of numbers, truth values or texts as text; nothing of other types."""
    order, letter, size = kind[:1], kind[1:2], int(kind[2:]) if kind[2:].isdigit() else 0
    size *= 4 if letter == "U" else 1
    if not size or letter not in "US" and kind[1:] not in CODES:
        return []
    # A header may hold any number, also a negative one.
    raw = member.read(max(0, min(count, MOST_VALUES, MOST_VALUE_BYTES // size)) * size)
    if letter in "US":
        encoding = "latin-1" if letter == "S" else "utf-32-be" if order == ">" else "utf-32-le"
        return [raw[start : start + size].decode(encoding).rstrip("\0") for start in range(0, len(raw), size)]
    form = f"{order if order in '<>' else '='}{CODES[kind[1:]]}"
    return [str(value) for (value,) in struct.iter_unpack(form, raw[: len(raw) // size * size])]
