"""Dates as people write them, in SQL: in any order, or as seconds."""

from .cells import quoted
from .number_formats import clock_sql, let, struct, words

ISO = "1999-12-31"  # with or without a time and a zone
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "31.12.1999", "12/31/1999", "99-12-31"
COMPACT, COMPACT_MONTH = "19991231", "199912"  # which are numbers as well
SECONDS, MILLISECONDS = "seconds since 1970", "milliseconds since 1970"
ORDERS = [ISO, DAY_FIRST, MONTH_FIRST, YEAR_FIRST]  # of text

MONTHS = [
    "january jan januar janvier janv enero ene gennaio gen janeiro januari jän jänner",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari",
    "march mar märz mär mrz mars marzo março maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei maj",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aou agosto ago augustus augusti",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
]
# What every date of text has; to look for it takes less than to look for dates.
SIGN_OF_DATE = r"\d[-/., 年]+\d|\d{8}|q ?\d|\d ?q|\dm\d|" + "|".join(
    sorted({name[:3] for names in MONTHS for name in names.split()})
)
WEEKDAYS = (
    "(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
    "|(?:mo|diens|donners|frei|sams|sonn)n?(?:tag)?|mittwoch|mi|di|do|fr|sa|so"
    "|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lun|jeu|ven|sam|dim"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|mié|jue|vie|sáb|dom)"
)
USUAL_TIMES = ["", " %H:%M", " %H:%M:%S"]
TIME = r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\b\.?)?"
ZONE = r"(?: ?(?:z|utc|gmt|[ecmp][sd]t|ces?t)\b)?(?: ?[+-]\d{2}:?\d{2})?(?: ?\(.*\))?"


def date_sql(text: str, written: str) -> str:
    """Return the SQL of text, a date written in this way, as a timestamp; else NULL.

    Times are in UTC where a date in ISO 8601 has a zone, otherwise as they are.
    """
    if written in (SECONDS, MILLISECONDS):
        factor = 1 if written == SECONDS else 1000
        return f"make_timestamp((try_cast({text} as double) * {1e6 / factor})::bigint)"
    if written in (COMPACT, COMPACT_MONTH):
        return compact_sql(text, written)
    # A cast would take more for a date than these.
    date = f"try_cast({text} as timestamptz) at time zone 'UTC'"
    iso = rf"case when regexp_matches({text}, '^\d\d\d\d[-/]\d') then {date} end"
    if written == ISO:
        return iso
    other = any_date_sql(text, written)
    return f"coalesce({iso}, {usual_sql(text, written)}, {other})"


def usual_sql(text: str, written: str) -> str:
    """Return the SQL of a date of three numbers; it only is faster."""
    if written == YEAR_FIRST:
        return "null"
    day = "%d.%m.%Y" if written == DAY_FIRST else "%m.%d.%Y"
    formats = [f"{day.replace('.', mark)}{t}" for mark in "./-" for t in USUAL_TIMES]
    shape = r"\d+([./-])\d+[./-]\d{4}( \d+:\d+(:\d+)?)?"
    date = f"try_strptime({text}, [{', '.join(map(quoted, formats))}])"
    return f"case when regexp_full_match({text}, '{shape}') then {date} end"


def compact_sql(text: str, written: str) -> str:
    """Return the SQL of a date of digits only."""
    shape = r"^(19|20)\d\d(0[1-9]|1[0-2])" + r"[0-3]\d" * (written == COMPACT)
    start = f"left({text}, {len(written)})"
    date = f"try_strptime({start}, '{'%Y%m%d'[: len(written) - 2]}')"
    return rf"case when regexp_matches({text}, '{shape}(\.0)?$') then {date} end"


def any_date_sql(text: str, written: str) -> str:
    """Return the SQL of a date of up to three parts, and of its time."""
    time = f"regexp_extract(lower({text}), {quoted(TIME)})"
    hours = f"coalesce({clock_sql(time)}, 0)"
    day = let(parts_sql(text), day_sql(written))
    return f"{day} + to_milliseconds(({hours} * 3.6e6)::bigint)"


def parts_sql(text: str) -> str:
    """Return the SQL of the parts of a date: a, b and c; x and y are a and b as months.

    All of them are NULL in longer texts.
    """
    # Only the date, its parts separated by -, without the name of a weekday.
    day = f"regexp_replace(lower({text}), '(?: at)?[t ,:]*{TIME}{ZONE}', ' ')"
    day = f"regexp_replace(trim({day}), '^{WEEKDAYS}[., ]+', '')"
    day = rf"regexp_replace({day}, '(\d)(?:st|nd|rd|th|er|º|日)\b?', '\1', 'g')"
    day = rf"regexp_replace({day}, '[-/.,'' 年月]+(?:(?:de|of) )?', '-', 'g')"
    parts = r"^(\d+|\pL+)-?(\d+|\pL+)?-?(\d+)?-?$"
    match = f"regexp_extract({day}, '{parts}', ['a', 'b', 'c'])"
    months = {"x": month_sql("m.a"), "y": month_sql("m.b")}
    found = let(match, struct(a="m.a", b="m.b", c="m.c", **months))
    is_short = (
        rf"length({text}) <= 60 and regexp_matches({text}, '\d')"  # it takes long
    )
    return f"case when {is_short} then {found} end"


def day_sql(written: str) -> str:
    """Return the SQL of the day that the parts m of a date stand for."""
    order = {MONTH_FIRST: "cab", YEAR_FIRST: "abc"}.get(written, "cba")
    year, month, day = list(order)
    ways = {
        "m.b = ''": ("m.a[:4]", "m.a[5:6]", "if(length(m.a) = 8, m.a[7:], '')"),
        "m.x is not null and m.c <> ''": ("m.c", "m.x", "m.b"),  # March 25 2022
        "m.x is not null": ("m.b", "m.x", "1"),
        "m.y is not null and length(m.a) < 3": ("m.c", "m.y", "m.a"),  # 25 March 2022
        "m.y is not null": ("m.a", "m.y", "if(m.c = '', '1', m.c)"),
        "m.a = 'q'": ("m.c", "3 * try_cast(m.b as int) - 2", "1"),
        "m.b = 'q'": ("m.a", "3 * try_cast(m.c as int) - 2", "1"),
        "m.b = 'm'": ("m.a", "m.c", "1"),
        "m.c = '' and length(m.a) = 4": ("m.a", "m.b", "1"),
        "m.c = ''": ("m.b", "m.a", "1"),
        "length(m.a) = 4": ("m.a", "m.b", "m.c"),
        "true": (f"m.{year}", f"m.{month}", f"m.{day}"),
    }
    date = {
        part: f"case {cases_of(ways, place)} end"
        for place, part in enumerate(["year", "month", "day"])
    }
    return let(struct(**date), timestamp_sql("m.year", "m.month", "m.day"))


def cases_of(ways: dict[str, tuple[str, str, str]], place: int) -> str:
    """Return the cases of one part of a date in SQL."""
    return " ".join(
        f"when {case} then ({parts[place]})::text" for case, parts in ways.items()
    )


def timestamp_sql(year: str, month: str, day: str) -> str:
    """Return the SQL of a day; NULL where there is no such day."""
    century = (
        f"case when length({year}) = 2 then if({year} < '69', '20', '19') else '' end"
    )
    date = f"try_cast(concat({century}, {year}, '-', {month}, '-', {day}) as timestamp)"
    return f"case when length({year}) in (2, 4) then {date} end"


def month_sql(word: str) -> str:
    """Return the SQL of the number of a month; NULL for other words."""
    cases = " ".join(
        f"when {word} in ({words(names)}) then {month}"
        for month, names in enumerate(MONTHS, 1)
    )
    return f"case {cases} end"
