"""Several series in one table, the length of their steps, and what is known ahead of them."""

import math
from itertools import combinations
from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .samples import Sample

FEWEST_STEPS = 20  # of a series: shorter ones are records rather than series
FEWEST_TO_FORECAST, MANY_SERIES = 12, 10  # where a forecast is asked, of at least so many even series
MOST_COLUMNS = 8  # that are tried, alone and in pairs
OF_YEARS = {"year", "yr", "jahr", "anno", "año", "ano", "annee", "année", "rok", "jaar"}
WITHIN = {
    "years": "month mon monat mes mois mese maand quarter qtr quartal trimestre",
    "days": "hour hr he stunde hora heure ora uur time clock uhrzeit zeit tijd",
}
OF_CLOCKS = [["hour"], ["minute"]]
# Days of the steps whose times end with a column of this name.
DAYS_OF = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "month": 30.44, "quarter": 91.3}
# Days of a step at least, and how many of these are some of its seasons.
WINDOWS = [(300, 16), (80, 12), (27, 60), (6.5, 52), (0.9, 56), (1 / 25, 168), (1 / 1500, 48)]
KNOWN_AHEAD = set(
    "holiday holidays feiertag festivo ferie promo promotion promotions campaign discount action aktion event events"
    " school vacation ferien workday weekend weekday planned plan schedule scheduled forecast prognose fcst open closed"
    " special daytype price".split()
)


def words_of(name: str) -> list[str]:
    """Return the words in the name of a column, in lower case."""
    return [word for word in "".join(c if c.isalnum() else " " for c in name.lower()).split() if word]


def is_name_of_known(name: str) -> bool:
    """Tell whether a column has the name of something that is known ahead."""
    words = words_of(name)
    return bool(KNOWN_AHEAD & {*words, "".join(words)})


def time_sql(table: "Sample", steps: list[str]) -> str:
    """Return the SQL of the times of rows; in several columns, of their texts together."""
    from .tables.judging import value_sql

    if len(steps) == 1:
        return str(value_sql(table.table, table[steps[0]].judged))
    return f"concat_ws(' ', {', '.join(map(table.table.known, steps))})"


def find_panel(
    table: "Sample", steps: list[str], keys: list[str], fewest: int = FEWEST_STEPS
) -> tuple[str, str] | None:
    """Return the columns of the time, and those that tell series apart; None where there are no series.

    Most series have at least the fewest steps.
    The columns of one series, at times in several columns, are none: an empty string.
    """
    for step in times_of(table, steps):
        others = [name for name in keys if name not in step][:MOST_COLUMNS]
        if len(step) > 1 and tell_apart(table, step, []) and are_even(table, step, []):
            return ", ".join(step), ""
        if len(step) == 1 and tell_apart(table, step, []) and are_even(table, step, []):
            continue  # one series, in another order
        for size in (1, 2):
            for some in combinations(others, size):
                if tell_apart(table, step, list(some)) and are_even(table, step, list(some), fewest):
                    return ", ".join(step), ", ".join(some)
    return None


def times_of(table: "Sample", steps: list[str]) -> list[list[str]]:
    """Return the columns that may hold the time: each alone, and dates or years with what is within them."""
    found = [[step] for step in steps]
    for name in [*steps, *(n for n in table.names if OF_YEARS & {*words_of(n)} and n not in steps)]:
        kind = "years" if OF_YEARS & {*words_of(name)} else "days" if table[name].kind == "dates" else ""
        within = WITHIN.get(kind, "").split()
        inside = [n for n in table.names if n != name and not {*within}.isdisjoint(words_of(n))][:1]
        if inside and 1 < table[inside[0]].distinct <= 1440:
            step = [name, *inside, *(n for n in table.names if kind == "years" and words_of(n) == ["day"])]
            clock = [n for n in table.names if len(step) == 3 and words_of(n) in OF_CLOCKS]
            found += [[*step, *clock], step] if clock else [step]
    return found


def tell_apart(table: "Sample", step: list[str], series: list[str]) -> bool:
    """Tell whether nearly every row has a time of its own within its series."""
    most = prod(table[name].distinct for name in [*step, *series])
    if most < 0.8 * table.table.rows:  # there are not so many pairs; some counts are estimates
        return False
    keys = ", ".join([time_sql(table, step), *map(table.table.known, series)])
    ((rows, distinct),) = table.table.query(f"select count(*), count(distinct ({keys})) from cells")
    return bool(distinct >= 0.97 * rows)


def are_even(table: "Sample", step: list[str], series: list[str], fewest: int = FEWEST_STEPS) -> bool:
    """Tell whether most series have enough steps, and most of these are equally long."""
    keys = ", ".join(map(table.table.known, series))
    if len(step) > 1:
        # No times to count with. Steps are most of the combinations (every hour of every day), and in all series:
        # sales on single days, or births in a month of a year, are not.
        ((times,),) = table.table.query(f"select count(distinct ({time_sql(table, step)})) from cells")
        steps = table.table.rows / count_series(table, series)
        possible = math.prod(table[name].distinct for name in step)
        return bool(times >= 0.3 * possible and steps >= max(fewest, 0.3 * times))
    ((share, length),) = table.table.query(
        "select avg(if(d between 0.7 * usual and 1.4 * usual, 1, 0)), any_value(length) from"
        f" (select d, median(d) over () as usual, median(n) over () as length from ({steps_sql(table, step, keys)})"
        " where d is not null)"
    )
    if fewest < FEWEST_STEPS and count_series(table, series) < MANY_SERIES:
        return False
    return share is not None and share >= 0.7 and length >= fewest


def steps_sql(table: "Sample", step: list[str], keys: str = "") -> str:
    """Return the SQL of how far rows are from those before in their series, in days or units, and its rows."""
    time = time_sql(table, step)
    time = f"epoch({time}) / 86400" if table[step[0]].kind == "dates" else time
    part = f"partition by {keys}" if keys else ""
    columns = f"t - lag(t) over ({part} order by t) as d, count(*) over ({part}) as n"
    return f"select {columns} from (select *, {time} as t from cells)"


def usual_step(table: "Sample", step: list[str]) -> float:
    """Return how many days a step usually is; 0 where times are no dates."""
    if len(step) > 1:
        return 1 / 24 if table[step[0]].kind == "dates" else DAYS_OF.get("".join(words_of(step[-1])), 0.0)
    if not step or table[step[0]].kind != "dates":
        return 0.0
    ((usual,),) = table.table.query(f"select median(d) from ({steps_sql(table, step)}) where d > 0")
    return float(usual or 0)


def count_series(table: "Sample", series: list[str]) -> int:
    """Return how many series there are."""
    if not series:
        return 1
    keys = ", ".join(map(table.table.known, series))
    ((number,),) = table.table.query(f"select count(distinct ({keys})) from cells")
    return max(1, int(number))


def long_length(table: "Sample", series: list[str]) -> int:
    """Return how many rows a long series has: one of four has so many."""
    keys = ", ".join(map(table.table.known, series))
    lengths = f"select count(*) as n from cells group by {keys}"
    ((length,),) = table.table.query(f"select quantile_disc(n, 0.75) from ({lengths})")
    return int(length or 0)


def in_words(days: float) -> str:
    """Return the length of a step in words."""
    names = [(360, 365.25, "year"), (27, 30.44, "month"), (6.9, 7, "week"), (0.9, 1, "day")]
    for least, length, name in [*names, (0.04, 1 / 24, "hour"), (0.0006, 1 / 1440, "minute")]:
        if days >= least:
            number = round(days / length)
            return f"a {name}".replace("a hour", "an hour") if number <= 1 else f"{number} {name}s"
    return f"{days * 86400:.3g} seconds"


def future_steps(table: "Sample", target: str, series: list[str]) -> int:
    """Return how many rows of a series stand at the end, or in front, without a target, while others have one."""
    at_end, rows = end_sql(table, target)
    keys = f"count(distinct ({', '.join(map(table.table.known, series))}))" if series else "1"
    ((number, groups),) = table.table.query(f"select count(*), {keys} from cells where {at_end}")
    return int(-(-number // max(1, groups))) if 0 < number <= rows / 3 else 0


def end_sql(table: "Sample", target: str) -> tuple[str, int]:
    """Return the SQL that tells the rows after the last target, or before the first, and the number of rows."""
    known = table.table.known(target)
    ((first, last),) = table.table.query(
        f"select min(row_number), max(row_number) from cells where {known} is not null"
    )
    if last is None:
        return "false", 0
    return f"(row_number > {last} or row_number < {first})", table.table.rows


def known_at_end(table: "Sample", target: str, names: list[str]) -> list[Any]:
    """Return the columns that have values in the rows that have no target yet."""
    at_end, _ = end_sql(table, target)
    counts = ", ".join(f"count({table.table.known(name)}) = count(*)" for name in names)
    if not names:
        return []
    (known,) = table.table.query(f"select {counts} from cells where {at_end}")
    return [name for name, is_known in zip(names, known, strict=True) if is_known]
