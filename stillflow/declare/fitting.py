"""What ops come to on the host where the shapes and types of their inputs stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from stillflow.declare.numpy import together
from stillflow.declare.numpy.namespace import NUMPY

_AT_ONCE = 1 << 15  # elements, of which all that is computed fits in a core's cache


def always(function: Callable[..., Any]) -> Callable[..., Callable[..., Any]]:
    """`fitted` of an op without attributes that is `function` of its inputs, whatever these are."""
    return lambda fn, *inputs: function


def in_blocks(fn: Callable[..., Any], *inputs: Any, **attrs: Any) -> Callable[..., Any] | None:
    """`fitted` of an op that updates large arrays, element by element, by each other and scalars.

    Their elements are computed some at a time, on all cores: array by array, each would be fetched
    from memory and written to it again and again.
    """
    if inputs[0].size < together.cores() * _AT_ONCE:
        return None
    return partial(_in_blocks, partial(fn, NUMPY, **attrs))


def _in_blocks(compute: Callable[..., Any], *inputs: Any) -> Any:
    shape, size = inputs[0].shape, inputs[0].size
    flat = [x.reshape(-1) if x.ndim else x for x in inputs]

    def of(part: slice) -> tuple[Any, ...]:
        results = compute(*(x[part] if x.ndim else x for x in flat))
        return results if isinstance(results, tuple) else (results,)

    def put(part: slice) -> None:
        for whole, result in zip(made, of(part), strict=True):
            whole[part] = result

    first, *others = (slice(at, at + _AT_ONCE) for at in range(0, size, _AT_ONCE))
    begun = of(first)
    made = [np.empty(size, result.dtype) for result in begun]
    for whole, result in zip(made, begun, strict=True):
        whole[first] = result
    together.for_each(put, others)
    results = tuple(whole.reshape(shape) for whole in made)
    return results if len(results) > 1 else results[0]
