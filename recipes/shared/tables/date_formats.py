"""Dates as people write them, in SQL: in any order, with months, weeks and quarters."""

from .around_dates import milliseconds_sql, rewritten
from .calendar_words import ERAS, HALVES, MONTHS, QUARTERS, WEEKDAYS, WEEKS
from .cells import quoted
from .number_formats import clock_sql, let, struct, words
from .whole_dates import WHOLE, whole_date_sql

ISO = "1999-12-31"  # with or without a time and a zone
DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "31.12.1999", "12/31/1999", "99-12-31"
YEAR_MONTH = "99-12"
ORDERS = [ISO, DAY_FIRST, MONTH_FIRST, YEAR_FIRST, YEAR_MONTH]  # of text

# What every date of text has; to look for it takes less than to look for dates.
SIGN_OF_DATE = (
    r"\d[-/., 年년_:]+\d|\d{8}|[qwtshk] ?\d|\d ?[qwt]|\d ?m\d|tháng|"
    + "|".join(sorted({name[:3] for names in MONTHS for name in names.split()}))
)
USUAL_TIMES = ["", " %H:%M", " %H:%M:%S"]
TIME = r"\b\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\b\.?)?"
LEAP_YEAR = "'2000'"  # of a day without a year, 25-Mar: what counts is its place
DAY_OF_YEAR = "m.c = '' and length(m.a) = 4 and length(m.b) = 3 and m.y is null"
ZONE = r"(?: ?(?:z|utc|gmt|[ecmp][sd]t|ces?t)\b)?(?: ?[+-]\d{2}:?\d{2})?(?: ?\(.*\))?"


def date_sql(text: str, written: str) -> str:
    """Return the SQL of text, a date written in this way, as a timestamp; else NULL.

    Times are in UTC where a date in ISO 8601 has a zone, otherwise as they are.
    """
    if written in WHOLE:
        return whole_date_sql(text, written)
    # A cast would take more for a date than these.
    date = f"try_cast({text} as timestamptz) at time zone 'UTC'"
    of_christ = r"^(?:\d[0-46-9]\d|[013-9]5\d|25[01])\d[-/]\d"
    iso = f"case when regexp_matches({text}, '{of_christ}') then {date} end"
    iso = f"coalesce({iso}, {milliseconds_sql(text)})"
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
    shape = r"\d+([./-])\d+[./-](1\d|20|21)\d\d( \d+:\d+(:\d+)?)?"
    date = f"try_strptime({text}, [{', '.join(map(quoted, formats))}])"
    return f"case when regexp_full_match({text}, '{shape}') then {date} end"


def any_date_sql(text: str, written: str) -> str:
    """Return the SQL of a date of up to three parts, and of its time."""
    time = f"regexp_extract(m, {quoted(TIME)})"
    hours = f"coalesce({clock_sql(time)}, 0)"
    day = let(parts_of_sql("m"), day_sql(written))
    moment = f"{day} + to_milliseconds(({hours} * 3.6e6)::bigint)"
    return let(bare_sql(text), moment)


def bare_sql(text: str) -> str:
    """Return the SQL of a date in small letters, its time as 07:35, without a frame."""
    return let(spelled_out(text), rewritten("m"))


def spelled_out(text: str) -> str:
    """Return the SQL of a date with a time of 07:35, not 0735 or 07.35.00, and its year.

    25 MAR 22 07.35.00, 20240325T0735Z; and 令和6年3月25日 is of the year 2024.
    """
    dots = rf"regexp_replace({text}, '(\d) (\d\d?)[.](\d\d)[.](\d\d)', '\1 \2:\3:\4')"
    seconds = rf"regexp_replace({text}, '^(.{{8}})T(\d\d)(\d\d)(\d\d)', '\1 \2:\3:\4')"
    minutes = rf"regexp_replace({seconds}, '^(.{{8}})T(\d\d)(\d\d)(Z?)$', '\1 \2:\3\4')"
    has_dots = f"contains({text}, ' ') and contains({text}, '.')"
    time = f"when {text}[9] = 'T' then {minutes} when {has_dots} then {dots}"
    year = rf"replace(regexp_extract({text}, '^..(元|\d+)年', 1), '元', '1')"
    eras = " ".join(f"when '{era}' then {before}" for era, before in ERAS.items())
    year = f"try_cast({year} as int) + case left({text}, 2) {eras} end"
    with_year = rf"concat({year}, regexp_replace({text}, '^..(元|\d+)', ''))"
    is_of_era = f"left({text}, 2) in ({words(' '.join(ERAS))})"
    return f"case when {is_of_era} then {with_year} {time} else {text} end"


def parts_sql(text: str) -> str:
    """Return the SQL of the parts of a date as it is written."""
    return let(bare_sql(text), parts_of_sql("m"))


def parts_of_sql(text: str) -> str:
    """Return the SQL of the parts of a date: a to d; x and y are a and b as months.

    All of them are NULL in longer texts.
    """
    # Only the date, its parts separated by -, without the name of a weekday.
    day = f"regexp_replace({text}, '(?: at)?[t ,:]*{TIME}{ZONE}', ' ')"
    around = rf"^{WEEKDAYS}[., ]+|[, ]+[(]?{WEEKDAYS}[)]?$"
    day = f"regexp_replace(trim({day}), '{around}', '')"
    behind = r"(?:st|nd|rd|th|er|º|日|일| ?[гр](?:ода|оку|[.])?$)"
    day = rf"regexp_replace({day}, '(\d){behind}\b?', '\1', 'g')"
    between = "[-/.,'' 年月년월_]+(?:(?:de|of|del|tháng|năm) )*"
    day = rf"regexp_replace({day}, '{between}', '-', 'g')"
    day = rf"regexp_replace({day}, '^-+|-+$', '', 'g')"
    parts = r"^(\d+|\pL+)-?(\d+|\pL+)?-?(\d+)?-?(\d)?$"
    match = f"regexp_extract({day}, '{parts}', ['a', 'b', 'c', 'd'])"
    months = {"x": month_sql("m.a"), "y": month_sql("m.b")}
    found = let(match, struct(a="m.a", b="m.b", c="m.c", d="m.d", **months))
    # Of longer texts it would take long.
    is_short = rf"length({text}) <= 80 and regexp_matches({text}, '\p{{Nd}}')"
    return f"case when {is_short} then {found} end"


def day_sql(written: str) -> str:
    """Return the SQL of the day that the parts m of a date stand for."""
    if written == YEAR_MONTH:  # 1-02 is the second month of the first year
        year = "if(length(m.a) = 1, concat('0', m.a), m.a)"
        return f"case when m.c = '' then {timestamp_sql(year, 'm.b', '1')} end"
    order = {MONTH_FIRST: "cab", YEAR_FIRST: "abc"}.get(written, "cba")
    year, month, day = list(order)
    ways = {
        f"m.b in ({words(WEEKS)})": ("m.a", "1", "4"),  # which is in the first week
        "m.d <> ''": ("''", "''", "''"),
        f"m.a in ({words(WEEKS)})": ("m.c", "1", "4"),
        DAY_OF_YEAR: ("m.a", "1", "1"),
        "m.b = ''": ("m.a[:4]", "m.a[5:6]", "if(length(m.a) = 8, m.a[7:], '')"),
        "m.x is not null and m.c <> ''": ("m.c", "m.x", "m.b"),  # March 25 2022
        "m.x is not null": ("m.b", "m.x", "1"),
        "m.y is not null and length(m.a) < 3 and m.c = ''": (LEAP_YEAR, "m.y", "m.a"),
        "m.y is not null and length(m.a) < 3": ("m.c", "m.y", "m.a"),  # 25 March 2022
        "m.y is not null": ("m.a", "m.y", "if(m.c = '', '1', m.c)"),
        f"m.a in ({words(QUARTERS)})": ("m.c", "3 * try_cast(m.b as int) - 2", "1"),
        f"m.b in ({words(QUARTERS)}) and length(m.a) = 1": (
            "m.c",
            "3 * try_cast(m.a as int) - 2",
            "1",
        ),
        f"m.b in ({words(QUARTERS)})": ("m.a", "3 * try_cast(m.c as int) - 2", "1"),
        f"m.a in ({words(HALVES)})": ("m.c", "6 * try_cast(m.b as int) - 5", "1"),
        f"m.b in ({words(HALVES)})": ("m.a", "6 * try_cast(m.c as int) - 5", "1"),
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
    number = f"case when m.b in ({words(WEEKS)}) then m.c else m.b end"
    after = {
        "week": f"case when {number} <> m.b or m.a in ({words(WEEKS)}) then {number} end",
        "weekday": "if(m.d = '', '1', m.d)",
        "nth": f"case when {DAY_OF_YEAR} then m.b end",
    }
    start = timestamp_sql("m.year", "m.month", "m.day")
    kept = {name: f"try_cast(m.{name} as int)" for name in after}
    return let(struct(**date, **after), let(struct(start=start, **kept), shifted_sql()))


def shifted_sql() -> str:
    """Return the SQL of the day m.start, or one of a week or year that starts there."""
    in_week = "7 * m.week - 7 + m.weekday - isodow(m.start)::int"
    return (
        f"case when m.week between 1 and 53 then m.start + to_days({in_week})"
        " when m.nth between 1 and 366 then m.start + to_days(m.nth - 1)"
        " when m.week is null and m.nth is null then m.start end"
    )


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
    # Years of Buddhists, as in Thailand: 2567 is 2024.
    year_sql = (
        f"if({year} between '2520' and '2599', ({year}::int - 543)::text, {year})"
    )
    year_sql = f"concat({century}, {year_sql})"
    date = f"try_cast(concat({year_sql}, '-', {month}, '-', {day}) as timestamp)"
    return f"case when length({year}) in (2, 4) then {date} end"


def month_sql(word: str) -> str:
    """Return the SQL of the number of a month; NULL for other words."""
    cases = " ".join(
        f"when {word} in ({words(names)}) then {month}"
        for month, names in enumerate(MONTHS, 1)
    )
    return f"case {cases} end"
