"""Which columns of a table the network sees, and how a new table is read like another."""

from dataclasses import replace

from .columns import Column, Columns
from .date_formats import (
    COMPACT,
    COMPACT_MONTH,
    ISO,
    MILLISECONDS,
    SECONDS,
    date_sql,
)
from .judging import judge, value_sql
from .table import Table, need_columns
from .ways import date_way, texts_of
from .written import check_read, number_ways, odd_cells

MANY = 500  # names
OFFSET = 1000  # times the range of numbers: float32 would lose what they differ in


def choose_columns(
    table: Table, wanted: list[str], categories: list[str], special: list[str]
) -> tuple[Columns, dict[str, str], list[str]]:
    """Return what the network sees, why not the other columns, and what else to know.

    wanted and categories are what the user names; special are the targets and the like.
    Without wanted, all columns are looked at but the special ones.
    """
    named = list(dict.fromkeys(wanted + categories))
    need_columns(table.names, named, table.path)
    others = [name for name in table.names if name not in special]
    chosen, left_out, notes = Columns(), {}, []
    for column in judge(table, named if wanted else others):
        name, kind = column.name, column.kind
        if column.may_be_group:
            notes.append(
                f"column {name}: {column.distinct} values in {column.values} rows; if"
                f' those of one belong together, set group_column = "{name}"'
            )
        if kind == "empty":
            left_out[name] = "empty"
        elif kind == "constant":
            left_out[name] = "the same in every row"
        elif name in categories:
            chosen.categories.append(name)
        elif kind == "date":
            chosen.dates[name] = column.written
            notes += [column.note, *odd_values(table, column)]
        elif kind == "number" or column.is_numeric and name in named:
            add_number(chosen, column)
            notes += odd_values(table, column)
        elif kind == "identifier" and name not in named:
            left_out[name] = "an identifier"
            chosen.identifiers.append(name)
        elif kind == "text":
            chosen.texts.append(name)
        elif kind == "name" and name not in named:
            left_out[name] = (
                f"names, {column.distinct} different in {column.values} rows"
            )
        else:
            chosen.categories.append(name)
            if column.distinct > MANY:
                notes.append(
                    f"column {name}: {column.distinct} different names; rare ones are"
                    " told apart roughly only"
                )
            if column.is_code:
                notes.append(
                    f"column {name}: {column.distinct} whole numbers are read as names,"
                    " as codes are, not as amounts"
                )
    return chosen, left_out, [note for note in notes if note]


def add_number(chosen: Columns, column: Column) -> None:
    """Let the network see a column of numbers."""
    chosen.numbers.append(column.name)
    if column.written:
        chosen.written[column.name] = column.written
    distance = min(abs(column.least), abs(column.most))
    if distance > OFFSET * (column.most - column.least):
        chosen.offsets[column.name] = float(column.least)


def odd_values(table: Table, column: Column) -> list[str]:
    """Return a line on the cells of numbers or dates that cannot be read."""
    if column.numbers == column.values:
        return []
    wanted = "number" if column.holds == "number" else "date"
    return [odd_cells(table, column.name, value_sql(table, column), wanted)]


def follow(table: Table, columns: Columns) -> tuple[Columns, list[str]]:
    """Return how columns are read in another table, and what to know of it.

    They are read as the first table was, if they can be; or they are written otherwise.

    Raises UserError where less than half of the cells can be read.
    """
    names = [*columns.numbers, *columns.dates]
    need_columns(table.names, [*names, *columns.categories, *columns.texts], table.path)
    written, notes = number_ways(table, columns.numbers, columns.written)
    dates = dict(columns.dates)
    for name, expected in columns.dates.items():
        typed = table.typed.get(table.places[name])
        if typed == "date":
            dates[name] = ISO
        elif expected not in (COMPACT, COMPACT_MONTH, SECONDS, MILLISECONDS):
            dates[name] = date_way(table, name, texts_of(table, name), expected).written
        sql = date_sql(table.known(name), dates[name])
        known = table.known(name)
        ((values, count),) = table.ask([f"count({known}), count({sql})"])
        notes += check_read(table, name, sql, values, count, "date")
    return replace(columns, written=written, dates=dates), [n for n in notes if n]
