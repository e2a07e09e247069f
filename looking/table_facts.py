"""What was seen of a table, and the answers that follow from it."""

import copy
from collections import Counter
from functools import cached_property
from pathlib import Path

from .facts import Facts
from .lists import find_list
from .panels import (
    FEWEST_STEPS,
    FEWEST_TO_FORECAST,
    WINDOWS,
    count_series,
    find_panel,
    future_steps,
    in_words,
    is_name_of_known,
    known_at_end,
    long_length,
    usual_step,
)
from .samples import Sample
from .splits import Proposal, columns_that_tell, find_group, find_time
from .tables.formats import tables_at
from .texts import is_text, length_in_words, length_of
from .words import count, rounded, shorten, shown, span

TARGETS = ["target", "label", "labels", "class", "y", "outcome", "category"]
OF_SPLITS = ["split", "subset", "set", "fold", "usage", "partition", "is_valid", "is_test"]
OF_FILES = ["width", "height", "size", "format"]  # of an image in pixels and bytes
TARGETS_OF_TEXT = ["sentiment", "polarity", "rating", "stars", "score", "topic", "intent", "emotion", "genre"]
SERIES = ["series", "series_id", "sequence", "sequence_id", "recording", "recording_id", "session", "id"]
STEPS = ["step", "time", "timestamp", "t", "date", "datetime", "ds", "year", "index"]
MOST_COLUMNS = 1000  # that are looked at
FEWEST_SERIES = 4  # that may be split by their ends, as in data/splits.py
MOST_NAMES = 30  # of a category that is known ahead


class TableFacts(Facts):
    """What can be seen of a table."""

    def __init__(self, path: Path) -> None:
        """Look at a table; raises UserError as the project's reader does, and ImportError without duckdb."""
        super().__init__()
        self.table = table = Sample(path)
        self.rows = table.row_count
        self.bytes_on_disk = sum(file.stat().st_size for file in tables_at(path) or [path])
        # Only names that can be answered: on one line, separated by commas.
        self.columns = [c for c in table.names if c == c.strip() != "" and c.isprintable() and "," not in c]
        # Of very many columns the first, the last, and those with the name of a target tell enough.
        ends = self.columns[: MOST_COLUMNS // 2] + self.columns[-MOST_COLUMNS // 2 :]
        likely = {*ends, *(c for c in self.columns if c.lower() in TARGETS)}
        self.likely = [c for c in self.columns if c in likely]
        listed = find_list(table, self.likely, path)
        self.listed, self.path_column, self.paths, self.lists_outside, self.lacks = listed
        self.files = self.rows if self.listed else 0
        self.images_in = self.path_column if self.listed == "images" else ""
        may_be_texts = [] if self.listed and not self.images_in else self.likely
        self.texts = [c for c in may_be_texts if c != self.path_column and is_text(c, table[c])]
        longest = max(self.texts, key=lambda c: length_of(table[c].texts)[0], default="")
        self.text = "" if self.listed else longest
        named_step = first_of(STEPS, self.columns)
        # Where texts come with ratings or classes only, rows with ids and dates are no steps.
        may_be_steps = not self.text or any(map(self.is_measured, self.likely))
        self.series = self.find_series(named_step) if may_be_steps else ""
        dates = [c for c in self.likely if table[c].is_time][:1]
        steps = [named_step, *dates] if named_step else dates
        # An index numbers rows; times that occur again and again are of several series, one below the other.
        even = [c for c in steps if c.lower() != "index" and table[c].is_even and table[c].tells_apart]
        self.step = next(iter(steps if self.series else even + steps), "")
        may_be_steps = may_be_steps and not self.listed
        self.panel = ""
        # Of long series, steps are even in any part of the table.
        once = [c for c in even if table[c].distinct >= 0.97 * table[c].count]
        self.times = steps if may_be_steps and not once else []
        if self.times:
            found = find_panel(table, steps, self.that_tell_series_apart(FEWEST_STEPS))
            self.step, self.panel = found or (self.step, "")
            even = [self.step] if found else even
        self.forecast = self.find_forecast() if even and may_be_steps and (self.panel or not self.series) else ""
        self.lengths = table.lengths_of(self.series) if self.series else []
        # The columns with one value in all steps of a series, as its label; some series may have none.
        self.constant_in_series = table.constant_within(self.series, self.columns) if self.series else set()
        self.has_labelled_series = self.series != "" and self.are_series_labelled()
        of_steps = self.has_labelled_series or self.forecast
        self.input = self.listed or ("series" if of_steps else "table")

    def find_series(self, step: str) -> str:
        """Return the first column of ids that repeat; an empty string where rows do not look like steps."""
        named = [c for name in SERIES for c in self.columns if c.lower() == name]
        ids = named + [c for c in self.columns if is_name_of_id(c)]
        repeated = (c for c in ids if 1 < self.table[c].distinct <= self.table[c].count / 2)
        return next(repeated, "") if step else ""

    def are_series_labelled(self) -> bool:
        """Tell whether series have a target: no table of purchases or ratings, where it changes from row to row."""
        possible = [c for c in self.candidates() if self.is_suitable(c) and not self.is_id(c)]
        constant = [c for c in possible if c in self.constant_in_series]
        of_rows = [c for c in possible if c.lower() in TARGETS and not self.is_quantity(c) and c not in constant]
        return not possible or constant != [] and not of_rows

    def that_tell_series_apart(self, fewest: int) -> list[str]:
        """Return the columns that have few values, each at least so often, as names and codes do."""
        columns = [(name, self.table[name]) for name in self.likely]
        repeated = [(name, column) for name, column in columns if 1 < column.distinct <= column.count / fewest]
        return [n for n, c in repeated if c.kind == "text" or c.kind == "numbers" and c.judged.is_whole]

    @cached_property
    def short_panel(self) -> tuple[str, str] | None:
        """The columns of the time and of series that are short, where there are many."""
        keys = self.that_tell_series_apart(FEWEST_TO_FORECAST) if self.times and not self.panel else []
        return find_panel(self.table, self.times, keys, FEWEST_TO_FORECAST) if keys else None

    def for_task(self, task: str) -> "TableFacts":
        """Return the same; where a forecast is asked, short series are no records."""
        if task != "forecast" or not self.short_panel:
            return self
        facts = copy.copy(self)
        facts.step, facts.panel = self.short_panel
        return facts

    def find_forecast(self) -> str:
        """Return the number whose future can be predicted; an empty string where rows have classes instead."""
        keys = names_in(self.step) + names_in(self.panel)
        candidates = [c for c in self.candidates() if c not in keys]
        if any(c.lower() in TARGETS and not self.is_quantity(c) for c in candidates):
            return ""
        return next(filter(self.is_quantity, candidates), "")

    def is_quantity(self, name: str) -> bool:
        """Tell whether a column holds numbers, more than two different ones."""
        return self.table[name].kind == "numbers" and self.table[name].distinct > 2

    def is_id(self, name: str) -> bool:
        """Tell whether a column only tells rows apart, going by its name or because it counts."""
        by_name = is_name_of_id(name) or name.endswith(("Id", "ID"))
        return by_name or self.table[name].kind == "numbers" and self.table[name].rises_evenly

    def is_measured(self, name: str) -> bool:
        """Tell whether a column holds quantities, as the steps of series do, rather than ratings or classes."""
        column = self.table[name]
        return column.kind == "numbers" and column.task == "regression" and not self.is_id(name)

    def is_feature(self, name: str) -> bool:
        """Tell whether a network for tables could learn from a column."""
        column = self.table[name]
        if column.distinct < 2 or self.is_id(name) or name in self.texts:
            return False
        return column.kind in ("numbers", "dates") or column.is_repeated

    def candidates(self) -> list[str]:
        """Return the columns that may be predicted, the likely ones first: by their names, then from the last."""
        named = sorted((c for c in self.likely if c.lower() in TARGETS), key=lambda c: TARGETS.index(c.lower()))
        return named + [c for c in reversed(self.likely) if c not in named]

    def future_steps(self, target: str) -> int:
        targets = names_in(target)
        if not targets or not set(targets) <= set(self.columns):
            return 0
        return future_steps(self.table, targets[0], names_in(self.panel))

    def window(self, horizon: int, series_column: str = "") -> int:
        """Return how many steps of the past may tell what comes next, as far as series are long enough."""
        usual = usual_step(self.table, names_in(self.step))
        steps = next((steps for days, steps in WINDOWS if usual >= days), 24)
        series = [name for name in names_in(series_column or self.panel) if name in self.columns]
        number = count_series(self.table, series)
        if number >= FEWEST_SERIES:  # the end of each may be the test; windows may begin before a short one
            most = long_length(self.table, series) - horizon
        else:  # a horizon for each split
            most = (self.table.table.rows // number - 3 * horizon) // 4
        return max(4, min(steps, most))

    def step_seen(self) -> str:
        usual = usual_step(self.table, names_in(self.step)) if self.forecast or self.panel else 0
        return f"a step of {shown(self.step)} is about {in_words(usual)}" if usual else ""

    def series_seen(self) -> str:
        if not self.panel:
            return ""
        series = count_series(self.table, names_in(self.panel))
        least = "" if self.table.is_whole else "at least "
        return f"{shown(self.panel)}: {least}{series:,} series of about {self.table.table.rows // series:,} steps"

    def others(self, target: str) -> list[str]:
        """Return the columns beside target, time and series that may be known ahead."""
        keys = {*names_in(target), *names_in(self.step), *names_in(self.panel)}
        others = [c for c in self.likely if c not in keys and self.table[c].distinct > 1]
        return [c for c in others if self.table[c].kind == "numbers" or self.table[c].distinct <= MOST_NAMES]

    def propose_ahead(self, target: str) -> str:
        others, future = self.others(target), self.future_steps(target)
        known = known_at_end(self.table, names_in(target)[0], others) if future else []
        return ", ".join(c for c in others if c in known or not future and is_name_of_known(c))

    def ahead_seen(self, target: str) -> str:
        return shorten(map(shown, self.others(target)), 8)

    def group_for(self, target: str) -> Proposal:
        return find_group(self.table, self.of_examples(), next(iter(names_in(target)), ""))

    def time_for(self, target: str) -> Proposal:
        columns = self.of_examples()
        named = [c for name in STEPS for c in columns if c.lower() == name]
        return find_time(self.table, [*named, *(c for c in columns if c not in named)], target.strip())

    def of_examples(self) -> list[str]:
        """Return the columns with one value in each example."""
        if self.has_labelled_series:
            return [c for c in self.likely if c in self.constant_in_series and c != self.series]
        return [c for c in self.likely if c != self.path_column]

    def tells(self, target: str) -> list[str]:
        targets = names_in(target)
        if len(targets) != 1 or targets[0] not in self.columns or self.forecast:
            return []
        return columns_that_tell(self.table, self.likely, targets[0])

    def is_suitable(self, name: str) -> bool:
        """Tell whether a column may be worth predicting: no id, no date, no free text, not always the same."""
        column = self.table[name]
        if name == self.path_column:
            return False
        if column.kind in ("", "dates") or column.distinct < 2 or name in (self.series, self.step, *self.texts):
            return False
        if column.is_repeated:
            return True
        is_id = is_name_of_id(name) or column.rises_evenly
        return column.task == "multilabel" or column.kind == "numbers" and not is_id

    def can_be_forecast(self, target: str) -> bool:
        """Tell whether all targets are columns of numbers."""
        targets = names_in(target)
        return set(targets) <= set(self.columns) and all(self.table[c].kind == "numbers" for c in targets)

    def propose_input(self, task: str = "", target: str = "") -> str:
        # Where the rows are steps of one series, another task or a target of classes makes them examples.
        is_table = self.forecast != "" and (task not in ("", "forecast") or not self.can_be_forecast(target))
        if self.has_labelled_series and not self.listed and task != "forecast":  # so does one that changes within them
            is_table = not {*names_in(target)} & {*self.columns} <= self.constant_in_series
        targets = {*names_in(target)}
        if self.panel and targets and task in ("", "forecast") and self.can_be_forecast(target):
            is_table = bool(targets & self.constant_in_series)
            return "table" if is_table and not self.has_labelled_series else "series"
        if self.images_in and task != "forecast" and self.has_features_beside_images(target, task):
            return "table"
        input = "table" if is_table else super().propose_input(task)
        return "text" if input == "table" and self.is_about_text(target, task) else input

    def has_features_beside_images(self, target: str, task: str) -> bool:
        """Tell whether other columns say something of an image: neither its target, that once more, nor its split."""
        targets = names_in(target) or names_in(self.propose_target("images", task))
        none = {*targets, self.images_in, *self.tells(", ".join(targets))}
        if all(c in self.columns and self.table[c].are_flags for c in targets):
            none |= {c for c in self.likely if self.table[c].are_flags}  # labels of the same image
        others = [c for c in self.likely if c not in none and c.lower() not in TARGETS + OF_SPLITS + OF_FILES]
        return any(c in self.texts or self.is_feature(c) for c in others)

    def is_about_text(self, target: str, task: str) -> bool:
        """Tell whether all that can be known of the target stands in one text: a network for tables reads several."""
        if not self.text:
            return False
        targets = names_in(target) or self.targets_of_text(task)
        # What has the name of a target is another judgement of the same text.
        named = TARGETS + TARGETS_OF_TEXT
        others = [c for c in self.likely if c not in [*targets, self.text] and c.lower() not in named]
        seen = any(c in self.texts or self.is_feature(c) and self.table[c].kind != "dates" for c in others)
        return targets != [] and self.text not in targets and not seen

    def targets_of_text(self, task: str) -> list[str]:
        """Return the columns that texts may be judged by: the likeliest, or all that hold zeros and ones."""
        named = [c for name in TARGETS + TARGETS_OF_TEXT for c in self.columns if c.lower() == name]
        candidates = [c for c in named + self.candidates() if c not in self.texts and not self.is_id(c)]
        possible = list(filter(self.is_suitable, candidates))
        flags = [c for c in self.likely if self.table[c].are_flags]
        if task in ("", "multilabel") and len(flags) > 2 and possible and set(possible) <= set(flags) - set(named):
            return flags
        return possible[:1]

    def propose_target(self, input: str, task: str = "") -> str:
        candidates = self.candidates()
        if input == "text":
            targets = self.targets_of_text(task)
            return ", ".join(targets) or next((c for c in candidates if c != self.text), "")
        if input == "series" and self.forecast or task == "forecast":
            return self.forecast or next(filter(self.is_quantity, candidates), "")
        suitable = list(filter(self.is_suitable, candidates))
        flags = [c for c in self.likely if self.table[c].are_flags]
        if self.listed and len(flags) > 2 and set(suitable) <= set(flags) and task in ("", "multilabel"):
            return ", ".join(flags)
        if self.has_labelled_series or self.series and input == "series":
            suitable = [c for c in suitable if c in self.constant_in_series] or suitable
        return next(iter(suitable + candidates), "")

    def propose_task(self, target: str, input: str) -> str:
        targets = names_in(target)
        if not targets or not set(targets) <= set(self.columns):
            return ""
        if input == "series" and self.forecast and self.can_be_forecast(target):
            if not set(targets) & self.constant_in_series:
                return "forecast"
        if len(targets) == 1:
            return self.table[targets[0]].task
        return "multilabel" if all(self.table[name].are_flags for name in targets) else "regression"

    def classes_of(self, target: str) -> int:
        """Return how many classes the targets have; of labels and numbers the usual ten."""
        targets = names_in(target)
        is_one = len(targets) == 1 and self.propose_task(target, "") in ("binary", "multiclass")
        return self.table[targets[0]].distinct if is_one else 10

    def text_unlike_classes(self, target: str) -> str:
        targets = names_in(target)
        if len(targets) != 1 or targets[0] not in self.columns or not self.table.is_whole:
            return ""
        column = self.table[targets[0]]
        return column.texts[0] if column.kind == "text" and not column.task else ""

    def summary(self) -> str:
        table = self.table
        rows = count(table.row_count, "row") if table.is_whole else f"about {rounded(table.row_count)} rows"
        if self.has_labelled_series:
            # A sample cuts series off.
            steps = span(self.lengths) if table.is_whole else f"about {self.steps:,}"
            rows += f": {'' if table.is_whole else 'at least '}{len(self.lengths):,} series of {steps} steps"
        elif self.panel and self.forecast:
            rows += f": {self.series_seen()} of {shown(self.step)}"
        elif self.forecast:
            rows += f" at even steps of {shown(self.step)}"
        texts = ""
        if self.text:
            texts = f"texts of {length_in_words(table[self.text].texts)} in column {shown(self.text)}"
        if self.images_in:
            texts = f"images in column {shown(self.images_in)}"
        kinds = Counter(table[name].kind for name in table.names if len(table.names) <= MOST_COLUMNS)
        of_kinds = ", ".join(f"{kinds[kind]:,} of {kind}" for kind in ("numbers", "dates", "text") if kinds[kind])
        columns = count(table.names, "column") + (f": {of_kinds}" if of_kinds else "")
        return "; ".join(filter(None, [rows, texts, columns, super().summary()]))

    def columns_seen(self) -> str:
        names = self.table.names
        return shorten(map(shown, names), len(names) if len(names) <= 12 else 8)

    def values_seen(self, target: str) -> str:
        targets = names_in(target)
        if len(targets) != 1 or targets[0] not in self.columns:
            return ""
        return f"{shown(targets[0])}: {self.table[targets[0]].describe()}"


def is_name_of_id(name: str) -> bool:
    """Tell whether a column has the name of an identifier."""
    return name.lower() in SERIES or name.lower().endswith(("_id", " id"))


def first_of(names: list[str], columns: list[str]) -> str:
    """Return the first column with one of these names, whatever its case, or an empty string."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), "")


def names_in(target: str) -> list[str]:
    """Return the columns in an answer that may name several."""
    return [name.strip() for name in target.split(",") if name.strip()]
