"""tf1_small.py in JAX."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

BATCH, STEPS = 8, 3000
X = np.random.RandomState(23455).rand(32, 2).astype(np.float32)
Y = (X.sum(1, keepdims=True) < 1).astype(np.float32)


@jax.jit
def loss(params, x, y):
    return jnp.mean((x @ params[0] @ params[1] - y) ** 2)


@partial(jax.jit, donate_argnums=0)
def train_step(params, x, y):
    grads = jax.grad(loss)(params, x, y)
    return [p - 0.001 * g for p, g in zip(params, grads, strict=True)]


keys = jax.random.split(jax.random.key(1))
params = [jax.random.normal(keys[0], (2, 3)), jax.random.normal(keys[1], (3, 1))]
for i in range(STEPS):
    start = (i * BATCH) % 32
    end = start + BATCH
    params = train_step(params, X[start:end], Y[start:end])
    if i % 500 == 0:
        print(i, loss(params, X, Y))
print(params)
