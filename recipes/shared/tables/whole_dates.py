"""Dates and times of day that look like numbers: 20240131, 735, 01.2024, seconds."""

from collections.abc import Iterable

COMPACT, COMPACT_MONTH = "19991231", "199912"
COMPACT_TIME, COMPACT_WEEK = "19991231235959", "1999W52, without the W"
SECONDS, MILLISECONDS = "seconds since 1970", "milliseconds since 1970"
MICROSECONDS, NANOSECONDS = "microseconds since 1970", "nanoseconds since 1970"
DOTTED_MONTHS = {"12.1999": "%m.%Y", "1999.12": "%Y.%m"}
SERIAL = "days since 1899-12-30"  # as spreadsheets count
COMPACT_CLOCK = "735"  # 07:35
EPOCHS = {SECONDS: 1.0, MILLISECONDS: 1e3, MICROSECONDS: 1e6, NANOSECONDS: 1e9}
"""How many of them are a second."""
WHOLE = (
    COMPACT,
    COMPACT_MONTH,
    COMPACT_TIME,
    COMPACT_WEEK,
    *EPOCHS,
    SERIAL,
    *DOTTED_MONTHS,
)

OF_TIME = set(
    "date time datetime timestamp ts created updated modified at epoch unix datum zeit"
    " fecha hora data day month dt".split()
)
OF_DAY = set("date datum fecha data dato day dt datetime timestamp created".split())
OF_CLOCK = set("time hhmm uhrzeit hora heure tijd ora saat clock".split())


def ways_of(
    least: float, most: float, distinct: int, words: Iterable[str], is_whole: bool
) -> list[str]:
    """Return how numbers from least to most may be written, if they are dates.

    words are those in the name of the column; without them 45000 is an amount.
    """
    ways, words = [], set(words)
    if not is_whole:
        may_be = 1 <= least <= most < 13 or 1900 <= least <= most < 2100
        return [*DOTTED_MONTHS] if may_be and distinct > 9 else []
    if 1900_01_01 <= least <= most < 2100_01_01:
        ways.append(COMPACT)
    elif 1900_01 <= least <= most < 2100_01 and distinct > 9:
        ways.append(COMPACT_MONTH)
        if distinct > 20:
            ways.append(COMPACT_WEEK)
    elif any(1900_01_01 * f <= least <= most < 2100_01_01 * f for f in (10**4, 10**6)):
        ways.append(COMPACT_TIME)  # without or with seconds
    if words & OF_TIME:
        # From 1973 to 2128.
        ways += [way for way, f in EPOCHS.items() if 1e8 * f <= least <= most < 5e9 * f]
    if words & OF_DAY and 20_000 <= least <= most < 60_000:  # from 1954 to 2064
        ways.append(SERIAL)
    return ways


def is_clock(least: float, most: float, distinct: int, words: Iterable[str]) -> bool:
    """Tell whether whole numbers may be times of day such as 735 and 2359."""
    in_range = 0 <= least < 1000 < most <= 2400
    return not OF_CLOCK.isdisjoint(words) and in_range and 24 < distinct < 2400


def whole_date_sql(text: str, written: str) -> str:
    """Return the SQL of text, a number that stands for a date, as a timestamp."""
    number = f"try_cast({text} as double)"
    if written in EPOCHS:
        return f"make_timestamp(({number} * {1e6 / EPOCHS[written]})::bigint)"
    if written == SERIAL:
        return f"make_timestamp((({number} - 25569) * 86400e6)::bigint)"
    if written in DOTTED_MONTHS:
        shape = r"^(?:\d{1,2}\.(?:19|20)\d\d|(?:19|20)\d\d\.\d\d)$"
        date = f"try_strptime({text}, '{DOTTED_MONTHS[written]}')"
        return f"case when regexp_matches({text}, '{shape}') then {date} end"
    year, month = r"(?:19|20)\d\d", r"(?:0[1-9]|1[0-2])"
    if written == COMPACT_WEEK:
        week = f"try_cast(substr({text}, 5, 2) as int)"
        fourth = f"make_date(left({text}, 4)::int, 1, 4)"  # is always in the first week
        date = f"({fourth} + 7 * {week} - 6 - isodow({fourth})::int)::timestamp"
        shape = rf"^{year}(?:0[1-9]|[1-4]\d|5[0-3])(\.0)?$"
        return f"case when regexp_matches({text}, '{shape}') then {date} end"
    form = {COMPACT: "%Y%m%d", COMPACT_MONTH: "%Y%m"}.get(written, "%Y%m%d%H%M%S")
    size, rest = len(written), {COMPACT_MONTH: "", COMPACT: r"[0-3]\d"}.get(written)
    start = f"left({text}, {size})"
    if rest is None:
        rest = r"[0-3]\d[0-2]\d[0-5]\d([0-5]\d)?"
        digits = rf"regexp_replace({text}, '\.0$', '')"
        start = f"rpad({digits}, {size}, '0')"
    date = f"try_strptime({start}, '{form}')"
    shape = rf"^{year}{month}{rest}(\.0)?$"
    return f"case when regexp_matches({text}, '{shape}') then {date} end"


def compact_clock_sql(text: str) -> str:
    """Return the SQL of text, a time of day such as 735, as hours; else NULL."""
    digits = rf"regexp_replace({text}, '\.0$', '')"
    padded = f"lpad({digits}, 4, '0')"
    hours = f"left({padded}, 2)::double + right({padded}, 2)::double / 60"
    shape = r"^(?:\d{1,2}|\d[0-5]\d|[01]\d[0-5]\d|2[0-3][0-5]\d|2400)(\.0)?$"
    valid = f"regexp_matches({text}, '{shape}') and right({padded}, 2) < '60'"
    return f"case when {valid} then {hours} end"
