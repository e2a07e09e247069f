"""The head for two classes: last layer, loss, and what is shown while it trains."""

from keras import layers

LOSS = "binary_crossentropy"
PROGRESS_METRICS = ["accuracy", "auc"]


def head(x, outputs: int):
    """One unit with a sigmoid: the probability of the second class."""
    return layers.Dense(1, activation="sigmoid", name="head")(x)
