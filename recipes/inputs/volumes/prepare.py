"""From raw voxels to what the network takes, inside the saved model."""

import keras
from keras import layers

from ..config import Config
from ..data.examples import Inputs
from .scaling import mean_and_std


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that brings the voxels to mean 0 and standard deviation 1.

    The statistics are those of some of the volumes in x.
    """
    mean, std = mean_and_std(x["volume"][:100].reshape(-1, 1))
    inputs = keras.Input(x["volume"].shape[1:], name="volume")
    scaled = layers.Rescaling(1 / std, -mean / std, name="scale")(inputs)
    return keras.Model({"volume": inputs}, {"volume": scaled}, name="prepare")


def encode(prepared: dict, config: Config):
    """Return the voxels, all there is: (n, depth, height, width, 1)."""
    return prepared["volume"]
