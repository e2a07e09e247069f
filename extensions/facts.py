"""What was seen of the user's data, and the answers that follow from it."""

from collections import Counter
from pathlib import Path
from statistics import median_low

from .tables import count, shorten, shown

TARGETS = ["target", "label", "labels", "class", "y", "outcome", "category"]
SERIES = ["series", "series_id", "sequence", "sequence_id", "recording", "recording_id", "session", "id"]
STEPS = ["step", "time", "timestamp", "t", "date", "datetime", "ds", "year", "index"]
IMAGES = {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"}
LONGER_SIDE = 128  # of images, in pixels: more takes much longer to train


class Facts:
    """What can be seen of a file or folder that is no table.

    headers are height, width and colour of some images; lacks says what is needed to see more.
    """

    series = step = ""  # the columns that hold them
    columns = []

    def __init__(self, input="", target="", task="", found="", values="", headers=(), lacks=""):
        self.input, self.target, self.task = input, target, task
        self.found, self.values, self.headers, self.lacks = found, values, list(headers), lacks

    def propose_input(self, task="", target=""):
        """Return the kind of data, or an empty string; with task and target where they are known already."""
        return "series" if task == "forecast" else self.input

    def propose_target(self, input, task=""):
        """Return the columns that are most likely to be predicted, or an empty string."""
        return self.target

    def propose_task(self, target, input):
        """Return the task that the values of the target call for, or an empty string."""
        return self.task

    @property
    def image_size(self):
        """The median height and width of the images, made smaller where it is large; None without images."""
        if not self.headers:
            return None
        sides = [median_low(header[side] for header in self.headers) for side in (0, 1)]
        scale = LONGER_SIDE / max(sides)
        return sides if scale >= 1 else [max(8, round(side * scale / 8) * 8) for side in sides]

    @property
    def color(self):
        """Whether any of the images has colour; true where nothing is known."""
        return not self.headers or any(color for _, _, color in self.headers)

    @property
    def distortion(self):
        """How much the widest image, made as tall as the narrowest, is wider: 1.0 where proportions are the same."""
        proportions = [width / height for height, width, _ in self.headers] or [1]
        return max(proportions) / min(proportions)

    def summary(self):
        """Return in a few words what was found, or an empty string."""
        heights, widths, _ = zip(*self.headers, strict=True) if self.headers else ((), (), ())
        size = f"height {span(heights)}, width {span(widths)}" if self.headers else ""
        return "; ".join(filter(None, [self.found, size, self.lacks]))

    def columns_seen(self):
        """Return the names of the columns in a few words, or why they are not known."""
        return self.lacks

    def values_seen(self, target):
        """Return in a few words which values the target has."""
        return self.values


class TableFacts(Facts):
    """What can be seen of a table."""

    def __init__(self, table):
        super().__init__()
        self.table = table
        # Only names that can be answered: on one line, separated by commas.
        self.columns = [c for c in table.names if c == c.strip() != "" and c.isprintable() and "," not in c]
        self.paths = table["path"].values if "path" in self.columns else []
        self.has_images = any(map(is_image, self.paths[:10]))
        named_step = first_of(STEPS, self.columns)
        self.series = self.find_series(named_step)
        dates = [c for c in self.columns if table[c].kind == "dates"][:1]
        steps = [named_step, *dates] if named_step else dates
        even = [c for c in steps if c.lower() != "index" and table[c].rises_evenly]  # an index numbers rows
        self.step = next(iter(steps if self.series else even + steps), "")
        self.forecast = self.find_forecast() if even and not self.series and not self.has_images else ""
        of_steps = self.series or self.forecast
        self.input = "images" if self.has_images else "series" if of_steps else "table" if table.names else ""

    def find_series(self, step):
        """Return the column of series ids; an empty string where rows do not look like steps."""
        ids = [column for column in self.columns if column.lower().endswith(("_id", " id"))]
        series = first_of(SERIES, self.columns) or next(iter(ids), "")
        if not series or not step:
            return ""
        return series if len(self.table[series].distinct) <= len(self.table[series].values) / 2 else ""

    def find_forecast(self):
        """Return the number whose future can be predicted; an empty string where rows have classes instead."""
        candidates = [c for c in self.candidates() if c != self.step]
        if any(c.lower() in TARGETS and not self.is_quantity(c) for c in candidates):
            return ""
        return next(filter(self.is_quantity, candidates), "")

    def is_quantity(self, name):
        return self.table[name].kind == "numbers" and len(self.table[name].distinct) > 2

    def candidates(self):
        """Return the columns that may be predicted, the likely ones first: by their names, then from the last."""
        named = sorted((c for c in self.columns if c.lower() in TARGETS), key=lambda c: TARGETS.index(c.lower()))
        return named + [c for c in reversed(self.columns) if c not in named]

    def is_suitable(self, name):
        """Tell whether a column may be worth predicting: no id, no date, no free text, not always the same."""
        column = self.table[name]
        if column.kind in ("", "dates") or len(column.distinct) < 2 or name in (self.series, self.step):
            return False
        if column.is_repeated:
            return not (self.has_images and name == "path")
        is_id = name.lower() in SERIES or name.lower().endswith(("_id", " id")) or column.rises_evenly
        return column.task == "multilabel" or column.kind == "numbers" and not is_id

    def is_constant_in_series(self, name):
        """Tell whether all steps of a series have the same value, as its label."""
        pairs = self.table.pairs(self.series, name)
        return len(pairs) == len({series for series, _ in pairs})

    def can_be_forecast(self, target):
        targets = names_in(target)
        return set(targets) <= set(self.columns) and all(self.table[c].kind == "numbers" for c in targets)

    def propose_input(self, task="", target=""):
        # Where the rows are steps of one series, another task or a target of classes makes them examples.
        if self.forecast and (task not in ("", "forecast") or not self.can_be_forecast(target)):
            return "table"
        return super().propose_input(task)

    def propose_target(self, input, task=""):
        candidates = self.candidates()
        if input == "series" and self.forecast or task == "forecast":
            return self.forecast or next(filter(self.is_quantity, candidates), "")
        suitable = filter(self.is_suitable, candidates)
        if self.series:
            suitable = list(suitable)
            suitable = [c for c in suitable if self.is_constant_in_series(c)] or suitable
        return next(iter(suitable), candidates[0] if candidates else "")

    def propose_task(self, target, input):
        targets = names_in(target)
        if not targets or not set(targets) <= set(self.columns):
            return ""
        if input == "series" and self.forecast and self.can_be_forecast(target):
            return "forecast"
        if len(targets) == 1:
            return self.table[targets[0]].task
        numbers = {number for name in targets for number in self.table[name].numbers or [None]}
        return "multilabel" if numbers <= {0, 1} else "regression"

    def summary(self):
        table = self.table
        if not table.names:
            return ""
        rows = count(range(table.row_count), "row") if table.is_exact else f"about {rounded(table.row_count)} rows"
        if self.series:
            lengths = Counter(table[self.series].values).values()
            # A sample cuts series off.
            steps = span(lengths) if table.is_exact else f"about {median_low(lengths):,}"
            rows += f": {'' if table.is_exact else 'at least '}{len(lengths):,} series of {steps} steps"
        elif self.forecast:
            rows += f" at even steps of {shown(self.step)}"
        kinds = Counter(filter(None, (table[name].kind for name in table.positions)))
        of_kinds = ", ".join(f"{kinds[kind]:,} of {kind}" for kind in ("numbers", "dates", "text") if kinds[kind])
        columns = count(table.names, "column") + (f": {of_kinds}" if of_kinds else "")
        return "; ".join(filter(None, [rows, columns, super().summary()]))

    def columns_seen(self):
        names = self.table.names
        return shorten(map(shown, names), len(names) if len(names) <= 12 else 8)

    def values_seen(self, target):
        targets = names_in(target)
        if len(targets) != 1 or targets[0] not in self.columns:
            return ""
        return f"{shown(targets[0])}: {self.table[targets[0]].describe()}"


def first_of(names, columns):
    """Return the first column with one of these names, whatever its case, or an empty string."""
    by_name = {column.lower(): column for column in reversed(columns)}
    return next((by_name[name] for name in names if name in by_name), "")


def names_in(target):
    """Return the columns in an answer that may name several."""
    return [name.strip() for name in target.split(",") if name.strip()]


def is_image(path):
    return Path(path).suffix.lower() in IMAGES


def rounded(number):
    """Return a number as it is spoken: 120,000 or 1.2 million."""
    number = round(number, 2 - len(str(number)))
    for unit, word in ((10**9, "billion"), (10**6, "million")):
        if number >= unit:
            return f"{number / unit:g} {word}"
    return f"{number:,}"


def span(numbers):
    """Return the smallest and the largest of the numbers: 3 to 7."""
    least, most = min(numbers), max(numbers)
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
