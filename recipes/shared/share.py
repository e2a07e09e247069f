"""The share of a process in a training that several processes do together."""

from typing import NamedTuple

import numpy as np

from ..errors import UserError


class Share(NamedTuple):
    """One of so many processes."""

    number: int = 0
    processes: int = 1

    @property
    def is_first(self) -> bool:
        """Tell whether this is the process that writes the run, and tells of it."""
        return self.number == 0

    def places(self, batch_size: int) -> range:
        """Return the places of this process in every batch."""
        if batch_size % self.processes:
            near = max(1, round(batch_size / self.processes)) * self.processes
            raise UserError(
                f"batch_size = {batch_size} does not divide by {self.processes}"
                f" processes: try {near}"
            )
        size = batch_size // self.processes
        return range(self.number * size, (self.number + 1) * size)

    def part(self, rows: np.ndarray) -> np.ndarray:
        """Return the rows of this process, of equal parts; one at least."""
        size = -(-len(rows) // self.processes)
        own = rows[self.number * size : (self.number + 1) * size]
        return own if len(own) else rows[:1]
