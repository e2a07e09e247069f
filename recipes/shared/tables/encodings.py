"""The encodings of text files."""

import codecs
import re
from pathlib import Path

from .code_pages import code_page_of, may_be, words_in

SAMPLE = 100_000  # bytes of lines that are not ASCII
BROKEN = 0.01  # of the signs in a file that is UTF-8 all the same
NOT_TEXT = "it holds no text, so no rows of a table"
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, which starts alike
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def is_utf8(line: bytes) -> bool:
    """Tell whether a line is UTF-8."""
    try:
        line.decode()
        return True
    except UnicodeDecodeError:
        return False


def encoding_of(path: Path, usual: str = "") -> str:
    """Return how the text in a file is encoded, going by all of it.

    It is utf-8-sig for UTF-8, with or without a byte order mark, utf-8 where some of
    its signs are broken, and cp1252 where nothing tells. The usual code page needs no
    more than that its words may be words, or those of the likeliest one may not.
    """
    with open(path, "rb") as file:
        start = file.read(2**16)
        for mark, encoding in MARKS.items():
            if start.startswith(mark) and encoding != "utf-8-sig":
                return encoding
        # Of two bytes for a sign one is 0, in nearly all tables.
        halves = [start[first::2] for first in (0, 1)]
        zeros = [half.count(0) / max(1, len(half)) for half in halves]
        if min(zeros) > 0.7:
            raise ValueError(NOT_TEXT)
        wide = "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        if max(zeros) > 0.7 and min(zeros) < 0.1 or is_wide(start, wide):
            return wide
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            for piece in iter(lambda: file.read(1 << 20), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
            return "utf-8-sig"
        except UnicodeDecodeError:
            file.seek(0)
            return other_encoding(sample_of(file), usual)


def is_wide(start: bytes, encoding: str) -> bool:
    """Tell whether this is UTF-16 in a script in which few bytes are 0."""
    if start.count(0) < 0.05 * len(start):
        return False
    if re.fullmatch(rb"[\t\r\n -~]*", start.replace(b"\0", b"")):
        return False  # plain text with some NULs in it
    text = start[: len(start) // 2 * 2].decode(encoding, "replace")
    odd = re.findall(r"[\0-\x08\x0e-\x1f\ufffd\ue000-\uf8ff]", text[:-1])
    return not odd and "\n" in text


def sample_of(file) -> list[bytes]:
    """Return lines of a file that are not ASCII, or the beginnings of long ones."""
    lines, size = [], 0
    for line in iter(lambda: file.readline(SAMPLE), b""):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size >= SAMPLE and not all(map(is_utf8, lines)):
                break
    return lines


def other_encoding(lines: list[bytes], usual: str) -> str:
    """Return the encoding of lines that are not all UTF-8."""
    signs = re.findall("[^\0-\x7f]", b"".join(lines).decode("utf-8", "replace"))
    if signs.count("\ufffd") <= BROKEN * len(signs):
        return "utf-8"
    sample = b"".join(line for line in lines if not is_utf8(line))
    encoding = code_page_of(sample)
    if not usual or usual.startswith("utf"):
        return encoding
    found, other = ((words_in(sample, page), page, "") for page in (encoding, usual))
    return encoding if may_be(*found) and not may_be(*other) else usual
