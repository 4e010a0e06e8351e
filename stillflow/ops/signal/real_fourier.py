"""Discrete Fourier transforms of real tensors, whose spectrum has one half, and back.

The last axis of a spectrum of `n` numbers holds the `n // 2 + 1` frequencies that are not negative.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.static import constant_value_as_shape
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, padding, ranging, reshaping, shape_of, stacking, tiling
from stillflow.ops.array.joining import concat
from stillflow.ops.array.transposing import transpose
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts, complex_numbers, conjugate, division, elementwise
from stillflow.ops.signal.fourier import check_rank, elements_of

# Ops --------------------------------------------------------------------------------------------


def _transform(type_name: str, rank: int, is_forward: bool) -> OpDef:
    """Declares the transform over the last `rank` axes, whose lengths are an input."""

    def to_spectrum(xp, x, fft_length):
        """x: f32[..., sizes], fft_length: i32[rank] -> c64[..., half of the spectrum]"""
        lengths = _lengths(x, fft_length, rank, lengths_needed=lambda n: n)
        sizes = (*lengths[:-1], lengths[-1] // 2 + 1 if lengths[-1] else 0)
        if 0 in x.shape:
            return xp.zeros((*x.shape[: x.ndim - rank], *sizes), np.complex64)
        return xp.fft.rfftn(x, s=lengths, axes=tuple(range(-rank, 0))).astype(np.complex64)

    def from_spectrum(xp, x, fft_length):
        """x: c64[..., half of the spectrum], fft_length: i32[rank] -> f32[..., lengths]"""
        lengths = _lengths(x, fft_length, rank, lengths_needed=lambda n: n // 2 + 1)
        if 0 in x.shape or 0 in lengths:
            return xp.zeros((*x.shape[: x.ndim - rank], *lengths), np.float32)
        return xp.fft.irfftn(x, s=lengths, axes=tuple(range(-rank, 0))).astype(np.float32)

    transform = to_spectrum if is_forward else from_spectrum
    transform.__name__ = type_name.lower()
    types = ("float32", "complex64") if is_forward else ("complex64", "float32")
    return op(
        type_name,
        f"input: {types[0]}, fft_length: int32 -> output: {types[1]}",
        shape=lambda ctx: _transformed(ctx, rank, is_forward),
        static=("fft_length",),
    )(transform)


def _transformed(ctx: shapes.ShapeContext, rank: int, is_forward: bool) -> shapes.Sizes:
    sizes = shapes.with_rank_at_least(ctx.shape(0), rank)
    given = shapes.with_rank(ctx.shape(1), 1)[0]
    if given not in (None, rank):
        raise shapes.ShapeError(f"Dimension must be {rank} but is {given}")
    if sizes is None:
        return None
    lengths = ctx.value(1)
    if lengths is None:
        return (*sizes[:-rank], *[None] * rank)
    last = int(lengths[-1])
    if is_forward and last:
        last = last // 2 + 1
    return (*sizes[:-rank], *map(int, lengths[:-1]), last)


def _lengths(x: Any, fft_length: np.ndarray, rank: int, lengths_needed: Any) -> tuple[int, ...]:
    """The lengths along each axis, for which `x` must have enough elements."""
    check_rank(x.shape, rank)
    if fft_length.shape != (rank,):
        refuse(f"fft_length must have shape [{rank}]")
    lengths = tuple(fft_length.tolist())
    needed = (*lengths[:-1], lengths_needed(lengths[-1]))
    for axis, least in enumerate(needed, x.ndim - rank):
        if x.shape[axis] not in (0, *range(least, x.shape[axis] + 1)):
            refuse(
                f"Input dimension {axis} must have length of at least {least} but got: "
                f"{x.shape[axis]}"
            )
    return lengths


rfft_op = _transform("RFFT", 1, True)
irfft_op = _transform("IRFFT", 1, False)
rfft2d_op = _transform("RFFT2D", 2, True)
irfft2d_op = _transform("IRFFT2D", 2, False)
rfft3d_op = _transform("RFFT3D", 3, True)
irfft3d_op = _transform("IRFFT3D", 3, False)


# Public functions -------------------------------------------------------------------------------


def rfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the spectrum of real numbers: f32[..., n] -> c64[..., fft_length / 2 + 1].

    `fft_length`, i32[1], is n if it is not given; the input is cut or padded with zeros to it.
    """
    return _to_spectrum(rfft_op, 1, input_tensor, fft_length, name)


def rfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the spectrum over the last two axes, as rfft does; `fft_length` is i32[2]."""
    return _to_spectrum(rfft2d_op, 2, input_tensor, fft_length, name)


def rfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the spectrum over the last three axes, as rfft does; `fft_length` is i32[3]."""
    return _to_spectrum(rfft3d_op, 3, input_tensor, fft_length, name)


def irfft(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the real numbers of a spectrum: c64[..., m] -> f32[..., fft_length].

    `fft_length`, i32[1], is 2 (m - 1) if it is not given.
    """
    return _from_spectrum(irfft_op, 1, input_tensor, fft_length, name)


def irfft2d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the real numbers of a spectrum over the last two axes, as irfft does."""
    return _from_spectrum(irfft2d_op, 2, input_tensor, fft_length, name)


def irfft3d(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
    """Returns the real numbers of a spectrum over the last three axes, as irfft does."""
    return _from_spectrum(irfft3d_op, 3, input_tensor, fft_length, name)


def _to_spectrum(transform: OpDef, rank: int, x: Any, fft_length: Any, name: str | None) -> Tensor:
    with name_scope(name, transform.type.lower(), [x, fft_length]) as scope:
        x = convert_to_tensor(x, dtypes.float32)
        x.shape.with_rank_at_least(rank)
        if fft_length is not None:
            fft_length = convert_to_tensor(fft_length, dtypes.int32)
        elif (sizes := x.shape[-rank:]).is_fully_defined():
            fft_length = convert_to_tensor(sizes.as_list(), dtypes.int32)
        else:
            fft_length = shape_of.shape(x)[-rank:]
        return transform(_padded(x, rank, fft_length), fft_length, name=scope)


def _from_spectrum(
    transform: OpDef, rank: int, x: Any, fft_length: Any, name: str | None
) -> Tensor:
    with name_scope(name, transform.type.lower(), [x, fft_length]) as scope:
        x = convert_to_tensor(x, dtypes.complex64)
        x.shape.with_rank_at_least(rank)
        if fft_length is None:
            fft_length = _length_of_spectrum(x, rank)
        else:
            fft_length = convert_to_tensor(fft_length, dtypes.int32)
        return transform(_padded(x, rank, fft_length, is_half=True), fft_length, name=scope)


def _length_of_spectrum(x: Tensor, rank: int) -> Tensor:
    """i32[rank], what the spectrum came from if its length was even."""
    sizes = x.shape[-rank:]
    if sizes.is_fully_defined():
        known = sizes.as_list()
        return convert_to_tensor([*known[:-1], max(0, 2 * (known[-1] - 1))], dtypes.int32)
    lengths = stacking.unstack(shape_of.shape(x)[-rank:])
    lengths[-1] = arithmetic.maximum(0, 2 * (lengths[-1] - 1))
    return stacking.stack(lengths)


def _padded(x: Tensor, rank: int, fft_length: Tensor, is_half: bool = False) -> Tensor:
    """`x` with zeros behind each of its last `rank` axes that is too short."""
    fft_length.shape.with_rank(1)
    if x.shape.ndims is not None and 0 in x.shape.as_list():
        return x
    lengths = constant_value_as_shape(fft_length)
    sizes = x.shape[-rank:]
    if lengths is not None and None not in lengths and sizes.is_fully_defined():
        if is_half:
            lengths = (*lengths[:-1], lengths[-1] // 2 + 1)  # type: ignore[operator]
        behind = [
            [0, max(length - size, 0)]
            for length, size in zip(lengths, sizes.as_list(), strict=False)  # the op checks
        ]
        if not any(count for _, count in behind):
            return x
        before = [[0, 0]] * max((x.shape.ndims or 0) - rank, 0)
        return padding.pad(x, before + behind)
    return _padded_at_run(x, rank, fft_length, is_half)


def _padded_at_run(x: Tensor, rank: int, fft_length: Tensor, is_half: bool) -> Tensor:
    axes = shape_of.rank(x)
    sizes = shape_of.shape(x)[-rank:]
    others = arithmetic.maximum(0, axes - rank)
    none = filling.zeros([others], fft_length.dtype)
    if is_half:
        fft_length = concat([fft_length[:-1], fft_length[-1:] // 2 + 1], 0)
    missing = arithmetic.maximum(0, fft_length - sizes)
    behind = concat([none, missing], 0)
    return padding.pad(x, stacking.stack([filling.zeros_like(behind), behind], axis=1))


# Gradients --------------------------------------------------------------------------------------


def _spectrum_gradient(op: Any, dy: Tensor, rank: int, inverse: Any) -> tuple[Tensor, None]:
    """The frequencies that the spectrum holds once count half as much as those that it implies."""
    fft_length, sizes = op.inputs[1], shape_of.shape(op.inputs[0])
    is_even = casts.cast(1 - fft_length[-1] % 2, dtypes.complex64)
    if rank == 1:
        lowest, highest = dy[..., 0:1], dy[..., -1:]
        once = lowest + is_even * highest * _alternating(sizes[-1])
    else:
        once = _once_of_two(dy, sizes, is_even)
    count = casts.cast(elements_of(op.inputs[0], rank), dtypes.float32)
    return 0.5 * (inverse(dy, fft_length) * count + complex_numbers.real(once)), None


def _alternating(length: Tensor) -> Tensor:
    """c64[length] of 1, -1, 1, ..."""
    return casts.cast(1 - 2 * (ranging.range_(length) % 2), dtypes.complex64)


def _once_of_two(dy: Tensor, sizes: Tensor, is_even: Tensor) -> Tensor:
    lowest = dy[..., 0:1]
    rotation = _for_each(_rotation(sizes[-2]), lowest)
    once = matmul(rotation, conjugate.conj(lowest))
    highest = matmul(rotation, conjugate.conj(dy[..., -1:]))
    width = sizes[-1]
    multiples = concat([filling.ones([shape_of.rank(dy) - 1], dtypes.int32), [width]], 0)
    return once + is_even * (tiling.tile(highest, multiples) * _alternating(width))


def _rotation(length: Tensor) -> Tensor:
    """c64[length, length] of exp(-2 pi i j k / length)"""
    columns = tiling.tile(reshaping.expand_dims(ranging.range_(length), 0), (length, 1))
    rows = transpose(columns, [1, 0])
    angle = -2j * np.pi * casts.cast(columns * rows, dtypes.complex64)
    return elementwise.exp(angle / casts.cast(length, dtypes.complex64))


def _for_each(matrix: Tensor, like: Tensor) -> Tensor:
    """matrix: c64[n, n], like: c64[..., n, 1] -> c64[..., n, n]"""
    ones = filling.ones([shape_of.rank(like) - 2], dtypes.int32)
    expanded = reshaping.reshape(matrix, concat([ones, shape_of.shape(matrix)], 0))
    return tiling.tile(expanded, concat([shape_of.shape(like)[:-2], [1, 1]], 0))


def _inverse_gradient(op: Any, dy: Tensor, rank: int, forward: Any) -> tuple[Tensor, None]:
    """The frequencies that are implied count twice."""
    fft_length = op.inputs[1]
    is_odd = division.floormod(fft_length[-1], 2)
    size = shape_of.shape(op.inputs[0])[-1]
    counts = concat([[1.0], 2.0 * filling.ones([size - 2 + is_odd]), filling.ones([1 - is_odd])], 0)
    share = elementwise.reciprocal(casts.cast(elements_of(dy, rank), dtypes.float32))
    spectrum = forward(dy, fft_length)
    return spectrum * casts.cast(share * counts, dtypes.complex64), None


@rfft_op.gradient
def rfft_gradient(op, dy):
    return _spectrum_gradient(op, dy, 1, irfft)


@irfft_op.gradient
def irfft_gradient(op, dy):
    return _inverse_gradient(op, dy, 1, rfft)


@rfft2d_op.gradient
def rfft2d_gradient(op, dy):
    return _spectrum_gradient(op, dy, 2, irfft2d)


@irfft2d_op.gradient
def irfft2d_gradient(op, dy):
    return _inverse_gradient(op, dy, 2, rfft2d)
