"""Checks gradient rules in float64: against difference quotients, where one random projection per
input checks all of its derivatives at once, and against jax.vjp of the op's own function.

    check_gradients(lambda x, y: tf.matmul(x, y, transpose_b=True), a, b)
    check_gradients(tf.tanh, a, order=2)
    check_against_vjp(math.multiply, a, b)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import stillflow.api as tf
from stillflow.declare.opdef import OpDef

# Weights of f(x - 2h), ..., f(x + 2h) in 12h f'(x): exact up to the fourth power of h.
_STENCIL = ((-2, 1), (-1, -8), (1, 8), (2, -1))


def check_gradients(
    f: Callable[..., Any],
    *arrays: Any,
    wrt: Sequence[int] | None = None,
    order: int = 1,
    rtol: float = 1e-6,
    atol: float = 1e-8,
    step: float = 1e-4,
    seed: int = 0,
) -> None:
    """Fails unless `tf.gradients` of `f` has the derivatives that `f` is seen to have.

    `f` takes one tensor per array and returns a tensor or a list of them; floats are fed as
    float64. With `order=2` the second derivatives are checked as well. The inputs must lie at
    least twice `step` from every kink of `f`.

    Args:
      step: of the difference quotients; larger where `f` computes in float32.
      wrt: the positions of the inputs to check; by default those that are floats.
    """
    values = [_widened(array) for array in arrays]
    wrt = [i for i, v in enumerate(values) if v.dtype.kind == "f"] if wrt is None else list(wrt)
    rng = np.random.default_rng(seed)
    with tf.Graph().as_default():
        inputs = [tf.placeholder(v.dtype, v.shape) for v in values]
        outputs, grads = _floats(f(*inputs)), []
        for level in range(order):
            if level:
                dense = map(tf.convert_to_tensor, grads)
                outputs = [grad for grad in dense if any(g is not None for g in _by(grad, inputs))]
            weights = _weights(outputs, inputs, values, rng)
            grads = tf.gradients(outputs, [inputs[i] for i in wrt], grad_ys=weights)
            slope = _slopes(outputs, weights, inputs, values, step)
            for i, grad in zip(wrt, grads, strict=True):
                assert grad is not None, f"no gradient for input {i}"
                got = _run(tf.convert_to_tensor(grad), inputs, values)
                assert got.shape == values[i].shape, f"input {i}: {got.shape}, {values[i].shape}"
                direction = rng.uniform(0.5, 1.5, got.shape) * rng.choice([-1, 1], got.shape)
                np.testing.assert_allclose(
                    np.sum(got * direction),
                    slope(i, direction),
                    rtol,
                    atol,
                    err_msg=f"derivative {level + 1} by input {i}",
                )


def check_against_vjp(
    op: OpDef, *arrays: Any, rtol: float = 1e-9, atol: float = 1e-12, **attrs: Any
) -> None:
    """Fails unless the gradients of `op` with respect to its float inputs are those of jax.vjp of
    its function. Only for ops whose conventions are JAX's."""
    import jax

    from stillflow.runtime.xla_namespace import JaxNamespace

    values = [_widened(array) for array in arrays]
    floats = [i for i, v in enumerate(values) if v.dtype.kind == "f"]
    rng = np.random.default_rng(0)

    def of_floats(*given: Any) -> Any:
        every = dict(enumerate(values)) | dict(zip(floats, given, strict=True))
        return op.fn(JaxNamespace(), *every.values(), **op.attr_defaults | attrs)

    with tf.Graph().as_default(), jax.enable_x64(True):
        inputs = [tf.placeholder(v.dtype, v.shape) for v in values]
        outputs = _floats(op(*inputs, **attrs))
        weights = _weights(outputs, inputs, values, rng)
        _, pull_back = jax.vjp(of_floats, *[values[i] for i in floats])
        wanted = pull_back(weights[0] if len(weights) == 1 else tuple(weights))
        grads = tf.gradients(outputs, [inputs[i] for i in floats], grad_ys=weights)
        for grad, want in zip(grads, wanted, strict=True):
            np.testing.assert_allclose(_run(grad, inputs, values), want, rtol, atol)


def _widened(array: Any) -> np.ndarray:
    array = np.asarray(array)
    return array.astype(np.float64) if array.dtype.kind == "f" else array


def _floats(outputs: Any) -> list[tf.Tensor]:
    """The outputs that have derivatives."""
    listed = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    floats = [out for out in map(tf.convert_to_tensor, listed) if out.dtype.is_floating]
    assert floats, "no float output to differentiate"
    return floats


def _weights(outputs: Any, inputs: Any, values: Any, rng: np.random.Generator) -> list[np.ndarray]:
    """A random weight for each element of the outputs."""
    return [rng.uniform(0.5, 1.5, np.shape(out)) for out in _run(outputs, inputs, values)]


def _run(fetches: Any, inputs: list[tf.Tensor], values: list[np.ndarray]) -> Any:
    with tf.Session() as session:
        return session.run(fetches, dict(zip(inputs, values, strict=True)))


def _slopes(
    outputs: Any, weights: Any, inputs: Any, values: Any, step: float
) -> Callable[..., float]:
    """The function of an input's position and a direction that gives the slope there."""
    session = tf.Session()

    def projected(arrays: list[np.ndarray]) -> float:
        results = session.run(outputs, dict(zip(inputs, arrays, strict=True)))
        return sum(float(np.sum(w * r)) for w, r in zip(weights, results, strict=True))

    def slope(i: int, direction: np.ndarray) -> float:
        total = 0.0
        for steps, weight in _STENCIL:
            moved = [*values[:i], values[i] + steps * step * direction, *values[i + 1 :]]
            total += weight * projected(moved)
        return total / (12 * step)

    return slope


def _by(grad: tf.Tensor | None, inputs: list[tf.Tensor]) -> list:
    return [] if grad is None else tf.gradients(grad, inputs)
