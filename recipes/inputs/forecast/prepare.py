"""From raw history to scaled one, inside the saved model; then to steps and a mask."""

import keras
import numpy as np
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from .scaling import mean_and_std
from .steps import as_steps


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that brings the features to mean 0 and standard deviation 1.

    It takes and returns a dict of tensors; the statistics are those of x. Of a target
    the network sees how far each step was from the last known one: so it can go on
    where the target leaves the range that it had in training.
    """
    targets = len(config.target)
    window, features = x["history"].shape[1:]
    mean, std = mean_and_std(x["history"].reshape(-1, features))
    last = keras.ops.convert_to_numpy(last_known(x["history"]))[:, np.newaxis]
    _, std_of_change = mean_and_std((x["history"] - last).reshape(-1, features))

    history = keras.Input((window, features), name="history")
    last = last_known(history)[:, np.newaxis, :targets]
    from_last = (history[:, :, :targets] - last) / std_of_change[:targets]
    scale = layers.Rescaling(1 / std, -mean / std, name="scale")
    others = scale(history)[:, :, targets:]
    prepared = {"history": keras.ops.concatenate([from_last, others], axis=-1)}
    return keras.Model({"history": history}, prepared, name="prepare")


def last_known(history):
    """Return the last value that is not missing of every feature: (n, features)."""
    known = keras.ops.cast(keras.ops.logical_not(keras.ops.isnan(history)), "int32")
    from_the_end = keras.ops.argmax(
        keras.ops.flip(known, axis=1), axis=1, keepdims=True
    )
    last = keras.ops.shape(history)[1] - 1 - keras.ops.cast(from_the_end, "int32")
    return keras.ops.take_along_axis(history, last, axis=1)[:, 0]


def encode(prepared: dict, config: Config):
    """Return the steps (n, window, features) and which are there (n, window)."""
    return as_steps(prepared["history"])
