"""Data larger than memory: examples in random order, read one shard at a time."""

import math

import numpy as np

from .examples import Inputs
from .read import Source


class Shards:
    """The examples of a split; each shard is a range of them, and read when it is needed.

    So nothing is stored beside the data, and a shard is a random sample of the split.
    """

    def __init__(self, source: Source, y: np.ndarray, most: int):
        """Cut a source in random order, with its targets, in shards of at most so many."""
        self.source, self.y = source, y
        # As even as can be: a small rest would be a poor sample.
        self.size = math.ceil(len(y) / math.ceil(len(y) / most))

    def __len__(self) -> int:
        """Return the number of shards."""
        return math.ceil(len(self.y) / self.size)

    @property
    def sizes(self) -> list[int]:
        """The number of examples in every shard."""
        starts = range(0, len(self.y), self.size)
        return [min(self.size, len(self.y) - start) for start in starts]

    def read(self, number: int, count: int = 1) -> tuple[Inputs, np.ndarray]:
        """Return raw inputs and encoded targets of so many shards, from a number on."""
        first = number * self.size
        last = min(first + count * self.size, len(self.y))
        examples = self.source.read(first, last)
        return examples.x, self.y[first:last][examples.rows]
