"""The body of the network: the whole window at once, in residual blocks of Dense layers."""

import keras
from keras import layers

from ..config import Config


def body(inputs, config: Config):
    """Return a linear shortcut and what the blocks make of the window: (n, 2 * width).

    inputs are the steps (n, steps, features) and which of them are there (n, steps).
    This follows TiDE (Das et al., "Long-term Forecasting with TiDE", 2023), with less in
    it. The shortcut is for trends and seasons, which are linear rules of the window.
    """
    steps, mask = inputs
    known = keras.ops.cast(mask, "float32")
    window = layers.Concatenate()([layers.Flatten()(steps), known])
    x = layers.Dense(config.width)(window)
    for _ in range(config.blocks):
        x = layers.LayerNormalization()(layers.Add()([x, block(x, config)]))
    # From 0: a random rule for steps that hardly differ would never be unlearned.
    linear = layers.Dense(config.width, kernel_initializer="zeros", name="linear")
    return layers.Concatenate()([linear(window), x])


def block(x, config: Config):
    """Two Dense layers, the first with relu, and dropout."""
    x = layers.Dense(config.width, activation="relu")(x)
    x = layers.Dense(config.width)(x)
    return layers.Dropout(config.dropout)(x)
