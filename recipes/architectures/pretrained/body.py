"""The body of the network: what stands between backbone and head, or a small network."""

from keras import layers

from ..config import Config


def body(x, config: Config):
    """Return one vector per image: its features (n, features), some left out.

    Without a backbone x holds pixels; then convolutions learn from scratch.
    """
    if len(x.shape) > 2:
        x = from_scratch(x)
    return layers.Dropout(config.dropout)(x)


def from_scratch(x):
    """Shrink large images, stack convolutions, and take the mean over all places.

    The fewer pixels, the less a network that starts from nothing learns by heart.
    """
    x = layers.AveragePooling2D(max(1, max(x.shape[1:3]) // 64), padding="same")(x)
    for group, filters in enumerate([32, 64, 128]):
        if group > 0:
            x = layers.MaxPooling2D(2, padding="same")(x)
        for _ in range(2):
            x = layers.Conv2D(
                filters,
                3,
                padding="same",
                use_bias=False,
                kernel_initializer="he_normal",
            )(x)
            x = layers.BatchNormalization(momentum=0.9)(x)
            x = layers.ReLU()(x)
    return layers.GlobalAveragePooling2D()(x)
