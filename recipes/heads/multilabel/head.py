"""The head for labels: last layer, loss, and what is shown while it trains."""

from keras import layers

LOSS = "binary_crossentropy"
PROGRESS_METRICS = ["binary_accuracy"]


def head(x, outputs: int):
    """One unit per label, each with its own sigmoid: any number can be likely."""
    return layers.Dense(outputs, activation="sigmoid", name="head")(x)
