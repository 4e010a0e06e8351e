"""JAX by hand: one jitted function with donated state, as its documentation shows."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from systems import data


def small_step():
    def loss(params, x, y):
        return jnp.mean((x @ params[0] @ params[1] - y) ** 2)

    @partial(jax.jit, donate_argnums=0)
    def train_step(params, x, y):
        grads = jax.grad(loss)(params, x, y)
        return [p - 0.001 * g for p, g in zip(params, grads)]

    params = [jnp.asarray(data.weights(2, 3)), jnp.asarray(data.weights(3, 1))]
    xs, ys = data.points()

    def step():
        nonlocal params
        params = jax.block_until_ready(train_step(params, xs, ys))

    return step


def _network(params, x):
    w1, b1, w2, b2 = params
    return jax.nn.relu(x @ w1 + b1) @ w2 + b2


def _params(inputs, width, classes):
    arrays = data.weights(inputs, width), data.weights(width, classes)
    w1, w2 = map(jnp.asarray, arrays)
    return [w1, jnp.zeros(width), w2, jnp.zeros(classes)]


def mnist_step(inputs=784, width=500, classes=10, batch=200):
    def loss(params, x, y):
        logits = _network(params, x)
        chosen = jnp.take_along_axis(logits, jnp.argmax(y, 1)[:, None], 1)[:, 0]
        entropy = jnp.mean(jax.nn.logsumexp(logits, 1) - chosen)
        squares = jnp.sum(params[0] ** 2) + jnp.sum(params[2] ** 2)
        return entropy + data.WEIGHT_DECAY * squares / 2

    @partial(jax.jit, donate_argnums=0)
    def train_step(state, x, y):
        params, moments, averages, step = state
        value, grads = jax.value_and_grad(loss)(params, x, y)
        epoch = jnp.floor(step / data.STEPS_PER_EPOCH)
        rate = data.LEARNING_RATE * data.LEARNING_RATE_DECAY**epoch
        moments = [data.MOMENTUM * m + g for m, g in zip(moments, grads)]
        params = [p - rate * m for p, m in zip(params, moments)]
        decay = jnp.minimum(data.AVERAGE_DECAY, (1.0 + step) / (10.0 + step))
        averages = [a - (1 - decay) * (a - p) for a, p in zip(averages, params)]
        return (params, moments, averages, step + 1), value

    params = _params(inputs, width, classes)
    state = (params, [jnp.zeros_like(p) for p in params], [jnp.array(p) for p in params], 0)
    xs, ys = data.images(batch, inputs, classes)

    def step():
        nonlocal state
        state, value = jax.block_until_ready(train_step(state, xs, ys))
        return float(value), int(state[3])

    return step


def inference(rows=10000):
    params = _params(784, 500, 10)
    predict = jax.jit(lambda params, x: jnp.argmax(_network(params, x), 1))
    xs, _ = data.images(rows)
    return lambda: jax.device_get(predict(params, xs))


def _cnn_params():
    shapes = (5, 1, 32), (5, 32, 64)
    kernels = [jnp.asarray(data.kernel(*shape)) for shape in shapes]
    w1, w2 = (jnp.asarray(data.weights(*shape)) for shape in ((7 * 7 * 64, 1024), (1024, 10)))
    biases = [jnp.full(columns, 0.1) for columns in (32, 64, 1024, 10)]
    return [*kernels, w1, w2, *biases]


def _cnn(params, x, key=None):
    """x: f32[n, 784] -> f32[n, 10]; half of the hidden units are dropped where there is a key."""
    *kernels, w1, w2, b1, b2, b3, b4 = params
    value = x.reshape(-1, 28, 28, 1)
    for kernel, bias in zip(kernels, (b1, b2)):
        layout = ("NHWC", "HWIO", "NHWC")
        value = jax.lax.conv_general_dilated(
            value, kernel, (1, 1), "SAME", dimension_numbers=layout
        )
        value = jax.nn.relu(value + bias)
        window = (1, 2, 2, 1)
        value = jax.lax.reduce_window(value, -jnp.inf, jax.lax.max, window, window, "SAME")
    hidden = jax.nn.relu(value.reshape(-1, 7 * 7 * 64) @ w1 + b3)
    if key is not None:
        hidden = jnp.where(jax.random.bernoulli(key, 0.5, hidden.shape), hidden * 2, 0)
    return hidden @ w2 + b4


def cnn_step(batch=128):
    def loss(params, x, y, key):
        return -jnp.mean(jnp.sum(jax.nn.log_softmax(_cnn(params, x, key)) * y, 1))

    @partial(jax.jit, donate_argnums=0)
    def train_step(state, x, y):
        params, first, second, step, key = state
        key, now = jax.random.split(key)
        value, grads = jax.value_and_grad(loss)(params, x, y, now)
        rate = 1e-4 * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        first = [m + (g - m) * 0.1 for m, g in zip(first, grads)]
        second = [v + (g * g - v) * 0.001 for v, g in zip(second, grads)]
        params = [p - rate * m / (jnp.sqrt(v) + 1e-8) for p, m, v in zip(params, first, second)]
        return (params, first, second, step + 1, key), value

    params = _cnn_params()
    moments = [[p * 0 for p in params] for _ in range(2)]
    state = (params, *moments, 1.0, jax.random.key(1))
    xs, ys = data.images(batch)

    def step():
        nonlocal state
        state, value = jax.block_until_ready(train_step(state, xs, ys))
        return float(value)

    return step


def cnn_inference(batch=128):
    params = _cnn_params()
    predict = jax.jit(lambda params, x: jnp.argmax(_cnn(params, x), 1))
    xs, _ = data.images(batch)
    return lambda: jax.device_get(predict(params, xs))


def chain(length):
    @jax.jit
    def run(x):
        for _ in range(length):
            x = jnp.tanh(x)
        return x

    xs = data.weights(1, 100)[0]
    return lambda: jax.device_get(run(xs))


def loop_gradient(turns=100, width=128, batch=64):
    def loss(w, x):
        result, _ = jax.lax.scan(lambda v, _: (v @ w, None), x, length=turns)
        return jnp.sum(jnp.square(result))

    slope = jax.jit(jax.grad(loss))
    w, xs = data.weights(width, width), np.ones((batch, width), np.float32)
    return lambda: np.asarray(slope(w, xs))


def lstm_step(units=128, steps=28, columns=28, batch=128, classes=10):
    def loss(params, x, labels):
        kernel, bias, w, b = params

        def turn(state, row):
            c, h = state
            i, j, f, o = jnp.split(jnp.concatenate([row, h], 1) @ kernel + bias, 4, 1)
            c = c * jax.nn.sigmoid(f + 1.0) + jax.nn.sigmoid(i) * jnp.tanh(j)
            return (c, jnp.tanh(c) * jax.nn.sigmoid(o)), None

        zeros = jnp.zeros((x.shape[0], units))
        (_, h), _ = jax.lax.scan(turn, (zeros, zeros), jnp.swapaxes(x, 0, 1))
        logits = h @ w + b
        chosen = jnp.take_along_axis(logits, labels[:, None], 1)[:, 0]
        return jnp.mean(jax.nn.logsumexp(logits, 1) - chosen)

    @partial(jax.jit, donate_argnums=0)
    def train_step(state, x, labels):
        params, first, second, step = state
        value, grads = jax.value_and_grad(loss)(params, x, labels)
        rate = 0.001 * jnp.sqrt(1 - 0.999**step) / (1 - 0.9**step)
        first = [m + (g - m) * 0.1 for m, g in zip(first, grads)]
        second = [v + (g * g - v) * 0.001 for v, g in zip(second, grads)]
        params = [p - rate * m / (jnp.sqrt(v) + 1e-8) for p, m, v in zip(params, first, second)]
        return (params, first, second, step + 1), value

    kernel = jnp.asarray(data.weights(columns + units, 4 * units))
    w = jnp.asarray(data.weights(units, classes))
    params = [kernel, jnp.zeros(4 * units), w, jnp.zeros(classes)]
    state = (params, [p * 0 for p in params], [p * 0 for p in params], 1.0)
    xs, ys = data.sequences(batch, steps, columns, classes)

    def step():
        nonlocal state
        state, value = jax.block_until_ready(train_step(state, xs, ys))
        return float(value)

    return step


def _gru(params, x, lengths):
    """x: f32[steps, batch, columns], lengths: i32[batch] -> f32[steps, batch, units]."""
    gates, gates_bias, candidate, candidate_bias = params

    def turn(h, now):
        step, row = now
        r, u = jnp.split(jax.nn.sigmoid(jnp.concatenate([row, h], 1) @ gates + gates_bias), 2, 1)
        c = jnp.tanh(jnp.concatenate([row, r * h], 1) @ candidate + candidate_bias)
        goes = (step < lengths)[:, None]
        new = u * h + (1 - u) * c
        return jnp.where(goes, new, h), jnp.where(goes, new, 0)

    steps, batch, _ = x.shape
    zeros = jnp.zeros((batch, candidate.shape[1]))
    return jax.lax.scan(turn, zeros, (jnp.arange(steps), x))[1]


def gru_step(units=64, steps=100, columns=64, batch=64):
    def reverse(x, lengths):
        places = jnp.arange(steps)[:, None]
        mirrored = jnp.where(places < lengths, lengths - 1 - places, places)
        return jnp.take_along_axis(x, mirrored[:, :, None], 0)

    def loss(params, x, lengths):
        rows = jnp.swapaxes(x, 0, 1)
        there = _gru(params[:4], rows, lengths)
        back = reverse(_gru(params[4:], reverse(rows, lengths), lengths), lengths)
        return jnp.mean(jnp.square(jnp.concatenate([there, back], 2) - 0.5))

    @partial(jax.jit, donate_argnums=0)
    def train_step(params, x, lengths):
        value, grads = jax.value_and_grad(loss)(params, x, lengths)
        return [p - 0.1 * g for p, g in zip(params, grads)], value

    def direction():
        shapes = (columns + units, 2 * units), (columns + units, units)
        gates, candidate = (jnp.asarray(data.weights(*shape)) for shape in shapes)
        return [gates, jnp.ones(2 * units), candidate, jnp.zeros(units)]

    params = [*direction(), *direction()]
    xs, _ = data.sequences(batch, steps, columns)
    lengths = data.lengths(batch, steps)

    def step():
        nonlocal params
        params, value = jax.block_until_ready(train_step(params, xs, lengths))
        return float(value)

    return step
