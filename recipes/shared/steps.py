"""The steps of a sequence, as recurrent layers and 1-D convolutions take them."""

import keras


def as_steps(x):
    """Return the values, 0 where one is missing (the mean), and which steps hold any.

    x and the values are (n, steps, features), the mask is (n, steps).
    """
    missing = keras.ops.isnan(x)
    mask = keras.ops.any(keras.ops.logical_not(missing), axis=-1)
    return keras.ops.where(missing, 0.0, x), from_the_first(mask)


def from_the_first(mask):
    """Let the first step count in any case, so that there is something to read."""
    return keras.ops.concatenate(
        [keras.ops.ones_like(mask[:, :1]), mask[:, 1:]], axis=1
    )
