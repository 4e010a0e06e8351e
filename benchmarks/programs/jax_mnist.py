"""tf1_mnist.py in JAX."""

import sys
from functools import partial

import jax
import jax.numpy as jnp
from batches import Batches

train, steps = Batches(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 5000


def loss(params, x, y):
    w1, b1, w2, b2 = params
    logits = jax.nn.relu(x @ w1 + b1) @ w2 + b2
    chosen = jnp.take_along_axis(logits, jnp.argmax(y, 1)[:, None], 1)[:, 0]
    entropy = jnp.mean(jax.nn.logsumexp(logits, 1) - chosen)
    return entropy + 0.0001 * (jnp.sum(w1**2) + jnp.sum(w2**2)) / 2


@partial(jax.jit, donate_argnums=0)
def train_step(state, x, y):
    params, moments, averages, step = state
    value, grads = jax.value_and_grad(loss)(params, x, y)
    rate = 0.1 * 0.99 ** jnp.floor(step / 275)
    moments = [0.9 * m + g for m, g in zip(moments, grads, strict=True)]
    params = [p - rate * m for p, m in zip(params, moments, strict=True)]
    decay = jnp.minimum(0.99, (1.0 + step) / (10.0 + step))
    averages = [a - (1 - decay) * (a - p) for a, p in zip(averages, params, strict=True)]
    return (params, moments, averages, step + 1), value


keys = jax.random.split(jax.random.key(1))
w1 = 0.1 * jax.random.truncated_normal(keys[0], -2, 2, (784, 500))
w2 = 0.1 * jax.random.truncated_normal(keys[1], -2, 2, (500, 10))
params = [w1, jnp.zeros(500), w2, jnp.zeros(10)]
state = (params, [jnp.zeros_like(p) for p in params], [jnp.array(p) for p in params], 0)
for i in range(steps):
    state, value = train_step(state, *train.next_batch(200))
    if i % 1000 == 0:
        print(i, value)
jax.block_until_ready(state)
