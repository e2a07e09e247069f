"""Numbers as a network learns them best: by themselves, and as waves of them."""

import math

from keras import initializers, layers, ops

WAVES, SPREAD = 16, 0.1  # of a number; of their frequencies
VECTOR = 7  # what is learned from the waves of a number


def embed_numbers(x):
    """Return every scaled number, and a vector learned from waves of it.

    x is (n, columns), the result (n, columns * (1 + VECTOR)). Dense layers alone learn
    smooth functions only; with waves they learn steps, too, as trees do (Gorishniy et al.,
    "On Embeddings for Numerical Features", 2022; Holzmüller et al., "Better by Default",
    2024, from which these sizes come). No number is farther than 3 from 0, smoothly.
    """
    columns = x.shape[1]
    x = x / ops.sqrt(1 + ops.square(x / 3))
    waves = layers.EinsumDense(
        "nc,cw->ncw",  # examples, columns, waves
        (columns, WAVES),
        bias_axes="cw",
        kernel_initializer=initializers.RandomNormal(stddev=2 * math.pi * SPREAD),
        bias_initializer=initializers.RandomUniform(-math.pi, math.pi),
    )(x)
    vectors = layers.EinsumDense(
        "ncw,cwv->ncv",
        (columns, VECTOR),
        bias_axes="cv",
        kernel_initializer=initializers.RandomNormal(stddev=WAVES**-0.5),
    )(ops.cos(waves))
    flat = ops.reshape(vectors, (-1, columns * VECTOR))
    return ops.concatenate([x, flat], axis=1)
