"""The body of the network: several networks side by side, each with its own weights."""

from keras import initializers, layers

from ..config import Config


def body(x, config: Config):
    """Return what each member makes of x: (n, config.members, config.units[-1]).

    Members that learn from other first weights err in other places, so their mean is
    better than each; in one network they are as fast as a larger one (Gorishniy et al.,
    "TabM", 2024).
    """
    members = config.members
    # Keras takes the first axis of the weights for a kernel: without this factor they
    # would begin the smaller, the more members there are.
    first_weights = initializers.VarianceScaling(members, "fan_avg", "uniform")
    x = layers.RepeatVector(members)(x)
    for units in config.units:
        x = layers.EinsumDense(
            "nmi,mio->nmo",  # examples, members, inputs, outputs
            (members, units),
            bias_axes="mo",
            activation="relu",
            kernel_initializer=first_weights,
        )(x)
    return x
