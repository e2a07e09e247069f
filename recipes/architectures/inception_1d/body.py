"""The body of the network: narrow and wide convolutions side by side."""

import keras
import numpy as np
from keras import layers

from ..config import Config
from .initial_weights import separable_weights


def body(inputs, config: Config):
    """Stack blocks of convolutions, and take the mean over all steps: (n, channels).

    inputs are the steps (n, steps, features) and which of them are there (n, steps).
    How long a pattern is is not known, so each block sees several widths (Ismail Fawaz
    et al., "InceptionTime", 2020); after the first one with few weights (Ismail-Fawaz
    et al., "LITE", 2023). There are as many channels as filters, for each of the widths.
    """
    x, mask = inputs
    # Of a single feature a separable convolution would be one filter.
    x = present(side_by_side(plain, x, mask, config), mask)
    for _ in range(config.blocks):
        x = layers.MaxPooling1D(2, padding="same")(x)
        mask = halve(mask)
        more = side_by_side(separable, x, mask, config)
        x = present(layers.Add()([x, more]), mask)
    return layers.GlobalAveragePooling1D()(x, mask=mask)


def side_by_side(convolution, x, mask, config: Config):
    """Let convolutions of all widths see x; normalise what they find."""
    found = [convolution(config.filters, width)(x) for width in config.widths]
    x = layers.Concatenate()(found) if len(found) > 1 else found[0]
    # Default momentum 0.99 takes hundreds of steps to catch up with the weights.
    return layers.BatchNormalization(momentum=0.9)(x, mask=mask)


def plain(filters: int, width: int):
    """Return a convolution without a bias, which normalisation has."""
    return layers.Conv1D(
        filters, width, padding="same", use_bias=False, kernel_initializer="he_normal"
    )


def separable(filters: int, width: int):
    """Return the same with fewer weights: first over the steps, then over channels."""
    return layers.SeparableConv1D(
        filters, width, padding="same", use_bias=False, **separable_weights(True)
    )


def present(x, mask):
    """Apply relu, and put 0 where no step is: how much is padded depends on the batch."""
    return layers.ReLU()(x) * keras.ops.cast(mask, "float32")[:, :, np.newaxis]


def halve(mask):
    """Return the mask of pooled steps: one counts where any of its two did."""
    as_numbers = keras.ops.cast(mask, "float32")[:, :, np.newaxis]
    return keras.ops.max_pool(as_numbers, 2, 2, padding="same")[:, :, 0] > 0
