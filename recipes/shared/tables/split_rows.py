"""Lines of text, split into cells: also where quotes are missing or too many."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator

MOST_LINES = 500  # of one value
BLANKS = " "  # as a separator: one blank or several


def split_rows(
    lines: Iterable[str], separator: str, quote: str, escape: str
) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line of every row, from 0 on, and its cells.

    A quote that opens a value has to stand at its beginning, one that closes it at its
    end; any other is a part of the value. Lines without values are left out.
    """
    parse = row_parser(separator, quote, escape)
    numbered = enumerate(lines)
    ahead: list[tuple[int, str]] = []
    while True:
        number, line = ahead.pop(0) if ahead else next(numbered, (-1, ""))
        if number < 0:
            return
        cells, is_open = parse(line)
        if is_open and line.count(quote) % 2:
            # The value may go on in the next lines; if it does not, the quote is odd.
            taken, odd, text = 0, 1, [line]
            while odd and taken < MOST_LINES:
                if taken == len(ahead):
                    ahead += [found] if (found := next(numbered, None)) else []
                if taken == len(ahead):
                    break
                text.append(ahead[taken][1])
                odd ^= text[-1].count(quote) % 2
                taken += 1
            joined, is_open = parse("".join(text))
            if joined and not is_open:
                cells, ahead = joined, ahead[taken:]
        if any(cells):
            yield number, cells


def row_parser(
    separator: str, quote: str, escape: str
) -> Callable[[str], tuple[list[str], bool]]:
    """Return a function: the cells of a text, and whether one lacks its second quote.

    There are no cells where a line ends within a value that is not in quotes.
    """
    s, q, inner = re.escape(separator), re.escape(quote), f"[^{re.escape(quote)}]*"
    end = f" +(?=[^ ])|{s}*$" if separator == BLANKS else s
    # A quote within a value is doubled, or stands between letters.
    pair = f"(?:{q}{q}|(?<![{s}{q}]){q}(?!{q}| *{s}))"
    if escape == "\\":
        pair = rf"(?:{pair}|(?<=\\){q})"
    blanks = "" if separator in (BLANKS, "\t") else " *"
    field = re.compile(
        f"{blanks}{q}({inner}(?:{pair}{inner})*){q}[ ]*(?:{end})|([^{s}\r\n]*)(?:{end})"
    )

    def parse(text: str) -> tuple[list[str], bool]:
        text = text.rstrip("\r\n")
        if separator == BLANKS:
            text = text.strip(" ")
        if quote not in text:
            return (
                re.split(" +", text) if separator == BLANKS else text.split(separator)
            ), False
        cells, is_open, done = [], False, 0
        text += separator
        while (match := field.match(text, done)) and match.end() > done:
            done = match.end()
            quoted, plain = match.groups()
            if quoted is None:
                cells.append(plain)
                is_open = is_open or plain.lstrip(" ").startswith(quote)
            else:
                if escape == "\\":
                    quoted = re.sub(r"\\(.)", r"\1", quoted)
                cells.append(quoted.replace(2 * quote, quote))
        return (cells, is_open) if done == len(text) else ([], is_open)

    return parse


def are_regular(lines: list[str], separator: str, quote: str, escape: str) -> bool:
    """Tell whether every line is a row, whose quotes stand where they have to."""
    try:
        for line in lines:
            if quote in line:
                next(read_strictly([line], separator, quote, escape))
    except csv.Error:
        return False
    return True


def has_blanks(lines: list[str], separator: str, quote: str, escape: str) -> bool:
    """Tell whether blanks stand between a quote and a separator, not within a value."""
    s, q = re.escape(separator), re.escape(quote)
    if not re.search(f"{s} +{q}|{q} +{s}", "".join(lines)):
        return False
    try:
        for row in read_strictly(lines, separator, quote, escape):
            if any(re.match(f" +{q}", cell) for cell in row):
                return True
    except csv.Error as error:
        return "unexpected end" not in f"{error}"  # the lines may end within a value
    return False


def read_strictly(
    lines: list[str], separator: str, quote: str, escape: str
) -> Iterator[list[str]]:
    """Yield the cells of every row; raises csv.Error where a quote stands elsewhere."""
    return csv.reader(
        lines,
        delimiter=separator,
        quotechar=quote,
        escapechar=None if escape == quote else escape,
        strict=True,
    )
