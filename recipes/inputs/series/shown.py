"""Series of a report: drawn as small lines."""

import numpy as np

from ..config import Config
from ..data.schema import Schema, Split

IS_LONG = False  # whether an example needs much room
FEATURES, STEPS = 4, 200  # that are drawn at most
COLORS = ["#2b83c6", "#e07b39", "#3d9a5f", "#a66bbf"]


def show(split: Split, row: int, schema: Schema, config: Config) -> str:
    """Return the features of a row over its steps, each in a range of its own."""
    series = split.x["series"][row]
    series = series[~np.isnan(series).all(axis=1)]
    series = series[
        np.linspace(0, len(series) - 1, min(STEPS, len(series))).astype(int)
    ]
    lines = [line(v, c) for v, c in zip(series.T, COLORS, strict=False)]
    label = f"the first {len(lines)} features over {len(series)} steps"
    return f'<svg viewBox="0 0 100 50" role="img" aria-label="{label}">{"".join(lines)}</svg>'


def line(values: np.ndarray, color: str) -> str:
    """Return values as a line from the left to the right."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return ""
    x = 100 * known / max(1, len(values) - 1)
    low, high = values[known].min(), values[known].max()
    y = 47 - 44 * (values[known] - low) / max(high - low, 1e-30)
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="1"/>'
    )
