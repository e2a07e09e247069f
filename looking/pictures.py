"""Reads the first bytes of images: how large they are, whether they have colour, many levels, several frames."""

import os
import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, NamedTuple

MOST_BLOCKS = 10_000  # that are looked through: real files have less before what is looked for
MOST_FRAMES = 50  # that are counted
START = 1_000_000  # bytes, in which the boxes of HEIC and AVIF files are that describe an image


class ImageHeader(NamedTuple):
    """What the start of an image tells."""

    height: int
    width: int
    color: bool
    deep: bool = False
    """Whether the levels need more than 8 bits."""
    frames: int = 1
    """How many frames or pages there are; 2 also where there are more, but in a GIF."""


def image_header(path: str | Path) -> ImageHeader | None:
    """Return the header of an image; None for other files, and for those of formats whose headers are not known."""
    try:
        with open(path, "rb") as file:
            header = header_of(file, file.read(32), str(path).lower())
        return header if header and min(header[:2]) > 0 else None
    except (OSError, ValueError, LookupError, StopIteration, struct.error):
        return None


def header_of(file: IO[bytes], start: bytes, name: str) -> ImageHeader | None:
    """Return the header of an open image whose first bytes have been read."""
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height, depth, kind = struct.unpack_from(">IIBB", start, 16)
        return ImageHeader(height, width, kind not in (0, 4), depth == 16 and kind == 0, frames_of_png(file))
    if start[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack_from("<HH", start, 6)
        return ImageHeader(height, width, True, frames=frames_of_gif(file, start[10]))
    if start.startswith(b"BM"):
        short = start[14:18] == b"\x0c\x00\x00\x00"
        width, height = struct.unpack_from("<HH" if short else "<ii", start, 18)
        return ImageHeader(abs(height), width, True)  # from top to bottom where it is negative
    if start.startswith(b"\xff\xd8"):
        return ImageHeader(*jpeg_header(file))
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return webp_header(start)
    if start[:4] in (b"II*\0", b"MM\0*"):
        return tiff_header(file, "<" if start[:1] == b"I" else ">")
    if start[:1] == b"P" and start[1:2] in b"123456fF":
        return netpbm_header(start)
    if start[4:8] == b"ftyp":
        return boxed_header(start + file.read(START))
    if start[4:8] == b"jP  ":
        start += file.read(200)
        height, width, channels, bits = struct.unpack_from(">IIHB", start, start.index(b"ihdr") + 4)
        return ImageHeader(height, width, channels > 2, channels == 1 and bits >= 8)
    if name.endswith(".tga"):
        width, height, bits = struct.unpack_from("<HHB", start, 12)
        return ImageHeader(height, width, bits > 8)
    return None


def frames_of_png(file: IO[bytes]) -> int:
    """Return 2 if a PNG says before its pixels that it is animated, otherwise 1."""
    file.seek(8)
    for _ in range(MOST_BLOCKS):
        length, kind = struct.unpack(">I4s", file.read(8))
        if kind in (b"acTL", b"IDAT"):
            return 1 + (kind == b"acTL")
        file.seek(length + 4, os.SEEK_CUR)
    return 1


def frames_of_gif(file: IO[bytes], flags: int) -> int:
    """Return the number of frames of a GIF, as far as MOST_FRAMES."""
    file.seek(13 + table_size(flags))
    frames = 0
    for _ in range(MOST_BLOCKS):
        kind = file.read(1)
        if kind == b",":
            frames += 1
            file.seek(table_size(file.read(9)[8]) + 1, os.SEEK_CUR)
        elif kind == b"!":
            file.seek(1, os.SEEK_CUR)
        else:  # the end, or no more of a cut file
            break
        if frames == MOST_FRAMES:
            break
        while length := ord(file.read(1) or b"\0"):
            file.seek(length, os.SEEK_CUR)
    return max(1, frames)


def table_size(flags: int) -> int:
    """Return the bytes of the colours that follow in a GIF."""
    return 3 * 2 ** (flags % 8 + 1) if flags & 128 else 0


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


def webp_header(start: bytes) -> ImageHeader:
    """Return the header of a WebP image, of its lossy, lossless or extended form."""
    if start[12:16] == b"VP8X":
        width, height = (int.from_bytes(start[place : place + 3], "little") + 1 for place in (24, 27))
        return ImageHeader(height, width, True, frames=2 if start[20] & 2 else 1)
    if start[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", start, 21)
        return ImageHeader((bits >> 14) % 2**14 + 1, bits % 2**14 + 1, True)
    width, height = struct.unpack_from("<HH", start, 26)
    return ImageHeader(height % 2**14, width % 2**14, True)


def tiff_header(file: IO[bytes], order: str) -> ImageHeader:
    """Return the header of the first page of a TIFF."""
    file.seek(4)
    file.seek(*struct.unpack(order + "I", file.read(4)))
    (count,) = struct.unpack(order + "H", file.read(2))
    entries = file.read(12 * count)
    following = file.read(4).ljust(4, b"\0")
    tags: dict[int, int] = {}
    for number in range(count):
        tag, kind, length = struct.unpack_from(order + "HHI", entries, 12 * number)
        form = {1: "B", 3: "H", 4: "I"}.get(kind, "I")
        if tag == 258 and kind == 3 and length > 2:  # the bits of every colour stand elsewhere
            file.seek(*struct.unpack_from(order + "I", entries, 12 * number + 8))
            (tags[tag],) = struct.unpack(order + "H", file.read(2))
        else:
            (tags[tag],) = struct.unpack_from(order + form, entries, 12 * number + 8)
    height, width, colors = tags[257], tags[256], tags.get(277, 1)
    if tags.get(274, 1) >= 5:
        height, width = width, height
    is_color = colors > 2 or tags.get(262) == 3
    return ImageHeader(height, width, is_color, tags.get(258, 1) > 8 and colors == 1, 1 + any(following))


def netpbm_header(start: bytes) -> ImageHeader:
    """Return the header of a PBM, PGM, PPM or PFM file, whose comments are short enough for its start."""
    words = b" ".join(line.split(b"#")[0] for line in start.split(b"\n")).split()
    form, width, height = words[0], int(words[1]), int(words[2])
    deep = form == b"Pf" or form in (b"P2", b"P5") and int(words[3]) > 255
    return ImageHeader(height, width, form in (b"P3", b"P6", b"PF"), deep)


def boxed_header(content: bytes) -> ImageHeader:
    """Return the header of a HEIC or AVIF image: the largest of the sizes that its boxes name."""
    meta = next(box for kind, box in boxes(content) if kind == b"meta")
    properties = next(box for kind, box in boxes(meta[4:]) if kind == b"iprp")
    named = list(boxes(next(box for kind, box in boxes(properties) if kind == b"ipco")))
    sizes = [struct.unpack_from(">4xII", box) for kind, box in named if kind == b"ispe"]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    if any(kind == b"irot" and box[0] % 2 for kind, box in named):
        height, width = width, height
    return ImageHeader(height, width, True)


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the kind and the content of each box."""
    file = BytesIO(content)
    while len(head := file.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        if length < 8:
            raise ValueError("no box")
        yield kind, file.read(length - 8)
