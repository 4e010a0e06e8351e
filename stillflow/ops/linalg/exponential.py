"""The exponential of matrices, by Padé approximants after scaling (Higham, 2005)."""

from __future__ import annotations

from functools import reduce
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import reshaping, selecting, shape_of
from stillflow.ops.array.diagonals import eye
from stillflow.ops.array.joining import concat
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.linalg.products import matmul
from stillflow.ops.linalg.solving import matrix_solve
from stillflow.ops.math import arithmetic, casts, comparison, elementwise
from stillflow.ops.reduce import reductions

# Coefficients of the approximants of degree 3, 5, 7, 9 and 13, lowest first but for the highest, 1.
_PADE: dict[int, list[float]] = {
    3: [120.0, 60.0, 12.0],
    5: [30240.0, 15120.0, 3360.0, 420.0, 30.0],
    7: [17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0],
    9: [
        *(17643225600.0, 8821612800.0, 2075673600.0, 302702400.0, 30270240.0),
        *(2162160.0, 110880.0, 3960.0, 90.0),
    ],
    13: [
        *(64764752532480000.0, 32382376266240000.0, 7771770303897600.0, 1187353796428800.0),
        *(129060195264000.0, 10559470521600.0, 670442572800.0, 33522128640.0, 1323241920.0),
        *(40840800.0, 960960.0, 16380.0, 182.0),
    ],
}
# The largest norms for which a degree is exact enough, and for the last one before scaling.
_SINGLE = ((3, 5, 7), (4.258730016922831e-001, 1.880152677804762e000), 3.925724783138660)
_DOUBLE = (
    (3, 5, 7, 9, 13),
    (1.495585217958292e-002, 2.539398330063230e-001, 9.504178996162932e-001, 2.097847961257068e000),
    5.371920351148152,
)
_RULES = {
    **dict.fromkeys((dtypes.float16, dtypes.float32, dtypes.complex64), _SINGLE),
    **dict.fromkeys((dtypes.float64, dtypes.complex128), _DOUBLE),
}


def matrix_exponential(input: Any, name: str | None = None) -> Tensor:
    """Returns the exponential of each matrix: f[..., n, n] -> f[..., n, n].

    Raises:
      ValueError: the type is neither floating nor complex.
    """
    with name_scope(name, "matrix_exponential", [input]):
        matrix = convert_to_tensor(input, name="input")
        if matrix.shape[-2:] == [0, 0]:
            return matrix
        batch: Any = matrix.shape[:-2]
        if not batch.is_fully_defined():
            batch = shape_of.shape(matrix)[:-2]
        sizes = concat(([-1], shape_of.shape(matrix)[-2:]), axis=0)
        matrix = reshaping.reshape(matrix, sizes)
        magnitudes = elementwise.abs_(matrix)
        axis = shape_of.size(shape_of.shape(matrix)) - 2
        columns = reductions.reduce_sum(magnitudes, axis=axis)
        result = _exponential(matrix, reductions.reduce_max(columns, axis=-1))
        if not matrix.shape.is_fully_defined():
            sizes = concat((batch, shape_of.shape(result)[-2:]), axis=0)
            return reshaping.reshape(result, sizes)
        return reshaping.reshape(result, batch.concatenate(result.shape[-2:]))


def _exponential(matrix: Tensor, norm: Tensor) -> Tensor:
    """matrix: f[b, n, n], norm: f[b], the largest sum of a column -> f[b, n, n]"""
    const = lambda value: constant(value, norm.dtype)
    if matrix.dtype not in _RULES:
        raise ValueError(f"tf.linalg.expm does not support matrices of type {matrix.dtype}")
    degrees, bounds, largest = _RULES[matrix.dtype]
    limit = const(largest)
    halvings = elementwise.floor(elementwise.log(norm / limit) / elementwise.log(const(2.0)))
    squarings = arithmetic.maximum(halvings, 0)
    parts = [_approximant(matrix, degree) for degree in degrees[:-1]]
    two = constant(2.0, dtype=matrix.dtype)
    scale = arithmetic.pow_(two, casts.cast(squarings, matrix.dtype))[..., None, None]
    parts.append(_approximant(matrix / scale, degrees[-1]))

    def chosen(cases: list[Tensor], limits: tuple[float, ...]) -> Tensor:
        """The first case whose limit the norm is below; the last one has none."""
        if not limits:
            return cases[0]
        below = comparison.less(norm, const(limits[0]))
        return selecting.where(below, cases[0], chosen(cases[1:], limits[1:]))

    odd = chosen([u for u, _ in parts], bounds)
    even = chosen([v for _, v in parts], bounds)
    numerator = odd + even
    denominator = -odd + even
    result = matrix_solve(denominator, numerator)
    return _squared(result, squarings)


def _squared(matrix: Tensor, times: Tensor) -> Tensor:
    """matrix: f[b, n, n], times: f[b] -> each matrix squared as often as it was halved."""
    most = reductions.reduce_max(times)
    start = constant(0.0, times.dtype)

    def turn(i: Tensor, result: Tensor) -> list[Tensor]:
        following = i + 1
        counts = comparison.less(i, times)
        return [following, selecting.where(counts, matmul(result, result), result)]

    return while_loop(lambda i, _: comparison.less(i, most), turn, [start, matrix])[1]


def _approximant(matrix: Tensor, degree: int) -> tuple[Tensor, Tensor]:
    """The odd and the even part of the numerator; the denominator is their difference."""
    b = [constant(value, matrix.dtype) for value in _PADE[degree]]
    sizes = shape_of.shape(matrix)[-2]
    unit = eye(sizes, batch_shape=shape_of.shape(matrix)[:-2], dtype=matrix.dtype)
    powers = [unit, matmul(matrix, matrix)]  # even ones
    for _ in range(2 if degree == 13 else degree // 2 - 1):
        powers.append(matmul(powers[-1], powers[1]))
    if degree == 13:
        return _approximant_13(matrix, b, powers)
    highest, lower = powers[-1], range(len(powers) - 2, -1, -1)
    odd = reduce(lambda total, k: total + b[2 * k + 1] * powers[k], lower, highest)
    u = matmul(matrix, odd)
    even = b[degree - 1] * highest
    return u, reduce(lambda total, k: total + b[2 * k] * powers[k], lower, even)


def _approximant_13(matrix: Tensor, b: list[Tensor], powers: list[Tensor]) -> tuple[Tensor, Tensor]:
    """The same, with the terms above the sixth power grouped behind it."""
    unit, second, fourth, sixth = powers
    high = sixth + b[11] * fourth + b[9] * second
    odd = matmul(sixth, high)
    odd = odd + b[7] * sixth + b[5] * fourth + b[3] * second + b[1] * unit
    u = matmul(matrix, odd)
    high = b[12] * sixth + b[10] * fourth + b[8] * second
    v = matmul(sixth, high) + b[6] * sixth + b[4] * fourth + b[2] * second + b[0] * unit
    return u, v
