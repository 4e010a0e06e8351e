"""Checks gradient rules against difference quotients: one random projection per input checks all
of its derivatives at once, in float64.

    check_gradients(lambda x, y: tf.matmul(x, y, transpose_b=True), a, b)
    check_gradients(tf.tanh, a, order=2)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import stillflow.api as tf

_STEP = 1e-4
# Weights of f(x - 2h), ..., f(x + 2h) in 12h f'(x): exact up to the fourth power of h.
_STENCIL = ((-2, 1), (-1, -8), (1, 8), (2, -1))


def check_gradients(
    f: Callable[..., Any],
    *arrays: Any,
    wrt: Sequence[int] | None = None,
    order: int = 1,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    seed: int = 0,
) -> None:
    """Fails unless `tf.gradients` of `f` has the derivatives that `f` is seen to have.

    `f` takes one tensor per array and returns a tensor or a list of them; floats are fed as
    float64. With `order=2` the second derivatives are checked as well. The inputs must lie at
    least 2e-4 from every kink of `f`.

    Args:
      wrt: the positions of the inputs to check; by default those that are floats.
    """
    values = [_widened(array) for array in arrays]
    wrt = [i for i, v in enumerate(values) if v.dtype.kind == "f"] if wrt is None else list(wrt)
    rng = np.random.default_rng(seed)
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(v.dtype, v.shape) for v in values]
        outputs, weights = _projected(f(*inputs), rng)
        for level in range(order):
            grads = tf.gradients(outputs, [inputs[i] for i in wrt], grad_ys=weights)
            _check(graph, inputs, values, wrt, (outputs, weights), grads, rng, (rtol, atol))
            if level + 1 < order:
                outputs, weights = _projected([g for g in grads if _depends(g, inputs)], rng)


def _widened(array: Any) -> np.ndarray:
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _projected(outputs: Any, rng: np.random.Generator) -> tuple[list[tf.Tensor], list[np.ndarray]]:
    """The float outputs, and a random weight for each of their elements."""
    flat = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    flat = [tf.convert_to_tensor(out) for out in flat]
    flat = [out for out in flat if out.dtype.is_floating]
    assert flat, "no float output to differentiate"
    return flat, [rng.uniform(0.5, 1.5, out.shape.as_list()) for out in flat]


def _depends(tensor: tf.Tensor, inputs: list[tf.Tensor]) -> bool:
    return any(grad is not None for grad in tf.gradients(tensor, inputs))


def _check(graph, inputs, values, wrt, projection, grads, rng, tolerances) -> None:
    outputs, weights = projection
    session = tf.Session(graph=graph)

    def projected(arrays: list[np.ndarray]) -> float:
        results = session.run(outputs, dict(zip(inputs, arrays, strict=True)))
        return sum(float(np.sum(w * r)) for w, r in zip(weights, results, strict=True))

    for i, grad in zip(wrt, grads, strict=True):
        assert grad is not None, f"no gradient for input {i}"
        grad = session.run(tf.convert_to_tensor(grad), dict(zip(inputs, values, strict=True)))
        assert grad.shape == values[i].shape, f"input {i} is {values[i].shape}, not {grad.shape}"
        direction = rng.uniform(0.5, 1.5, grad.shape) * rng.choice([-1, 1], grad.shape)
        moved = [
            (weight, [v + (j == i) * k * _STEP * direction for j, v in enumerate(values)])
            for k, weight in _STENCIL
        ]
        slope = sum(weight * projected(arrays) for weight, arrays in moved) / (12 * _STEP)
        np.testing.assert_allclose(
            np.sum(grad * direction), slope, *tolerances, err_msg=f"gradient of input {i}"
        )
