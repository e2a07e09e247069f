"""The body of the network: residual blocks of Dense layers."""

from keras import layers

from ..config import Config


def body(x, config: Config):
    """Add to x, block by block, what two Dense layers make of it: (n, config.width).

    This is the ResNet for tables of Gorishniy et al., "Revisiting Deep Learning Models
    for Tabular Data" (2021), with layer instead of batch normalisation, which does not
    depend on the other examples of a batch.
    """
    x = layers.Dense(config.width)(x)
    for _ in range(config.blocks):
        x = layers.Add()([x, block(x, config)])
    return layers.ReLU()(layers.LayerNormalization()(x))


def block(x, config: Config):
    """Normalise, widen with relu, and come back to the width of x."""
    x = layers.LayerNormalization()(x)
    x = layers.Dense(2 * config.width, activation="relu")(x)
    x = layers.Dropout(config.dropout)(x)
    return layers.Dense(config.width)(x)
