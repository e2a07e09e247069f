"""Texts of a report: as they are, and which of their words matter."""

import keras
import numpy as np

from ..config import Config
from ..data.schema import Schema, Split
from ..network.model import apply
from .page import paragraph, text

IS_LONG = True  # whether an example needs much room
MOST = 600  # characters that are shown
EXPLAINED, WORDS = 6, 80  # texts, and their first words


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return the beginning of the text of a row."""
    whole = str(split.x["text"][row, 0])
    shown = whole[:MOST] + (" ..." if len(whole) > MOST else "")
    return f"<blockquote>{text(shown)}</blockquote>"


def explain(
    model: keras.Model, split: Split, rows: np.ndarray, schema: Schema
) -> list[str]:
    """Return some texts with the words marked that matter for the prediction."""
    items = []
    for row in rows[:EXPLAINED]:
        words = str(split.x["text"][row, 0]).split()[:WORDS]
        if words:
            shares = importance(model, words)
            marked = " ".join(
                f'<mark style="--share: {share:.2f}">{text(word)}</mark>'
                for word, share in zip(words, shares, strict=True)
            )
            items.append(f"<li><blockquote>{marked}</blockquote></li>")
    return [
        paragraph(
            "What the network read: the stronger a word is marked, the more the prediction "
            "changes without it. This is occlusion, word by word: words that say the same "
            "twice hide each other."
        ),
        f'<ul class="examples long">{"".join(items)}</ul>',
    ]


def importance(model: keras.Model, words: list[str]) -> np.ndarray:
    """Return how much the likeliest output changes without each word: 0 to 1."""
    without = [" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))]
    texts = np.array([" ".join(words), *without], object)[:, np.newaxis]
    whole, *others = apply(model, {"text": texts}).astype("float64")
    changes = np.abs(np.array(others) - whole)[:, whole.argmax()]
    return changes / max(changes.max(), 1e-30)
