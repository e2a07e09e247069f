"""What was seen of the columns of a table, one by one: which may be predicted, and which only tell rows apart."""

from .facts import Facts
from .samples import Sample

TARGETS = ["target", "label", "labels", "class", "y", "outcome", "category"]
SERIES = ["series", "series_id", "sequence", "sequence_id", "recording", "recording_id", "session", "id"]


class ColumnFacts(Facts):
    """What can be seen of the columns of a table; TableFacts looks at it."""

    table: Sample
    likely: list[str]  # columns, of very many the first, the last, and those with the name of a target
    texts: list[str]  # columns of free text

    def candidates(self) -> list[str]:
        """Return the columns that may be predicted, the likely ones first: by their names, then from the last."""
        named = sorted((c for c in self.likely if c.lower() in TARGETS), key=lambda c: TARGETS.index(c.lower()))
        return named + [c for c in reversed(self.likely) if c not in named]

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

    def that_tell_series_apart(self, fewest: int) -> list[str]:
        """Return the columns that have few values, each at least so often, as names and codes do."""
        columns = [(name, self.table[name]) for name in self.likely]
        repeated = [(name, column) for name, column in columns if 1 < column.distinct <= column.count / fewest]
        return [n for n, c in repeated if c.kind == "text" or c.kind == "numbers" and c.judged.is_whole]

    def can_be_forecast(self, target: str) -> bool:
        """Tell whether all targets are columns of numbers."""
        targets = names_in(target)
        return set(targets) <= set(self.columns) and all(self.table[c].kind == "numbers" for c in targets)


def is_name_of_id(name: str) -> bool:
    """Tell whether a column has the name of an identifier."""
    return name.lower() in SERIES or name.lower().endswith(("_id", " id"))


def names_in(target: str) -> list[str]:
    """Return the columns in an answer that may name several."""
    return [name.strip() for name in target.split(",") if name.strip()]
