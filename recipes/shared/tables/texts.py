"""Which columns hold texts: their words tell something, and occur again in others."""

from .cells import SIGN, name_sql
from .columns import Column
from .table import Table

WORD = rf"{SIGN}|[^\s{SIGN[1:]}+"
LOOKED_AT = 10_000  # rows from all over the table
FEW = 50  # different names: categories, however many words each has


def find_texts(table: Table, columns: list[Column]) -> None:
    """Tell texts from names among columns of names, the distinct values of which count.

    Texts have two words or more, three where they occur again as categories do. Half of
    their words are in some of the others, but not in all: in note 7, note 8 none is.
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
            "select count(*) over () as texts,"
            f" regexp_extract_all(name, '{WORD}') as words from ({distinct})"
        )
        counts = (
            f"select texts, count(*) as times from ({words_of}),"
            " unnest(words) as one(word) group by texts, word"
        )
        ((texts, words, shared),) = table.query(
            "select max(texts), sum(times),"
            " sum(times) filter (times > 1 and times < 0.9 * texts)"
            f" from ({counts})"
        )
        long_enough = (words or 0) >= (3 if is_repeated else 2) * (texts or 0) > 0
        column.has_texts = long_enough and (shared or 0) >= words / 2
