"""Which columns of a table the network sees, and how a new table is read like another."""

from dataclasses import replace

from ..errors import UserError
from .columns import Column, Columns
from .date_formats import ISO, date_sql
from .judging import judge, read_numbers, value_sql
from .table import Table, need_columns
from .ways import date_way, number_way, texts_of
from .whole_dates import WHOLE
from .written import check_read, number_ways, odd_cells

MANY = 500  # names
OFFSET = 1000  # times the range of numbers: float32 would lose what they differ in


def choose_columns(
    table: Table,
    wanted: list[str],
    categories: list[str],
    special: list[str],
    kinds: dict[str, str] | None = None,
) -> tuple[Columns, list[str]]:
    """Return what the network sees, why not the other columns, and what else to know.

    wanted and categories are what the user names; special are the targets and the like.
    Without wanted, all columns are looked at but the special ones. kinds is what is
    known of columns before: "date 31.12.1999".
    """
    named = list(dict.fromkeys(wanted + categories))
    need_columns(table.names, named, table.path)
    others = [name for name in table.names if name not in special]
    chosen, notes = Columns(), []
    for column in judge(table, named if wanted else others):
        name, told = column.name, (kinds or {}).get(column.name, "")
        kind = as_told(table, column, told) if told else column.kind
        if column.may_be_group and not told:
            notes.append(
                f"column {name}: {column.distinct} values in {column.values} rows; if"
                f' those of one belong together, set group_column = "{name}"'
            )
        if kind == "ignored":
            chosen.left_out[name] = "ignored in columns.toml"
        elif kind == "empty":
            chosen.left_out[name] = "empty"
        elif kind == "constant":
            chosen.left_out[name] = "the same in every row"
        elif name in categories:
            chosen.categories.append(name)
        elif kind == "date":
            chosen.dates[name] = column.written
            notes += [column.note, note_odd_values(chosen, table, column)]
        elif kind == "number" or column.is_numeric and name in named and not told:
            add_number(chosen, column)
            notes.append(note_odd_values(chosen, table, column))
        elif kind == "identifier" and name not in named:
            chosen.left_out[name] = "an identifier"
            chosen.identifiers.append(name)
        elif kind == "text":
            chosen.texts.append(name)
        elif kind == "name" and name not in named:
            chosen.left_out[name] = (
                f"names, {column.distinct} different in {column.values} rows"
            )
        else:
            chosen.categories.append(name)
            if column.distinct > MANY:
                notes.append(
                    f"column {name}: {column.distinct} different names; rare ones are"
                    " told apart roughly only"
                )
            if column.is_code and not told:
                notes.append(
                    f"column {name}: {column.distinct} whole numbers are read as names,"
                    " as codes are, not as amounts"
                )
    return chosen, [note for note in notes if note]


def as_told(table: Table, column: Column, told: str) -> str:
    """Return the kind that is told of a column, and have numbers and dates read so."""
    kind, _, written = told.partition(" ")
    if not column.values:
        return "empty"
    if kind in ("number", "date") and (kind, written) != (column.holds, column.written):
        find = number_way if kind == "number" else date_way
        way = find(table, column.name, texts_of(table, column.name), written)
        if not way.count:
            raise UserError(
                f"{table.path}: column {column.name} holds no {kind}, as columns.toml has"
                " it: correct it there, or have `look` write it anew"
            )
        column.holds, column.written, column.numbers = kind, way.written, way.count
        if kind == "number":
            read_numbers(table, [column])
    return kind


def add_number(chosen: Columns, column: Column) -> None:
    """Let the network see a column of numbers."""
    chosen.numbers.append(column.name)
    if column.written:
        chosen.written[column.name] = column.written
    least, most = column.ends
    if min(abs(least), abs(most)) > OFFSET * (most - least):
        chosen.offsets[column.name] = float(least)


def note_odd_values(chosen: Columns, table: Table, column: Column) -> str:
    """Note, and return in a line, which numbers or dates cannot be read."""
    if column.numbers == column.values:
        return ""
    wanted = "number" if column.holds == "number" else "date"
    note = odd_cells(table, column.name, value_sql(table, column), wanted)
    if note:
        chosen.odd[column.name] = note.partition(": ")[2]
    return note


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
        elif expected not in WHOLE:
            dates[name] = date_way(table, name, texts_of(table, name), expected).written
        sql = date_sql(table.known(name), dates[name])
        known = table.known(name)
        ((values, count),) = table.ask([f"count({known}), count({sql})"])
        notes += check_read(table, name, sql, values, count, "date")
    return replace(columns, written=written, dates=dates), [n for n in notes if n]
