"""Pictures inside a page: as PNG, written into the address of the image."""

import base64
import struct
import zlib

import numpy as np

MOST = 128  # pixels of the longer side that are shown


def picture(levels: np.ndarray, words: str) -> str:
    """Return an image element; levels are (height, width, 1 or 3), words describe it."""
    levels = small(levels.astype("float32"))
    return f'<img alt="{words}" src="data:image/png;base64,{png(in_bytes(levels))}">'


def small(levels: np.ndarray) -> np.ndarray:
    """Return every so many pixels as one, their mean, if there are too many."""
    step = -(-max(levels.shape[:2]) // MOST)
    height, width = (size // step * step for size in levels.shape[:2])
    if step == 1 or not height or not width:
        return levels
    blocks = levels[:height, :width].reshape(
        height // step, step, width // step, step, -1
    )
    return blocks.mean(axis=(1, 3))


def in_bytes(levels: np.ndarray) -> np.ndarray:
    """Return levels as 0 to 255; those of more bits by their own range."""
    if levels.min() < 0 or levels.max() > 255 or 0 < levels.max() <= 1:
        levels = (levels - levels.min()) * (255 / max(np.ptp(levels), 1e-30))
    return levels.round().astype("uint8")


def png(pixels: np.ndarray) -> str:
    """Return a PNG in base64, of pixels uint8 (height, width, 1 or 3)."""
    height, width, channels = pixels.shape
    rows = pixels.reshape(height, -1)
    rows = np.hstack([np.zeros((height, 1), "uint8"), rows])  # 0: no filter
    header = struct.pack(
        ">IIBBBBB", width, height, 8, 2 if channels == 3 else 0, 0, 0, 0
    )
    parts = [
        (b"IHDR", header),
        (b"IDAT", zlib.compress(rows.tobytes())),
        (b"IEND", b""),
    ]
    file = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + kind
        + data
        + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return base64.b64encode(file).decode()
