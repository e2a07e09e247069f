"""From raw series to scaled ones, inside the saved model; then to steps and a mask."""

import keras
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from .scaling import mean_and_std
from .steps import as_steps


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that brings every feature to mean 0 and standard deviation 1.

    It takes and returns a dict of tensors; the statistics are those of x.
    """
    features = x["series"].shape[-1]
    mean, std = mean_and_std(x["series"].reshape(-1, features))
    inputs = {"series": keras.Input((None, features), name="series")}
    scale = layers.Rescaling(1 / std, -mean / std, name="scale")
    return keras.Model(inputs, {"series": scale(inputs["series"])}, name="prepare")


def encode(prepared: dict, config: Config):
    """Return the steps (n, steps, features) and which are there (n, steps)."""
    return as_steps(prepared["series"])
