"""What the values of a column call for, beyond what the project's reader says of them."""

import re
from collections import Counter
from functools import cached_property
from itertools import pairwise
from statistics import median

from .data.labels import labels_in, separator_of
from .words import count, percent, shorten, shown

MOST_CLASSES = 20  # of whole numbers: more different ones are taken for quantities
DAY = 24 * 60 * 60  # seconds


class Column:
    """Values of a column that are not missing, in the order of the rows: all of them, or a sample.

    kind is numbers, dates, text, or an empty string where there is no value; texts are the values as they are written.
    count and distinct are those of all rows, ends the least and the greatest number.
    """

    def __init__(self, kind: str, texts: list[str], count: int, distinct: int, ends: tuple[float, float]) -> None:
        self.kind, self.texts, self.count, self.distinct, self.ends = kind, texts, count, distinct, ends

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers, or the dates in seconds; none of text."""
        return list(map(float, self.texts)) if self.kind == "numbers" else []

    @property
    def frequencies(self) -> Counter[str]:
        """How often the most frequent values occur in all rows."""
        return Counter(self.texts)

    @property
    def is_repeated(self) -> bool:
        """Whether values occur again, as classes do; of a few values nobody knows."""
        return self.count < 10 or self.distinct <= 0.9 * self.count

    @property
    def tells_apart(self) -> bool:
        """Whether most rows have a value of their own; some steps may be there twice."""
        return self.distinct >= 0.8 * self.count

    @property
    def are_flags(self) -> bool:
        """Whether the values are 0 and 1."""
        return self.kind == "numbers" and self.distinct <= 2 and set(self.numbers) <= {0, 1}

    @cached_property
    def rises_evenly(self) -> bool:
        """Whether numbers or dates go up from row to row, and mostly by the same step."""
        if len(self.numbers) < 4:
            return False
        steps = [after - before for before, after in pairwise(self.numbers)]
        usual = median(steps)
        # A tenth leaves room for months and years; where days are usual, for weekends and holidays.
        even = [abs(step - usual) <= usual / 10 or usual == DAY < step <= 4 * DAY for step in steps]
        return min(steps) >= 0 < usual and sum(even) >= 0.8 * len(steps)

    @cached_property
    def is_even(self) -> bool:
        """Whether times go up or down from row to row by about the same step; a few may be doubled or out of order."""
        if len(self.numbers) < 4:
            return False
        steps = [after - before for before, after in pairwise(self.numbers)]
        usual = median(steps)
        if usual < 0:
            steps, usual = [-step for step in steps], -usual
        even = sum(abs(step - usual) <= usual / 4 or usual == DAY < step <= 4 * DAY for step in steps)
        return usual > 0 and even >= 0.8 * len(steps) and sum(step < 0 for step in steps) <= 0.02 * len(steps)

    @property
    def are_ranges(self) -> bool:
        """Whether most values are ranges of numbers: 18-24, as classes of a target are."""
        found = sum(re.search(r"\d *(-|–|to|bis) *\d", text) is not None for text in self.texts)
        return 2 * found > len(self.texts)

    @property
    def are_labels(self) -> bool:
        """Whether cells hold lists of labels that occur again."""
        if self.kind == "numbers" or not self.separator:
            return False
        lists = [labels_in(text, self.separator) for text in self.texts]
        labels = [label for some in lists for label in set(some)]
        if 2 * len(set(labels)) > len(labels):
            return False
        # Names such as Paris, France are no lists: of those there are as many as of labels, or all are as long.
        is_list = len(set(map(len, lists))) > 1 and len(set(labels)) < len(set(self.texts))
        return self.separator == "|" or is_list

    @cached_property
    def separator(self) -> str:
        """What may separate labels, an empty string where nothing does."""
        return separator_of(self.texts)

    @cached_property
    def task(self) -> str:
        """The task that the values call for as a target, or an empty string."""
        if self.are_labels:
            return "multilabel"
        if self.distinct <= 2:
            return "binary" if self.distinct else ""
        if self.kind != "numbers":
            return "multiclass" if self.is_repeated else ""
        classes = self.distinct <= MOST_CLASSES and (self.are_ranges or all(n % 1 == 0 for n in self.numbers))
        return "multiclass" if classes and self.is_repeated else "regression"

    def describe(self) -> str:
        """Return in a few words the range of numbers, or the most frequent classes."""
        if not self.texts:
            return "no values"
        if self.task == "regression":
            least, greatest = self.ends
            return f"numbers from {least:.4g} to {greatest:.4g}"
        if not self.task:
            return f"{self.distinct:,} values, nearly all different"
        values, number = self.frequencies, count(self.distinct, "value")
        if self.task == "multilabel":
            by_label: Counter[str] = Counter()
            for text, times in values.items():
                by_label.update(dict.fromkeys(labels_in(text, self.separator), times))
            values, number = by_label, count(by_label, "label")
        shares = [f"{shown(value)} {percent(times / self.count)}" for value, times in values.most_common(5)]
        return f"{number}: {shorten(shares, 4)}"


def column_of(texts: list[str]) -> Column:
    """Return the values of an array: numbers where all that are not missing are finite."""
    texts = [text for text in texts if text not in ("", "nan")]
    try:
        numbers = set(map(float, texts))
    except ValueError:
        numbers = set()
    if not all(abs(number) < 1e300 for number in numbers):
        numbers = set()
    kind = "numbers" if numbers else "text" if texts else ""
    return Column(
        kind, texts, len(texts), len(numbers or set(texts)), (min(numbers, default=0), max(numbers, default=0))
    )
