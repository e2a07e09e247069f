"""What was seen of a table in time, and the answers to questions of a forecast."""

import copy
from functools import cached_property
from typing import Self

from .column_facts import TARGETS, ColumnFacts, names_in
from .files import ROOT
from .panels import (
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
from .recipes import load_recipes  # extensions/recipes.py
from .words import shorten, shown

MOST_NAMES = 30  # of a category that is known ahead


class ForecastFacts(ColumnFacts):
    """What can be seen of the future in a table."""

    times: list[str]  # columns that may be the steps of series
    forecast: str  # a number whose future can be predicted

    def find_forecast(self) -> str:
        """Return the number whose future can be predicted; an empty string where rows have classes instead."""
        keys = names_in(self.step) + names_in(self.panel)
        candidates = [c for c in self.candidates() if c not in keys]
        if any(c.lower() in TARGETS and not self.is_quantity(c) for c in candidates):
            return ""
        return next(filter(self.is_quantity, candidates), "")

    @cached_property
    def short_panel(self) -> tuple[str, str] | None:
        """The columns of the time and of series that are short, where there are many."""
        keys = self.that_tell_series_apart(FEWEST_TO_FORECAST) if self.times and not self.panel else []
        return find_panel(self.table, self.times, keys, FEWEST_TO_FORECAST) if keys else None

    def for_task(self, task: str) -> Self:
        """Return the same; where a forecast is asked, short series are no records."""
        if task != "forecast" or not self.short_panel:
            return self
        facts = copy.copy(self)
        facts.step, facts.panel = self.short_panel
        return facts

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
        if (
            number >= load_recipes(ROOT)["inputs"]["forecast"]["fewest_series"]
        ):  # the end of each may be the test; windows may begin before a short one
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
