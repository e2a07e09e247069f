"""Numbers as people write them, in SQL: currency, units, thousands, ranges, clocks."""

from ..names import FALSE, TRUE
from .compound_numbers import COMPOUND, clock_sql, duration_sql, sizes_beside
from .sql import ALIKE, LIKE, let, quoted, words
from .whole_dates import COMPACT_CLOCK, compact_clock_sql

# How the numbers of a column are written. A unit may stand behind: 1,234.5 km.
POINT, COMMA = "1,234.5", "1.234,5"
CLOCK = "1:23:45"  # a duration or time of day; read as hours
TRUTH = "yes/no"  # read as 1 and 0

BEFORE = (
    r"(?i:[<>≤≥~≈=±]{1,2}|ca\.?|approx\.?|approximately|about|around|circa|over|under"
    r"|(?:less|more|fewer) than|at (?:least|most)|up to|etwa|rund|über|unter|mindestens"
    r"|höchstens|below|above|between|from|menor que|mayor que|m[áa]is? de|menos de"
    r"|moins de|plus de|environ|jusqu'à|hasta|entre|desde|von|de|mehr als|weniger als"
    r"|bis zu|meno di|oltre|menor de|mayor de|meer dan|minder dan|od|ponad|poniżej"
    r"|около|менее|более|свыше|от|до)?"
)
AT_MOST = r"(?i)[<≤]|\b(?:under|less|fewer|younger|below|up to)\b"  # a limit
AT_LEAST = r"(?i)[>≥+]|\b(?:over|more|older|above|at least)\b|\band up\b"
LIMIT = r" (?:or|and) (?:more|less|fewer|over|under|older|younger|above|below|up)"
# Marks of footnotes, and shares beside counts: 12*, 12[a], 12 (25 %).
FOOTNOTE = (
    r"(?: ?(?:\*{1,3}|[†‡¹²³⁴]|\([a-z]\)|\[[\w ]{1,6}\]|\(\d+(?:[.,]\d+)? ?%\)))*"
)
CURRENCY = (
    r"(?:[A-Z]{0,3} ?\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|BRL|AUD|CAD|SEK|NOK|DKK|PLN|CZK"
    r"|HUF|RUB|TRY|ZAR|MXN|SGD|HKD|KRW|IDR|MYR|THB|VND|PHP|TWD|NZD|ILS|UAH|RON|ARS|CLP"
    r"|COP|PEN|EGP|NGN|KES|AED|SAR|PKR|BDT|Rs\.?|kr\.?|Fr\.|RM|Rp\.?|S/\.?|KSh|Kč|zł"
    r"|B/\.|L\.|R |%)?"
)
# As programs write a number: Decimal('1.5'), np.float64(1.5), {"$numberInt": "5"}.
FRAME = (
    r"^(?:=?\"|'|\[|\{(?:\"\$number[A-Za-z]+\": ?\"?)?"
    r"|(?:Decimal|np\.[a-z]+\d*|tensor|float|int)\(['\"]?)?"
)
# Between the ends of a range.
TO = r"(?:-|~|\.\.+| ?(?:to|bis|and|und|y|et|a|à|до|do|through) )"
# K after a number is a thousand; so is k in kB, but not in km, which is a unit.
SCALE = (
    r"((?: *(?:(?i:thousand|tsd|mio|millions?|mn|mrd|bn|billions?|lakhs?|lacs?|crores?)"
    r"|[kKMGT]i?(?:B|Hz|Wh?))|[kKMBGT])\b\.?| *[万萬亿億만억])?"
)
SCALES = {
    1e3: "k kb ki kh kw th ts",
    1e4: "万 萬 만",
    1e5: "la",
    1e7: "cr",
    1e8: "亿 億 억",
    1e6: "m mb mi mn mh mw",
    1e9: "mr b bn bi g gb gi gh gw",
    1e12: "t tb ti tw",
}
UNIT = r"((?:/|10\^\d+/)?[\p{L}%‰°℃℉\p{Sc}][\p{L}\d%°²³/.·^\p{Sc} ]*)?"


def number_sql(text: str, written: str) -> str:
    """Return the SQL of text, a number written in this way, as a double; else NULL."""
    if written == TRUTH:
        return (
            f"case when lower({text}) in ({words(TRUE)}) then 1::double"
            f" when lower({text}) in ({words(FALSE)}) then 0::double end"
        )
    if written == CLOCK:
        match, value = duration_sql(text)
        return f"coalesce({clock_sql(text)}, {let(match, value)})"
    if written in COMPOUND:
        return let(*COMPOUND[written](text))
    if written == COMPACT_CLOCK:
        return compact_clock_sql(text)
    marks, _, unit = written.partition(" ")
    return let(match_sql(text, marks), f"{factor_sql(unit)} * {VALUE[marks]}")


def factor_sql(unit: str) -> str:
    """Return the SQL of how many of this unit that of a match m is; NULL for others."""
    sizes = sizes_beside(unit) | {"": 1.0, unit: 1.0}
    cases = " ".join(
        f"when {quoted(name)} then {size!r}" for name, size in sizes.items()
    )
    return f"case {UNIT_OF_MATCH} {cases} end"


def match_sql(text: str, marks: str) -> str:
    """Return the SQL of the parts of a number; all of them are empty in other text."""
    # Minus signs, blanks, apostrophes and digits that look alike become the same.
    same = f"translate({text}, {quoted(LIKE)}, {quoted(ALIKE)})"
    same = f"case when strlen({text}) = length({text}) then {text} else {same} end"
    names = ", ".join(
        f"'{name}'" for name in "sign before least most scale unit after".split()
    )
    return f"regexp_extract({same}, {quoted(PATTERN[marks])}, [{names}])"


def pattern(thousands: str, decimal: str) -> str:
    """Return the pattern of a number with these marks."""
    digits = (
        r"(?:(?:\d{1,3}(?:[T' ]\d{2,3})*[T' ]\d{3}|\d+)(?:D\d+)?|D\d+)"
        r"(?:(?:[eE]| ?[x×*·] ?10\^)[-+]?\d+)?"
    )
    digits = digits.replace("T", thousands).replace("D", decimal)
    start = rf"{FRAME}{BEFORE} *([-+(]?) *{CURRENCY} *([-+(]?) *({digits})"
    # Behind a point may be nothing, or -- for no cents.
    most = rf"(?: *%?{TO} *{CURRENCY} *({digits}))?(?:{decimal}-{{0,2}}|[/:]-)?"
    error = rf"(?: *(?:±|\+/-) *{digits})?"
    end = rf"{FOOTNOTE} *([-)]?)[\"'\]}})]*$"
    return rf"{start}{most}{error}{SCALE}\+?(?i:{LIMIT})? *{UNIT}\+?{end}"


def value_sql(thousands: str, decimal: str) -> str:
    """Return the SQL of the double in a match m; NULL where there is none."""

    def double(part: str) -> str:
        digits = f"regexp_replace({part}, '[{thousands}'' ]', '', 'g')"
        digits = rf"regexp_replace({digits}, '[x×*·]10\^', 'e')"
        plain = f"replace({digits}, '{decimal[-1]}', '.')"
        return f"try_cast({plain} as double)"

    least, most = double("m.least"), double("m.most")
    scales = " ".join(
        f"when left(lower(trim(m.scale)), 2) in ({words(names)}) then {factor}"
        for factor, names in SCALES.items()
    )
    signs = "concat(m.sign, m.before, replace(m.after, ')', ''))"
    signed = f"case when {signs} in ('-', '(') then -1 else 1 end"
    middle = f"when {most} >= {least} then ({least} + {most}) / 2"  # of a range
    middle = f"case when m.most = '' then {least} {middle} end"
    return f"{signed} * case {scales} else 1 end * {middle}"


# 2 days, 1 day, 1 day ago; but 5 ms are no metres. The end of 21st is none.
BARE = "rtrim(lower(m.unit), '. ')"
BEHIND = f"regexp_replace({BARE}, '(?: ago| old|{LIMIT})+$', '')"
BARE = f"case when contains({BARE}, ' ') then {BEHIND} else {BARE} end"
UNIT_OF_MATCH = rf"regexp_replace({BARE}, '^(?:st|nd|rd|th|(.{{2,}})s)$', '\1')"
PATTERN = {POINT: pattern(",", r"\."), COMMA: pattern(".", ",")}
VALUE = {POINT: value_sql(",", r"\."), COMMA: value_sql(".", ",")}
