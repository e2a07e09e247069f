"""Reads columns and some rows of a CSV file."""

import codecs
import csv
import io
import re

SAMPLE_BYTES = 100_000  # at the beginning, in the middle and at the end of a file
LONG_LINE_BYTES = 2_000_000  # where that holds few rows: long texts, or a table of many thousand columns
FEW_ROWS = 50
DECIMAL = {mark: re.compile(rf"\s*[-+]?\d*[{mark}]\d+(e[-+]?\d+)?\s*", re.IGNORECASE) for mark in ".,"}

GROUPED = re.compile(r"\s*[-+]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?\s*")  # 1.234.567,8


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
    rows = [row for row in rows if len(row) == len(columns) and any(row)]
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
    """Return the rows with 1234.5 for 1.234,5, where there are more such numbers; as the project does."""
    cells = [cell for row in rows for cell in row]
    commas = sum(1 for cell in cells if "," in cell and (DECIMAL[","].fullmatch(cell) or GROUPED.fullmatch(cell)))
    points = sum(1 for cell in cells if "." in cell and DECIMAL["."].fullmatch(cell) and not GROUPED.fullmatch(cell))
    if commas <= points:
        return rows
    columns = [list(map(with_decimal_point, ungrouped(column))) for column in zip(*rows, strict=True)]
    return list(map(list, zip(*columns, strict=True)))


def ungrouped(column):
    """Return a column with 1234,5 for 1.234,5, unless points have another meaning somewhere in it."""
    if not all(GROUPED.fullmatch(cell) for cell in column if "." in cell):
        return column
    return [cell.replace(".", "") for cell in column]


def with_decimal_point(cell):
    """Return 1.5 for 1,5, and any other cell as it is."""
    return cell.replace(",", ".") if DECIMAL[","].fullmatch(cell) else cell
