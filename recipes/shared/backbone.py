"""The backbone: a network trained on ImageNet, which turns images into features."""

import socket
from pathlib import Path

import keras
from keras import layers

from ..config import Config
from ..errors import UserError, say

SECONDS = 20  # without an answer, and no download is waited for
SMALLEST = 96  # side in pixels; smaller images are enlarged: it makes 32 of them one


def with_features(prepare: keras.Model, config: Config) -> keras.Model:
    """Add the backbone to a model that scales pixels to -1..1.

    Its output is features (n, number of features) in place of image; it stays as it is
    where there are no weights.
    """
    network = load_backbone(config)
    if network is None:
        return prepare
    image = keras.Input(prepare.output["image"].shape[1:], name="image")
    x = layers.Concatenate()([image] * 3) if image.shape[-1] == 1 else image
    # A backbone of one size only takes that; the others any size that is large enough.
    own = image.shape[1:3]
    scale = max(1, SMALLEST / min(own))
    pairs = zip(network.input_shape[1:3], own, strict=True)
    size = tuple(fixed or round(scale * side) for fixed, side in pairs)
    if size != own:
        x = layers.Resizing(*size)(x)
    # As its own preparation wants them: 0..255. Its statistics stay those of ImageNet.
    x = network(layers.Rescaling(127.5, offset=127.5)(x), training=False)
    if len(x.shape) == 4:
        x = layers.GlobalAveragePooling2D()(x)
    backbone = keras.Model(image, x, name="backbone")
    backbone.trainable = False
    features = backbone(prepare.output["image"])
    return keras.Model(prepare.input, {"features": features}, name="prepare")


def load_backbone(config: Config) -> keras.Model | None:
    """Return the backbone with its weights, or None where it has to do without."""
    if not config.weights:
        say("Training from scratch, because weights is empty")
        return None
    if config.weights == "imagenet":
        return download()
    file = Path(config.weights)
    if not file.is_file():
        raise UserError(f"weights = {config.weights}: there is no such file")
    try:
        if file.suffix == ".keras":
            network = keras.saving.load_model(file)
        else:
            network = keras.applications.EfficientNetV2B0(False, weights=str(file))
        if len(network.input_shape) != 4 or len(network.output_shape) not in (2, 4):
            raise ValueError("it is no network from images to features")
    except Exception as error:  # Keras raises nearly any
        reason = str(error).strip().split("\n")[0]
        raise UserError(f"weights = {config.weights} cannot be read: {reason}")
    return network


def download() -> keras.Model | None:
    """Return the backbone with weights from Keras's server, once downloaded, from disk."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(SECONDS)
    try:
        return keras.applications.EfficientNetV2B0(include_top=False)
    except Exception as error:  # as Keras raises it; its first line names the address
        reason = str(error).strip().split("\n")[0]
        say(
            f"No weights could be downloaded ({reason}): get that file elsewhere, and set"
            ' weights = "PATH" in config.toml. This training starts from scratch,'
            " which needs many more images for the same result."
        )
        return None
    finally:
        socket.setdefaulttimeout(before)
