"""When to stop, which weights to keep, and what a killed training needs to go on."""

import contextlib
import math
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from ..errors import UserError
from .length import FixedLength

STATE = "unfinished.npz"
FALLS, FACTOR = 4, 0.3  # how often the learning rate falls, and what is left of it
COUNTS = ("epochs", "best_epoch", "wait", "falls")  # in the state
SECONDS = 1  # at least, from one writing of the state to the next


def write(file: Path, text: str) -> None:
    """Write a file of a run: all of it, or, where the disk is full, nothing."""
    aside = file.with_name(f"{file.name}.part")
    try:
        with open(aside, "w", encoding="utf-8", newline="") as unfinished:
            unfinished.write(text)
            unfinished.flush()
            os.fsync(unfinished.fileno())
        os.replace(aside, file)
    finally:
        aside.unlink(missing_ok=True)


class Checkpoint(keras.callbacks.EarlyStopping):
    """Goes back to the best weights, and writes the state of the training to a file.

    Without a lower validation loss for so many epochs (patience) the training goes on
    from the best weights with a lower learning rate; after FALLS of them it ends. It never
    ends at a high rate, where what is best is best by chance.

    Keras's BackupAndRestore writes weights and epoch into two files, and nothing of early
    stopping. Here all is in one file, which replaces the one before when it is whole: a
    training that is killed and continued gives the results of one that was not.
    """

    wait: int  # Keras counts: epochs since the best one

    def __init__(self, run: Path, config: FixedLength):
        patience = config.patience
        super().__init__("val_loss", patience=patience, restore_best_weights=True)
        self.config = config
        self.state, self.history = run / STATE, run / "history.csv"
        self.restored: dict[str, Any] = {}
        self.falls = 0  # of the learning rate
        self.interrupted = False  # by Ctrl-C
        self.diverged = False  # the loss is NaN or infinite
        self.next_write = time.monotonic() + SECONDS

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Take up where the state was written; stop if Ctrl-C came before this."""
        super().on_train_begin(logs)
        self.__dict__.update(self.restored)
        self.model.stop_training = self.interrupted

    def learning_rate(self, epoch: int, _: float) -> float:
        """Return the rate for an epoch: down to 0 in the last one, along a cosine."""
        cosine = math.cos(math.pi * (epoch + 0.5) / self.config.epochs)
        return self.config.learning_rate * FACTOR**self.falls * (1 + cosine) / 2

    def on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        """Compare with the best epoch; write the state once in a while."""
        # Once an epoch: to check every loss, the next step would have to wait for it.
        if not math.isfinite(logs["loss"]):
            self.diverged = self.model.stop_training = True
            self.state.unlink(missing_ok=True)  # not worth going on with
            return
        super().on_epoch_end(epoch, logs)
        if self.wait >= self.patience and self.falls < FALLS:
            self.falls, self.wait = self.falls + 1, 0
            self.model.set_weights(self.best_weights)
            self.model.stop_training = self.interrupted
        start = time.monotonic()
        if start > self.next_write and not self.model.stop_training:
            self.write(epoch + 1)
            end = time.monotonic()
            self.next_write = end + max(SECONDS, 50 * (end - start))

    def check_loss(self) -> None:
        """Raise UserError if the training has ended because its loss is no number."""
        if self.diverged:
            raise UserError(
                "training stopped, its loss is NaN or infinite: try a smaller"
                f" learning_rate (it was {self.config.learning_rate}), and look for"
                f" extreme values in {self.config.data_path}"
            )

    def write(self, epochs: int) -> None:
        """Write the state after so many epochs."""
        variables = self.model.variables + self.model.optimizer.variables
        values = map(keras.ops.convert_to_numpy, variables)
        arrays = {f"now_{n}": value for n, value in enumerate(values)}
        arrays |= {f"best_{n}": value for n, value in enumerate(self.best_weights)}
        names = ("best", *COUNTS[1:])
        stopping = {name: getattr(self, name) for name in names}
        unfinished = self.state.with_name("writing.npz")
        try:
            with open(unfinished, "wb") as file:
                np.savez(file, epochs=epochs, **stopping, **arrays)
                file.flush()
                os.fsync(file.fileno())  # or, without power, it may be empty
            os.replace(unfinished, self.state)
        finally:
            unfinished.unlink(missing_ok=True)

    def restore(self, network: keras.Model) -> int:
        """Take up the state that was written last; return how many epochs it has."""
        numbers, values, best = self.read(network)
        variables = network.variables + network.optimizer.variables
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        epochs, *counts = (int(numbers[name]) for name in COUNTS)
        self.restored = dict(zip(COUNTS[1:], counts, strict=True))
        self.restored |= {"best": float(numbers["best"]), "best_weights": best}
        return epochs

    def read(self, network: keras.Model) -> tuple[dict, list, list]:
        """Read the state: numbers by name, all variables, and the best weights."""
        try:
            with np.load(self.state) as arrays:
                numbers = {name: arrays[name] for name in (*COUNTS, "best")}
                variables = network.variables + network.optimizer.variables
                values = [arrays[f"now_{n}"] for n in range(len(variables))]
                best = [arrays[f"best_{n}"] for n in range(len(network.weights))]
            if any(
                v.shape != now.shape for v, now in zip(variables, values, strict=True)
            ):
                raise ValueError("it is of another network")
            epochs = int(numbers["epochs"])
            lines = self.history.read_text("utf-8").splitlines()[: 1 + epochs]
            if len(lines) <= epochs:
                raise ValueError(f"{self.history.name} has lost epochs")
        except Exception as error:  # damaged files raise nearly any
            raise UserError(
                f"the training in {self.state.parent} cannot be continued:"
                f" remove that folder and train again ({error})"
            )
        write(self.history, "\n".join(lines) + "\n")
        return numbers, values, best

    @contextlib.contextmanager
    def stop_at_ctrl_c(self):
        """Let Ctrl-C end the training after its present step; again, at once."""
        if threading.current_thread() is not threading.main_thread():
            yield  # only the main thread hears of it
            return

        def stop(*_):
            print("\nStopping: the weights of the best epoch are kept")
            self.interrupted = self.model.stop_training = True
            signal.signal(signal.SIGINT, before)

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
