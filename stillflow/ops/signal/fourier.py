"""Discrete Fourier transforms of complex tensors over their last one, two or three axes."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import shape_of
from stillflow.ops.math import casts
from stillflow.ops.reduce import reductions


def _transform(type_name: str, rank: int, is_forward: bool) -> OpDef:
    """Declares the transform over the last `rank` axes; the inverse divides by their sizes."""

    def transform(xp, x):
        """x: c[..., sizes] -> c[..., sizes]"""
        check_rank(x.shape, rank)
        if 0 in x.shape:
            return xp.zeros(x.shape, x.dtype)
        along = xp.fft.fftn if is_forward else xp.fft.ifftn
        return along(x, axes=tuple(range(-rank, 0))).astype(x.dtype)

    transform.__name__ = type_name.lower()
    return op(
        type_name,
        "input: Tcomplex -> output: Tcomplex",
        shape=lambda ctx: shapes.with_rank_at_least(ctx.shape(0), rank),
        types={"Tcomplex": (dtypes.complex64, dtypes.complex128)},
        defaults={"Tcomplex": dtypes.complex64},
    )(transform)


def check_rank(sizes: tuple[int, ...], rank: int) -> None:
    if len(sizes) < rank:
        shape = shapes.format_sizes(sizes)
        refuse(f"Input must have rank of at least {rank} but got: {shape}")


fft = _transform("FFT", 1, True)
ifft = _transform("IFFT", 1, False)
fft2d = _transform("FFT2D", 2, True)
ifft2d = _transform("IFFT2D", 2, False)
fft3d = _transform("FFT3D", 3, True)
ifft3d = _transform("IFFT3D", 3, False)


def elements_of(x: Tensor, rank: int) -> Tensor:
    """How many elements the last `rank` axes have together: i32[]"""
    return reductions.reduce_prod(shape_of.shape(x)[-rank:])


def _declare_gradients(forward: OpDef, inverse: OpDef, rank: int) -> None:
    @forward.gradient
    def forward_gradient(_: Any, dy: Tensor) -> Tensor:
        size = casts.cast(elements_of(dy, rank), dy.dtype)
        return inverse(dy) * size

    @inverse.gradient
    def inverse_gradient(_: Any, dy: Tensor) -> Tensor:
        share = 1.0 / casts.cast(elements_of(dy, rank), dy.dtype.real_dtype)
        share = casts.cast(share, dy.dtype)
        return forward(dy) * share


_declare_gradients(fft, ifft, 1)
_declare_gradients(fft2d, ifft2d, 2)
_declare_gradients(fft3d, ifft3d, 3)
