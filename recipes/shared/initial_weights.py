"""Initial weights of separable convolutions."""

import keras


def separable_weights(scaled: bool) -> dict:
    """Return the initial weights of a separable convolution, as arguments of its layer.

    Keras counts all channels as inputs of a depthwise kernel, which sees only one: its
    default weights are sqrt(channels) too small, and the signal dies out. Scaled ones
    keep its size.
    """
    if not scaled:
        return {}
    return {
        "depthwise_initializer": keras.initializers.VarianceScaling(mode="fan_out"),
        "pointwise_initializer": "he_normal",
    }
