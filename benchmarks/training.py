"""Measure the training speed of every network, beside a plain Keras script, a loop tuned by hand, and plain JAX.

    python benchmarks/training.py                      every case; writes docs/benchmarks.md
    python benchmarks/training.py dense-binary         only these cases; the others keep their results
    python benchmarks/training.py to-a-good-model      only the last part, of every case or of the cases that follow

In one process for each case and backend, one after the other, five times:

- project: `fit` of the rendered project, with all that it does after an epoch;
- plain: `network.fit(x, y, batch_size=..., validation_data=...)`, what a person writes first;
- tuned: the same training steps in the fastest loop that we know for the backend, with no metrics, no validation, no
  files;
- tuned, same work: the same loop with the metrics and the validation of the project and the plain script;
- scan (dense networks): the same in JAX alone, one `lax.scan` for an epoch.

All use the same network, examples, batch size and optimizer; the examples are those of the bundled sample, repeated. Of
each training counts the median time of an epoch, without the first two epochs, which compile; and of the five trainings
the medians of the seconds and of their ratios.

Then, on the bundled sample as it is: how long the project's training, with its own settings, takes to reach the last
validation loss of the plain script (Adam, batches of 32; as many epochs as the project has, but at most 20). Both times
include compilation. The figures are medians of five seeds, each with a split and initial weights of its own; the ratio
counts as 0 if the project does not reach that loss.
"""

import importlib
import importlib.util
import json
import math
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import loops
import report

ROOT = Path(__file__).parents[1]
EPOCHS = 6
REPEATS = 5
GOOD = "to-a-good-model"
# Answers, and the number of examples to train on: few make whole batches, because tuned loops skip the rest.
CASES: dict[str, tuple[dict[str, str], int]] = {
    "dense-binary": ({"family": "dense-binary", "fused": "true"}, 50_000),
    "dense-softmax": ({"family": "dense-softmax", "fused": "true"}, 50_000),
    "multilabel": ({"family": "multilabel", "fused": "true"}, 50_000),
    "regression": ({"family": "regression", "fused": "true"}, 50_000),
    "separable-cnn": ({"input": "images", "family": "separable-cnn", "task": "multiclass"}, 1024),
    "stacked-lstm": ({"input": "series", "family": "stacked-lstm", "task": "forecast"}, 2000),
    "separable-cnn-1d": ({"input": "sound", "family": "separable-cnn-1d", "task": "multiclass"}, 1024),
    "cnn-3d": ({"input": "volumes", "family": "cnn-3d", "task": "multiclass"}, 48),
    "frames-rnn": ({"input": "video", "family": "frames-rnn", "task": "multiclass"}, 64),
}


def render(answers: dict[str, str], folder: Path) -> dict[str, Any]:
    """Render a project without its hooks; return the modules of its package."""
    import copier

    options: dict[str, Any] = {"defaults": True, "unsafe": True, "quiet": True, "skip_tasks": True, "vcs_ref": "HEAD"}
    copier.run_copy(str(ROOT), folder, data=answers | {"package_name": "project"}, **options)
    for archive in (folder / "data").glob("*.zip"):
        zipfile.ZipFile(archive).extractall(folder / "data")
    os.chdir(folder)
    sys.path.insert(0, str(folder / "src"))
    names = {
        "config": "config",
        "load": "data.dataset",
        "head": "network.head",
        "model": "network.model",
        "fit": "training.fit",
    }
    return {name: importlib.import_module(f"project.{module}") for name, module in names.items()}


class Clock:
    """The time at which every epoch ended, and its validation loss."""

    def __init__(self) -> None:
        import keras

        self.ends: list[float] = []
        self.losses: list[float] = []
        self.start = 0.0
        on_epoch_end = keras.callbacks.CallbackList.on_epoch_end

        def note_end(callbacks: Any, epoch: int, logs: Any = None) -> None:
            on_epoch_end(callbacks, epoch, logs)
            self.ends.append(time.perf_counter())
            self.losses.append(logs["val_loss"])

        keras.callbacks.CallbackList.on_epoch_end = note_end

    def restart(self) -> None:
        self.ends.clear()
        self.losses.clear()
        self.start = time.perf_counter()


def to_a_good_model(case: str, backend: str) -> None:
    """Print, as JSON, the seconds until the plain script's last validation loss: medians of several seeds."""
    import keras

    package = render(CASES[case][0] | {"backend": backend}, Path(tempfile.mkdtemp()) / "p")
    clock = Clock()
    turns = []
    for seed in range(REPEATS):
        config = package["config"].make_config(package["config"].read_settings() | {"seed": seed})
        with report.silence():
            data = package["load"].load(config)

            def build(config: Any = config, data: Any = data) -> Any:
                keras.utils.set_random_seed(config.seed)
                return package["model"].build(config, data.train, len(data.schema.outputs))

            models = build()
            x, y = package["fit"].to_learn(data.train, models, data, config)
            validation = package["fit"].to_learn(data.validation, models, data, config)
            network = models.network
            network.compile("adam", package["head"].LOSS, metrics=package["head"].PROGRESS_METRICS)
            clock.restart()
            network.fit(x, y, batch_size=32, epochs=min(20, config.epochs), validation_data=validation)
            plain, goal = clock.ends[-1] - clock.start, clock.losses[-1]
            models = build()
            clock.restart()
            with tempfile.TemporaryDirectory() as folder:
                package["fit"].fit(models, data, config, Path(folder), resumed=False)
        reached = [end - clock.start for end, loss in zip(clock.ends, clock.losses, strict=True) if loss <= goal]
        turns.append(
            {
                "plain script, seconds": plain,
                "project, seconds to its loss": reached[0] if reached else math.inf,
                "ratio": plain / reached[0] if reached else 0,
                "project, all seconds": clock.ends[-1] - clock.start,
                "its best loss, of the script's": min(clock.losses) / goal,
            }
        )
        print(f"{case}, seed {seed}: {turns[-1]}", file=sys.stderr, flush=True)
    medians = {name: median(turn[name] for turn in turns) for name in turns[0]}
    print(json.dumps(medians | {"seeds that got there": sum(turn["ratio"] > 0 for turn in turns)}))


def epoch_of(contender: Callable[[], None], clock: Clock) -> float:
    """Return the median seconds of an epoch of a contender, without the first two."""
    import numpy as np

    clock.restart()
    with report.silence():
        contender()
    return float(median(np.diff(clock.ends)[1:]))


def measure(case: str, backend: str) -> None:
    """Print, as JSON, the seconds per epoch of every contender, and their ratios to those of the project."""
    import keras
    import numpy as np

    answers, count = CASES[case]
    package = render(answers | {"backend": backend}, Path(tempfile.mkdtemp()) / "p")
    settings = package["config"].read_settings()
    # The project fuses steps only in long trainings: with fewer epochs, a shorter training counts as long.
    if importlib.util.find_spec("project.training.fused"):
        fused: Any = importlib.import_module("project.training.fused")
        fused.LONG_TRAINING = fused.LONG_TRAINING * EPOCHS / settings["epochs"]
    settings |= {"epochs": EPOCHS, "patience": EPOCHS, "weight_decay": 0.0}
    config = package["config"].make_config(settings)
    data = package["load"].load(config)
    repeated = {name: np.resize(values, (count, *values.shape[1:])) for name, values in data.train.x.items()}
    train = data.train._replace(x=repeated, y=np.resize(data.train.y, (count, *data.train.y.shape[1:])))
    data = data._replace(train=train)

    def build() -> Any:
        keras.utils.set_random_seed(0)
        return package["model"].build(config, data.train, len(data.schema.outputs))

    def learned(split: Any, models: Any) -> Any:
        return package["fit"].to_learn(split, models, data, config)

    models = build()
    # The loops that are tuned by hand take one array, which all these networks have.
    (x,), y = (part.values() if isinstance(part, dict) else part for part in learned(data.train, models))
    (x_validation,), *others = (p.values() if isinstance(p, dict) else p for p in learned(data.validation, models))
    validation = (x_validation, *others)
    loss = package["head"].LOSS
    clock = Clock()

    def project() -> None:
        with tempfile.TemporaryDirectory() as folder:
            package["fit"].fit(build(), data, config, Path(folder), resumed=False)

    def plain() -> None:
        network = build().network
        network.compile(keras.optimizers.AdamW(1e-3), loss, metrics=package["head"].PROGRESS_METRICS)
        network.fit(x, y, batch_size=config.batch_size, epochs=EPOCHS, validation_data=validation)

    size = (EPOCHS, config.batch_size)
    metrics = package["head"].PROGRESS_METRICS
    starts = range(0, len(validation[0]), package["fit"].VALIDATION_BATCH)
    batches = [tuple(a[start : start + package["fit"].VALIDATION_BATCH] for a in validation) for start in starts]
    if backend == "tensorflow":
        import tensorflow as tf

        def tuned(metrics: list[str] | None, xla: bool) -> None:
            loops.tuned_tensorflow(build().network, x, y, loss, *size, xla, metrics, batches, clock.ends)

        def trial(xla: bool) -> float:
            try:
                return epoch_of(lambda: tuned(None, xla), clock)
            except tf.errors.InvalidArgumentError:  # XLA cannot compile every layer
                return float("inf")

        fastest = {"xla": min((True, False), key=trial)}
    else:

        def tuned(metrics: list[str] | None, xla: bool) -> None:
            loops.tuned_jax(build().network, x, y, loss, *size, metrics, batches, clock.ends)

        fastest = {"xla": True}  # JAX has nothing else
    contenders = {
        "project": project,
        "plain": plain,
        "tuned": lambda: tuned(None, **fastest),
        "tuned, same work": lambda: tuned(metrics, **fastest),
    }
    if case == "dense-binary" and backend == "jax":
        contenders["scan"] = lambda: loops.plain_jax(x, y, *size, clock.ends)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(REPEATS):
        for name, contender in contenders.items():
            seconds[name].append(epoch_of(contender, clock))
    # The median of the ratios of each turn, because the speed of the machine varies.
    turns = [dict(zip(seconds, turn, strict=True)) for turn in zip(*seconds.values(), strict=True)]
    ratios = {name: median(turn[name] / turn["project"] for turn in turns) for name in seconds}
    print(json.dumps({"seconds": {name: median(times) for name, times in seconds.items()}, "ratios": ratios}))


def in_a_process(what: str, name: str, backend: str) -> dict[str, Any]:
    """Run one measurement in a process of its own; return its numbers."""
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, __file__, what, name, backend]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(names: list[str], speed: bool = True) -> None:
    """Measure the cases, in one process for each case and backend."""
    for name in names or CASES:
        for backend in ("tensorflow", "jax") if speed else ():
            numbers = in_a_process("--measure", name, backend)
            report.record("training", f"{name} {backend}", numbers | {"examples": CASES[name][1]})
            print(f"{name} {backend}: {', '.join(f'{n} {s:.3f} s' for n, s in numbers['seconds'].items())}", flush=True)
        numbers = in_a_process("--good", name, "tensorflow")
        report.record("good", name, numbers)
        print(f"{name}, to a good model: {numbers}", flush=True)
    report.write_page()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if arguments[:1] == ["--measure"]:
        measure(*arguments[1:])
    elif arguments[:1] == ["--good"]:
        to_a_good_model(*arguments[1:])
    else:
        names = [name for name in arguments if name != GOOD]
        if unknown := set(names) - set(CASES):
            sys.exit(f"unknown case: {', '.join(unknown)}\n{__doc__}")
        main(names, speed=GOOD not in arguments)
