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
