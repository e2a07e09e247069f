"""Every variant of the template: a set of answers that changes the rendered code."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest

ANY = ["multiclass", "binary", "multilabel", "regression"]
# Every network with the input that it reads and the tasks that it is there for.
FAMILIES: list[tuple[str, str, list[str]]] = [
    ("table", "dense-binary", ["binary"]),
    ("table", "dense-softmax", ["multiclass"]),
    ("table", "multilabel", ["multilabel"]),
    ("table", "regression", ["regression"]),
    ("table", "dense-residual", ANY),
    ("table", "tabular-ensemble", ANY),
    ("images", "separable-cnn", ANY),
    ("images", "pretrained", ANY),
    ("series", "stacked-lstm", [*ANY, "forecast"]),
    ("series", "separable-cnn-1d", [*ANY, "forecast"]),
    ("series", "dense-forecast", ["forecast"]),
    ("series", "inception-1d", ANY),
    ("text", "separable-cnn-1d", ANY),
    ("text", "stacked-lstm", ANY),
    ("text", "text-ngrams", ANY),
    ("sound", "separable-cnn-1d", ANY),
    ("sound", "stacked-lstm", ANY),
    ("sound", "inception-1d", ANY),
    ("video", "cnn-3d", ANY),
    ("video", "frames-rnn", ANY),
    ("volumes", "cnn-3d", ANY),
]
LOSSES = [{"loss": loss} for loss in ("mse", "mae", "huber")]
HEADS: dict[str, list[dict[str, str]]] = {
    "binary": [{}],
    "multiclass": [{"target_encoding": "integer"}, {"target_encoding": "one-hot"}],
    "multilabel": [{}],
    "regression": LOSSES,
    "forecast": LOSSES,
}
CELLS = ("LSTM", "GRU", "SimpleRNN")
PLAIN = {"convolution": "plain"}
# What else there is to choose, in place of the default.
OPTIONS = {
    "separable-cnn": [PLAIN],
    "separable-cnn-1d": [PLAIN],
    "stacked-lstm": [{"cell": "GRU"}, {"cell": "SimpleRNN"}],
    "frames-rnn": [PLAIN, {"cell": "GRU"}, {"cell": "Conv1D"}],
    "sound": [{"front_end": "frames"}],
    "images": [{"deep": "true"}],
}
# Each architecture once; sound, because it is prepared by the backend.
WITH_JAX = [
    ("table", "dense-binary"),
    ("images", "separable-cnn"),
    ("series", "stacked-lstm"),
    ("sound", "separable-cnn-1d"),
    ("video", "frames-rnn"),
    ("volumes", "cnn-3d"),
]


def all_variants() -> list[dict[str, str]]:
    """Return the answers of every variant.

    They are each head of each network, each option of a network with each of its tasks that reads in its own way, each
    network and task with JAX, several devices and machines, one that MLflow lists, and each input that can be larger
    than memory.
    """
    variants = []
    for input, family, tasks in FAMILIES:
        for task in tasks:
            answers = {"input": input, "family": family, "task": task}
            variants += [answers | head for head in HEADS[task]]
            if task in (tasks[0], "forecast"):
                variants += [answers | option for option in OPTIONS.get(family, []) + OPTIONS.get(input, [])]
            if input != "text":
                variants.append(answers | {"backend": "jax"})
    some_often_each = {input: (family, tasks[0]) for input, family, tasks in reversed(FAMILIES) if input != "series"}
    variants += [
        {"input": "table", "family": "tabular-ensemble", "task": "multiclass", "devices": "host"},
        {"input": "table", "family": "dense-binary", "task": "binary", "backend": "jax", "devices": "host"},
        {"input": "images", "family": "separable-cnn", "task": "multiclass", "backend": "jax", "devices": "hosts"},
        {"input": "table", "family": "regression", "task": "regression", "backend": "jax", "devices": "hosts"},
        {"input": "table", "family": "dense-binary", "task": "binary", "tracking": "mlflow"},
        {"input": "series", "family": "stacked-lstm", "task": "multiclass", "backend": "jax", "devices": "hosts"},
        {"input": "series", "family": "dense-forecast", "task": "forecast", "backend": "jax", "devices": "hosts"},
    ]
    return variants + [
        {"input": input, "family": family, "task": task, "large": "true"}
        for input, (family, task) in some_often_each.items()
    ]


def hooked_variants() -> list[Any]:
    """Return one variant of each network for the hook to train, and each architecture with JAX; three of them often."""
    variants = [{"input": input, "family": family, "task": tasks[0]} for input, family, tasks in FAMILIES]
    with_jax = [v | {"backend": "jax"} for v in variants if (v["input"], v["family"]) in WITH_JAX]
    often = [variants[0], with_jax[0], next(v for v in variants if v["input"] == "images")]
    return [some_of(v, often) for v in variants + with_jax]


def smoked_variants(often: Collection[tuple[str, str]]) -> list[Any]:
    """Return some networks for every change, and what differs from the default by one choice for the weekly tests."""
    networks: list[dict[str, str]] = []
    variants: list[dict[str, str]] = []
    for input, family, tasks in FAMILIES:
        answers = {"input": input, "family": family, "task": tasks[0]}
        networks += [answers] * ((input, family) in often)
        variants += [answers | option for option in OPTIONS.get(family, []) + OPTIONS.get(input, [])]
        if input == "table":
            variants += [answers | head for head in HEADS[tasks[0]][1:]]
    return [some_of(v, networks) for v in networks + variants]


def some_of(value: Any, often: Collection[Any]) -> Any:
    """Return a parameter of a test: for every change if it is among some, otherwise for the weekly tests."""
    return pytest.param(value, marks=[] if value in often else [pytest.mark.thorough])


def some_often(values: Iterable[str], often: Collection[str]) -> list[Any]:
    """Return the values as parameters of a test: some for every change, the others for the weekly tests."""
    return [some_of(value, often) for value in dict.fromkeys(values)]


def name(variant: dict[str, str]) -> str:
    """Return a short name for the test report."""
    return "-".join(name if value == "true" else str(value) for name, value in variant.items())
