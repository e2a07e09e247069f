"""The rendered network is the one in the families table: layers, widths, activations, loss, target encoding."""

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import Answers, Render
from variants import CELLS, FAMILIES, HEADS, PLAIN, name

pytestmark = pytest.mark.train  # builds networks: the first import of Keras takes seconds

counter = itertools.count()
TARGETS = {
    "binary": pd.DataFrame({"t": ["no", "yes", "no"]}),
    "multiclass": pd.DataFrame({"t": ["a", "b", "c"]}),
    "multilabel": pd.DataFrame({"t": ["a|b", "", "c"]}),
    "regression": pd.DataFrame({"t": ["1.5", "2", "-3"], "u": ["100", "300", "200"]}),
    "forecast": pd.DataFrame({"t": ["1.5", "2", "-3"], "u": ["100", "300", "200"]}),
}
ENCODED: dict[str, list[Any]] = {
    "binary": [[0], [1], [0]],
    "integer": [0, 1, 2],
    "one-hot": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "multilabel": [[1, 1, 0], [0, 0, 0], [0, 0, 1]],
    "regression": [[1.5, 100], [2, 300], [-3, 200]],
    "forecast": [[1.5, 100], [2, 300], [-3, 200]],
}
HEAD = {  # activation, units, loss
    "binary": ("sigmoid", 1, "binary_crossentropy"),
    "integer": ("softmax", 3, "sparse_categorical_crossentropy"),
    "one-hot": ("softmax", 3, "categorical_crossentropy"),
    "multilabel": ("sigmoid", 3, "binary_crossentropy"),
    "mse": ("linear", 2, "mse"),
    "mae": ("linear", 2, "mae"),
    "huber": ("linear", 2, "huber"),
}
RANDOM = np.random.default_rng(0).uniform
INPUTS = {
    "table": {"numbers": RANDOM(0, 255, (3, 5)).astype("float32")},
    "images": {"image": RANDOM(0, 255, (3, 8, 8, 1)).astype("uint8")},
    "series": {"series": RANDOM(0, 255, (3, 4, 2)).astype("float32")},
    "text": {"text": np.array([["good, bad"], ["so so"], [""]], dtype=object)},
    "sound": {"sound": RANDOM(-1, 1, (3, 4000)).astype("float32")},
    "video": {"video": RANDOM(0, 255, (3, 4, 16, 16, 1)).astype("uint8")},
    "volumes": {"volume": RANDOM(0, 255, (3, 8, 8, 8, 1)).astype("float32")},
    "forecast": {"history": RANDOM(0, 255, (3, 4, 2)).astype("float32")},
}


def layers_of(network: Any) -> Iterator[Any]:
    """Yield the layers, those of a network within the network in its place."""
    for layer in network.layers:
        yield from list(layers_of(layer))[1:] if hasattr(layer, "layers") else [layer]


class Rendered:
    """A rendered package, imported; its network for three examples."""

    def __init__(self, project: Path, x: Any, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
        package = next((project / "src").iterdir()).name
        monkeypatch.syspath_prepend(str(project / "src"))
        monkeypatch.chdir(project)
        config, data, targets, model, self.head = (
            importlib.import_module(f"{package}.{module}")
            for module in ("config", "data.dataset", "data.targets", "network.model", "network.head")
        )
        if task == "forecast":
            self.y, outputs = np.array(ENCODED[task], "float32"), len(TARGETS[task].columns)
        else:
            self.y = targets.encode(TARGETS[task], targets.name_outputs(TARGETS[task]), project)
            outputs = len(targets.name_outputs(TARGETS[task]))
        self.models = model.build(config.make_config(config.read_settings()), data.Split(x, self.y), outputs)
        self.layers = list(layers_of(self.models.network))

    def of_type(self, kind: str) -> list[Any]:
        return [layer for layer in self.layers if type(layer).__name__ == kind]

    def kinds(self) -> list[str]:
        """The layers in their order, without the operations between them."""
        return [type(layer).__name__ for layer in self.layers if type(layer).__module__.startswith("keras.src.layers")]


@pytest.fixture
def build(render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Rendered]]:
    def build_network(input_kind: str, task: str, **answers: Any) -> Rendered:
        package = f"network_{next(counter)}"
        project = render(tmp_path / "p", task=task, input=input_kind, package_name=package, **answers)
        return Rendered(project, INPUTS["forecast" if task == "forecast" else input_kind], task, monkeypatch)

    yield build_network
    for module in [module for module in sys.modules if module.startswith("network_")]:
        del sys.modules[module]


SEPARABLE_2D = ["SeparableConv2D", "BatchNormalization", "ReLU"]
SEPARABLE_1D = ["SeparableConv1D", "BatchNormalization", "ReLU"]
CAUSAL = ["ZeroPadding1D", *SEPARABLE_1D]
CONV_2D = ["Conv2D", "BatchNormalization", "ReLU"]
CONV_3D = ["Conv3D", "BatchNormalization", "ReLU"]
RESIDUAL = ["LayerNormalization", "Dense", "Dropout", "Dense", "Add"]
BLOCK = ["Dense", "Dense", "Dropout", "Add", "LayerNormalization"]
WIDE = ["MaxPooling1D", *["SeparableConv1D"] * 3, "Concatenate", "BatchNormalization", "Add", "ReLU"]
BODIES = {  # the layers between the input and the head
    "dense": ["Dense"] * 2,
    "dense-residual": ["Dense", *RESIDUAL * 3, "LayerNormalization", "ReLU"],
    "tabular-ensemble": ["EinsumDense", "EinsumDense", "RepeatVector", *["EinsumDense"] * 3],
    "separable-cnn": [
        *("RandomTranslation", *SEPARABLE_2D * 2, "MaxPooling2D", *SEPARABLE_2D * 2, "MaxPooling2D"),
        *(*SEPARABLE_2D * 2, "GlobalAveragePooling2D", "Dense"),
    ],
    "pretrained": [  # without weights
        *("RandomTranslation", "AveragePooling2D", *CONV_2D * 2, "MaxPooling2D", *CONV_2D * 2, "MaxPooling2D"),
        *(*CONV_2D * 2, "GlobalAveragePooling2D", "Dropout"),
    ],
    "stacked-lstm": ["LSTM"] * 3,
    "text-ngrams": ["InputLayer", "Dropout", "Embedding", "ReLU", "Dropout"],
    "dense-forecast": ["Flatten", "Concatenate", "Dense", *BLOCK * 2, "Dense", "Concatenate"],
    "separable-cnn-1d": [*SEPARABLE_1D * 2, "MaxPooling1D", *SEPARABLE_1D * 2, "GlobalAveragePooling1D"],
    "inception-1d": [
        *(*["Conv1D"] * 3, "Concatenate", "BatchNormalization", "ReLU", *WIDE * 2, "GlobalAveragePooling1D"),
    ],
    "words": [*SEPARABLE_1D, "GlobalAveragePooling1D"],
    "causal": [*CAUSAL * 2, "MaxPooling1D", *CAUSAL * 2],
    "cnn-3d": [*CONV_3D, "MaxPooling3D", *CONV_3D, "MaxPooling3D", *CONV_3D, "GlobalAveragePooling3D"],
    "frames-rnn": [*(*SEPARABLE_2D, "MaxPooling2D") * 3, "Flatten", "Dense", "LSTM"],
}


def cases() -> Iterator[Any]:
    """Yield each network with each of its heads: each network and each head for every change, the rest weekly."""
    seen: set[str] = set()
    for input, family, tasks in FAMILIES:
        for task, head in ((of, head) for of in tasks for head in HEADS[of]):
            news = {f"{input} {family}", f"{task} {head}"} - seen
            yield pytest.param(input, family, task, head, marks=[] if news else [pytest.mark.thorough])
            seen |= news


def names_of(value: Any) -> str:
    return value if isinstance(value, str) else name(value)


@pytest.mark.parametrize(("input_kind", "family", "task", "option"), cases(), ids=names_of)
def test_the_layers_and_the_head(
    input_kind: str, family: str, task: str, option: Answers, build: Callable[..., Rendered]
) -> None:
    rendered = build(input_kind, task, family=family, **option)
    causal = task == "forecast" and family == "separable-cnn-1d"
    words = input_kind == "text" and family == "separable-cnn-1d"
    body = BODIES["causal" if causal else "words" if words else family if family in BODIES else "dense"]
    embedding = ["Embedding"] if input_kind == "text" and family != "text-ngrams" else []
    kinds = rendered.kinds()
    if family in ("dense-forecast", "text-ngrams"):  # two ways stand side by side
        kinds, body = sorted(kinds), sorted(body)
        assert kinds == sorted(["InputLayer", *body, "Dense"])
    else:
        assert kinds == ["InputLayer", *embedding, *body, "Dense"]

    key = next(iter(option.values()), task)
    activation, units, loss = HEAD[key]
    head = rendered.layers[-1]
    assert (type(head).__name__, head.units, head.activation.__name__) == ("Dense", units, activation)
    if task == "forecast":
        y, one_off = np.array([[1, np.nan]], "float32"), np.array([[3, 5]], "float32")  # what is missing does not count
        assert float(rendered.head.LOSS(y, one_off)[0]) == {"mse": 2, "mae": 1, "huber": 0.75}[loss]
    else:
        assert rendered.head.LOSS == loss
    np.testing.assert_array_equal(rendered.y, ENCODED[key if key in ENCODED else task])


def test_widths_of_dense(build: Callable[..., Rendered]) -> None:
    rendered = build("table", "binary", family="dense-binary")
    assert [(layer.units, layer.activation.__name__) for layer in rendered.layers[1:3]] == [(32, "relu")] * 2


def test_widths_of_the_separable_cnn(build: Callable[..., Rendered]) -> None:
    rendered = build("images", "multiclass", family="separable-cnn")
    convolutions = rendered.of_type("SeparableConv2D")
    assert [layer.filters for layer in convolutions] == [32, 64, 64, 128, 64, 128]
    assert {layer.kernel_size for layer in convolutions} == {(3, 3)}
    assert {layer.depthwise_initializer.mode for layer in convolutions} == {"fan_out"}
    assert {layer.momentum for layer in rendered.of_type("BatchNormalization")} == {0.9}
    dense = rendered.of_type("Dense")[0]
    assert (dense.units, dense.activation.__name__) == (32, "relu")


@pytest.mark.parametrize("task", ["multiclass", "forecast"])
def test_widths_of_the_one_dimensional_cnn(task: str, build: Callable[..., Rendered]) -> None:
    rendered = build("series", task, family="separable-cnn-1d")
    convolutions = rendered.of_type("SeparableConv1D")
    assert [layer.filters for layer in convolutions] == [32, 64, 64, 128]
    assert {layer.kernel_size for layer in convolutions} == {(5,)}
    assert {layer.depthwise_initializer.mode for layer in convolutions} == {"fan_out"}
    assert {layer.padding for layer in convolutions} == {"valid" if task == "forecast" else "same"}
    assert {layer.padding for layer in rendered.of_type("ZeroPadding1D")} == ({(4, 0)} if task == "forecast" else set())


def test_widths_of_three_dimensions(build: Callable[..., Rendered]) -> None:
    convolutions = build("volumes", "binary", family="cnn-3d").of_type("Conv3D")
    assert [(layer.filters, layer.kernel_size) for layer in convolutions] == [(n, (3, 3, 3)) for n in (16, 32, 64)]


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("input_kind", ["series", "text", "sound"])
def test_recurrent_layers(input_kind: str, cell: str, build: Callable[..., Rendered]) -> None:
    cells = build(input_kind, "binary", family="stacked-lstm", cell=cell).of_type(cell)
    assert [(layer.units, layer.return_sequences) for layer in cells] == [(32, True), (32, True), (32, False)]


def test_recurrent_layers_read_in_both_directions_where_asked(
    render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = render(tmp_path / "p", family="stacked-lstm", package_name=f"network_{next(counter)}")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("bidirectional = false", "bidirectional = true"))
    rendered = Rendered(project, INPUTS["series"], "multiclass", monkeypatch)
    assert len(rendered.of_type("Bidirectional")) == 3 and rendered.layers[-1].input.shape == (None, 64)


@pytest.mark.parametrize("cell", ["LSTM", "GRU", "Conv1D"])
def test_what_looks_over_the_frames(cell: str, build: Callable[..., Rendered]) -> None:
    rendered = build("video", "binary", family="frames-rnn", cell=cell)
    (over_frames,) = rendered.of_type(cell)
    assert over_frames.input.shape == (None, 4, 64)  # the features of every frame
    assert rendered.layers[-1].input.shape == (None, 64)


@pytest.mark.parametrize(
    ("input_kind", "family", "layer"),
    [
        ("images", "separable-cnn", "Conv2D"),
        ("text", "separable-cnn-1d", "Conv1D"),
        ("video", "frames-rnn", "Conv2D"),
    ],
)
def test_plain_convolutions_where_asked(
    input_kind: str, family: str, layer: str, build: Callable[..., Rendered]
) -> None:
    plain = build(input_kind, "binary", family=family, **PLAIN)
    assert plain.of_type(layer) and not plain.of_type(f"Separable{layer}")


@pytest.mark.parametrize(("layers", "cells"), [("[16]", 1), ("[16, 16, 8, 8]", 4)])
def test_number_of_recurrent_layers_is_a_setting(
    layers: str, cells: int, render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = render(tmp_path / "p", family="stacked-lstm", package_name=f"network_{next(counter)}")
    config = project / "config.toml"
    config.write_text(config.read_text().replace("[32, 32, 32]", layers))
    rendered = Rendered(project, INPUTS["series"], "multiclass", monkeypatch)
    assert len(rendered.of_type("LSTM")) == cells


@pytest.mark.parametrize("setting", ["scaled_initialization", "batch_normalization", "augmentation"])
def test_each_extra_of_the_cnn_is_off_by_one_setting(
    setting: str, render: Render, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = render(tmp_path / "p", family="separable-cnn", package_name=f"network_{next(counter)}")
    config = project / "config.toml"
    config.write_text(config.read_text().replace(f"{setting} = true", f"{setting} = false"))
    rendered = Rendered(project, INPUTS["images"], "multiclass", monkeypatch)
    if setting == "augmentation":
        assert rendered.kinds()[:2] == ["InputLayer", "SeparableConv2D"]
    elif setting == "batch_normalization":
        assert not rendered.of_type("BatchNormalization")
        assert all(layer.use_bias for layer in rendered.of_type("SeparableConv2D"))
    else:
        initializers = {type(layer.depthwise_initializer).__name__ for layer in rendered.of_type("SeparableConv2D")}
        assert initializers == {"GlorotUniform"}


def test_saved_model_holds_the_preparation_and_the_units_of_the_target(build: Callable[..., Rendered]) -> None:
    rendered = build("table", "regression", family="regression")
    kinds = [type(layer).__name__ for layer in rendered.models.complete.layers]
    assert "Functional" in kinds and kinds[1] == kinds[-1] == "Rescaling"
    units = rendered.models.complete.layers[-1]
    np.testing.assert_allclose(units.offset, np.mean(ENCODED["regression"], axis=0), rtol=1e-5)
    np.testing.assert_allclose(units.scale, np.std(ENCODED["regression"], axis=0), rtol=1e-5)
