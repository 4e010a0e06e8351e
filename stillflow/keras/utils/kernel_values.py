"""Kernels of pairs of vectors: what random features of `RandomFourierFeatures` approximate."""

from __future__ import annotations

from typing import Any

from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math.arithmetic import squared_difference
from stillflow.ops.math.elementwise import exp
from stillflow.ops.reduce import reductions


def inner_product(u: Any, v: Any) -> Any:
    """The products of all rows of `u`, or `u` itself, and all of `v`: f32[m, n]."""
    return matmul(_rows(u), _rows(v), transpose_b=True)


def exact_gaussian_kernel(x: Any, y: Any, stddev: float) -> Any:
    """exp(-|u - v|^2 / (2 stddev^2)) of all rows u of `x` and v of `y`: f32[m, n].

    Args:
      x, y: matrices, or a vector for one row.

    Raises:
      ValueError: they are of another rank, or rows differ in length.
    """
    first, second = _pairs(x, y)
    return exp(-reductions.reduce_sum(squared_difference(first, second), 2) / (2 * stddev * stddev))


def exact_laplacian_kernel(x: Any, y: Any, stddev: float) -> Any:
    """exp(-|u - v| / stddev), of the sum of absolute differences; see the Gaussian one."""
    first, second = _pairs(x, y)
    return exp(-reductions.reduce_sum(abs(first - second), 2) / stddev)


def _rows(values: Any) -> Any:
    rank = len(values.shape)
    if rank not in (1, 2):
        raise ValueError(f"The input tensor should have rank 1 or 2. Given rank: {rank}")
    return expand_dims(values, 0) if rank == 1 else values


def _pairs(x: Any, y: Any) -> tuple[Any, Any]:
    first, second = _rows(x), _rows(y)
    lengths = [each.shape[1] for each in (second, first)]
    if lengths[0] != lengths[1]:
        raise ValueError(
            "The outermost dimensions of the input tensors should match. Given: "
            f"{lengths[0]} vs {lengths[1]}."
        )
    return expand_dims(first, 1), expand_dims(second, 0)
