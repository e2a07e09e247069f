"""Volumes of a report: their middle slices in three directions."""

import numpy as np

from ..config import Config
from ..data.schema import Schema, Split
from .pictures import picture

IS_LONG = True  # whether an example needs much room


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return the slices of a row in the middle of depth, height and width."""
    volume = split.x["volume"][row]
    slices = [
        picture(
            np.take(volume, size // 2, axis=axis),
            f"the middle slice of axis {axis + 1}",
        )
        for axis, size in enumerate(volume.shape[:3])
    ]
    return f'<div class="frames">{"".join(slices)}</div>'
