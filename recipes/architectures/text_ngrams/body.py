"""The body of the network: one hidden layer on the weighed terms of a text."""

from keras import layers, ops

from ..config import Config


def body(inputs, config: Config):
    """Return what a hidden layer makes of the terms of each text: (n, config.units).

    inputs are their places in the vocabulary and their weights, both (n, terms). Only
    these rows of the kernel are read, so that no text becomes a row of the whole
    vocabulary. Without some of the terms, others of it have to tell the same.
    """
    terms, weights = inputs
    weights = layers.Dropout(config.left_out)(weights)
    kernel = layers.Embedding(config.vocabulary, config.units)
    x = ops.matmul(weights[:, None], kernel(terms))[:, 0]
    return layers.Dropout(config.dropout)(layers.ReLU()(x))
