"""The header of a table: where it stands, which names it gives, what is below it."""

import re
from collections import Counter
from dataclasses import dataclass, field, replace

from .cells import caption_of, is_data, is_header, is_second_header, kind_of, votes

INDEX = [True, False]  # of two columns, as pandas and R write an index and one more
MOST_ABOVE = 50  # rows of titles
MOST_BELOW = 3  # rows between the names and the values
JOINED = "the second line of the header"
UNIT = re.compile(
    r"[\[(<{].*[\])>}]|-+|%|°?[CFK]|[A-Z]{3}|[€$£]|[kmcµnMG]?[gmlsWVAJ]²?"
)


@dataclass
class Header:
    """What is at the top of a table."""

    names: list[str] = field(default_factory=list)
    """One for every column, no two alike."""
    cells: list[str] = field(default_factory=list)
    """Its first line, as it is written."""
    is_there: bool = True
    line: int = 0
    """The line that it stands in, from 1 on; 0 where there is none."""
    first: int = 0
    """The number of lines above the first example."""
    has_rows: bool = False
    """Whether there are rows below it."""
    is_regular: bool = True
    """Whether all quotes that are opened in these lines are closed in the same one."""
    said: list[str] = field(default_factory=list)
    """What its owner has to know."""

    def without_lines(self) -> "Header":
        """Return the same header of a file that holds nothing but rows."""
        return replace(self, first=0, is_regular=True)


def find_header(
    rows: list[tuple[int, list[str]]], lines: int, told: int | None = None
) -> Header:
    """Find the header in the first rows of a table, given with the lines they start in.

    lines is the number of lines looked at; told is the place of the header among the
    rows where it is known, -1 where there is none.
    """
    places = [line for line, _ in rows] + [lines]
    cells = [row for _, row in rows]
    width = usual_width(cells)
    place = first_place(cells, width) if told in (None, -1) else told
    before, below = cells[place - 1] if place else [], cells[place + 1 :]
    is_row = told == -1 or told is None and is_data(cells[place], below)
    if is_comment(before) and len(before) == width and is_row and told is None:
        place, before = place - 1, []  # the names stand in a comment
        cells[place] = [cells[place][0].lstrip("# "), *cells[place][1:]]
    elif is_row:
        numbered = [f"column_{number}" for number in range(1, width + 1)]
        header = Header(numbered, [""] * width, False, 0, places[place], True)
        header.said.append(
            "there is no header: its first row holds values, not the names of columns;"
            f" they are called {numbered[0]}, ... here"
        )
        return header
    elif are_groups(before, cells[place]):
        place -= 1
    header = Header(cells=cells[place], line=places[place] + 1)
    if place:
        header.said.append(f"left out {place} line{'s' * (place > 1)} above the header")
    names, below = [cells[place]], cells[place + 1 :]
    while len(names) + len(header.said) < MOST_BELOW + 2:
        reason = why_no_example(below, names)
        if not reason:
            break
        if reason == JOINED:
            caption = caption_of(below[0], below[1:])
            names.append([cell if cell.strip() != caption else "" for cell in below[0]])
        else:
            header.said.append(f"left out the row below the header: {reason}")
        below = below[1:]
    header.first, header.has_rows = places[len(cells) - len(below)], below != []
    named = [cell for cell in cells[place] if cell.strip()]
    if len(names) == 1 and below and len(named) == max(map(len, below)):
        names = [named]  # a separator too many
    if has_row_names(len(cells[place]), below):
        names = [["", *row] for row in names]
    header.cells = names[0]
    header.names = join(names)
    make_unique(header)
    return header


def has_row_names(width: int, below: list[list[str]]) -> bool:
    """Tell whether rows start with names for which the header has none, as R writes."""
    keys = {row[0] for row in below}
    longer = all(len(row) == width + 1 and row[-1] for row in below)
    return len(below) > 1 and len(keys) == len(below) and longer


def usual_width(rows: list[list[str]]) -> int:
    """Return how many cells most rows have; of two numbers the larger one."""
    widths = Counter(map(len, rows))
    return max(widths, key=lambda width: (widths[width] * (width > 1), width))


def first_place(rows: list[list[str]], width: int) -> int:
    """Return the place of the first row that is no title, comment or the like."""
    needed = 1 if width == 1 else max(2, 0.6 * width)
    for place, row in enumerate(rows[:MOST_ABOVE]):
        if is_comment(row) and len(rows) > place + 1:
            continue
        if [cell.strip() == "" for cell in row] == INDEX:
            return place  # an index has no name
        if sum(cell.strip() != "" for cell in row) < needed:
            continue
        if len(row) < width:  # names may be too few, or this is a title with commas
            for later, other in enumerate(rows[place + 1 : place + 5], place + 1):
                if len(other) == width and is_header(other, rows[later + 1 :]):
                    return later
        return place
    return next((place for place, row in enumerate(rows) if len(row) == width), 0)


def is_comment(row: list[str]) -> bool:
    """Tell whether a row starts with #."""
    return row != [] and row[0].startswith("#")


def are_groups(above: list[str], names: list[str]) -> bool:
    """Tell whether a row names groups of columns, such as size,,price,"""
    filled = [place for place, cell in enumerate(above) if cell.strip()]
    has_gaps = filled != [] and len(filled) < filled[-1] + 1
    texts = all(kind_of(above[place]) == "text" for place in filled)
    return len(filled) > 1 and has_gaps and texts and len(above) <= len(names)


def why_no_example(below: list[list[str]], names: list[list[str]]) -> str:
    """Return why the next row is no example; an empty string where it is one."""
    if len(below) < 3:
        return ""
    row, others = below[0], below[1:]
    if row == names[-1]:
        return "it repeats the names"
    filled = [cell.strip() for cell in row if cell.strip()]
    lines = [re.fullmatch(":?[-=+]+:?", cell) is not None for cell in filled]
    if all(lines) and max(map(len, filled), default=0) > 2:
        return "it is a line"
    if len(names) > 1 or not is_second_header(row, others):
        return ""
    cells = [cell.strip() for cell in row if cell.strip()]
    if not all(cell.strip() for cell in names[0]) or len({*names[0]}) < len(names[0]):
        return JOINED
    if all(UNIT.fullmatch(cell) for cell in cells):
        return "it holds units"
    is_said = votes(row, others)[0] > 1 or caption_of(row, others)
    return "it describes the columns" if is_said else ""


def join(lines: list[list[str]]) -> list[str]:
    """Return the names that the lines of a header give together."""
    width = max(map(len, lines))
    filled = [row + [""] * (width - len(row)) for row in lines]
    names = joined(filled)
    if len(lines) > 1 and len(set(names)) < len(names):
        group, groups = "", []
        for cell in filled[0]:
            group = cell.strip() or group
            groups.append(group)
        filled[0] = groups
        names = joined(filled)
    return names


def joined(lines: list[list[str]]) -> list[str]:
    """Return the cells that stand below each other as one text."""
    return [" ".join(" ".join(cells).split()) for cells in zip(*lines, strict=True)]


def make_unique(header: Header) -> None:
    """Give every column a name of its own, and say which names were there twice."""
    taken, twice = {*header.names}, []
    last: dict[str, int] = {}  # the number that was given to a name, 1 for none
    for place, name in enumerate(header.names):
        new = base = name or f"Unnamed: {place}"
        number = last.get(name, 0) if name else 1
        while number and new in taken:
            number += 1
            new = f"{base}_{number}"
        if name and name in last:
            twice.append(new)
        last[name] = max(1, number)
        taken.add(new)
        header.names[place] = new
    if twice:
        several = f"{', '.join(twice[:5])}{', ...' * (len(twice) > 5)}"
        header.said.append(f"names that occur again in its header are now {several}")
