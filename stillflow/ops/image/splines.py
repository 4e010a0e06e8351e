"""Polyharmonic splines: smooth functions through given values at scattered points."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, filling, joining, reshaping, shape_of, stacking
from stillflow.ops.array.transposing import transpose
from stillflow.ops.linalg.products import matmul
from stillflow.ops.linalg.solving import matrix_solve
from stillflow.ops.math import arithmetic, elementwise
from stillflow.ops.reduce import reductions

_EPSILON = 1e-10


def interpolate_spline(
    train_points: Any,
    train_values: Any,
    query_points: Any,
    order: int,
    regularization_weight: float = 0.0,
    name: str = "interpolate_spline",
) -> Tensor:
    """Returns the values at other points of a spline that has given values at given points.

    Args:
      train_points: f[b, n, d], d known.
      train_values: f[b, n, k], k known.
      query_points: f[b, m, d].
      order: of the spline; 1 is linear, 2 a thin plate, 3 cubic in the distance.
      regularization_weight: how far the spline may miss the values to be smoother.

    Returns:
      f[b, m, k].

    Raises:
      ValueError: `d` or `k` is not known.
    """
    with name_scope(name):
        points, values, queries = (
            convert_to_tensor(x) for x in (train_points, train_values, query_points)
        )
        with name_scope("solve"):
            weights, plane = _solved(points, values, order, regularization_weight)
        with name_scope("predict"):
            return _applied(queries, points, weights, plane, order)


def _solved(
    points: Tensor, values: Tensor, order: int, regularization_weight: float
) -> tuple[Tensor, Tensor]:
    """The weights of the points, f[b, n, k], and of coordinates and one, f[b, d + 1, k]."""
    batch, count, _ = stacking.unstack(shape_of.shape(points), num=3)
    size, width = points.shape[-1].value, values.shape[-1].value
    if size is None:
        raise ValueError(
            "The dimensionality of the input points (d) must be statically-inferrable."
        )
    if width is None:
        raise ValueError(
            "The dimensionality of the output values (k) must be statically-inferrable."
        )
    with name_scope("construct_linear_system"):
        bending = _phi(_squares_within(points), order)
        if regularization_weight > 0:
            identity = reshaping.expand_dims(diagonals.eye(count, dtype=points.dtype), 0)
            bending += regularization_weight * identity
        ones = filling.ones_like(points[..., :1], dtype=points.dtype)
        affine = joining.concat([points, ones], 2)
        left = joining.concat([bending, transpose(affine, [0, 2, 1])], 1)
        columns = affine.shape[2]
        corner = filling.zeros([batch, columns, columns], points.dtype)
        right = joining.concat([affine, corner], 1)
        system = joining.concat([left, right], 2)
        nothing = filling.zeros([batch, size + 1, width], points.dtype)
        wanted = joining.concat([values, nothing], 1)
    with name_scope("solve_linear_system"):
        solved = matrix_solve(system, wanted)
        return solved[:, :count, :], solved[:, count:, :]


def _applied(queries: Tensor, points: Tensor, weights: Tensor, plane: Tensor, order: int) -> Tensor:
    radial = matmul(_phi(_squares_between(queries, points), order), weights)
    ones = filling.ones_like(queries[..., :1], points.dtype)
    return radial + matmul(joining.concat([queries, ones], 2), plane)


def _squares_between(x: Tensor, y: Tensor) -> Tensor:
    """The squared distances of f[b, m, d] to f[b, n, d]: f[b, m, n]"""
    x_squares = reductions.reduce_sum(elementwise.square(x), 2)
    y_squares = reductions.reduce_sum(elementwise.square(y), 2)
    rows = reshaping.expand_dims(x_squares, 2)
    columns = reshaping.expand_dims(y_squares, 1)
    return rows - 2 * matmul(x, y, adjoint_b=True) + columns


def _squares_within(x: Tensor) -> Tensor:
    """The squared distances of f[b, n, d] to each other: f[b, n, n]"""
    products = matmul(x, x, adjoint_b=True)
    rows = reshaping.expand_dims(diagonals.matrix_diag_part(products), 2)
    return rows - 2 * products + transpose(rows, [0, 2, 1])


def _phi(r: Tensor, order: int) -> Tensor:
    """What a point adds at a squared distance: r^order, times log(r) where `order` is even."""
    with name_scope("phi"):
        if order == 1:
            return elementwise.sqrt(arithmetic.maximum(r, _EPSILON))
        if order == 2:
            return 0.5 * r * elementwise.log(arithmetic.maximum(r, _EPSILON))
        if order == 4:
            square = 0.5 * elementwise.square(r)
            return square * elementwise.log(arithmetic.maximum(r, _EPSILON))
        r = arithmetic.maximum(r, _EPSILON)
        if order % 2 == 0:
            return 0.5 * arithmetic.pow_(r, 0.5 * order) * elementwise.log(r)
        return arithmetic.pow_(r, 0.5 * order)
