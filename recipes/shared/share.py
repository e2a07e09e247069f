"""The share of a process in a training that several processes do together."""

from typing import NamedTuple

import numpy as np

from ..errors import UserError


class Share(NamedTuple):
    """One of so many processes."""

    number: int = 0
    processes: int = 1
    validated: int = 0
    """How many examples all processes together validate on; 0 if it is all there is."""

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

    def to_score(self, rows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the rows of validation and test, by name, that this process reads.

        The first one measures: it reads all. Each other validates on its part, of equal
        ones. Where a split has none for it, it reads a row, for the shapes.
        """
        if self.is_first:
            return rows
        size = -(-len(rows["validation"]) // self.processes)
        own = rows["validation"][self.number * size : (self.number + 1) * size]
        some = {name: of[:1] for name, of in rows.items()}
        return some | ({"validation": own} if len(own) else {})
