"""Tables in JSON: a list of records, or one in every line."""

from pathlib import Path

import duckdb

from .dialects import LONGEST
from .sql import file_in_sql, quoted
from .table import Table, database, give_memory

MOST_INSIDE = 200  # columns that records in one column become
DEEPEST = 3  # records in records
NO_RECORDS = (
    "it is no list of records: write one object with the values of a row for"
    " every row, as to_json(orient='records') of pandas does"
)


def read_json(file: Path, path: Path) -> Table:
    """Read a list of records, or one in every line, as text.

    The list may stand under a key: {"count": 2, "data": [...]}. Records in a column
    become columns of their own: place.city.
    """
    connection = database().cursor()
    give_memory(connection, MOST_INSIDE)
    options = f"format = 'auto', maximum_object_size = {LONGEST}, sample_size = -1"
    source = f"read_json({file_in_sql(file)}, {options}, records = true"
    described = connection.execute(f"describe from {source})").fetchall()
    names = [name for name, *_ in described]
    fields = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in names)
    cells = ", ".join(
        f"{quoted(name, chr(34))} as cell{number}" for number, name in enumerate(names)
    )
    given = f"{source}, columns = " + "{" + fields + "})"
    connection.execute(f"create temp table data as select {cells} from {given}")
    kinds = [kind for _, kind, *_ in described]
    if connection.execute("select count(*) from data").fetchall() == [(1,)]:
        lists = [n for n, kind in enumerate(kinds) if kind.endswith(("}[]", ")[]"))]
        if len(lists) == 1:
            names, kinds = take_list(connection, lists[0])
        elif all(kind[-1] in ")]" or kind == "JSON" for kind in kinds):
            raise ValueError(NO_RECORDS)
    for _ in range(DEEPEST):
        names, kinds = open_records(connection, names, kinds)
    return Table(path, connection, names)


def take_list(
    connection: duckdb.DuckDBPyConnection, place: int
) -> tuple[list[str], list[str]]:
    """Make a table of the list in a cell of the only row; return names and kinds."""
    connection.execute(
        "create or replace temp table data as"
        f" select unnest(cell{place}::json[])::varchar as cell0 from data"
    )
    names, kinds = open_records(connection, [""], ["STRUCT"])
    if not names:
        raise ValueError(NO_RECORDS)
    return names, kinds


def open_records(
    connection: duckdb.DuckDBPyConnection, names: list[str], kinds: list[str]
) -> tuple[list[str], list[str]]:
    """Make columns of what records in columns hold; return all names and kinds."""
    new: list[tuple[str, str, str]] = []
    for number, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        cell = f"cell{number}"
        keys = keys_of(connection, cell) if kind.startswith(("STRUCT", "MAP")) else []
        if not 0 < len(keys) <= MOST_INSIDE:
            new.append((name, cell, "VARCHAR" if keys else kind))
        for key, is_record in keys if len(keys) <= MOST_INSIDE else []:
            inside = quoted("$." + quoted(key, chr(34)))
            sql = f"json_extract_string({cell}, {inside})"
            whole = f"{name}.{key}" if name else key
            new.append((whole, sql, "STRUCT" if is_record else "VARCHAR"))
    cells = ", ".join(
        f"{sql} as cell{number}" for number, (_, sql, _) in enumerate(new)
    )
    if any(sql != f"cell{number}" for number, (_, sql, _) in enumerate(new)):
        connection.execute(
            f"create or replace temp table data as select {cells} from data"
        )
    return [name for name, *_ in new], [kind for *_, kind in new]


def keys_of(connection: duckdb.DuckDBPyConnection, cell: str) -> list[tuple[str, bool]]:
    """Return the keys of records in a column, and whether records are below them."""
    inside = "json_type(record, concat('$.\"', replace(key, '\"', '\"\"'), '\"'))"
    rows = f"select row_number() over () as place, {cell}::json as record from data"
    keys = f"select place, record, unnest(json_keys(record)) as key from ({rows})"
    found = connection.execute(
        f"select key, bool_or({inside} = 'OBJECT') from ({keys}) group by key"
        " order by min(place), min(list_position(json_keys(record), key))"
    )
    return found.fetchall()
