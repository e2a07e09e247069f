"""Training speed of every network, beside a plain Keras script, a loop tuned by hand, and plain JAX.

    python benchmarks/training.py                      every case, then docs/benchmarks.md
    python benchmarks/training.py dense-binary         only these cases again; the others keep their results

In one process for each case and backend, in turn, three times:

- project: `fit` of the rendered project, with all that it does after an epoch;
- plain: `network.fit(x, y, batch_size=..., validation_data=...)`, what a person writes first;
- tuned: the same training steps in the fastest loop that we know for the backend, with no metrics, no validation, no
  files;
- scan (dense networks): the same in JAX alone, one `lax.scan` for an epoch.

The same network, examples, batch size, optimizer. Examples are those of the bundled sample, repeated. The median
second per epoch is taken of each, without the first two epochs, which compile; and the median of the three.

Then, on the bundled sample as it is: how long the project's training, with its own settings, takes to the validation
loss that the plain script (Adam, 20 epochs) ends with. Both with what it takes to compile.
"""

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from statistics import median

import report

ROOT = Path(__file__).parents[1]
EPOCHS = 6
REPEATS = 3
# Answers, and how many examples to train on.
CASES = {
    "dense-binary": ({"family": "dense-binary"}, 50_000),
    "dense-softmax": ({"family": "dense-softmax"}, 50_000),
    "multilabel": ({"family": "multilabel"}, 50_000),
    "regression": ({"family": "regression"}, 50_000),
    "separable-cnn": ({"input": "images", "family": "separable-cnn", "task": "multiclass"}, 1000),
    "stacked-lstm": ({"input": "series", "family": "stacked-lstm", "task": "forecast"}, 2000),
    "separable-cnn-1d": ({"input": "sound", "family": "separable-cnn-1d", "task": "multiclass"}, 300),
    "cnn-3d": ({"input": "volumes", "family": "cnn-3d", "task": "multiclass"}, 48),
    "frames-rnn": ({"input": "video", "family": "frames-rnn", "task": "multiclass"}, 64),
}


def render(answers, folder):
    """Render a project without its hooks; return its package, imported from where it lies."""
    import copier

    options = {"defaults": True, "unsafe": True, "quiet": True, "skip_tasks": True, "vcs_ref": "HEAD"}
    copier.run_copy(str(ROOT), folder, data=answers | {"package_name": "project"}, **options)
    for archive in (folder / "data").glob("*.zip"):
        zipfile.ZipFile(archive).extractall(folder / "data")
    os.chdir(folder)
    sys.path.insert(0, str(folder / "src"))
    return {name: importlib.import_module(f"project.{name}") for name in ("config", "load", "model", "feed", "fit")}


class Clock:
    """When every epoch ended, and with which validation loss."""

    def __init__(self):
        import keras

        self.ends, self.losses, self.start = [], [], 0.0
        on_epoch_end = keras.callbacks.CallbackList.on_epoch_end

        def note_end(callbacks, epoch, logs=None):
            on_epoch_end(callbacks, epoch, logs)
            self.ends.append(time.perf_counter())
            self.losses.append(logs["val_loss"])

        keras.callbacks.CallbackList.on_epoch_end = note_end

    def restart(self):
        self.ends.clear()
        self.losses.clear()
        self.start = time.perf_counter()


def to_a_good_model(case, backend):
    """Print, as JSON, the seconds to the plain script's last validation loss."""
    import keras

    package = render(CASES[case][0] | {"backend": backend}, Path(tempfile.mkdtemp()) / "p")
    config = package["config"].make_config(package["config"].read_settings())
    clock = Clock()
    with report.silence():
        data = package["load"].load(config)
        keras.utils.set_random_seed(0)
        models = package["model"].build(config, data.train, len(data.schema.outputs))
        x, y = package["feed"].to_learn(data.train, models, data, config)
        validation = package["feed"].to_learn(data.validation, models, data, config)
        network = models.network
        network.compile("adam", package["model"].LOSS, metrics=package["model"].PROGRESS_METRICS)
        clock.restart()
        network.fit(x, y, batch_size=32, epochs=20, validation_data=validation)
        plain, goal = clock.ends[-1] - clock.start, clock.losses[-1]
        keras.utils.set_random_seed(config.seed)
        models = package["model"].build(config, data.train, len(data.schema.outputs))
        clock.restart()
        with tempfile.TemporaryDirectory() as folder:
            package["fit"].fit(models, data, config, Path(folder), resumed=False)
    reached = next((end for end, loss in zip(clock.ends, clock.losses, strict=True) if loss <= goal), None)
    numbers = {"plain script, seconds": plain, "its validation loss": goal}
    if reached:
        numbers |= {"project, seconds to that": reached - clock.start, "ratio": plain / (reached - clock.start)}
    numbers |= {"project, all seconds": clock.ends[-1] - clock.start, "its best loss": min(clock.losses)}
    print(json.dumps(numbers))


def measure(case, backend):
    """Print, as JSON, the seconds per epoch of every contender."""
    import keras
    import numpy as np

    answers, count = CASES[case]
    package = render(answers | {"backend": backend}, Path(tempfile.mkdtemp()) / "p")
    settings = package["config"].read_settings() | {"epochs": EPOCHS, "patience": EPOCHS, "weight_decay": 0.0}
    config = package["config"].make_config(settings)
    data = package["load"].load(config)
    repeated = {name: np.resize(values, (count, *values.shape[1:])) for name, values in data.train.x.items()}
    train = data.train._replace(x=repeated, y=np.resize(data.train.y, (count, *data.train.y.shape[1:])))
    data = data._replace(train=train, sizes=data.sizes | {"train": count})

    def build():
        keras.utils.set_random_seed(0)
        return package["model"].build(config, data.train, len(data.schema.outputs))

    models = build()
    x, y = package["feed"].to_learn(data.train, models, data, config)
    validation = package["feed"].to_learn(data.validation, models, data, config)
    loss = package["model"].LOSS
    clock = Clock()

    def project():
        with tempfile.TemporaryDirectory() as folder:
            package["fit"].fit(build(), data, config, Path(folder), resumed=False)

    def plain():
        network = build().network
        network.compile(keras.optimizers.AdamW(1e-3), loss, metrics=package["model"].PROGRESS_METRICS)
        network.fit(x, y, batch_size=config.batch_size, epochs=EPOCHS, validation_data=validation)

    contenders = {"project": project, "plain": plain}
    if backend == "tensorflow":
        contenders |= {
            "tuned": lambda: tuned_tensorflow(build().network, x, y, loss, config.batch_size, False, clock.ends),
            "tuned, XLA": lambda: tuned_tensorflow(build().network, x, y, loss, config.batch_size, True, clock.ends),
        }
    else:
        contenders["tuned"] = lambda: tuned_jax(build().network, x, y, loss, config.batch_size, clock.ends)
        if case == "dense-binary":
            contenders["scan"] = lambda: plain_jax(x, y, config.batch_size, clock.ends)
    seconds = {name: [] for name in contenders}
    for _ in range(REPEATS):
        for name, contender in contenders.items():
            clock.restart()
            try:
                with report.silence():
                    contender()
            except Exception as error:  # noqa: BLE001 - XLA cannot compile every layer
                print(f"{case} {backend} {name}: {type(error).__name__}", file=sys.stderr)
                continue
            seconds[name].append(median(np.diff(clock.ends)[1:]))
    print(json.dumps({name: median(times) for name, times in seconds.items() if times}))


def tuned_tensorflow(network, x, y, loss, batch_size, xla, ends):
    """Train in one graph for all steps of an epoch."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    loss = keras.losses.get(loss)
    x, y = tf.constant(x), tf.constant(y)
    steps = len(x) // batch_size

    def step(number, order):
        rows = order[number]
        with tf.GradientTape() as tape:
            value = tf.reduce_mean(loss(tf.gather(y, rows), network(tf.gather(x, rows), training=True)))
        optimizer.apply(tape.gradient(value, network.trainable_variables), network.trainable_variables)
        return number + 1, order

    @tf.function(jit_compile=xla)
    def epoch(order):
        return tf.while_loop(lambda number, order: number < steps, step, (0, order))

    for _ in range(EPOCHS):
        order = tf.random.shuffle(tf.range(len(x)))[: steps * batch_size]
        epoch(tf.reshape(order, (steps, batch_size)))
        network.trainable_variables[0].numpy()
        ends.append(time.perf_counter())


def tuned_jax(network, x, y, loss, batch_size, ends):
    """Train in one compiled scan over all steps of an epoch, or step by step, whichever is faster."""
    import jax
    import jax.numpy as jnp
    import keras
    import numpy as np

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    loss = keras.losses.get(loss)
    steps = len(x) // batch_size

    def value(trainable, others, x, y):
        predictions, others = network.stateless_call(trainable, others, x, training=True)
        return jnp.mean(loss(y, predictions)), others

    def step(state, batch):
        trainable, others, moments = state
        (_, others), gradients = jax.value_and_grad(value, has_aux=True)(trainable, others, *batch)
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, others, moments), None

    def begin():
        variables = (network.trainable_variables, network.non_trainable_variables, optimizer.variables)
        return tuple([jnp.array(variable.value) for variable in part] for part in variables)

    def shuffled():
        order = np.random.permutation(len(x))[: steps * batch_size]
        return tuple(array[order].reshape(steps, batch_size, *array.shape[1:]) for array in (x, y))

    scan, one = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches)[0]), jax.jit(step)
    times = {}
    for name in ("scan", "one"):
        state, marks = begin(), []
        for _ in range(EPOCHS):
            batches = shuffled()
            if name == "scan":
                state = scan(state, batches)
            else:
                for number in range(steps):
                    state, _ = one(state, tuple(array[number] for array in batches))
            jax.block_until_ready(state)
            marks.append(time.perf_counter())
        times[name] = marks
    ends.extend(min(times.values(), key=lambda marks: marks[-1] - marks[1]))


def plain_jax(x, y, batch_size, ends):
    """Train Dense 32-32-1 with Adam, written out; one scan over an epoch, whose rows are gathered in it."""
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), 4)
    sizes = [x.shape[1], 32, 32, 1]
    weights = [
        (jax.random.normal(key, (a, b)) * (2 / a) ** 0.5, jnp.zeros(b))
        for key, a, b in zip(keys, sizes, sizes[1:], strict=False)
    ]
    steps = len(x) // batch_size

    def loss(weights, x, y):
        for matrix, bias in weights[:-1]:
            x = jax.nn.relu(x @ matrix + bias)
        logits = x @ weights[-1][0] + weights[-1][1]
        return jnp.mean(jnp.maximum(logits, 0) - logits * y + jnp.log1p(jnp.exp(-jnp.abs(logits))))

    @jax.jit
    def epoch(state, order, x, y):
        def step(state, rows):
            weights, means, squares, count = state
            gradients = jax.grad(loss)(weights, x[rows], y[rows])
            count = count + 1
            means = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, means, gradients)
            squares = jax.tree.map(lambda s, g: 0.999 * s + 0.001 * g * g, squares, gradients)
            size = 1e-3 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            weights = jax.tree.map(lambda w, m, s: w - size * m / (jnp.sqrt(s) + 1e-7), weights, means, squares)
            return (weights, means, squares, count), None

        return jax.lax.scan(step, state, order)[0]

    zeros = jax.tree.map(jnp.zeros_like, weights)
    state, x, y = (weights, zeros, zeros, 0.0), jnp.array(x), jnp.array(y)
    for number in range(EPOCHS):
        order = jax.random.permutation(jax.random.key(number), len(x))[: steps * batch_size]
        state = jax.block_until_ready(epoch(state, order.reshape(steps, batch_size), x, y))
        ends.append(time.perf_counter())


def in_a_process(what, name, backend):
    """Run one measurement in a process of its own; return its numbers."""
    environment = os.environ | {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, __file__, what, name, backend]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main(names):
    """Measure the cases, one process for each and backend."""
    for name in names or CASES:
        for backend in ("tensorflow", "jax"):
            seconds = in_a_process("--measure", name, backend)
            report.record("training", f"{name} {backend}", seconds | {"examples": CASES[name][1]})
            print(f"{name} {backend}: {', '.join(f'{n} {s:.3f} s' for n, s in seconds.items())}", flush=True)
        numbers = in_a_process("--good", name, "tensorflow")
        report.record("good", name, numbers)
        print(f"{name}, to a good model: {numbers}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(*sys.argv[2:])
    elif sys.argv[1:2] == ["--good"]:
        to_a_good_model(*sys.argv[2:])
    elif unknown := set(sys.argv[1:]) - set(CASES):
        sys.exit(f"unknown case: {', '.join(unknown)}\n{__doc__}")
    else:
        main(sys.argv[1:])
        report.write_page()
