"""The encodings of text files: found, and brought to UTF-8."""

import codecs
import re
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

SAMPLE = 100_000  # bytes of lines that are not ASCII
FEW = 8  # different words: too few for a detector
BROKEN = 0.01  # of the signs in a file that is UTF-8 all the same
CODE_PAGES = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 koi8_r cp850 mac_roman"
    " gb18030 big5 shift_jis euc_jp euc_kr"
).split()
# What Windows writes has some signs more.
LARGER = {"euc_kr": "cp949", "shift_jis": "cp932"}
# The letters of languages, by which code pages differ: a detector takes one for another.
LANGUAGES = [
    (
        "cp1252",
        "äöüßé àâæçéèêëîïôœùûüÿ áéíñóúü ãõáéíóúâêôàç åäöéü æøåéöäü àèéìíòóùúî"
        " äëïöüéèêáó àçèéíïòóúü",
    ),
    ("cp1254", "çğıöşüâîû"),
    ("cp1252", "áðéíóúýþæö"),
    ("cp1250", "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čšžćđ"),
    ("cp1257", "āčēģīķļņšūž ąčęėįšųūž äöüõšž"),
]
WESTERN = {c for _, some in LANGUAGES[:1] for c in some + some.upper()}
OTHER_SCRIPTS = {
    "cp1251": r"[\u0400-\u045f№]+",
    "cp1253": r"[\u0386-\u03ce]+",
    "koi8_r": r"[\u0401\u0410-\u044f\u0451]+",
}
# Signs of Windows code pages beside numbers and units, such as m², °C, 5 € and n° 3.
SIGN = "[A-Za-z]*[€£¥°²³§µ½¼¾±–—…×·®©™‰][A-Za-z]*"
NO_DETECTOR = (
    "it is not UTF-8; to find its encoding, install charset-normalizer"
    " (`uvx --with charset-normalizer ...`), or save it as UTF-8"
)
NOT_TEXT = "it holds no text, so no rows of a table"
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def in_utf8(
    path: Path, folder: Path, say: Callable[[str], None], name: Path, told: str = ""
) -> tuple[Path, str]:
    """Return the file, or a copy in the folder if its encoding is another one; and it.

    What is said calls it by its name. A told encoding takes the place of a guess only.
    """
    encoding = encoding_of(path)
    if encoding == "utf-8-sig":
        return path, "utf-8"
    if told and told != "utf-8" and encoding in CODE_PAGES:
        encoding = codecs.lookup(told).name
    if not encoding.startswith("utf-16"):
        say(f"{name} is not UTF-8: read as {name_of(encoding)}")
    converted = folder / "table.csv"
    with (
        open(path, encoding=encoding, errors="replace", newline="") as file,
        open(converted, "w", encoding="utf-8", newline="") as target,
    ):
        shutil.copyfileobj(file, target, 2**20)
    return converted, encoding


def name_of(encoding: str) -> str:
    """Return how people call an encoding: Windows-1252 for cp1252."""
    if encoding == "utf-8":
        return "UTF-8 with broken signs"
    names = {"cp949": "Korean (cp949)", "cp932": "Shift-JIS", "gb18030": "GB18030"}
    return names.get(encoding, re.sub(r"^cp(12\d\d)$", r"Windows-\1", encoding))


def encoding_of(path: Path) -> str:
    """Return how the text in a file is encoded, going by all of it.

    It is utf-8-sig for UTF-8, with or without a byte order mark, utf-8 where some of
    its signs are broken, and cp1252 where nothing tells.
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
        if max(zeros) > 0.7 and min(zeros) < 0.1:
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            decoder.decode(start)
            for piece in iter(lambda: file.read(1 << 20), b""):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
            return "utf-8-sig"
        except UnicodeDecodeError:
            file.seek(0)
            return other_encoding(sample_of(file))


def sample_of(file) -> bytes:
    """Return lines of a file that are not ASCII, or the beginnings of long ones."""
    lines, size = [], 0
    for line in iter(lambda: file.readline(SAMPLE), b""):
        if not line.isascii():
            lines.append(line)
            size += len(line)
            if size >= SAMPLE:
                break
    return b"".join(lines)


def letters_in(sample: bytes, encoding: str) -> list[str]:
    """Return the letters that are not ASCII."""
    return re.findall(r"[^\W\d_\0-\x7f]", sample.decode(encoding, "replace"))


def words_in(sample: bytes, encoding: str) -> list[str]:
    """Return the words that are not all ASCII, each once, with the signs in them."""
    text = sample.decode(encoding, "replace")
    words = re.findall(r"[A-Za-z]*[^\0-\x7f][^\0-@\[-`{-\x7f]*", text)
    return list(dict.fromkeys(words))


def may_be(words: list[str], encoding: str, languages: str) -> bool:
    """Tell whether words are such as there are in one of the languages, if any."""
    if any(map(has_capital_inside, words)):
        return False
    if pattern := OTHER_SCRIPTS.get(encoding):
        return all(re.fullmatch(pattern, word) for word in words)
    words = [word for word in words if not re.fullmatch(SIGN, word)]
    # No word is all of letters with accents, and none has signs inside.
    if not all(map(str.isalpha, words)):
        return False
    if not all(len(word) == 1 or re.search("[A-Za-z]", word) for word in words):
        return False
    letters = {*re.sub("[\0-\x7f]", "", "".join(words).replace("İ", "i").lower())}
    return not languages or any(letters <= {*some} for some in languages.split())


def has_capital_inside(word: str) -> bool:
    """Tell whether a capital follows a small letter, as in cafŽ."""
    pairs = zip(word, word[1:], strict=False)
    return any(one.islower() and two.isupper() for one, two in pairs)


def other_encoding(sample: bytes) -> str:
    """Return the encoding of text that is not all UTF-8."""
    signs = re.findall("[^\0-\x7f]", sample.decode("utf-8", "replace"))
    if signs.count("\ufffd") <= BROKEN * len(signs):
        return "utf-8"
    if not find_spec("charset_normalizer"):  # while copier looks; a project has it
        if not {*letters_in(sample, "cp1252")} <= WESTERN:
            raise ValueError(NO_DETECTOR)
        return "cp1252"
    if len(words_in(sample, "cp1252")) < FEW:
        scripts = [(encoding, "") for encoding in OTHER_SCRIPTS]
        old = [(encoding, LANGUAGES[0][1]) for encoding in ("mac_roman", "cp850")]
        for encoding, languages in LANGUAGES + scripts + old:
            if may_be(words_in(sample, encoding), encoding, languages):
                return encoding
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=CODE_PAGES).best()
    encoding = found.encoding if found else "cp1252"
    if encoding in {name for name, _ in LANGUAGES}:
        for other, languages in LANGUAGES:
            if {*letters_in(sample, other)} <= {*languages, *languages.upper()}:
                return other
    return LARGER.get(encoding, encoding)
