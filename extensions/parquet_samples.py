"""Reads columns and some rows of a Parquet file, where pyarrow is installed."""

import re
from bisect import bisect
from itertools import accumulate

SAMPLE_ROWS = 2000
SAMPLE_VALUE_BYTES = 5_000_000  # where it holds long texts
SAMPLE_CELLS = 1_000_000  # where it holds many thousand columns
SKIPPED_CELLS = 10_000_000  # unpacked on the way to the middle and the end
SKIPPED_BYTES = 100_000_000  # the same, where cells are long
SKIPPED_TEXT_BYTES = 10_000_000  # of texts, which take longer
SKIPPED_AT_ONCE = 8000  # rows


def read_parquet(path):
    """Return columns, sampled rows, number of rows and whether that is exact; raises ImportError without pyarrow."""
    from pyarrow import parquet, types

    kinds = {field.name: field.type for field in parquet.read_schema(path)}
    # As a dictionary: a long text that is the value of every row is in memory once, as it is in the file.
    texts = [name for name, kind in kinds.items() if types.is_string(kind) or types.is_large_string(kind)]
    # Buffered: otherwise pyarrow reads whole columns of the first row group.
    with parquet.ParquetFile(path, buffer_size=2**16, read_dictionary=texts) as file:
        schema = file.schema_arrow
        # The project leaves an index without a name out.
        columns = [name for name in schema.names if not re.fullmatch(r"__index_level_\d+__", name)]
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
