"""The matrix products of the MNIST step and nothing else: the floor under every system.

Five products: the two layers forward, their weights' gradients, and the hidden layer's.
"""

import os

import numpy as np
from systems import data


def mnist_step(inputs=784, width=500, classes=10, batch=200):
    multiply = {"numpy": _numpy, "torch": _torch, "jax": _jax}[os.environ["BENCH_GEMM"]]
    x, dy = data.images(batch, inputs, classes)
    hidden = data.weights(batch, width)
    return multiply(x, data.weights(inputs, width), hidden, data.weights(width, classes), dy)


def _numpy(x, w1, h, w2, dy):
    w2t, xt, ht = np.ascontiguousarray(w2.T), np.ascontiguousarray(x.T), np.ascontiguousarray(h.T)
    return lambda: (x @ w1, h @ w2, ht @ dy, dy @ w2t, xt @ h)


def _torch(*arrays):
    import torch

    x, w1, h, w2, dy = map(torch.from_numpy, arrays)
    return lambda: (x @ w1, h @ w2, h.T @ dy, dy @ w2.T, x.T @ h)


def _jax(*arrays):
    import jax

    arrays = tuple(map(jax.numpy.asarray, arrays))
    products = jax.jit(lambda x, w1, h, w2, dy: (x @ w1, h @ w2, h.T @ dy, dy @ w2.T, x.T @ h))
    return lambda: jax.block_until_ready(products(*arrays))
