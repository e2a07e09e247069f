"""How often random convolutions answer to a course in time.

In the manner of MiniRocket (Dempster et al., 2021): kernels of nine weights, of which
six are -1 and three are 2, with their places spread, so that they see shapes of any
length. What is seen of an answer is the share of the steps where it is above a limit.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

WEIGHTS = 9
PLACES = list(combinations(range(WEIGHTS), 3))  # of the three weights that are 2
VIEWS = 12  # mixtures of the features, each with a distance between the weights
LIMITS = 6  # of each answer
MOST_CELLS = 300_000_000  # steps of all courses, times kernels: a few seconds
MOST_FEATURES = 50_000_000  # of all courses together: 200 MB
CHUNK = 200_000  # steps that are looked at together: they fit into a fast memory
SAMPLE = 50  # courses from which the limits come


class RandomKernels:
    """Kernels for the length and the number of features of some courses."""

    def __init__(self, course: np.ndarray, seed: int = 0):
        """Draw kernels for courses (n, steps, features), NaN where there is nothing."""
        count, steps, features = course.shape
        rng = np.random.default_rng(seed)
        most = min(
            MOST_CELLS // (count * steps), MOST_FEATURES // (count * LIMITS), 84 * VIEWS
        )
        kernels = max(1, most // VIEWS)
        longest = np.log2(max(1, (steps - 1) / (WEIGHTS - 1)))
        self.views = []
        for part in np.linspace(0, longest, VIEWS):
            # A few of the features, each added or subtracted.
            chosen = rng.permutation(features)[: int(2 ** rng.uniform(0, 3.2))]
            mixture = np.zeros(features, "float32")
            mixture[chosen] = rng.choice([-1, 1], len(chosen))
            places = rng.permutation(len(PLACES))[:kernels]
            self.views.append((int(2**part), mixture, places))
        sample = course[rng.permutation(count)[:SAMPLE]]
        known = is_course(sample)
        self.limits = [
            np.quantile(answer[known], (np.arange(LIMITS) + rng.uniform()) / LIMITS)
            for answer in self.answers(sample)
        ]

    def answers(self, course: np.ndarray) -> Iterator[np.ndarray]:
        """Yield what each kernel answers at every step: (n, steps)."""
        steps, known = course.shape[1], np.nan_to_num(course)
        for distance, mixture, places in self.views:
            around = (WEIGHTS // 2) * distance
            signal = np.pad(known @ mixture, ((0, 0), (around, around)))
            seen = [
                signal[:, place * distance : place * distance + steps]
                for place in range(WEIGHTS)
            ]
            total = sum(seen)
            for number in places:
                first, second, third = (seen[place] for place in PLACES[number])
                yield 3 * (first + second + third) - total

    def see(self, course: np.ndarray) -> np.ndarray:
        """Return the share of steps above each limit: (n, kernels * LIMITS)."""
        count, steps, _ = course.shape
        found = np.empty((count, len(self.limits) * LIMITS), "float32")
        size = max(1, CHUNK // steps)
        for start in range(0, count, size):
            part = slice(start, start + size)
            known = is_course(course[part])
            length = known.sum(axis=1)
            shares = [
                ((answer > limit) & known).sum(axis=1) / length
                for answer, limits in zip(
                    self.answers(course[part]), self.limits, strict=True
                )
                for limit in limits
            ]
            found[part] = np.stack(shares, axis=1)
        return found


def is_course(course: np.ndarray) -> np.ndarray:
    """Return which steps a course has, up to its last value: (n, steps); one at least."""
    known = ~np.isnan(course).all(axis=2)
    known[:, 0] = True
    return known[:, ::-1].cumsum(axis=1)[:, ::-1] > 0
