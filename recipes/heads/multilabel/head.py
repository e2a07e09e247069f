"""The head for labels: last layer, loss, and what is shown while it trains."""

from keras import layers, ops

LOSS = "binary_crossentropy"
PROGRESS_METRICS = ["binary_accuracy"]


def head(x, outputs: int):
    """One unit per label, each with its own sigmoid: any number can be likely."""
    return layers.Dense(outputs, activation="sigmoid", name="head")(x)


def with_temperature(probabilities, temperature: float):
    """Divide the logits of probabilities by a temperature: of the same shape."""
    p = ops.clip(probabilities, 1e-7, 1 - 1e-7)
    return ops.sigmoid((ops.log(p) - ops.log(1 - p)) / temperature)
