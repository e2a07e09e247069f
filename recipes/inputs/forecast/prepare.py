"""From raw history to scaled one, inside the saved model; then to steps and a mask."""

import keras
import numpy as np
from keras import layers

from ..config import Config
from ..data.schema import Split
from .scaling import mean_and_std
from .steps import as_steps


def build_preparation(train: Split, config: Config) -> keras.Model:
    """Build the model that scales the windows.

    It takes and returns a dict of tensors. Of a target the network sees how far each
    step was from the last known one, in usual changes of its window: so series of any
    size share one network, and it can go on where a target leaves the range that it
    had in training. Other features get mean 0 and standard deviation 1 over all.
    """
    x, targets = train.x, np.size(train.smallest_scale)
    window, features = x["history"].shape[1:]
    mean, std = mean_and_std(x["history"].reshape(-1, features))
    history = keras.Input((window, features), name="history")
    last = last_known(history)[:, np.newaxis, :targets]
    scale = scale_of(history, train.smallest_scale)[:, np.newaxis]
    from_last = (history[:, :, :targets] - last) / scale
    others = layers.Rescaling(1 / std, -mean / std, name="scale")(history)
    others = others[:, :, targets:]
    inputs = {"history": history}
    prepared = {"history": keras.ops.concatenate([from_last, others], axis=-1)}
    if "ahead" in x:
        horizon, known = x["ahead"].shape[1:]
        mean, std = mean_and_std(x["ahead"].reshape(-1, known))
        inputs["ahead"] = ahead = keras.Input((horizon, known), name="ahead")
        ahead = layers.Rescaling(1 / std, -mean / std, name="scale_ahead")(ahead)
        prepared["ahead"] = keras.ops.where(keras.ops.isnan(ahead), 0.0, ahead)
    return keras.Model(inputs, prepared, name="prepare")


def last_known(history):
    """Return the last value that is not missing of every feature: (n, features)."""
    known = keras.ops.cast(keras.ops.logical_not(keras.ops.isnan(history)), "int32")
    from_the_end = keras.ops.argmax(
        keras.ops.flip(known, axis=1), axis=1, keepdims=True
    )
    last = keras.ops.shape(history)[1] - 1 - keras.ops.cast(from_the_end, "int32")
    return keras.ops.take_along_axis(history, last, axis=1)[:, 0]


def scale_of(history, smallest):
    """Return how far every target usually goes in a step of its window: (n, targets).

    It is the mean absolute change between steps that are known; at least the smallest,
    (targets,), because windows may hold one value only.
    """
    values = history[:, :, : np.size(smallest)]
    changes = keras.ops.abs(values[:, 1:] - values[:, :-1])
    missing = keras.ops.isnan(changes)
    known = keras.ops.cast(keras.ops.logical_not(missing), "float32")
    count = keras.ops.maximum(keras.ops.sum(known, axis=1), 1.0)
    changes = keras.ops.where(missing, 0.0, changes)
    mean = keras.ops.sum(changes, axis=1) / count
    return keras.ops.maximum(mean, np.asarray(smallest, "float32"))


def encode(prepared: dict, config: Config):
    """Return the steps (n, window, features) and which are there (n, window)."""
    return as_steps(prepared["history"])
