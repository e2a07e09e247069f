"""Reads the first bytes of images, sound and volumes: how large they are."""

import gzip
import os
import struct
import zipfile
from pathlib import Path
from typing import IO

from .arrays import Shape, array_header

MOST_CHUNKS = 100  # of a WAV file before its samples: real ones have a few
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


def image_header(path: str | Path) -> tuple[int, int, bool] | None:
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


def jpeg_header(file: IO[bytes]) -> tuple[int, int, bool]:
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


def is_turned(exif: bytes) -> bool:
    """Tell whether Exif data say that height and width change places (tag 274, orientation, 5 to 8)."""
    try:
        order = {b"Exif\0\0II": "<", b"Exif\0\0MM": ">"}[exif[:8]]
        tags = 6 + struct.unpack_from(order + "I", exif, 10)[0]
        (count,) = struct.unpack_from(order + "H", exif, tags)
        entries = (struct.unpack_from(order + "HHIH", exif, tags + 2 + 12 * number) for number in range(count))
        return any(tag == 274 and value >= 5 for tag, _, _, value in entries)
    except (KeyError, struct.error):
        return False


def sound_header(path: str | Path) -> tuple[int, float] | None:
    """Return samples per second and length in seconds of a WAV or FLAC file; None for others and for empty ones."""
    try:
        with open(path, "rb") as file:
            start = file.read(12)
            if start[:4] in (b"RIFF", b"RF64") and start[8:] == b"WAVE":
                rate, samples = wav_header(file)
            elif start.startswith(b"fLaC"):
                # STREAMINFO: 20 bits of samples per second, 3 of channels, 5 of bits per sample, 36 of samples.
                (packed,) = struct.unpack_from(">Q", start + file.read(14), 18)
                rate, samples = packed >> 44, packed & (2**36 - 1)
            else:
                return None
        return (rate, samples / rate) if rate and samples else None
    except (OSError, ValueError, struct.error):
        return None


def wav_header(file: IO[bytes]) -> tuple[int, int]:
    """Return samples per second and the number of samples of a WAV file that stands behind its first 12 bytes."""
    rate = frame = 0
    for _ in range(MOST_CHUNKS):
        kind, length = struct.unpack("<4sI", file.read(8))
        if kind == b"data":
            start = file.tell()
            # Streams do not say how long they are, and of a cut file there is less than it says.
            return rate, min(length, file.seek(0, os.SEEK_END) - start) // frame if frame else 0
        if kind == b"fmt ":
            form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", file.read(16))
            frame = channels * -(-bits // 8) if form in (PCM, FLOAT, EXTENSIBLE) else 0
            length -= 16
        file.seek(length + length % 2, os.SEEK_CUR)
    raise ValueError("no samples")


def volume_header(path: str | Path) -> Shape | None:
    """Return depth, height and width of a volume in an .npy, .npz or NIfTI file; None for others."""
    try:
        with open(path, "rb") as file:
            start = file.read(2)
        if start == b"PK":
            with zipfile.ZipFile(path) as archive, archive.open(archive.infolist()[0]) as member:
                shape, _ = array_header(member)
        elif start == b"\x93N":
            with open(path, "rb") as file:
                shape, _ = array_header(file)
        else:
            with (gzip.open if start == b"\x1f\x8b" else open)(path, "rb") as file:
                return nifti_shape(file.read(348))
        return shape[:3] if len(shape) in (3, 4) and min(shape) > 0 else None  # a fourth axis is channels
    except Exception:  # compressed files and texts in them may be broken in many ways
        return None


def nifti_shape(header: bytes) -> Shape | None:
    """Return the first three axes of the volume that a NIfTI-1 header describes; None where it is no such header."""
    if header[344:347] not in (b"n+1", b"ni1"):
        return None
    order = "<" if header[:4] == struct.pack("<i", 348) else ">"
    axes, *shape = struct.unpack_from(order + "4h", header, 40)
    return tuple(shape) if 3 <= axes <= 7 and min(shape) > 0 else None
