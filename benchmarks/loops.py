"""The loops that the project's training is compared with: the fastest that we know, which do nothing but train.

Each appends to ends the time at which an epoch ended, in seconds. x and y are arrays of prepared examples. With metrics
(names, as Keras takes them; [] for the loss alone) the loops of Keras networks update the means of loss and metrics, as
`fit` does, and compute those of the validation batches after every epoch; with None they do neither.
"""

import time
from collections.abc import Callable
from typing import Any

Batches = list[tuple[Any, ...]]


def tuned_tensorflow(
    network: Any,
    x: Any,
    y: Any,
    loss: str,
    epochs: int,
    batch_size: int,
    xla: bool,
    metrics: list[str] | None,
    validation: Batches,
    ends: list[float],
) -> None:
    """Train in one graph for all steps of an epoch."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    keep, _ = make_metrics(network, x, y, loss, metrics)
    loss_of = keras.losses.get(loss)
    x, y = tf.constant(x), tf.constant(y)
    steps = len(x) // batch_size

    def step(number: Any, order: Any) -> tuple[Any, Any]:
        rows = order[number]
        xs, ys = tf.gather(x, rows), tf.gather(y, rows)
        with tf.GradientTape() as tape:
            predictions = network(xs, training=True)
            value = tf.reduce_mean(loss_of(ys, predictions))
        optimizer.apply(tape.gradient(value, network.trainable_variables), network.trainable_variables)
        keep(xs, ys, predictions, value)
        return number + 1, order

    @tf.function(jit_compile=xla)
    def epoch(order: Any) -> Any:
        return tf.while_loop(lambda number, order: number < steps, step, (0, order))

    @tf.function(jit_compile=xla)
    def validate(x: Any, y: Any) -> Any:
        predictions = network(x, training=False)
        keep(x, y, predictions, tf.reduce_mean(loss_of(y, predictions)))

    validation = [tuple(map(tf.constant, batch)) for batch in validation] if metrics is not None else []
    for _ in range(epochs):
        order = tf.random.shuffle(tf.range(len(x)))[: steps * batch_size]
        epoch(tf.reshape(order, (steps, batch_size)))
        for batch in validation:
            validate(*batch)
        network.trainable_variables[0].numpy()
        ends.append(time.perf_counter())


def make_metrics(
    network: Any, x: Any, y: Any, loss: str, metrics: list[str] | None
) -> tuple[Callable[..., None], list[Any]]:
    """Make the metrics of a network; return a function that updates them with a batch, and their variables."""
    import keras

    if metrics is None:
        return lambda *batch: None, []
    network.compile(loss=loss, metrics=metrics)
    network.evaluate(x[:1], y[:1], verbose=0)  # creates their variables, which a compiled loop cannot
    mean = keras.metrics.Mean()

    def keep(x: Any, y: Any, predictions: Any, value: Any) -> None:
        network.compute_metrics(x, y, predictions)
        mean.update_state(value)

    return keep, network.metrics_variables + mean.variables


def tuned_jax(
    network: Any,
    x: Any,
    y: Any,
    loss: str,
    epochs: int,
    batch_size: int,
    metrics: list[str] | None,
    validation: Batches,
    ends: list[float],
) -> None:
    """Train in one compiled scan over all steps of an epoch, or step by step, whichever is faster."""
    import jax
    import jax.numpy as jnp
    import keras
    import numpy as np

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    keep, kept = make_metrics(network, x, y, loss, metrics)
    loss_of = keras.losses.get(loss)
    steps = len(x) // batch_size

    def value(trainable: Any, others: Any, x: Any, y: Any) -> Any:
        predictions, others = network.stateless_call(trainable, others, x, training=True)
        return jnp.mean(loss_of(y, predictions)), (others, predictions)

    def step(state: Any, batch: Any) -> tuple[Any, Any]:
        trainable, others, moments, means = state
        (mean, (others, predictions)), gradients = jax.value_and_grad(value, has_aux=True)(trainable, others, *batch)
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, others, moments, after(means, *batch, predictions, mean)), None

    def after(means: Any, *batch: Any) -> list[Any]:
        with keras.StatelessScope(state_mapping=zip(kept, means, strict=True)) as scope:
            keep(*batch)
        return [scope.get_current_value(variable) for variable in kept]

    @jax.jit
    def validate(state: Any, x: Any, y: Any) -> Any:
        trainable, others, moments, means = state
        predictions, _ = network.stateless_call(trainable, others, x, training=False)
        return trainable, others, moments, after(means, x, y, predictions, jnp.mean(loss_of(y, predictions)))

    def begin() -> Any:
        variables = (network.trainable_variables, network.non_trainable_variables, optimizer.variables, kept)
        return tuple([jnp.array(variable.value) for variable in part] for part in variables)

    def shuffled() -> Any:
        order = np.random.permutation(len(x))[: steps * batch_size]
        return tuple(array[order].reshape(steps, batch_size, *array.shape[1:]) for array in (x, y))

    scan, one = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches)[0]), jax.jit(step)
    times: dict[str, list[float]] = {}
    for name in ("scan", "one"):
        state, marks = begin(), list[float]()
        for _ in range(epochs):
            batches = shuffled()
            if name == "scan":
                state = scan(state, batches)
            else:
                for number in range(steps):
                    state, _ = one(state, tuple(array[number] for array in batches))
            for batch in validation if metrics is not None else []:
                state = validate(state, *batch)
            jax.block_until_ready(state)
            marks.append(time.perf_counter())
        times[name] = marks
    faster = min(times, key=lambda name: times[name][-1] - times[name][1])
    ends.extend(times[faster])


def plain_jax(x: Any, y: Any, epochs: int, batch_size: int, ends: list[float]) -> None:
    """Train Dense 32-32-1 with Adam, all in JAX; an epoch is one scan, which gathers the rows of each step."""
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.key(0), 4)
    sizes = [x.shape[1], 32, 32, 1]
    weights = [
        (jax.random.normal(key, (a, b)) * (2 / a) ** 0.5, jnp.zeros(b))
        for key, a, b in zip(keys, sizes, sizes[1:], strict=False)
    ]
    steps = len(x) // batch_size

    def loss(weights: Any, x: Any, y: Any) -> Any:
        for matrix, bias in weights[:-1]:
            x = jax.nn.relu(x @ matrix + bias)
        logits = x @ weights[-1][0] + weights[-1][1]
        return jnp.mean(jnp.maximum(logits, 0) - logits * y + jnp.log1p(jnp.exp(-jnp.abs(logits))))

    @jax.jit
    def epoch(state: Any, order: Any, x: Any, y: Any) -> Any:
        def step(state: Any, rows: Any) -> tuple[Any, Any]:
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
    for number in range(epochs):
        order = jax.random.permutation(jax.random.key(number), len(x))[: steps * batch_size]
        state = jax.block_until_ready(epoch(state, order.reshape(steps, batch_size), x, y))
        ends.append(time.perf_counter())
