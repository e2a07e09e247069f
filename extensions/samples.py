"""Reads columns and some rows of a table: CSV, and Parquet where pyarrow is installed."""

import codecs
import csv
import io
import re
from bisect import bisect
from itertools import accumulate

SAMPLE_BYTES = 100_000  # at the beginning, in the middle and at the end of a file
LONG_LINE_BYTES = 2_000_000  # where that holds few rows: long texts, or a table of many thousand columns
FEW_ROWS = 50
SAMPLE_ROWS = 2000  # of a Parquet file
SAMPLE_VALUE_BYTES = 5_000_000  # of a Parquet file of long texts
SAMPLE_CELLS = 1_000_000  # of a Parquet file of many thousand columns
SKIPPED_CELLS = 10_000_000  # of a Parquet file, unpacked on the way to the middle and the end
SKIPPED_BYTES = 100_000_000  # the same, where cells are long
SKIPPED_TEXT_BYTES = 10_000_000  # of texts, which take longer
SKIPPED_AT_ONCE = 8000  # rows
DECIMAL = {mark: re.compile(rf"\s*[-+]?\d*[{mark}]\d+(e[-+]?\d+)?\s*", re.IGNORECASE) for mark in ".,"}


def read_csv(path):
    """Return columns, sampled rows, number of rows and whether that is exact; no columns where it is no CSV."""
    size = path.stat().st_size
    for length in (SAMPLE_BYTES, LONG_LINE_BYTES):
        with open(path, "rb") as file:
            pieces, read_bytes = read_pieces(file, size, length)
        is_exact = read_bytes == size
        delimiter, columns, rows = parse_pieces(list(map(decode, pieces)))
        if is_exact or len(rows) >= FEW_ROWS:
            break
    if not columns:
        return [], [], 0, True
    row_count = len(rows) if is_exact else round(size / read_bytes * len(rows))
    rows = [row for row in rows if len(row) == len(columns)]
    return columns, rows if delimiter == "," else with_decimal_points(rows), row_count, is_exact


def parse_pieces(texts):
    """Return delimiter, columns and rows of the beginning of a CSV file and of other pieces; no columns of no CSV."""
    header = re.split(r"[\r\n]", texts[0], maxsplit=1)[0]
    if not header or re.search(r"[\x00-\x08\x0e-\x1f]", header):
        return "", [], []
    delimiter = max(",;\t|", key=header.count)  # as the project does
    columns, *rows = read_rows(texts[0], delimiter)
    rows += [row for text in texts[1:] for row in read_rows_from_within(text, delimiter)]
    return delimiter, columns, rows


def read_pieces(file, size, length):
    """Return the whole lines in the beginning, the middle and the end of a file, and how many bytes were read."""
    pieces, read_bytes = [], 0
    for start in sorted({0, size // 2, size - length}) if size > 3 * length else [0]:
        file.seek(start)
        raw = file.read(length if size > 3 * length else size)
        read_bytes += len(raw)
        first = raw.find(b"\n") + 1 if start else 0
        last = raw.rfind(b"\n") + 1 if start + len(raw) < size else len(raw)
        pieces.append(raw[first:last])
    return pieces, read_bytes


def decode(raw):
    """Return the bytes as text, whatever they are."""
    try:
        return codecs.decode(raw, "utf-8-sig")
    except UnicodeDecodeError:
        return codecs.decode(raw, "latin-1")


def read_rows(text, delimiter):
    """Return the rows of a CSV text that are not blank, up to the first that cannot be read."""
    rows = []
    csv.field_size_limit(3 * LONG_LINE_BYTES)  # no value is longer than what is read: whole books are values too
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
    except csv.Error:
        pass
    return rows


def read_rows_from_within(text, delimiter):
    """Return the rows of a text from the middle of a CSV file, which may begin inside a value of several lines."""
    quote = re.search(r'(?<!")"(?:"")*(?!")', text)  # pairs are quotes in the value, or empty values
    before, after = (text[: quote.start()], text[quote.end() :]) if quote else ("", "")
    ends = before[-1:] not in (delimiter, "\n", "") and after[:1] in (delimiter, "\r", "\n")
    return read_rows('"' + text, delimiter)[1:] if ends else read_rows(text, delimiter)


def with_decimal_points(rows):
    """Return the rows with 1.5 for 1,5, where there are more such numbers."""
    commas, points = (
        sum(1 for row in rows for cell in row if mark in cell and DECIMAL[mark].fullmatch(cell)) for mark in ",."
    )
    if commas <= points:
        return rows
    return [[cell.replace(",", ".") if DECIMAL[","].fullmatch(cell) else cell for cell in row] for row in rows]


def read_parquet(path):
    """Return the same of a Parquet file; raises ImportError without pyarrow."""
    from pyarrow import parquet, types

    kinds = {field.name: field.type for field in parquet.read_schema(path)}
    # As a dictionary: a long text that is the value of every row is in memory once, as it is in the file.
    texts = [name for name, kind in kinds.items() if types.is_string(kind) or types.is_large_string(kind)]
    # Buffered: otherwise pyarrow reads whole columns of the first row group.
    with parquet.ParquetFile(path, buffer_size=2**16, read_dictionary=texts) as file:
        schema = file.schema_arrow
        index = (schema.pandas_metadata or {}).get("index_columns", [])
        columns = [name for name in schema.names if name not in index]  # the project leaves an index out
        # Without nested columns and without bytes, which may be whole images.
        plain = [c for c in columns if not types.is_nested(kinds[c]) and "binary" not in str(kinds[c])]
        row_count, rows = file.metadata.num_rows, []
        if not row_count:
            return columns, rows, row_count, True
        in_bytes = rows_in_bytes(file, 0, plain, SAMPLE_VALUE_BYTES)
        size = max(10, min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, len(plain)), in_bytes))
        for batch in read_batches(file, plain, texts, size):
            values = {name: to_texts(batch.column(position)) for position, name in enumerate(batch.schema.names)}
            cells = [values.get(column, [""] * batch.num_rows) for column in columns]
            rows += first_rows(zip(*cells, strict=True), batch.num_rows / min(size, row_count))
        return columns, rows, row_count, True


def read_batches(file, columns, texts, size):
    """Yield batches of rows, so many in all, from the beginning, the middle and the end of a Parquet file.

    Without unpacking much more: in long groups of rows the middle and the end are nearer to the beginning.
    """
    row_count, groups = file.metadata.num_rows, range(file.num_row_groups)
    starts = [0, *accumulate(file.metadata.row_group(group).num_rows for group in groups)]
    parts = 1 if row_count <= size else 3
    length = -(-min(size, row_count) // parts)
    start, read, batches = 0, 0, None
    for part in range(parts):
        place = (row_count - length) * part // 2
        group = bisect(starts, place) - 1
        most = min(
            SKIPPED_CELLS // max(1, len(columns)),
            rows_in_bytes(file, group, columns, SKIPPED_BYTES),
            rows_in_bytes(file, group, texts, SKIPPED_TEXT_BYTES),
        )
        start = max(start, min(place, starts[group] + most * part // 2))
        if batches is None or starts[group] > read:
            at_once = max(length, min(SKIPPED_AT_ONCE, most // 4))
            batches, read = file.iter_batches(at_once, row_groups=groups[group:], columns=columns), starts[group]
        end = start + length
        while start < end:
            if read <= start:
                batch = next(batches, None)
                if batch is None:
                    return
                read += batch.num_rows
            else:
                piece = batch.slice(start - read + batch.num_rows, end - start)
                start += piece.num_rows
                yield piece


def first_rows(rows, share):
    """Return rows, at least 10, until they hold SAMPLE_VALUE_BYTES; of both a share."""
    kept, held = [], 0
    for row in rows:
        kept.append(row)
        held += sum(map(len, row))
        if held > share * SAMPLE_VALUE_BYTES and len(kept) >= share * 10:
            break
    return kept


def rows_in_bytes(file, group, columns, most):
    """Return how many rows of a group of rows in a Parquet file so many bytes of these columns hold."""
    group = file.metadata.row_group(group)
    wanted, chunks = set(columns), map(group.column, range(group.num_columns))
    bytes_in_all = sum(chunk.total_uncompressed_size for chunk in chunks if chunk.path_in_schema in wanted)
    return most * group.num_rows // max(1, bytes_in_all)


def to_texts(column):
    """Return the values of a column of Parquet as texts, empty where they are missing."""
    if hasattr(column, "dictionary"):
        words = to_texts(column.dictionary)
        return ["" if index is None else words[index] for index in column.indices.to_pylist()]
    try:
        column = column.cast("string")  # nanoseconds would need pandas
    except (ValueError, NotImplementedError):
        pass
    return ["" if value is None else str(value) for value in column.to_pylist()]
