"""The columns of a table: what each holds, and which of them the network sees."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .cells import DATE_FORMATS, date_sql
from .table import Table, batches, need_columns, refuse

EXACT = 100_000  # rows; in more, the different values of numbers are estimated


@dataclass
class Columns:
    """What the network sees of a table, in the order in which it gets it."""

    dates: dict[str, str] = field(default_factory=dict)
    """Columns of dates, and how they are written."""
    categories: list[str] = field(default_factory=list)
    """Columns of names."""
    numbers: list[str] = field(default_factory=list)
    """Columns of numbers, true and false among them."""


@dataclass
class Column:
    """What a column holds in all rows of a table."""

    name: str
    rows: int
    values: int
    """Cells that are not missing."""
    numbers: int
    """Cells that hold a number."""
    least: float | str | None
    """The least number, or the first text in alphabetical order."""
    most: float | str | None
    distinct: int
    """Different values; an estimate where there are many numbers."""
    is_whole: bool
    """Whether all values are whole numbers."""
    counts_rows: bool
    """Whether numbers start at 0 or 1 and go up by one from row to row."""
    written: str = ""
    """How dates are written; empty where not all values are dates."""

    @property
    def is_numeric(self) -> bool:
        """Whether 19 of 20 values are numbers: what else is there must be a mistake."""
        return 0 < 0.95 * self.values <= self.numbers

    @property
    def is_id(self) -> bool:
        """Whether whole numbers may only tell rows apart, going by name or order."""
        name = self.name.lower()
        by_name = name in ("id", "index", "row") or name.endswith(("_id", " id"))
        by_pandas = name.startswith("unnamed: ")  # an index
        return self.is_whole and (by_name or by_pandas or self.counts_rows)

    @property
    def kind(self) -> str:
        """Either empty, constant, date, identifier, number, category or text."""
        if not self.values:
            return "empty"
        if self.distinct == 1 and self.values == self.rows:
            return "constant"
        if self.written:
            return "date"
        if self.is_numeric:
            tells_apart = self.distinct >= 0.95 * self.values
            return "identifier" if self.is_id and tells_apart else "number"
        return "category" if self.distinct <= self.values / 2 else "text"


def judge(table: Table, names: list[str]) -> list[Column]:
    """Find out what columns hold, from all rows."""
    columns = []
    for some in batches(names):
        found = {c.name: c for c in find_numbers(table, some, table.plain)}
        # Where there are not only numbers and empty cells; NaN is not equal to itself.
        odd = [n for n, c in found.items() if c.numbers < c.values or c.most != c.most]
        found |= {c.name: c for c in find_numbers(table, odd, table.number)}
        find_texts(table, [found[name] for name in odd])
        count_distinct(table, list(found.values()), odd)
        find_dates(table, list(found.values()))
        columns += found.values()
    return columns


def find_numbers(
    table: Table, names: list[str], number: Callable[[str], str]
) -> list[Column]:
    """Return the columns as far as their numbers tell."""
    sql = []
    for name in names:
        cell, n = table.cell(name), number(name)
        is_text = table.typed.get(table.places[name]) != "number"
        marked = f"count_if(contains({cell}, '_'))" if is_text else "0"
        sql += [
            f"count({cell}), count({n}), {marked}, min({n}), max({n}),"
            f" approx_count_distinct({n}), bool_and({n} = trunc({n})),"
            f" min({n} - row_number), max({n} - row_number)"
        ]
    columns = []
    for name, found in zip(names, table.ask(sql), strict=True):
        values, numbers, marked, least, most, distinct, whole, start, end = found
        numbers = max(0, numbers - (marked or 0))  # SQL takes 1_000 for one
        counts = least in (0, 1) and start == end
        some = values, numbers, least, most, distinct, bool(whole), counts
        columns.append(Column(name, table.rows, *some))
    return columns


def find_texts(table: Table, columns: list[Column]) -> None:
    """Find out which of the values in columns are missing, and which are text."""
    sql = "count({0}), min({0}), max({0})"
    found = table.ask([sql.format(table.known(c.name)) for c in columns])
    for column, (values, least, most) in zip(columns, found, strict=True):
        column.values = values
        column.is_whole &= column.numbers == values
        if not column.is_numeric:
            column.least, column.most, column.distinct = least, most, 0


def count_distinct(table: Table, columns: list[Column], odd: list[str]) -> None:
    """Count different values; of many numbers it stays an estimate."""
    # To plan many of the second takes long, and a list of many values memory.
    sql = "list_unique(list({}))" if table.rows <= EXACT else "count(distinct {})"
    few = [c for c in columns if c.rows <= EXACT or c.is_id or c.distinct <= 1000]
    values = []
    for column in few:
        number = table.number if column.name in odd else table.plain
        values.append((number if column.is_numeric else table.known)(column.name))
    found = table.ask([sql.format(value) for value in values])
    for column, (distinct,) in zip(few, found, strict=True):
        column.distinct = distinct


def find_dates(table: Table, columns: list[Column]) -> None:
    """Find out how dates are written, first from two values of each column."""
    texts = [c for c in columns if isinstance(c.least, str)]
    ends = [text for c in texts for text in (c.least, c.most)]
    fits = ", ".join(f"{date_sql('v', f)} is not null" for f in DATE_FORMATS)
    sql = f"select {fits} from (select unnest($1::varchar[]) as v)"
    found = iter(table.query(sql, ends) if ends else [])
    tried = []
    for column in texts:
        fitting = zip(DATE_FORMATS, next(found), next(found), strict=True)
        tried += [(column, f) for f, least, most in fitting if least and most]
    for column in columns:
        if column.is_whole and 1900_01_01 <= column.least <= column.most < 2100_01_01:
            tried += [(column, "%Y%m%d")]
    sqls = [f"count({date_sql(table.known(c.name), f)})" for c, f in tried]
    for (column, written), (count,) in zip(tried, table.ask(sqls), strict=True):
        if count == column.values and not column.written:
            column.written = written


def choose_columns(
    table: Table, wanted: list[str], categories: list[str], special: list[str]
) -> tuple[Columns, dict[str, str]]:
    """Return what the network sees, and why it does not see the other columns.

    wanted and categories are what the user names; special are the targets and the like.
    Without wanted, all columns are looked at but the special ones.
    """
    named = list(dict.fromkeys(wanted + categories))
    need_columns(table.names, named, table.path)
    others = [name for name in table.names if name not in special]
    chosen, left_out = Columns(), {}
    valid = {}
    for column in judge(table, named if wanted else others):
        name, kind = column.name, column.kind
        if kind == "empty":
            left_out[name] = "empty"
        elif kind == "constant":
            left_out[name] = "the same in every row"
        elif name in categories:
            chosen.categories.append(name)
        elif kind == "date":
            chosen.dates[name] = column.written
        elif kind == "number" or kind == "identifier" and name in named:
            chosen.numbers.append(name)
            if column.numbers < column.values:
                valid[name] = f"{table.number(name)} is not null"
        elif kind == "identifier":
            left_out[name] = "an identifier"
        elif kind == "category" or name in named:
            chosen.categories.append(name)
        else:
            left_out[name] = (
                f"text, {column.distinct} different in {column.values} rows"
            )
    refuse(table, valid, "a finite number")
    return chosen, left_out
