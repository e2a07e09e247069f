"""A table read like another one: how its columns are written, and what is odd."""

from ..errors import UserError
from .number_formats import AT_LEAST, AT_MOST, COMMA, TRUTH, number_sql
from .sql import quoted
from .table import Table, need_columns
from .ways import Texts, Way, number_way, texts_of
from .whole_dates import COMPACT_CLOCK

BELOW = r"[-+]?\d{1,3}"
MOST_SIDES = 20  # different texts that are names of ranges
GROUPED = r"\s*[-+]?[1-9]\d{0,2}(\.\d{3})+\s*"  # 1.234.567


def number_ways(
    table: Table, names: list[str], expected: dict[str, str] | None = None
) -> tuple[dict[str, str], list[str]]:
    """Return how the numbers of columns are written that are not plain, and what is odd.

    They are read as expected, or as another table was, if they can be.

    Raises UserError where less than half of the cells of a column are numbers.
    """
    is_first, expected = expected is None, expected or {}
    need_columns(table.names, names, table.path)
    sql = "count({}), count({})"
    asked = [sql.format(table.known(name), table.plain(name)) for name in names]
    thousands = with_thousands(table, names, is_first) - set(expected)
    written, notes = dict.fromkeys(thousands, COMMA), []
    for name, (values, plain) in zip(names, table.ask(asked), strict=True):
        if table.typed.get(table.places[name]) == "number" or not values:
            if expected.get(name) == COMPACT_CLOCK:
                written[name] = COMPACT_CLOCK
            continue
        if name in thousands or plain == values and name not in expected:
            continue
        before = expected.get(name, "")
        way = number_way(table, name, texts_of(table, name), before)
        written[name] = way.written
        if before and way.written != before:
            notes.append(f"column {name} is written as {way.written}, not as {before}")
        number = number_sql(table.known(name), way.written)
        notes += check_read(table, name, number, values, way.count, "number")
    return written, notes


def with_thousands(table: Table, names: list[str], is_first: bool = True) -> set[str]:
    """Return the columns of plain numbers whose points are all of thousands: 1.234.

    There are such in a table with decimal commas; in another, unless it is to be read
    as a first one, where many numbers have three digits behind a point, and the others
    are below 1000: 950, 1.250, 12.300.
    """
    texts = [name for name in names if table.places[name] not in table.typed]
    is_grouped = f"regexp_full_match($, '{GROUPED}')"
    # Mostly a few rows show that points are of decimals: the others need no reading.
    decimals = f"count_if(contains($, '.') and not {is_grouped})"
    found = table.part(0, 1000).ask(
        [decimals.replace("$", table.known(name)) for name in texts]
    )
    texts = [name for name, (count,) in zip(texts, found, strict=True) if not count]
    sql = (
        f"count_if(contains($, '.')), count_if({is_grouped}),"
        f" count($), count_if(regexp_full_match($, '{BELOW}'))"
    )
    found = table.ask([sql.replace("$", table.known(name)) for name in texts])
    thousands = set()
    for name, counts in zip(texts, found, strict=True):
        # SQL counts to NULL where every cell is missing.
        pointed, grouped, values, below = (count or 0 for count in counts)
        has_both = (
            is_first and pointed + below == values and 20 <= pointed <= 20 * below
        )
        if 0 < pointed == grouped and (table.decimal == "," or has_both):
            thousands.add(name)
    return thousands


def are_sides(table: Table, name: str, way: Way, texts: Texts) -> bool:
    """Tell whether texts differ in the side of a limit only: <65 and >=65 are names."""
    if way.written == TRUTH or texts.different > MOST_SIDES:
        return False
    x = number_sql("v", way.written)
    patterns = map(quoted, (AT_MOST, AT_LEAST))
    sides = " and ".join(f"bool_or(regexp_matches(v, {p}))" for p in patterns)
    sql = f"select {sides} as is_both from {table.counted(name)}"
    ((found,),) = table.query(f"select bool_or(is_both) from ({sql} group by {x})")
    return bool(found)


def check_read(
    table: Table, name: str, sql: str, values: int, count: int, wanted: str
) -> list[str]:
    """Return a line on cells that cannot be read; UserError if they are most of them."""
    if count == values:
        return []
    if 2 * count < texts_of(table, name).cells:
        refuse(table, {name: f"{sql} is not null"}, f"a {wanted}")
    return [odd_cells(table, name, sql, wanted)]


def odd_cells(table: Table, name: str, sql: str, wanted: str) -> str:
    """Return in a line which cells SQL cannot read, or an empty string."""
    known = table.known(name)
    found = table.query(
        f"select {known}, count(*), min(row_number), sum(count(*)) over () from cells"
        f" where {known} is not null and {sql} is null group by {known}"
        f" order by count(*) desc, min(row_number) limit 3"
    )
    if not found:
        return ""
    examples = ", ".join(
        f"{text!r} ({f'{count} times' if count > 1 else f'row {row}'})"
        for text, count, row, _ in found
    )
    count = found[0][-1]
    cells = f"{count} cell is" if count == 1 else f"{count} cells are"
    return f"column {name}: {cells} no {wanted}, read as missing: {examples}"


def refuse(table: Table, valid: dict[str, str], wanted: str) -> None:
    """Raise UserError that names the first cell with a value that is not valid.

    valid says of columns, in SQL, which of their values are valid.
    """
    first = "min(case when {} is not null and {} is not true then row_number end)"
    sql = [
        first.format(table.known(name), is_valid) for name, is_valid in valid.items()
    ]
    rows = zip(valid, table.ask(sql), strict=True)
    found = [(row, name) for name, (row,) in rows if row]
    if found:
        row, name = min(found, key=lambda place: place[0])
        query = f"select {table.text(name)} from cells where row_number = {row}"
        cell = table.query(query)[0][0]
        raise UserError(
            f"{table.path}: column {name}, row {row}: {cell!r} is not {wanted}"
        )
