"""What the columns of a table hold, found out from all of its rows."""

from .columns import Column, find_texts
from .date_formats import date_sql
from .number_formats import COMMA, TRUTH, number_sql
from .sql import name_sql
from .table import Table, batches
from .ways import Texts, Way, date_way, number_way, texts_of
from .whole_dates import COMPACT_CLOCK, is_clock, ways_of
from .written import are_sides, with_thousands

COUNTED = 100_000  # rows; in more, the different values of numbers are estimated
LARGEST = 1e38  # of numbers


def judge(table: Table, names: list[str]) -> list[Column]:
    """Find out what columns hold, from all rows."""
    columns: list[Column] = []
    for some in batches(names):
        found = {c.name: c for c in find_numbers(table, some)}
        # Where there are not only numbers and empty cells; NaN is not equal to itself.
        odd = [c for c in found.values() if c.numbers < c.values or not is_finite(c)]
        find_known(table, odd)
        odd = [c for c in odd if c.numbers < c.values or not is_finite(c)]
        for column in odd:
            find_way(table, column)
        plain = [c for c in found.values() if c not in odd and c.numbers]
        thousands = with_thousands(table, [c.name for c in plain])
        for column in (c for c in plain if c.name in thousands):
            column.written = COMMA
            odd.append(column)
        read_numbers(table, [c for c in odd if c.is_numeric])
        find_names(table, [c for c in found.values() if c.holds == "name"])
        count_distinct(table, list(found.values()))
        find_texts(table, [c for c in found.values() if c.holds == "name"])
        find_whole_dates(table, plain)
        find_digits(table, [c for c in found.values() if c.is_numeric])
        columns += found.values()
    return columns


def is_finite(column: Column) -> bool:
    """Tell whether the ends of plain numbers are numbers."""
    return column.least is None or -LARGEST < column.ends[0] <= column.ends[1] < LARGEST


def find_numbers(table: Table, names: list[str]) -> list[Column]:
    """Return the columns as far as their numbers tell."""
    sql = []
    for name in names:
        cell, n = table.cell(name), table.plain(name)
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


def find_known(table: Table, columns: list[Column]) -> None:
    """Find out how many cells are not missing."""
    found = table.ask([f"count({table.known(c.name)})" for c in columns])
    for column, (values,) in zip(columns, found, strict=True):
        column.values = values


def find_way(table: Table, column: Column) -> None:
    """Find out whether a column holds numbers, dates or names, and how written."""
    if not column.values:
        column.holds, column.numbers, column.distinct = "name", 0, 0
        return
    texts = texts_of(table, column.name)
    way = number = number_way(table, column.name, texts)
    if number.count < texts.cells:
        date = date_way(table, column.name, texts)
        way = max(date, number, key=lambda way: way.count)
    column.holds, column.numbers = "name", 0
    names = way is number and are_sides(table, column.name, way, texts)
    if not names and most_can_be_read(way, texts, column.values):
        column.holds = "number" if way is number else "date"
        column.written, column.numbers, column.note = way.written, way.count, way.note


def most_can_be_read(way: Way, texts: Texts, values: int) -> bool:
    """Tell whether what cannot be read must be a mistake, or stands for no value.

    That is one of 20 values; or the same few texts again and again, among many numbers.
    """
    if way.written == TRUTH:  # yes, no and maybe are names, and so are x and y
        both_or_one = way.different == 2 or texts.different == 1 == texts.cells / values
        return way.count == texts.cells > 0 and both_or_one
    few_others = texts.different - way.different <= 5 and way.different > 20
    return way.count >= max(1, texts.cells * (0.5 if few_others else 0.95))


def read_numbers(table: Table, columns: list[Column]) -> None:
    """Find the ends of numbers that are not plain, and whether they are whole."""
    for column in columns:
        x, texts = read_sql("v", column), table.counted(column.name)  # each text once
        sql = "min(x), max(x), bool_and(x = trunc(x)), sum(n) filter (x is not null)"
        ((least, most, is_whole, numbers),) = table.query(
            f"select {sql} from (select n, {x} as x from {texts})"
        )
        column.least, column.most = least, most
        column.is_whole = bool(is_whole) and numbers == column.values
        column.counts_rows = False


def find_names(table: Table, columns: list[Column]) -> None:
    """Find the ends of names, among which NA and None are names."""
    texts = [table.text(c.name) for c in columns]
    found = table.ask([f"count({text}), min({text}), max({text})" for text in texts])
    for column, (values, least, most) in zip(columns, found, strict=True):
        if column.values:  # otherwise there is nothing but NA and None
            column.values, column.least, column.most = values, least, most
        column.is_whole = False


def count_distinct(table: Table, columns: list[Column]) -> None:
    """Count different values; of many numbers it stays an estimate."""
    # To plan many of the second takes long, and a list of many values memory.
    sql = "list_unique(list({}))" if table.rows <= COUNTED else "count(distinct {})"
    few = [
        c
        for c in columns
        if c.rows <= COUNTED
        or c.holds != "number"
        or c.distinct <= 1000
        or c.is_whole
        and (c.has_name_of_id or c.counts_rows)
    ]
    plain = [c for c in few if not c.written]
    found = table.ask([sql.format(value_sql(table, column)) for column in plain])
    for column, (distinct,) in zip(plain, found, strict=True):
        column.distinct = distinct if column.values else 0
    for column in few:
        if column.written:  # of texts that are the same one is read
            x, texts = read_sql("v", column), table.counted(column.name)
            sql = f"select count(distinct {x}) from {texts}"
            ((column.distinct,),) = table.query(sql)


def value_sql(table: Table, column: Column) -> str:
    """Return the SQL of the values of a column: numbers, timestamps or names."""
    if column.holds == "name":
        return name_sql(table.text(column.name))
    if column.written:
        return read_sql(table.known(column.name), column)
    return table.plain(column.name)


def read_sql(text: str, column: Column) -> str:
    """Return the SQL of text as a number or a timestamp, as the column holds them."""
    return (date_sql if column.holds == "date" else number_sql)(text, column.written)


def find_whole_dates(table: Table, columns: list[Column]) -> None:
    """Find dates among numbers: 20240131, 01.2024, or seconds since 1970."""
    tried = []
    for column in columns:
        if column.numbers < column.values or column.written:
            continue
        known = *column.ends, column.distinct, column.words
        tried += [(column, way) for way in ways_of(*known, column.is_whole)]
        if column.is_whole and is_clock(*known):
            tried.append((column, COMPACT_CLOCK))
    sqls = [f"count({whole_sql(table, c, way)})" for c, way in tried]
    for (column, written), (count,) in zip(tried, table.ask(sqls), strict=True):
        if count == column.values and not column.written:
            column.holds = "number" if written == COMPACT_CLOCK else "date"
            column.written = written


def whole_sql(table: Table, column: Column, written: str) -> str:
    """Return the SQL of a date or time of day that is a whole number."""
    read = number_sql if written == COMPACT_CLOCK else date_sql
    return read(table.known(column.name), written)


def find_digits(table: Table, columns: list[Column]) -> None:
    """Count cells of digits, as codes have them, and those with zeros in front."""
    columns = [c for c in columns if c.written or c.is_whole]
    sqls = []
    for column in columns:
        known = table.known(column.name)
        is_code = f"regexp_full_match({known}, '\\d+(\\.0+)?')"
        digits = f"count_if({is_code})" if column.written else f"count({known})"
        sqls.append(f"{digits}, count_if({known} between '00' and '09~')")
    for column, found in zip(columns, table.ask(sqls), strict=True):
        column.digits, zeros = (count or 0 for count in found)
        column.zeros = zeros if table.places[column.name] not in table.typed else 0
