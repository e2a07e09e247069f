"""How a column is written: as numbers or as dates of some kind, found from all rows."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from .compound_numbers import COMPOUND, SIGN_OF_PARTS, sizes_beside
from .date_formats import (
    DAY_FIRST,
    ISO,
    MONTH_FIRST,
    ORDERS,
    YEAR_MONTH,
    date_sql,
    day_sql,
    parts_sql,
)
from .date_words import SIGN_OF_DATE
from .number_formats import (
    CLOCK,
    COMMA,
    POINT,
    TRUTH,
    UNIT_OF_MATCH,
    VALUE,
    match_sql,
    number_sql,
)
from .sql import MARKS, cells_of, let, quoted, struct
from .table import Table
from .whole_dates import COMPACT_CLOCK


@dataclass(frozen=True)
class Way:
    """One way to read the cells of a column."""

    written: str = ""
    count: int = 0
    """Cells that can be read in this way."""
    different: int = 0
    """Different texts among them."""
    note: str = ""
    """What cannot be known for sure."""


class Texts(NamedTuple):
    """What the different texts in a column are, whatever they are read as."""

    cells: int
    """Cells that are not missing and no marks of missing values."""
    different: int
    """Different texts in them."""
    digits: int
    """Those of the cells with a digit, as numbers and dates have."""
    dated: int
    """Those with what dates have."""
    parted: int
    """Those with what numbers of several parts have."""


def texts_of(table: Table, name: str) -> Texts:
    """Look at the different texts in a column."""
    known = f"lower(v) not in ({', '.join(map(quoted, MARKS))})"
    other = r"strlen(v) > length(v) and regexp_matches(v, '[½¼¾\p{Nd}]')"
    digits = rf"sum(n) filter (where regexp_matches(v, '\d') or {other})"
    parted = f"sum(n) filter (where regexp_matches(v, {quoted(SIGN_OF_PARTS)}))"
    sign = rf"{SIGN_OF_DATE}|[^\x00-\x7f]\p{{Nd}}"
    dated = f"sum(n) filter (where regexp_matches(lower(v), '{sign}'))"
    values = f"(from {table.counted(name)} where {known})"
    sums = f"sum(n), count(*), {digits}, {dated}, {parted}"
    (found,) = table.query(f"select {sums} from {values}")
    return Texts(*(int(number or 0) for number in found))


def decimal_of(table: Table) -> str:
    """Return the mark of decimals: a comma if it is one in more cells than a point is."""
    if not table.decimal:
        commas = count_decimals(table, ",", r"\.")
        may_be_comma = commas or table.usual_decimal
        points = count_decimals(table, r"\.", ",") if may_be_comma else 0
        usual = table.usual_decimal if commas == points else ""
        table.decimal = usual or ("," if commas > points else ".")
    return table.decimal


def count_decimals(table: Table, mark: str, thousands: str) -> int:
    """Return how many cells are numbers in which this must be the mark of decimals.

    In 1,234 it may be that of thousands.
    """
    digits = r"\d*D(\d\d?|\d{4,})|(0|\d{4,})D\d{3}|\d{1,3}(T\d{3})+D\d+"
    pattern = r"[^\d.,]{0,4}(" + digits + r")[^\d.,]{0,4}"
    pattern = pattern.replace("D", mark).replace("T", thousands)
    cells = [c for p, c in enumerate(cells_of(table.names)) if p not in table.typed]
    found = table.ask([f"bool_or(contains({cell}, '{mark[-1]}'))" for cell in cells])
    cells = [cell for cell, (has_mark,) in zip(cells, found, strict=True) if has_mark]
    sql = [f"count_if(regexp_full_match({cell}, '{pattern}'))" for cell in cells]
    return sum(count for (count,) in table.ask(sql))


def number_way(table: Table, name: str, texts: Texts, expected: str = "") -> Way:
    """Find out how numbers are written; as expected where that reads as many."""
    ways = [plain_way(table, name, TRUTH)]
    if 2 * texts.digits >= texts.cells:
        ways += [*marked_ways(table, name, expected), plain_way(table, name, CLOCK)]
        may_be = texts.parted and max(way.count for way in ways) < texts.cells
        if expected in COMPOUND or may_be:
            ways += [plain_way(table, name, written) for written in COMPOUND]
    if expected == COMPACT_CLOCK:  # which other numbers may look like
        ways.append(plain_way(table, name, COMPACT_CLOCK))
    before = expected.partition(" ")[0] or (
        COMMA if decimal_of(table) == "," else POINT
    )
    return max(
        ways,
        key=lambda w: (w.count, w.written == expected, w.written.startswith(before)),
    )


def plain_way(table: Table, name: str, written: str) -> Way:
    """Return how many cells can be read in one way."""
    value = number_sql("v", written)
    different = "distinct " * (written == TRUTH)  # values: yes and y are the same
    sql = f"sum(n) filter (where {value} is not null), count({different}{value})"
    ((count, different),) = table.query(f"select {sql} from {table.counted(name)}")
    return Way(written, int(count or 0), different)


def marked_ways(table: Table, name: str, expected: str) -> list[Way]:
    """Return how many cells are numbers with a point or comma, of one unit or none."""
    ways = []
    for marks in (POINT, COMMA):
        top = r"if(regexp_full_match(v, '[\d ]+-[\d ]+'), m.most, '')"
        value = struct(x=VALUE[marks], unit=UNIT_OF_MATCH, top=top)
        sql = let(match_sql("v", marks), value)
        rows = table.query(
            "select m.unit, sum(n), count(*), count_if(m.top <> ''),"
            f" sum(n) filter (where m.top <> '') from (select n, {sql} as m"
            f" from {table.counted(name)}) where m.x is not null group by m.unit"
        )
        by_unit = {unit: [int(n or 0) for n in found] for unit, *found in rows}
        unit = expected.partition(" ")[2]
        if not unit:
            unit = max(filter(None, by_unit), key=lambda u: (by_unit[u], u), default="")
        alike = {"", unit, *sizes_beside(unit)}
        same = [found for u, found in by_unit.items() if u in alike]
        count, different, different_ranges, ranges = (
            map(sum, zip(*same, strict=True)) if same else [0] * 4
        )
        if 2 * ranges > count and 2 * different_ranges > ranges:
            count = 0  # such as 555-1234: hardly any is like another
        ways.append(Way(f"{marks} {unit}".strip(), count, different))
    return ways


def date_way(table: Table, name: str, texts: Texts, expected: str = "") -> Way:
    """Find out how dates are written; as expected where that reads as many."""
    if 2 * min(texts.digits, texts.dated) < texts.cells:
        return Way()
    dates = [
        "iso",
        *(f"coalesce(iso, {let('parts', day_sql(order))})" for order in ORDERS[1:]),
    ]
    columns = ", ".join(f"{sql} as d{place}" for place, sql in enumerate(dates))
    parts = f"case when iso is null then {parts_sql('v')} end as parts"
    sums = ", ".join(
        f"coalesce(sum(n) filter (where d{place} is not null), 0), count(d{place})"
        for place in range(len(dates))
    )
    day, month = (f"d{ORDERS.index(order)}" for order in (DAY_FIRST, MONTH_FIRST))
    # 1-01 is a month of year 1 where the second part has all months, the first fewer.
    months = "count(distinct parts.a) < 12 and count(distinct parts.b) = 12"
    ((*counts, years, doubtful, slashes, starts, example),) = table.query(
        f"select {sums}, {months} and not bool_or(contains(v, '.')),"
        f" count_if({day} <> {month}), count_if(contains(v, '/')),"
        rf" count(distinct regexp_extract(v, '^\d+')), min(v) filter ({day} <> {month})"
        f" from (select v, n, parts, {columns} from"
        f" (select v, n, iso, {parts} from"
        f" (select v, n, {date_sql('v', ISO)} as iso from {table.counted(name)})))"
    )
    pairs = zip(counts[::2], counts[1::2], strict=True)
    ways = [Way(w, int(c), d) for w, (c, d) in zip(ORDERS, pairs, strict=True)]
    # The first of each month, or a country that has decimal commas.
    is_day_first = starts == 1 or decimal_of(table) == "," or not slashes
    usual = DAY_FIRST if is_day_first else MONTH_FIRST
    preferred = [expected, YEAR_MONTH, ISO, usual]
    ways = ways if years or expected == YEAR_MONTH else ways[:-1]
    best = max(ways, key=lambda w: (w.count, -[*preferred, w.written].index(w.written)))
    by_order = {way.written: way.count for way in ways}
    is_known = best.written == expected or by_order[DAY_FIRST] != by_order[MONTH_FIRST]
    order = {DAY_FIRST: ("day", "month"), MONTH_FIRST: ("month", "day")}
    if is_known or not doubtful or best.written not in order:
        return best
    first, other = order[best.written]
    note = (
        f"column {name}: dates such as {example} are read {first} first, but could be"
        f" {other} first; if they are, write them as 2024-12-31"
    )
    return replace(best, note=note)
