"""The loops that the project's training is measured against: the fastest that we know, which do nothing but train.

Each appends to ends when an epoch ended, in seconds. x and y are arrays of prepared examples. With metrics (names, as
Keras takes them; [] for the loss alone) the loops of Keras networks keep the means of loss and metrics up to date, as
`fit` does, and take those of the validation batches after every epoch; with None they do neither.
"""

import time


def tuned_tensorflow(network, x, y, loss, epochs, batch_size, xla, metrics, validation, ends):
    """Train in one graph for all steps of an epoch."""
    import keras
    import tensorflow as tf

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    keep = make_metrics(network, x, y, loss, metrics)
    loss = keras.losses.get(loss)
    x, y = tf.constant(x), tf.constant(y)
    steps = len(x) // batch_size

    def step(number, order):
        rows = order[number]
        xs, ys = tf.gather(x, rows), tf.gather(y, rows)
        with tf.GradientTape() as tape:
            predictions = network(xs, training=True)
            value = tf.reduce_mean(loss(ys, predictions))
        optimizer.apply(tape.gradient(value, network.trainable_variables), network.trainable_variables)
        keep(xs, ys, predictions, value)
        return number + 1, order

    @tf.function(jit_compile=xla)
    def epoch(order):
        return tf.while_loop(lambda number, order: number < steps, step, (0, order))

    @tf.function(jit_compile=xla)
    def validate(x, y):
        predictions = network(x, training=False)
        keep(x, y, predictions, tf.reduce_mean(loss(y, predictions)))

    validation = [tuple(map(tf.constant, batch)) for batch in validation] if metrics is not None else []
    for _ in range(epochs):
        order = tf.random.shuffle(tf.range(len(x)))[: steps * batch_size]
        epoch(tf.reshape(order, (steps, batch_size)))
        for batch in validation:
            validate(*batch)
        network.trainable_variables[0].numpy()
        ends.append(time.perf_counter())


def make_metrics(network, x, y, loss, metrics):
    """Make the metrics of a network; return a function that takes a batch, its predictions and its loss into them."""
    import keras

    if metrics is None:
        return lambda *batch: None
    network.compile(loss=loss, metrics=metrics)
    network.evaluate(x[:1], y[:1], verbose=0)  # makes their variables, which no loop can make
    mean = keras.metrics.Mean()

    def keep(x, y, predictions, value):
        network.compute_metrics(x, y, predictions)
        mean.update_state(value)

    keep.variables = network.metrics_variables + mean.variables
    return keep


def tuned_jax(network, x, y, loss, epochs, batch_size, metrics, validation, ends):
    """Train in one compiled scan over all steps of an epoch, or step by step, whichever is faster."""
    import jax
    import jax.numpy as jnp
    import keras
    import numpy as np

    optimizer = keras.optimizers.AdamW(1e-3)
    optimizer.build(network.trainable_variables)
    keep = make_metrics(network, x, y, loss, metrics)
    kept = getattr(keep, "variables", [])
    loss = keras.losses.get(loss)
    steps = len(x) // batch_size

    def value(trainable, others, x, y):
        predictions, others = network.stateless_call(trainable, others, x, training=True)
        return jnp.mean(loss(y, predictions)), (others, predictions)

    def step(state, batch):
        trainable, others, moments, means = state
        (mean, (others, predictions)), gradients = jax.value_and_grad(value, has_aux=True)(trainable, others, *batch)
        trainable, moments = optimizer.stateless_apply(moments, gradients, trainable)
        return (trainable, others, moments, after(means, *batch, predictions, mean)), None

    def after(means, *batch):
        with keras.StatelessScope(state_mapping=zip(kept, means, strict=True)) as scope:
            keep(*batch)
        return [scope.get_current_value(variable) for variable in kept]

    @jax.jit
    def validate(state, x, y):
        trainable, others, moments, means = state
        predictions, _ = network.stateless_call(trainable, others, x, training=False)
        return trainable, others, moments, after(means, x, y, predictions, jnp.mean(loss(y, predictions)))

    def begin():
        variables = (network.trainable_variables, network.non_trainable_variables, optimizer.variables, kept)
        return tuple([jnp.array(variable.value) for variable in part] for part in variables)

    def shuffled():
        order = np.random.permutation(len(x))[: steps * batch_size]
        return tuple(array[order].reshape(steps, batch_size, *array.shape[1:]) for array in (x, y))

    scan, one = jax.jit(lambda state, batches: jax.lax.scan(step, state, batches)[0]), jax.jit(step)
    times = {}
    for name in ("scan", "one"):
        state, marks = begin(), []
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
    ends.extend(min(times.values(), key=lambda marks: marks[-1] - marks[1]))


def plain_jax(x, y, epochs, batch_size, ends):
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
    for number in range(epochs):
        order = jax.random.permutation(jax.random.key(number), len(x))[: steps * batch_size]
        state = jax.block_until_ready(epoch(state, order.reshape(steps, batch_size), x, y))
        ends.append(time.perf_counter())
