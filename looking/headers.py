"""Reads the first bytes of sound and volumes: how large they are."""

import gzip
import os
import struct
import zipfile
from pathlib import Path
from typing import IO

from .arrays import Shape, array_header

MOST_CHUNKS = 100  # of a WAV file before its samples: real ones have a few
PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE


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
    shape = volume_shape(path)
    return shape[:3] if shape else None  # a fourth axis is channels, or moments


def volume_shape(path: str | Path) -> Shape | None:
    """Return the axes of an array in an .npy, .npz or NIfTI file, three or more; None for others."""
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
        return shape if len(shape) in (3, 4) and min(shape) > 0 else None
    except Exception:  # compressed files and texts in them may be broken in many ways
        return None


def nifti_shape(header: bytes) -> Shape | None:
    """Return the axes of the volume that a NIfTI-1 header describes; None where it is no such header."""
    if header[344:347] not in (b"n+1", b"ni1"):
        return None
    order = "<" if header[:4] == struct.pack("<i", 348) else ">"
    axes, *shape = struct.unpack_from(order + "8h", header, 40)
    return tuple(shape[:axes]) if 3 <= axes <= 7 and min(shape[:axes]) > 0 else None
