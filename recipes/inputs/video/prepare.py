"""From raw frames to what the network takes, inside the saved model."""

import keras
from keras import layers

from ..config import Config
from ..data.examples import Inputs


def build_preparation(x: Inputs, config: Config) -> keras.Model:
    """Build the model that brings the pixels from 0..255 to -1..1."""
    inputs = keras.Input(x["video"].shape[1:], dtype="uint8", name="video")
    scaled = layers.Rescaling(1 / 127.5, offset=-1, name="scale")(inputs)
    return keras.Model({"video": inputs}, {"video": scaled}, name="prepare")


def encode(prepared: dict, config: Config):
    """Return the frames, all there is: (n, frames, height, width, channels)."""
    return prepared["video"]
