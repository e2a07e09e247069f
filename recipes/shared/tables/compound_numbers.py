"""Numbers of several parts, in SQL: 1 1/2, 5'11", 1:23:45; and sizes of units."""

from collections.abc import Callable

from .sql import let, quoted

FRACTION = "1 1/2"  # also 12/20 and 4.5/5, as marks are written
FEET = "5'11\""  # read as inches
DEGREES = "48°51'24\"N"  # read as degrees
AGE = "3 years 4 months"  # read as years
INTERVAL = "[10, 20)"
# Which all of them have:
SIGN_OF_PARTS = r"[/'’´′°½¼¾]|^[(\[].*,|\pL.*\d|\d ?(?:ft|feet|foot|FT|Ft)"
DENOMINATORS = "2 3 4 5 6 8 10 12 16 20 24 25 30 32 40 50 60 64 100 200 1000"
FRACTION_PATTERN = (
    r"^(-?)(?:(\d+(?:[.,]\d+)?)(?: |$))?"
    r"(?:([1-9]\d*(?:[.,]\d+)?|0(?:[.,]\d+)?)/([1-9]\d*))?\"?$"
)
FEET_PATTERN = (
    r"^(\d+) ?(?:'|ft\.?|feet|foot),? ?"
    r"(?:(\d{1,2}(?:[.,]\d+)?) ?(?:\"|''|in(?:ch(?:es)?)?\.?)?)?$"
)
DEGREES_PATTERN = (
    r"^(-?)(\d{1,3})(?:°|deg) ?(?:(\d{1,2}(?:[.,]\d+)?)')? ?"
    r"(?:(\d{1,2}(?:[.,]\d+)?)(?:\"|''))? ?([nsewo]?)$"
)
CLOCK_PATTERN = (
    r"^(-?)(?:(\d+) ?d(?:ays?)?,? ?)?(\d{1,3})"  # 3:1 is a ratio, no time
    r"(?::(\d{2}(?:[.,]\d+)?)| ?h ?(\d{2})?)(?: ?m(?:in)?)?"
    r"(?::?(\d{1,2}(?:[.,]\d+)?)s?)?(?: ?([ap])\.?m\.?)?(?: ?(?:h|hrs?|uhr))?$"
)
PART = r"(?:(\d+(?:[.,]\d+)?) ?(?:{})\.?)?(?:,| and| und| et| y|:)? ?"
WEEK = "w|weeks?|wks?|wochen?|semaines?|semanas?|недел[яиь]"
DAY = "d|days?|tage?n?|jours?|d[ií]as?|дн|дн[яе]й?|天"
HOUR = "h|hrs?|hours?|std|stunden?|heures?|horas?|ore|uur|ч|час(?:а|ов)?|小时|時間|시간"
MINUTE = "m|mins?|minutes?|minuten|minutos?|minuti|мин|минут[аы]?|分钟|分|분"
SECOND = "s|secs?|seconds?|sek|sekunden|segundos?|сек|秒|초"
DURATION_PATTERN = (
    r"^p?"
    + PART.format(WEEK)
    + PART.format(DAY)
    + "t?"
    + "".join(map(PART.format, (HOUR, MINUTE, SECOND)))
    + "$"
)
YEAR = "y|yrs?|years?|jahre?n?|ans?|années?|años?|anos?|лет|год(?:а|ов)?|年"
MONTH = (
    "m|mos?|mons?|months?|monate?n?|mois|mes(?:es)?|месяц(?:а|ев)?|мес|个月|か月|ヶ月"
)
AGE_PATTERN = r"^" + PART.format(YEAR) + PART.format(MONTH) + "$"
INTERVAL_PATTERN = r"^(?:\(E, ?E\]|\[E, ?E\))$".replace("E", r"(-?\d*\.?\d+|-?inf)")

# Units of which one is a number of times another: 500 g and 1.2 kg in one column.
FAMILIES = [
    "mg 0.001 g 1 gr 1 gram 1 kg 1000 kilo 1000 kilogram 1000 lb 453.592 oz 28.3495",
    "µm 1e-6 mm 0.001 cm 0.01 dm 0.1 m 1 meter 1 metre 1 km 1000 in 0.0254 inch 0.0254"
    " inche 0.0254 ft 0.3048 feet 0.3048 foot 0.3048 yd 0.9144 mi 1609.344 mile 1609.344",
    "ml 0.001 cl 0.01 dl 0.1 l 1 liter 1 litre 1 gal 3.78541 gallon 3.78541",
    "ms 0.001 s 1 sec 1 second 1 min 60 minute 60 h 3600 hr 3600 hour 3600 d 86400"
    " day 86400 wk 604800 week 604800 mo 2629800 month 2629800 y 31557600 yr 31557600"
    " year 31557600",
    "cr 1 dr -1",  # credit and debit of accounts
    "b 1 c 1 e 1 f 1 n 1 p 1 r 1 u 1 z 1",  # flags of statistics: estimated, provisional
    "tag 1 tage 1 woche 7 wochen 7 monat 30.4375 monate 30.4375 jahr 365.25 jahre 365.25",
    "día 1 semana 7 mes 30.4375 mese 30.4375 año 365.25",
    "jour 1 semaine 7 moi 30.4375 an 365.25 année 365.25",
]
"""Names of units without a plural s, and how many of the same they are."""


def parts_of(text: str, pattern: str, names: str) -> str:
    """Return the SQL of the parts of a number by name, all of them empty in others."""
    same = f"translate(lower({text}), '’´′“”″', '''''''\"\"\"')"
    parts = ", ".join(map(quoted, names.split()))
    return f"regexp_extract({same}, {quoted(pattern)}, [{parts}])"


def part(name: str) -> str:
    """Return the SQL of one part of a match m as a double, 0 where it is not there."""
    return f"coalesce(try_cast(replace(m.{name}, ',', '.') as double), 0)"


def fraction_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of its value: a whole and a fraction below 1."""
    halves = f"replace(replace({text}, '½', ' 1/2'), '¼', ' 1/4')"
    match = parts_of(
        f"trim(replace({halves}, '¾', ' 3/4'))",
        FRACTION_PATTERN,
        "sign whole upper lower",
    )
    lower = ", ".join(map(quoted, DENOMINATORS.split()))
    valid = f"m.whole <> '' and m.lower = '' or m.lower in ({lower})"
    is_below = f"{part('upper')} <= {part('lower')}"
    value = f"{part('whole')} + {part('upper')} / greatest(1, {part('lower')})"
    signed = f"if(m.sign = '-', -1, 1) * ({value})"
    return match, f"case when ({valid}) and {is_below} then {signed} end"


def feet_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of its value in inches."""
    match = parts_of(text, FEET_PATTERN, "feet inches")
    valid = f"m.feet <> '' and {part('inches')} < 12"
    value = f"12 * {part('feet')} + {part('inches')}"
    return match, f"case when {valid} then {value} end"


def degrees_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of its value in degrees, below 0 in the south."""
    match = parts_of(text, DEGREES_PATTERN, "sign degrees minutes seconds side")
    valid = f"m.degrees <> '' and {part('minutes')} < 60 and {part('seconds')} < 60"
    value = f"{part('degrees')} + {part('minutes')} / 60 + {part('seconds')} / 3600"
    signed = f"if(m.sign = '-' or m.side in ('s', 'w'), -1, 1) * ({value})"
    return match, f"case when {valid} then {signed} end"


def clock_sql(text: str) -> str:
    """Return the SQL of a duration or a time of day as hours; else NULL."""
    match = parts_of(text, CLOCK_PATTERN, "sign days hours minutes after seconds half")
    hours = (
        f"24 * {part('days')} + {part('hours')} + ({part('minutes')} + {part('after')})"
        f" / 60 + {part('seconds')} / 3600"
    )
    half = (
        f"case when m.half = 'p' and {part('hours')} < 12 then 12"
        f" when m.half = 'a' and {part('hours')} = 12 then -12 else 0 end"
    )
    value = f"case when m.sign = '-' then -1 else 1 end * ({hours} + {half})"
    valid = f"m.hours <> '' and {part('minutes')} < 60 and {part('seconds')} < 60"
    return let(match, f"case when {valid} then {value} end")


def duration_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of its value in hours."""
    match = parts_of(text, DURATION_PATTERN, "weeks days hours minutes seconds")
    value = (
        f"168 * {part('weeks')} + 24 * {part('days')} + {part('hours')}"
        f" + {part('minutes')} / 60 + {part('seconds')} / 3600"
    )
    valid = "concat(m.weeks, m.days, m.hours, m.minutes, m.seconds) <> ''"
    return match, f"case when {valid} then {value} end"


def age_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of its value in years."""
    match = parts_of(text, AGE_PATTERN, "years months")
    valid = "m.years <> '' and m.months <> ''"
    return match, f"case when {valid} then {part('years')} + {part('months')} / 12 end"


def interval_sql(text: str) -> tuple[str, str]:
    """Return the SQL of a match m, and of the middle of an interval; or its only end."""
    match = parts_of(text, INTERVAL_PATTERN, "a b c d")
    ends = [f"try_cast(concat(m.{x}, m.{y}) as double)" for x, y in ("ac", "bd")]
    least, most = (f"case when isfinite({end}) then {end} end" for end in ends)
    return match, f"(coalesce({least}, {most}) + coalesce({most}, {least})) / 2"


COMPOUND: dict[str, Callable[[str], tuple[str, str]]] = {
    FRACTION: fraction_sql,
    FEET: feet_sql,
    DEGREES: degrees_sql,
    AGE: age_sql,
    INTERVAL: interval_sql,
}


def sizes_beside(unit: str) -> dict[str, float]:
    """Return units of the same kind, and how many of this unit they are."""
    for text in FAMILIES:
        names, sizes = text.split()[::2], map(float, text.split()[1::2])
        family = dict(zip(names, sizes, strict=True))
        if unit in family:
            return {name: size / family[unit] for name, size in family.items()}
    return {unit: 1.0}
