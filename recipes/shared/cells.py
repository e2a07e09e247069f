"""What the cells of a table say: text, numbers, dates and missing values, in SQL."""

from itertools import product

EMPTY = ["", "?"]  # text is missing: a class may be called None or NA
MISSING = [*EMPTY, *"NA N/A #N/A n/a nan NaN NULL null None #DIV/0! #VALUE!".split()]

# The first that fits all cells of a column is taken: 1/2/2024 is in January.
DAYS = "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y.%m.%d"
TIMES = "%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p"
DATE_FORMATS = [
    "ISO8601",
    *DAYS,
    *(f"{day} {time}" for day, time in product(DAYS, TIMES)),
    *("%Y-%m", "%Y/%m"),
    *TIMES,
]
COMPACT_FORMATS = ["%Y%m%d", "%Y%m"]  # which are numbers as well

BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
PLAIN = "[!-~](.*[!-~])?"  # as nearly all cells are; to trim takes long


def cell_sql(kind: str, cell: str, is_numeric: bool) -> str:
    """Return the SQL of a cell of text, or of a number, as Table calls it."""
    if kind == "cell":
        return cell
    if is_numeric:
        text = rf"regexp_replace({cell}::varchar, '\.0$', '')"  # 7, not 7.0
        value = text if kind in ("text", "known") else f"{cell}::double"
        return f"case when {cell}::double <= 'inf' then {value} end"  # NaN is above it
    if kind == "plain":
        return f"try_cast({cell} as double)"
    if kind == "number":
        return number_sql(cell)
    return text_sql(cell, EMPTY if kind == "text" else MISSING)


def text_sql(cell: str, missing: list[str]) -> str:
    """Return the SQL of a cell without blanks around it; NULL where it is missing."""
    marks = ", ".join(f"'{mark}'" for mark in missing)
    trimmed = f"trim({cell}, '{BLANKS}')"
    return (
        f"case when regexp_full_match({cell}, '{PLAIN}')"
        f" then case when {cell} not in ({marks}) then {cell} end"
        f" else case when {trimmed} not in ({marks}) then {trimmed} end end"
    )


def number_sql(cell: str) -> str:
    """Return the SQL of a cell as a double, true as 1, false as 0; else NULL."""
    number, trimmed = f"try_cast({cell} as double)", f"trim({cell}, '{BLANKS}')"
    truth = "when 'true' then 1 when 'false' then 0"
    other = f"case lower({trimmed}) {truth} else try_cast({trimmed} as double) end"
    return (
        f"case when {number} <= 'inf' then {number}"
        f" when regexp_full_match({cell}, '{PLAIN}')"
        f" then case lower({cell}) {truth} end else {other} end"
    )


def date_sql(text: str, written: str) -> str:
    """Return the SQL of text in this format as a timestamp in UTC; else NULL."""
    date = f"try_strptime({text}, '{written}')"
    shape = r"\d{4}" if "%Y" in written else r"\d"  # 1.2.24 is not in the year 24
    if written == "ISO8601":
        shape = r"^\d{4}[-/]\d"
        date = f"try_cast({text} as timestamptz) at time zone 'UTC'"
    elif written in COMPACT_FORMATS:
        shape = r"^(19|20)\d\d(0[1-9]|1[0-2])" + r"[0-3]\d" * written.count("%d") + "$"
    return f"case when regexp_matches({text}, '{shape}') then {date} end"
