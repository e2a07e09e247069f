"""Batches for several devices: all of one size, and each a part of the same whole."""

import itertools
import math
from collections.abc import Iterator

import keras
import numpy as np


def batches(
    shards, count: int, batch_size: int, places: range, seed: int, first_epoch: int
) -> Iterator[tuple]:
    """Yield batches without end, each epoch in an order of its own, with weights.

    A batch has batch_size places; here are those of this process. shards[n] are its
    examples as filled and Shards leave them: step after step, one for each place. Every
    place has an order of its own, which follows from seed and epoch. So the batches are
    the same however many processes share them, and no process needs what others have.

    count is how many examples all processes have. Those that fill the last batch have
    the weight 0, and the others so much more that its loss is their mean.
    """
    real = (count - 1) % batch_size + 1  # in the last batch of an epoch
    weights_of_last = np.where(np.array(places) < real, batch_size / real, 0)
    for epoch in itertools.count(first_epoch):
        for number in np.random.default_rng([seed, epoch]).permutation(len(shards)):
            examples, is_last = shards[number], number == len(shards) - 1
            steps = len(examples[1]) // len(places)
            order = np.full((steps, len(places)), steps - 1)
            for column, place in enumerate(places):
                known = steps - (is_last and place >= real)
                rng = np.random.default_rng([seed, epoch, number, place])
                order[:known, column] = rng.permutation(known)
            rows = order * len(places) + np.arange(len(places))
            for step in range(steps):
                batch = take_rows(examples, rows[step])
                is_filled = is_last and step == steps - 1
                yield with_weights(batch, weights_of_last if is_filled else 1)


def filled(examples: tuple, batch_size: int, places: range) -> tuple:
    """Return what some places of each batch have.

    The first examples come again at the end, to whole batches.
    """
    count = len(examples[1])
    rows = np.resize(np.arange(count), (math.ceil(count / batch_size), batch_size))
    return take_rows(examples, rows[:, places.start : places.stop].ravel())


def part_to_validate(
    examples: tuple, count: int, devices: int, processes: int = 1, number: int = 0
) -> tuple:
    """Return what a process validates on, as much on each of its devices, with weights.

    count examples are divided among the processes; those given begin with its own. What
    is repeated to fill up has the weight 0, so that the mean of all is as it should be.
    """
    most = math.ceil(count / processes)
    size = math.ceil(most / devices) * devices
    own = min(most, max(0, count - number * most), len(examples[1]))
    rows = np.resize(np.arange(max(1, own)), size)
    weights = np.where(np.arange(size) < own, size * processes / count, 0)
    return with_weights(take_rows(examples, rows), weights)


def with_weights(batch: tuple, weights) -> tuple:
    """Return inputs, targets and weights; those that were there are multiplied."""
    x, y, *more = batch
    own = more[0] if more else np.ones(len(y))
    return x, y, (own * weights).astype("float32")


def take_rows(examples: tuple, rows: np.ndarray) -> tuple:
    """Return some of the examples: inputs by name, targets and, if any, weights."""
    return keras.tree.map_structure(lambda array: array[rows], examples)
