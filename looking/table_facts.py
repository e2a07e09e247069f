"""What was seen of a table, and the answers that follow from it."""

from collections import Counter
from pathlib import Path

from .column_facts import SERIES, TARGETS, is_name_of_id, names_in
from .forecast_facts import ForecastFacts
from .lists import find_list
from .panels import FEWEST_STEPS, find_panel
from .samples import Sample
from .splits import Proposal, columns_that_tell, find_group, find_time
from .tables.formats import tables_at
from .texts import is_text, length_in_words, length_of
from .words import count, rounded, shorten, shown, span

OF_SPLITS = ["split", "subset", "set", "fold", "usage", "partition", "is_valid", "is_test"]
OF_FILES = ["width", "height", "size", "format"]  # of an image in pixels and bytes
TARGETS_OF_TEXT = ["sentiment", "polarity", "rating", "stars", "score", "topic", "intent", "emotion", "genre"]
STEPS = ["step", "time", "timestamp", "t", "date", "datetime", "ds", "year", "index"]
MOST_COLUMNS = 1000  # that are looked at


class TableFacts(ForecastFacts):
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


def first_of(names: list[str], columns: list[str]) -> str:
    """Return the first column with one of these names, whatever its case, or an empty string."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), "")
