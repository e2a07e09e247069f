"""Fine-tuning: the top of the backbone learns, too, once the head has learned."""

import csv
from pathlib import Path

import keras

from ..data.schema import Data
from ..errors import say
from ..network.model import Models
from ..network.prepare import augment
from .checkpoint import STATE
from .fit import fit
from .length import FixedLength

TOP = 1 / 3  # of the layers: those below see edges and textures, as in all photos


def fine_tune(models: Models, data: Data, config: FixedLength, folder: Path) -> None:
    """Train the head and the top of the backbone at a small rate; undo what made it worse.

    Nothing happens without a backbone. It takes the images themselves, changed a little:
    their features do not stay the same here.
    """
    if models.prepare is models.pixels or not config.fine_tune_epochs:
        return
    backbone = models.prepare.get_layer("backbone")
    unfreeze_top(backbone)
    raw = models.pixels.input
    tensors = models.pixels(raw)
    if config.augmentation:
        tensors = augment(tensors)
    predictions = models.network({"features": backbone(tensors["image"])})
    network = keras.Model(raw, predictions, name="fine_tuning")
    as_they_are = keras.Model(raw, raw)

    before = network.get_weights()
    own_folder = folder / "fine_tuning"
    own_folder.mkdir(exist_ok=True)
    changes = {
        "epochs": config.fine_tune_epochs,
        "learning_rate": config.fine_tune_rate,
    }
    say("Now the top of the backbone learns, too (not where fine_tune_epochs = 0)")
    fit(
        models._replace(prepare=as_they_are, network=network),
        data,
        config.model_copy(update=changes),
        own_folder,
        resumed=(own_folder / STATE).is_file(),
    )
    (own_folder / STATE).unlink(missing_ok=True)
    loss, tuned_loss = best_loss(folder), best_loss(own_folder)
    if tuned_loss > loss:
        network.set_weights(before)
        say(f"It is undone: validation loss {tuned_loss:.4g}, before it {loss:.4g}")


def unfreeze_top(backbone: keras.Model) -> None:
    """Let the upper layers learn, but no statistics of few images (BatchNormalization)."""
    network = next(la for la in backbone.layers if isinstance(la, keras.Model))
    backbone.trainable = True
    first = round((1 - TOP) * len(network.layers))
    for number, layer in enumerate(network.layers):
        is_norm = isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = number >= first and not is_norm


def best_loss(folder: Path) -> float:
    """Return the lowest validation loss of a training."""
    with open(folder / "history.csv", encoding="utf-8", newline="") as file:
        return min(float(epoch["val_loss"]) for epoch in csv.DictReader(file))
