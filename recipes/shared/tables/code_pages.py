"""Code pages: which one text is in that is not UTF-8."""

import re
from importlib.util import find_spec

FEW = 8  # different words: too few for a detector
CODE_PAGES = (
    "cp1252 cp1250 cp1251 cp1253 cp1254 cp1255 cp1256 cp1257 koi8_r cp866 cp874 cp850"
    " iso8859_2 mac_roman gb18030 big5 shift_jis euc_jp euc_kr"
).split()
THAI = "cp874"  # tried last: Cyrillic and Chinese may be read as Thai, too
# What Windows writes has some signs more.
LARGER = {"euc_kr": "cp949", "shift_jis": "cp932"}
EASTERN = "ąćęłńóśźż áčďéěíňóřšťúůýž áäčďéíĺľňóôŕšťúýž áéíóöőúüű ăâîşţ čšžćđ"
# The letters of languages, by which code pages differ: a detector takes one for another.
LANGUAGES = [
    (
        "cp1252",
        "äöüßé àâæçéèêëîïôœùûüÿ áéíñóúü ãõáéíóúâêôàç åäöéü æøåéöäü àèéìíòóùúî"
        " äëïöüéèêáó àçèéíïòóúü",
    ),
    ("cp1254", "çğıöşüâîû"),
    ("cp1252", "áðéíóúýþæö"),
    ("cp1250", EASTERN),
    ("iso8859_2", EASTERN),
    ("cp1257", "āčēģīķļņšūž ąčęėįšųūž äöüõšž"),
]
WESTERN = {c for _, some in LANGUAGES[:1] for c in some + some.upper()}
OTHER_SCRIPTS = {
    "cp1251": r"[\u0400-\u045f№]+",
    "cp1253": r"[\u0386-\u03ce]+",
    "koi8_r": r"[\u0401\u0410-\u044f\u0451]+",
    "koi8_u": r"[ЄІЇҐєіїґ\u0410-\u044f]+",
    "cp866": r"[\u0401\u0410-\u044f\u0451]+",
    "cp874": r"[\u0e00-\u0e7f]+",
}
SINGLE_BYTES = {"mac_roman", "cp850", *OTHER_SCRIPTS, *(name for name, _ in LANGUAGES)}
# Syllables: a vowel in front, a consonant, vowels and tones above, a vowel behind.
THAI_WORD = r"(?:[เ-ไ]?[ก-ฮ][ัิ-ฺ็-๎]{0,3}[ะาำๅๆ]?)+[ฯ๐-๙]*"
HEBREW_WORD = r"[א-ת]+(?:['\"-][א-ת]+)*"
# Signs of Windows code pages beside numbers and units, such as m², °C, 5 € and n° 3.
SIGN = "[A-Za-z]*[€£¥°²³§µ½¼¾±–—…×·®©™‰][A-Za-z]*"
NO_DETECTOR = (
    "it is not UTF-8; to find its encoding, install charset-normalizer"
    " (`uvx --with charset-normalizer ...`), or save it as UTF-8"
)


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
        # One or two letters tell no old code page; short Cyrillic is mostly cp1251.
        is_sure = encoding == "cp1251" or len("".join(words)) > 2
        return is_sure and all(re.fullmatch(pattern, word) for word in words)
    words = [word for word in words if not re.fullmatch(SIGN, word)]
    # No word is all of letters with accents, and none has signs inside.
    if not all(map(str.isalpha, words)):
        return False
    if not all(len(word) == 1 or re.search("[A-Za-z]", word) for word in words):
        return False
    letters = small_letters("".join(words))
    return not languages or any(letters <= {*some} for some in languages.split())


def small_letters(text: str) -> set[str]:
    """Return the letters in a text that are not ASCII, in lower case."""
    return {*re.sub("[\0-\x7f]", "", text.replace("İ", "i").lower())}


def has_capital_inside(word: str) -> bool:
    """Tell whether a capital follows a small letter, as in cafŽ."""
    pairs = zip(word, word[1:], strict=False)
    return any(one.islower() and two.isupper() for one, two in pairs)


def code_page_of(sample: bytes) -> str:
    """Return the encoding of text that is not UTF-8."""
    if not find_spec("charset_normalizer"):  # while copier looks; a project has it
        if not {*letters_in(sample, "cp1252")} <= WESTERN:
            raise ValueError(NO_DETECTOR)
        return "cp1252"
    if encoding := thai_or_hebrew(sample):
        return encoding
    if len(words_in(sample, "cp1252")) < FEW:
        if encoding := code_page_of_few(sample):
            return encoding
    from charset_normalizer import from_bytes

    found = from_bytes(sample, cp_isolation=[p for p in CODE_PAGES if p != THAI]).best()
    encoding = found.encoding if found else "cp1252"
    if encoding in {name for name, _ in LANGUAGES}:
        encoding = code_page_by_letters(sample) or encoding
    return LARGER.get(encoding, encoding)


def thai_or_hebrew(sample: bytes) -> str:
    """Return the code page of Thai or Hebrew where words can be no others.

    To a detector Thai looks like Arabic, and Hebrew like Russian without its vowels.
    """
    thai, hebrew = words_in(sample, THAI), words_in(sample, "cp1255")
    text = "".join(thai)
    if len(thai) < 3 or len(text) < 12:
        return ""
    if all(re.fullmatch(THAI_WORD, word) for word in thai):
        if len(re.findall("[ะ-ฺเ-๎]", text)) > 0.25 * len(text):
            return THAI
    if all(re.fullmatch(HEBREW_WORD, word) for word in hebrew):
        russian = "".join(words_in(sample, "cp1251"))
        if len(re.findall("[аеиоуыэюя]", russian)) < 0.3 * len(russian):
            return "cp1255"
    return ""


def code_page_of_few(sample: bytes) -> str:
    """Return the encoding in which all of a few words may be words; empty for none."""
    scripts = [(name, "") for name in OTHER_SCRIPTS if name != THAI]
    old = [(encoding, LANGUAGES[0][1]) for encoding in ("mac_roman", "cp850")]
    for encoding, languages in LANGUAGES + scripts + old:
        if may_be(words_in(sample, encoding), encoding, languages):
            return encoding
    return ""


def code_page_by_letters(sample: bytes) -> str:
    """Return the code page in which letters are those of languages; empty for none."""
    letters = {
        name: small_letters("".join(letters_in(sample, name))) for name, _ in LANGUAGES
    }
    for name, languages in LANGUAGES:  # all letters of one, or at least of several
        if any(letters[name] <= {*some} for some in languages.split()):
            if may_be(words_in(sample, name), name, ""):
                return name
    for name, languages in LANGUAGES:
        if letters[name] <= {*languages}:
            return name
    for name in OTHER_SCRIPTS:
        if may_be(words_in(sample, name), name, ""):
            return name
    return ""
