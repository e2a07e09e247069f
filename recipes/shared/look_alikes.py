"""Images that look the same: saved anew, at another quality or size, or a moment later."""

import numpy as np
import pandas as pd
from sklearn.cluster import DBSCAN

from ..errors import say

SIDE = 16  # pixels of a thumbnail; images below twice that are too much alike
MOST = 10_000  # images, as each is compared with each
# Correlation of thumbnails: nearly all photos saved anew as JPEG of quality 60 have more,
# different ones, also of like stripes, have less (benchmarks/look_alikes.py of the
# template).
ALIKE = 0.98


def with_look_alikes(images: np.ndarray, twins: np.ndarray | None) -> np.ndarray | None:
    """Return the same number for images that are or look the same: int64 (n,).

    images: (n, height, width, channels). twins: such numbers of files with the same
    content, None if all differ; so is the result, if all look different too. Prints how
    many look the same.
    """
    count, *size, _ = images.shape
    if count > MOST or min(size) < 2 * SIDE:
        return twins
    search = DBSCAN(eps=1 - ALIKE, min_samples=1, metric="cosine")
    alike = search.fit_predict(changes_in(images))
    before = np.arange(count) if twins is None else twins
    first = pd.Series(range(count)).groupby(before).transform("first")
    alike = alike[first]  # images of one colour look like no other, but may be twins
    more = len(set(before)) - len(set(alike))
    if not more:
        return twins
    largest = np.bincount(alike).max()
    if largest > max(10, count / 10):
        say(
            f"Note: up to {largest} of {count} images look alike: if they show the same,"
            " the scores are too good; a table of the files with a group_column says"
            " which belong together"
        )
        return twins
    one = "looks like another" if more == 1 else "look like others"
    say(f"Note: {more} of {count} images {one}: what looks alike stays in one split")
    return alike


def changes_in(images: np.ndarray) -> np.ndarray:
    """Return how thumbnails change from pixel to pixel: float32 (n, values).

    What all images share, as a border, does not count.
    """
    height, width = (size // SIDE for size in images.shape[1:3])
    images = images[:, : SIDE * height, : SIDE * width]
    blocks = images.reshape(len(images), SIDE, height, SIDE, width, -1)
    small = np.nan_to_num(blocks.mean(axis=(2, 4, 5), dtype="float32"))
    small -= small.mean(axis=0)
    changes = [np.diff(small, axis=axis).reshape(len(small), -1) for axis in (1, 2)]
    return np.concatenate(changes, axis=1)
