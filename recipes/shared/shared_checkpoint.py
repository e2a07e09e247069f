"""The state of a training that several processes do together."""

import contextlib
from pathlib import Path

import keras
import numpy as np

from ..data.share import Share
from .checkpoint import COUNTS, Checkpoint
from .length import FixedLength
from .together import from_first


class SharedCheckpoint(Checkpoint):
    """A checkpoint that process 0 writes and reads; it tells the others what it read.

    All decide alike, because they see the same losses. It does not matter how many
    processes there were before, and no others than process 0 need the folder.
    """

    def __init__(self, run: Path, config: FixedLength, share: Share):
        super().__init__(run, config)
        self.share = share

    def write(self, epochs: int) -> None:
        """Write the state after so many epochs, in process 0."""
        if self.share.is_first:
            super().write(epochs)

    def read(self, network: keras.Model) -> tuple[dict, list, list]:
        """Return numbers, variables and best weights as process 0 has read them."""
        if self.share.is_first:
            numbers, values, best = super().read(network)
        else:
            numbers = dict.fromkeys((*COUNTS, "best"), 0)
            variables = network.variables + network.optimizer.variables
            values, best = (
                [np.zeros(v.shape, v.dtype) for v in weights]
                for weights in (variables, network.weights)
            )
        numbers = {name: np.float32(number) for name, number in numbers.items()}
        return from_first((numbers, values, best))

    def stop_at_ctrl_c(self):
        """Let Ctrl-C end one process by itself only."""
        together = self.share.processes > 1
        return contextlib.nullcontext() if together else super().stop_at_ctrl_c()
