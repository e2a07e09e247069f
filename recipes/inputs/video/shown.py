"""Videos of a report: some of their frames."""

import numpy as np

from ..config import Config
from ..data.schema import Schema, Split
from .pictures import picture

IS_LONG = True  # whether an example needs much room
FRAMES = 4


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return frames of a row, from the first to the last."""
    video = split.x["video"][row]
    places = np.linspace(0, len(video) - 1, min(FRAMES, len(video))).astype(int)
    frames = [picture(video[place], f"frame {place + 1}") for place in places]
    return f'<div class="frames">{"".join(frames)}</div>'
