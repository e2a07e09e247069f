"""What of a table calls for a split of its own: rows of one patient, rows in time; and columns that tell the target."""

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from .columns import MOST_CLASSES
from .words import shorten, shown

if TYPE_CHECKING:
    from .samples import Sample, TableColumn

# People, each of whom may have several rows: the word alone, or in front of id, no, name, ...
PEOPLE = set(
    "patient patients subject participant person people user customer client member student pupil employee worker"
    " player athlete speaker donor respondent applicant borrower visitor volunteer child infant mother family household"
    " animal mouse rat cardholder subscriber driver author writer reviewer caller voter user username"
    " patientin kunde kunden kundin teilnehmer proband schüler mitarbeiter cliente paciente usuario utilisateur"
    " sujet élève".split()
)
# Things of which there may be several of a kind: only with id, no, ... behind.
THINGS = set(
    "machine device engine unit vehicle car truck bike turbine battery pump bearing motor equipment asset sensor"
    " household account acct card session batch lot wafer specimen sample plate well tree plant case family"
    " maschine gerät fahrzeug konto".split()
)
BEHIND = set("id ids no nr nbr num number key code name uuid guid nummer hash ref mrn".split())
SHORT = {"mrn", "msno", "custid", "userid", "patientid", "customerid", "subjectid", "uid", "pid", "cid", "imei", "vin"}
# What many of these people have to do with: who likes what is asked of people who are known.
ITEMS = set(
    "item product movie film book song track game restaurant business recipe anime isbn asin sku article".split()
)
FEWEST_GROUPS, FEWEST_TIMES = 10, 20
LARGEST_GROUP = 0.3  # of the rows; a larger one would fill a split alone
LIKE = 0.1  # of the variance of the target within which rows of one are alike
IN_ORDER = 0.99  # of the rows
# Dates that say something of a row, but not when it was written down.
OF_OTHERS = set(
    "birth born dob birthday birthdate death dead due expiry expires expiration end ends until valid hire hired joined"
    " join signup since founded built release released opened closing maturity geburtsdatum geburt geb nacimiento"
    " naissance nascimento".split()
)
MOST_COLUMNS = 100  # that are looked at
TELLS = 0.999  # of the rows
RARE = 0.05  # of the rows: fewer are empty by chance
IN_LINE = 0.9995  # correlation: the target in other units, rounded


class Proposal(NamedTuple):
    """A column to split by."""

    column: str = ""
    seen: str = ""
    """What speaks for it, in a few words."""
    is_clear: bool = False
    """Whether a random split would not tell the truth."""

    @property
    def clear(self) -> str:
        """The column, where it is clear."""
        return self.column if self.is_clear else ""


def find_group(table: "Sample", columns: list[str], target: str) -> Proposal:
    """Return the column whose values are people or things with several rows each."""
    columns = columns[:MOST_COLUMNS]
    found = [name for name in columns if name != target and may_be_group(table[name])]
    found.sort(key=lambda name: (not is_of_someone(table[name]), -table[name].distinct))
    for name in found:
        column, group = table[name], table[name].text
        ((largest,),) = table.table.query(f"select max(n) from (select count(*) as n from cells group by {group})")
        if largest > LARGEST_GROUP * table.table.rows:
            continue
        seen = [f"{shown(name)}: {column.distinct:,} values in {column.count:,} rows"]
        like = target in table.names and likeness(table, name, target) > LIKE
        if like:
            seen.append(f"{shown(target)} is alike in rows of one")
        others = [other for other in columns if other not in (name, target) and 1 < table[other].distinct]
        same = table.constant_within(name, others)
        if same:
            are = "are" if len(same) > 1 else "is"
            seen.append(f"{shorten([shown(c) for c in others if c in same], 3)} {are} the same in all rows of one")
        has_items = any(ITEMS & {*table[other].judged.words} and table[other].is_repeated for other in others)
        return Proposal(name, "; ".join(seen), is_of_someone(column) and not has_items)
    return Proposal()


def may_be_group(column: "TableColumn") -> bool:
    """Tell whether values are names or numbers that occur again, and none is missing."""
    if column.kind not in ("text", "numbers") or column.kind == "numbers" and not column.judged.is_whole:
        return False
    if column.count < column.judged.rows or not FEWEST_GROUPS <= column.distinct <= column.count / 1.5:
        return False
    return is_of_someone(column) or column.judged.words[-1:] == ["id"]


def is_of_someone(column: "TableColumn") -> bool:
    """Tell whether a column has the name of what tells people or things apart."""
    words = column.judged.words
    if column.judged.name.lower() in SHORT or PEOPLE & {*words} and (len(words) == 1 or words[-1] in BEHIND):
        return True
    return bool(THINGS & {*words[:-1]}) and words[-1] in BEHIND - {"name", "code"}


def likeness(table: "Sample", group: str, target: str) -> float:
    """Return which share of the variance of the target is between groups, beyond what chance would do."""
    column, g = table[target], table[group].text
    if column.kind == "numbers" and column.distinct > 2:
        by_group = "select count(t) as n, var_pop(t) as v from ({}) group by g having count(t) > 0"
        cells = f"select {g} as g, {column.value} as t from cells"
        sql = f"select sum(n), count(*), sum(n * v), (select var_pop(t) from ({cells})) from ({by_group.format(cells)})"
        ((rows, groups, within, total),) = table.table.query(sql)
    else:  # the chance that two rows are of different classes
        t = column.text
        pairs = f"select {g} as g, {t} as t, count(*) as n from cells where {t} is not null group by all"
        by_group = f"select sum(n) as n, sum(n * n) as squares from ({pairs}) group by"
        ((rows, groups, within),) = table.table.query(
            f"select sum(n), count(*), sum(n - squares / n) from ({by_group} g)"
        )
        ((squares,),) = table.table.query(f"select sum(n * n) from ({by_group} t)")
        total = 1 - (squares or 0) / (rows or 1) ** 2
    if not total or rows <= groups:
        return 0.0
    return float(1 - within / (rows - groups) / (total * rows / (rows - 1)))


def find_time(table: "Sample", columns: list[str], target: str) -> Proposal:
    """Return the column of dates that says when rows were written down."""
    for name in columns[:MOST_COLUMNS]:
        column = table[name]
        if name == target or column.kind != "dates" or not OF_OTHERS.isdisjoint(column.judged.words):
            continue
        if column.count < column.judged.rows or column.distinct < FEWEST_TIMES:
            continue
        ((first, last, up, down),) = table.table.query(
            "select min(t)::date, max(t)::date, avg(if(t >= before, 1, 0)), avg(if(t <= before, 1, 0)) from (select t,"
            f" lag(t) over (order by row_number) as before from (select row_number, {column.value} as t from cells))"
            " where before is not null"
        )
        is_clear = max(up or 0, down or 0) >= IN_ORDER
        order = ", the rows are in this order" if is_clear else ""
        return Proposal(name, f"{shown(name)}: {first} to {last}{order}", is_clear)
    return Proposal()


def is_filled_for_some(table: "Sample", name: str, target: str) -> bool:
    """Tell whether a column is filled for some classes and empty for the others, as what is known only after."""
    column, of_target = table[name], table[target]
    sql = f"select {of_target.text} as b, count({column.text}) as filled, count(*) as n from cells group by all"
    counts = [(filled, n) for b, filled, n in table.table.query(sql) if b is not None]
    rows, filled = sum(n for _, n in counts), sum(filled for filled, _ in counts)
    right = sum(max(filled, n - filled) for filled, n in counts)
    return RARE * rows <= filled <= (1 - RARE) * rows and right >= TELLS * rows


def are_apart(table: "Sample", name: str, target: str) -> bool:
    """Tell whether the numbers of each class lie apart from those of all others."""
    column, of_target = table[name], table[target]
    if column.kind != "numbers" or 2 * column.distinct < table.table.rows:
        return False
    sql = f"select {of_target.text} as b, min({column.value}), max({column.value}), count(*) from cells group by all"
    rows = table.table.query(sql)
    ranges = sorted((least, most, n) for b, least, most, n in rows if None not in (b, least, most))
    apart = all(one[1] < after[0] for one, after in pairwise(ranges))
    return len(ranges) > 1 and apart and min(n for *_, n in ranges) >= 10


def columns_that_tell(table: "Sample", columns: list[str], target: str) -> list[str]:
    """Return the columns each of which is enough to know the target: it by another name."""
    of_target, rows = table[target], table.table.rows
    if of_target.distinct < 2 or rows < 50:
        return []
    is_number = of_target.kind == "numbers" and of_target.distinct > 2
    found = []
    for name in columns[:MOST_COLUMNS]:
        column = table[name]
        if name == target or not column.distinct:
            continue
        a, b = column.text, of_target.text
        if is_number and column.kind == "numbers":
            sql = f"select abs(corr({column.value}, {of_target.value})) from cells"
            ((in_line,),) = table.table.query(sql)
            if in_line is not None and in_line > IN_LINE:
                found.append(name)
                continue
        if of_target.distinct <= MOST_CLASSES and (
            is_filled_for_some(table, name, target) or are_apart(table, name, target)
        ):
            found.append(name)
            continue
        if column.distinct > rows / 10 or of_target.distinct > rows / 10:
            continue
        ((known, of_most, common),) = table.table.query(
            f"select sum(n), sum(most), (select max(n) from (select count({b}) as n from cells where {a} is not null"
            f" group by {b})) from (select sum(n) as n, max(n) as most from (select {a} as a, {b} as b, count(*) as n"
            f" from cells where {a} is not null and {b} is not null group by all) group by a)"
        )
        if known and known >= rows / 2 and of_most >= TELLS * known > common:
            found.append(name)
    return found
