"""The columns of a table: what each holds, and which of them the network sees."""

import re
from dataclasses import dataclass, field
from typing import cast

from ..names import SCRIPTS
from .sql import name_sql
from .table import Table

# Whole numbers in a column with one of these words in its name are codes, no amounts.
CODES = set(
    "zip zipcode postal postcode plz cep store shop branch region district county state"
    " province department dept division station sector cluster category kategorie type"
    " month monat mes mois weekday dow wday dayofweek quarter code codes"
    " kode cd".split()
)
# So are they where one of these ends the name, unless it is all of it.
NUMBER_OF = set("id ids no nr nbr number nummer numero número key code".split())
# Where one of these ends it, values may only tell rows apart.
TELLS_APART = {*"id ids index row key uuid guid phone telephone tel mobile".split()}
WORD = rf"{SCRIPTS}|[^\s{SCRIPTS[1:]}+"
LOOKED_AT = 10_000  # rows from all over the table
LONG = 15  # words, on average: no names
FEW = 50  # different names: categories, however many words each has


@dataclass
class Columns:
    """What the network sees of a table, in the order in which it gets it."""

    dates: dict[str, str] = field(default_factory=dict)
    """Columns of dates, and how they are written."""
    categories: list[str] = field(default_factory=list)
    """Columns of names."""
    texts: list[str] = field(default_factory=list)
    """Columns of texts, the words of which tell something."""
    numbers: list[str] = field(default_factory=list)
    """Columns of numbers, true and false among them."""
    written: dict[str, str] = field(default_factory=dict)
    """How numbers are written, where they are not plain."""
    offsets: dict[str, float] = field(default_factory=dict)
    """What is subtracted from numbers that differ little for their size."""
    identifiers: list[str] = field(default_factory=list)
    """Columns that the network does not see, but predictions come with."""
    left_out: dict[str, str] = field(default_factory=dict)
    """Columns that the network does not see, and why."""
    odd: dict[str, str] = field(default_factory=dict)
    """What cannot be read in columns that it sees."""
    dialect: dict[str, str | int] = field(default_factory=dict)
    """How the file is written, if it is CSV."""


@dataclass
class Column:
    """What a column holds in all rows of a table."""

    name: str
    rows: int
    values: int
    """Cells that are not missing."""
    numbers: int
    """Cells that hold a number, or a date."""
    least: float | str | None
    """The least number, or the first text in alphabetical order."""
    most: float | str | None
    distinct: int
    """Different values; an estimate where there are many numbers."""
    is_whole: bool
    """Whether all values are whole numbers."""
    counts_rows: bool
    """Whether numbers start at 0 or 1 and go up by one from row to row."""
    holds: str = "number"
    """What most values are: number, date or name."""
    written: str = ""
    """How numbers and dates are written; empty where numbers are plain."""
    zeros: int = 0
    """Whole numbers with a zero in front, such as 01067."""
    digits: int = 0
    """Cells of digits only."""
    note: str = ""
    """What cannot be known for sure."""
    has_texts: bool = False
    """Whether names are texts: several words each, which other names share."""

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers; what else is there must be missing or a mistake."""
        return self.holds == "number" and self.numbers > 0

    @property
    def words(self) -> list[str]:
        """The words in its name, in lower case: customer, id of CustomerID."""
        words = re.findall(r"[A-ZÀ-Þ]?[a-zß-ÿ]+|[A-ZÀ-Þ]+(?![a-zß-ÿ])", self.name)
        return [word.lower() for word in words]

    @property
    def is_number_of(self) -> bool:
        """Whether its name is that of numbers which stand for something: shop_no."""
        by_last = len(self.words) > 1 and self.words[-1] in NUMBER_OF
        return by_last or self.name.lower().endswith("nummer")

    @property
    def has_name_of_id(self) -> bool:
        """Whether its name is that of something which tells rows apart."""
        by_pandas = self.name.lower().startswith("unnamed: ")  # an index
        by_last = not TELLS_APART.isdisjoint(self.words[-1:])
        return by_pandas or by_last or self.is_number_of

    @property
    def tells_apart(self) -> bool:
        """Whether nearly every row has a value of its own."""
        return self.distinct >= 0.95 * self.values

    @property
    def is_id(self) -> bool:
        """Whether values may only tell rows apart, going by name or order."""
        if self.holds == "number" and not self.is_whole:
            return False
        is_seldom_repeated = (
            self.words[-1:] == ["id"] and self.distinct > self.values / 3
        )
        if self.tells_apart:
            return self.has_name_of_id or self.counts_rows
        return is_seldom_repeated and self.values > 9

    @property
    def may_be_group(self) -> bool:
        """Whether rows of the same value may belong together, as of a patient."""
        return self.words[-1:] == ["id"] and 9 < self.distinct <= self.values / 1.5

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the largest of numbers; not for a column without any."""
        return cast(tuple[float, float], (self.least, self.most))

    @property
    def is_code(self) -> bool:
        """Whether whole numbers are names: 01067, or so by the name of the column."""
        if self.holds != "number" or self.digits < 0.95 * self.values:
            return False
        if self.zeros:
            return True
        by_name = self.is_number_of or not CODES.isdisjoint(self.words)
        return by_name and 2 < self.distinct <= self.values / 3 and self.ends[0] >= 0

    @property
    def kind(self) -> str:
        """Either empty, constant, date, identifier, number, category, text or name."""
        if not self.values:
            return "empty"
        if self.distinct == 1 and self.values == self.rows:
            return "constant"
        if self.holds == "date":
            return "date"
        if self.is_id and (self.rows > 9 or self.is_numeric):
            return "identifier"
        if self.is_code:
            return "category"
        if self.is_numeric:
            return "number"
        if self.has_texts:
            return "text"
        return "category" if self.distinct <= self.values / 2 else "name"


def find_texts(table: Table, columns: list[Column]) -> None:
    """Tell texts from names among columns of names, the distinct values of which count.

    Texts have two words or more, three where they occur again as categories do. Half of
    their words are in some of the others, but not in all: in note 7, note 8 none is. Of
    long texts most words may be in all.
    """
    every = max(1, table.rows // LOOKED_AT)
    for column in columns:
        is_repeated = column.distinct <= column.values / 2
        if column.is_id or is_repeated and column.distinct <= FEW:
            continue
        name = name_sql(table.text(column.name))
        distinct = (
            f"select distinct {name} as name from cells"
            f" where row_number % {every} = 0 and {name} is not null"
        )
        words_of = (
            "select count(*) over () as texts, avg(len(words)) over () as length,"
            " list_distinct(words) as words"
            f" from (select regexp_extract_all(name, '{WORD}') as words from ({distinct}))"
        )
        counts = (
            f"select texts, length, count(*) as times from ({words_of}),"
            " unnest(words) as one(word) group by texts, length, word"
        )
        ((texts, length, words, shared),) = table.query(
            "select max(texts), max(length), sum(times),"
            " sum(times) filter (times > 1 and times < 0.9 * texts)"
            f" from ({counts})"
        )
        long_enough = (length or 0) >= (3 if is_repeated else 2)
        is_long = (length or 0) >= LONG
        column.has_texts = long_enough and ((shared or 0) >= words / 2 or is_long)
