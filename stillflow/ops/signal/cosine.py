"""Discrete cosine transforms of the last axis, by Fourier transforms of twice its length."""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import padding, ranging, reshaping, shape_of
from stillflow.ops.array.joining import concat
from stillflow.ops.math import casts, complex_numbers, elementwise
from stillflow.ops.signal.real_fourier import irfft, rfft

_INVERSE = {1: 1, 2: 3, 3: 2}


def dct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the discrete cosine transform of `type` 1, 2 or 3: f32[..., m] -> f32[..., n or m].

    Args:
      n: the length that the input is cut or filled with zeros to.
      axis: -1.
      norm: 'ortho' for the orthonormal transform of type 2 or 3.

    Raises:
      NotImplementedError: another axis.
      ValueError: another type, norm or length.
    """
    _check(input, type, n, axis, norm)
    with name_scope(name, "dct", [input]):
        x = convert_to_tensor(input, dtype=dtypes.float32)
        x = _of_length(x, _last(x), n)
        size = _last(x)
        length = casts.cast(size, dtypes.float32)
        if type == 1:
            mirrored = concat([x, x[..., -2:0:-1]], axis=-1)
            return complex_numbers.real(rfft(mirrored))
        return (_second if type == 2 else _third)(x, size, length, norm)


def idct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns the inverse of dct, up to a factor unless `norm` is 'ortho'; arguments are dct's."""
    _check(input, type, n, axis, norm)
    return dct(input, type=_INVERSE[type], n=n, axis=axis, norm=norm, name=name)


def _check(x: Any, type: int, n: int | None, axis: int, norm: str | None) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in _INVERSE:
        raise ValueError("Only Types I, II and III (I)DCT are supported.")
    if type == 1:
        if norm == "ortho":
            raise ValueError("Normalization is not supported for the Type-I DCT.")
        size = x.shape[-1]
        if size is not None and size < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")


def _last(x: Tensor) -> Any:
    """The size of the last axis, a number where it is known."""
    return x.shape[-1].value or shape_of.shape(x)[-1]


def _of_length(x: Tensor, size: Any, n: int | None) -> Tensor:
    if n is None:
        return x
    if n <= size:
        return x[..., 0:n]
    behind = [[0, 0]] * (len(x.shape) - 1) + [[0, n - size]]
    return padding.pad(x, paddings=convert_to_tensor(behind, dtype=dtypes.int32))


def _second(x: Tensor, size: Any, length: Tensor, norm: str | None) -> Tensor:
    angles = -ranging.range_(length) * math.pi * 0.5 / length
    scale = 2.0 * elementwise.exp(complex_numbers.complex_(0.0, angles))
    half = rfft(x, fft_length=[2 * size])[..., :size]
    result = complex_numbers.real(half * scale)
    if norm == "ortho":
        first = 0.5 * elementwise.rsqrt(length)
        result *= _weights(first, first * elementwise.sqrt(2.0), size)
    return result


def _third(x: Tensor, size: Any, length: Tensor, norm: str | None) -> Tensor:
    if norm == "ortho":
        first = elementwise.sqrt(length)
        x *= _weights(first, first * elementwise.sqrt(0.5), size)
    else:
        x *= length
    angles = ranging.range_(length) * math.pi * 0.5 / length
    scale = 2.0 * elementwise.exp(complex_numbers.complex_(0.0, angles))
    spectrum = scale * complex_numbers.complex_(x, 0.0)
    return complex_numbers.real(irfft(spectrum, fft_length=[2 * size]))[..., :size]


def _weights(first: Tensor, others: Tensor, size: Any) -> Tensor:
    """f32[size] of `first`, `others`, `others`, ..."""
    return padding.pad(reshaping.expand_dims(first, 0), [[0, size - 1]], constant_values=others)
