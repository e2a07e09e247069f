"""Images of a report: as they are, and where the network looked."""

import keras
import numpy as np

from ..config import Config
from ..data.schema import Schema, Split
from ..network.model import apply
from .page import paragraph
from .pictures import picture

IS_LONG = False  # whether an example needs much room
GRID = 8  # patches in a row that are covered one by one
EXPLAINED = 6  # examples


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return the image of a row."""
    return picture(split.x["image"][row], "the image as the network sees it")


def explain(
    model: keras.Model, split: Split, rows: np.ndarray, schema: Schema
) -> list[str]:
    """Return some images with what the network looked at bright, and the rest dark."""
    items = []
    for row in rows[:EXPLAINED]:
        image = split.x["image"][row]
        bright = 0.15 + 0.85 * importance(model, image)
        looked = picture(image * bright[..., np.newaxis], "bright where it matters")
        items.append(f"<li>{picture(image, 'the image')}{looked}</li>")
    return [
        paragraph(
            "What the network looked at: a patch is bright where covering it changes the "
            "prediction. This is occlusion: it shows where, not why, and misses what the "
            "network finds in several places at once."
        ),
        f'<ul class="examples">{"".join(items)}</ul>',
    ]


def importance(model: keras.Model, image: np.ndarray) -> np.ndarray:
    """Return how much each pixel matters for the likeliest output: 0 to 1."""
    height, width = image.shape[:2]
    rows = np.arange(height) * GRID // height
    columns = np.arange(width) * GRID // width
    patches = rows[:, np.newaxis] * GRID + columns
    numbers = np.unique(patches)
    images = np.stack([image] * (1 + len(numbers)))
    gray = image.mean(axis=(0, 1)).astype(image.dtype)
    for covered, number in zip(images[1:], numbers, strict=True):
        covered[patches == number] = gray
    whole, *others = apply(model, {"image": images}).astype("float64")
    changes = np.abs(np.array(others) - whole)[:, whole.argmax()]
    found = np.zeros(GRID * GRID)
    found[numbers] = changes / max(changes.max(), 1e-30)
    return found[patches]
