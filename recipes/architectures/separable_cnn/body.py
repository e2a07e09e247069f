"""The body for images: 2-D convolutions, with pooling between their groups."""

from keras import layers

from ..config import Config
from .convolution import convolution


def body(x, config: Config):
    """Stack convolutions in groups, then take the mean over all places."""
    for group, widths in enumerate(config.filters):
        if group > 0:
            x = layers.MaxPooling2D(2, padding="same")(x)
        for filters in widths:
            x = convolution(x, filters, config)
    x = layers.GlobalAveragePooling2D()(x)
    return layers.Dense(config.dense_units, activation="relu")(x)
