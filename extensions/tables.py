"""What the columns of a table hold: numbers, dates or text, and which task their values call for."""

import re
from collections import Counter
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from statistics import median

MISSING = {"", *"? NA N/A #N/A n/a nan NaN NULL null None #DIV/0! #VALUE!".split()}
MOST_CELLS = 300_000  # of all columns
MOST_CLASSES = 20  # of whole numbers: more different ones are taken for quantities
DAY = 24 * 60 * 60  # seconds
PLAIN_DATE = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)")  # 20240131
DATE = re.compile(
    r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d\d?)((?P=sign)(?P<day>\d\d?))?"  # 2024-01-31, 2024-01
    r"|(?P<first>\d\d?)(?P<mark>[-/.])(?P<middle>\d\d?)(?P=mark)(?P<last>\d{4})"  # 31.01.2024, 1/31/2024
)
TIME = re.compile(
    r"(?P<hour>\d\d?):(?P<minute>\d\d)(:(?P<second>\d\d([.,]\d+)?))?( ?(?P<half>[AP]M))?(Z|[+-]\d\d:?\d\d)?", re.I
)


class Table:
    """A sample of a table; the number of its rows is estimated unless it is exact.

    Where there are many thousand columns, some of the rows are enough for all but the essential ones.
    """

    def __init__(self, names, rows, row_count, is_exact):
        self.names, self.rows = names, rows
        self.row_count, self.is_exact = row_count, is_exact
        self.is_whole = is_exact and len(rows) == row_count
        self.essential = set()
        # Of columns with the same name the first one.
        self.positions = {name: position for position, name in reversed(list(enumerate(names)))}
        self.columns = {}

    def __getitem__(self, name):
        if name not in self.columns:
            position = self.positions[name]
            step = 1 if name in self.essential else 1 + len(self.rows) * len(self.names) // MOST_CELLS
            self.columns[name] = Column(row[position] for row in self.rows[::step])
        return self.columns[name]

    def pairs(self, name, other):
        """Return the different pairs of values in two columns, where the other one is not missing."""
        pairs = {(row[self.positions[name]], row[self.positions[other]].strip()) for row in self.rows}
        return {pair for pair in pairs if pair[1] not in MISSING}


class Column:
    """The values of a column that are not missing, as texts."""

    def __init__(self, values):
        self.values = [text for value in values if (text := value.strip()) not in MISSING]

    @cached_property
    def numbers(self):
        """The values as numbers; empty where one of them is none."""
        numbers = []
        for value in self.values:
            number = to_number(value)
            if number is None:
                return []
            numbers.append(number)
        return numbers

    @cached_property
    def times(self):
        """The values in seconds since some moment; empty where one of them is neither date nor time."""
        return to_seconds(self.values)

    @cached_property
    def kind(self):
        """Either numbers, dates, text, or an empty string where there is no value."""
        if not self.values:
            return ""
        if self.numbers:
            return "dates" if all(map(PLAIN_DATE.fullmatch, self.values)) and self.times else "numbers"
        return "dates" if to_seconds(self.values[:100]) else "text"

    @cached_property
    def distinct(self):
        """The different values."""
        return set(self.numbers or self.values)

    @property
    def is_repeated(self):
        """Whether values occur again, as classes do; of a few values nobody knows."""
        return len(self.values) < 10 or len(self.distinct) <= 0.9 * len(self.values)

    @cached_property
    def rises_evenly(self):
        """Whether numbers or dates go up from row to row, and mostly by the same step."""
        times = self.times if self.kind == "dates" else self.numbers
        if len(times) < 4:
            return False
        steps = [after - before for before, after in pairwise(times)]
        usual = median(steps)
        # A tenth leaves room for months and years; where days are usual, for weekends and holidays.
        even = [abs(step - usual) <= usual / 10 or usual == DAY < step <= 4 * DAY for step in steps]
        return min(steps) >= 0 < usual and sum(even) >= 0.8 * len(steps)

    @cached_property
    def labels(self):
        """The labels of every value, which | separates."""
        return [label for value in self.values for label in set(value.split("|"))]

    @cached_property
    def task(self):
        """The task that the values call for as a target, or an empty string."""
        if any("|" in value for value in self.values) and 2 * len(set(self.labels)) <= len(self.labels):
            return "multilabel"
        if len(self.distinct) <= 2:
            return "binary" if self.distinct else ""
        if not self.numbers:
            return "multiclass" if self.is_repeated else ""
        classes = all(number == int(number) for number in self.numbers) and len(self.distinct) <= MOST_CLASSES
        return "multiclass" if classes and self.is_repeated else "regression"

    def describe(self):
        """Return in a few words the range of numbers, or the most frequent classes."""
        if not self.values:
            return "no values"
        if self.task == "regression":
            return f"numbers from {min(self.numbers):.4g} to {max(self.numbers):.4g}"
        if not self.task:
            return f"{len(self.distinct):,} values, nearly all different"
        is_multilabel = self.task == "multilabel"
        values = Counter(self.labels if is_multilabel else self.values)
        shares = [f"{shown(value)} {percent(number / len(self.values))}" for value, number in values.most_common(5)]
        return f"{count(values, 'label' if is_multilabel else 'value')}: {shorten(shares, 4)}"


def to_number(text):
    """Return the number, or None; what is infinite or not a number counts as text."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < 1e300 and "_" not in text else None


def to_seconds(values):
    """Return dates and times in seconds; an empty list where one of the values is neither."""
    moments = [read_moment(value) for value in values]
    if not all(moments):
        return []
    # 1/2/2024 is January, unless a first number in the column is no month.
    day_first = any(date["first"] and (date["mark"] == "." or int(date["first"]) > 12) for date, _ in moments)
    try:
        return [seconds_of(date, time, day_first) for date, time in moments]
    except ValueError:
        return []


def read_moment(text):
    """Return the parts of the date and of the time in a text; None where it is neither."""
    date, *rest = PLAIN_DATE.sub(r"\1-\2-\3", text, count=1).replace("T", " ").split(maxsplit=1) or [""]
    date, time = DATE.fullmatch(date), rest[0] if rest else ""
    if date is None:  # a time alone
        date, time = DATE.fullmatch("0001-01-01"), text
    match = TIME.fullmatch(time or "0:00")
    return match and (date.groupdict(), match.groupdict())


def seconds_of(date, time, day_first):
    """Return the seconds from the year 1 to a date and a time; raises ValueError where there is no such date."""
    first, middle = (date["middle"], date["first"]) if day_first else (date["first"], date["middle"])
    year, month, day = int(date["year"] or date["last"]), date["month"] or first, date["day"] or middle or 1
    hour = int(time["hour"])
    if time["half"]:
        hour = hour % 12 + 12 * (time["half"].upper() == "PM")
    moment = datetime(year, int(month), int(day), hour, int(time["minute"]))
    return (moment - datetime.min).total_seconds() + float((time["second"] or "0").replace(",", "."))


def shown(text):
    """Return a name as it can be shown on a line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= 30 else line[:27] + "..."


def shorten(names, most):
    """Join names, the first ones if they are many."""
    names = list(names)
    return ", ".join(names[:most]) + (", ..." if len(names) > most else "")


def count(things, name):
    """Return how many there are: 1 folder, 2 folders."""
    return f"{len(things):,} {name}{'' if len(things) == 1 else 's'}"


def percent(part):
    return "under 1 %" if part < 0.005 else f"{100 * part:.0f} %"


def span(numbers):
    """Return the smallest and the largest of the numbers: 3 to 7."""
    least, most = min(numbers), max(numbers)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def rounded(number):
    """Return a number as it is spoken: 120,000 or 1.2 million."""
    number = round(number, 2 - len(str(number)))
    for unit, word in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number / unit:g} {word}"
    return f"{number:,}"
