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
    ("images", "separable-cnn", ANY),
    ("images", "pretrained", ANY),
    ("series", "stacked-lstm", [*ANY, "forecast"]),
    ("series", "separable-cnn-1d", [*ANY, "forecast"]),
    ("text", "separable-cnn-1d", ANY),
    ("text", "stacked-lstm", ANY),
    ("sound", "separable-cnn-1d", ANY),
    ("sound", "stacked-lstm", ANY),
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
    network and task with JAX, and each input that can be larger than memory.
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
    return variants + [
        {"input": input, "family": family, "task": task, "large": "true"}
        for input, (family, task) in some_often_each.items()
    ]


def hooked_variants() -> list[Any]:
    """Return one variant of each network for the hook to train, and each architecture with JAX."""
    variants = [{"input": input, "family": family, "task": tasks[0]} for input, family, tasks in FAMILIES]
    with_jax = [v | {"backend": "jax"} for v in variants if (v["input"], v["family"]) in WITH_JAX]
    return variants + with_jax[:1] + [pytest.param(v, marks=pytest.mark.thorough) for v in with_jax[1:]]


def smoked_variants() -> list[dict[str, str]]:
    """Return the variants that differ from the default by one choice: of head, network or input."""
    variants = []
    for input, family, tasks in FAMILIES:
        answers = {"input": input, "family": family, "task": tasks[0]}
        variants += [answers | option for option in OPTIONS.get(family, []) + OPTIONS.get(input, [])]
        if input == "table":
            variants += [answers | head for head in HEADS[tasks[0]][1:]]
    return variants


def some_often(values: Iterable[str], often: Collection[str]) -> list[Any]:
    """Return the values as parameters of a test: some for every change, the others for the weekly tests."""
    return [pytest.param(v, marks=[] if v in often else [pytest.mark.thorough]) for v in dict.fromkeys(values)]


def name(variant: dict[str, str]) -> str:
    """Return a short name for the test report."""
    return "-".join(name if value == "true" else str(value) for name, value in variant.items())
