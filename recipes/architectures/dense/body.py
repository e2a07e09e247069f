"""The body of the network: Dense layers, one after the other."""

from keras import layers

from ..config import Config


def body(x, config: Config):
    """Stack Dense layers, one per entry of config.units."""
    for units in config.units:
        x = layers.Dense(units, activation="relu")(x)
    return x
