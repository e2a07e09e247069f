"""Every variant of the template: a set of answers that changes the rendered code."""

from itertools import product

TABLE = {
    "binary": "dense-binary",
    "multiclass": "dense-softmax",
    "multilabel": "multilabel",
    "regression": "regression",
}
TASKS = {"separable-cnn": [*TABLE], "stacked-lstm": [*TABLE, "forecast"]}
HEADS = {
    "binary": [{}],
    "multiclass": [{"target_encoding": "integer"}, {"target_encoding": "one-hot"}],
    "multilabel": [{}],
    "regression": [{"loss": loss} for loss in ("mse", "mae", "huber")],
    "forecast": [{"loss": loss} for loss in ("mse", "mae", "huber")],
}
CELLS = [{"cell": cell} for cell in ("LSTM", "GRU", "SimpleRNN")]
BODIES = {"separable-cnn": [{}], "stacked-lstm": CELLS}


def all_variants():
    """Return the answers of every variant: each family, head, option of head or body, and backend."""
    variants = [{"family": family} | head for task, family in TABLE.items() for head in HEADS[task]]
    for family, bodies in BODIES.items():
        for task in TASKS[family]:
            heads = HEADS[task]
            variants += [{"family": family, "task": task} | head | body for head, body in product(heads, bodies)]
    return [variant | {"backend": backend} for variant in variants for backend in ("tensorflow", "jax")]


def trained_variants():
    """Return fewer variants, in which each family, head, option and backend occurs, each family with all its heads."""
    variants = [{"family": family} | head for task, family in TABLE.items() for head in HEADS[task]]
    variants += [{"family": "separable-cnn", "task": task} | HEADS[task][0] for task in TABLE]
    variants += [{"family": "separable-cnn", "target_encoding": "one-hot"}]
    series = [("multiclass", "LSTM"), ("binary", "GRU"), ("multilabel", "SimpleRNN"), ("regression", "LSTM")]
    series += [("forecast", "LSTM"), ("forecast", "GRU")]
    variants += [{"family": "stacked-lstm", "task": task, "cell": cell} for task, cell in series]
    variants += [{"family": family, "backend": "jax"} for family in ("dense-binary", "stacked-lstm", "regression")]
    variants += [{"family": "separable-cnn", "task": "binary", "backend": "jax"}]
    return variants


def name(variant):
    """Return a short name for the test report."""
    return "-".join(str(value) for value in variant.values())
