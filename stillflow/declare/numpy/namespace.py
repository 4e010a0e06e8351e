"""The NumPy array namespace that ops compute with on the host: numpy, and a few functions more.

`runtime.xla_namespace` is its twin for jax.numpy. An op is written once, over either. Extensions
are what NumPy and jax.numpy spell differently or one of them lacks; keep them few.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy

from stillflow.declare.numpy import convolving, largest, loops, multiplying, threads, triangular
from stillflow.graph.errors import InvalidArgumentError


class NumpyNamespace:
    """`numpy` with the extensions below; an attribute that it lacks is numpy's."""

    is_xla = False
    is_narrow = False  # whether integers have 32 bits at most
    interleave = staticmethod(loops.interleave)
    while_each = staticmethod(loops.while_each)
    scan = staticmethod(loops.scan)
    compose_swaps = staticmethod(loops.compose_swaps)
    convolve = staticmethod(convolving.convolve)
    matmul = staticmethod(threads.matmul)
    matrix_product = staticmethod(multiplying.matrix_product)
    largest = staticmethod(largest.largest)
    solve_triangular = staticmethod(triangular.solve_triangular)

    @property
    def special(self) -> Any:
        """The special functions that SciPy and JAX know under the same names."""
        import scipy.special  # only programs that use one pay for it

        return scipy.special

    def __getattr__(self, name: str) -> Any:
        value = getattr(numpy, name)
        setattr(self, name, value)  # found without this detour from now on
        return value

    @staticmethod
    def new_stack(facts: Any) -> Any:
        """An empty stack: a handle's value."""
        from stillflow.declare.numpy.stack import HostStack

        return HostStack(facts)

    @staticmethod
    def new_array(facts: Any, size: int) -> Any:
        """An array of `size` tensors of which none has been written: a handle's value."""
        from stillflow.declare.numpy.tensor_array import HostTensorArray

        return HostTensorArray(facts, size)

    @staticmethod
    def check(ok: Any, message: Callable[..., str], *values: Any) -> None:
        """Fails the run with `message(*values)` unless every element of `ok` is true."""
        if not (ok if isinstance(ok, bool) else ok.all()):
            raise InvalidArgumentError(None, None, message(*(numpy.asarray(v) for v in values)))

    @staticmethod
    def either(condition: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
        """What the one function gives where `condition`, bool[], holds, else the other."""
        return yes() if condition else no()

    @staticmethod
    def drawn_once(draw: Callable[[], Any], words: Any, sizes: tuple[int, ...], dtype: Any) -> Any:
        """The numbers, dtype[*sizes], that `draw` makes of random `words`, made once."""
        return draw()

    @staticmethod
    def settle(new: Any, old: Any) -> Any:
        """`new`, the next value of a variable that is `old` and is updated together with others."""
        return new

    @staticmethod
    def to_integers(x: Any, dtype: numpy.dtype) -> Any:
        """x: f[...] -> dtype[...], without the fractions; see the twin for what is out of range."""
        return x.astype(dtype)

    @staticmethod
    def set_at(x: Any, index: Any, value: Any) -> Any:
        """Returns `x` with `x[index] = value`."""
        x = numpy.array(x)
        x[index] = value
        return x

    @staticmethod
    def add_at(x: Any, index: Any, value: Any) -> Any:
        """Returns `x` with `value` added at `index`; a repeated index adds each time."""
        return _combine_at(numpy.add, x, index, value)

    @staticmethod
    def multiply_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with a product instead of a sum."""
        return _combine_at(numpy.multiply, x, index, value)

    @staticmethod
    def max_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with the larger of the two instead of their sum."""
        return _combine_at(numpy.maximum, x, index, value)

    @staticmethod
    def min_at(x: Any, index: Any, value: Any) -> Any:
        """`add_at` with the smaller of the two instead of their sum."""
        return _combine_at(numpy.minimum, x, index, value)

    @staticmethod
    def sparse_matmul(rows: int, row: Any, column: Any, values: Any, b: Any) -> Any:
        """row, column: i[e], values: n[e], b: n[k, m] -> n[rows, m], a sparse matrix times b.

        The products of its elements are added up in their order.
        """
        from stillflow.declare.numpy import products  # for programs that have such matrices

        return products.sparse_matmul(rows, row, column, values, b)


def _combine_at(combine: numpy.ufunc, x: Any, index: Any, value: Any) -> Any:
    x = numpy.array(x, order="C")
    combine_into(combine, x, index, value)
    return x


def combine_into(combine: numpy.ufunc, x: numpy.ndarray, index: Any, value: Any) -> None:
    """`x`, contiguous, takes each element at `index` combined with `value`, time after time."""
    if x.ndim == 1 or not isinstance(index, numpy.ndarray):
        combine.at(x, index, value)
        return
    # Whole rows: `at` is several times as fast on their elements one by one.
    width = math.prod(x.shape[1:])
    elements = index.reshape(-1, 1).astype(numpy.intp) * width + numpy.arange(width)
    rows = numpy.broadcast_to(value, index.shape + x.shape[1:])
    combine.at(x.reshape(-1), elements.reshape(-1), rows.reshape(-1))


NUMPY = NumpyNamespace()
