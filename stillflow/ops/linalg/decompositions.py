"""Decompositions of matrices: QR, singular values, eigenvalues.

Vectors that are determined up to a sign need not have the sign that TensorFlow gives them.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.type_sets import FACTORABLE
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import diagonals, filling, reshaping, shape_of, transposing
from stillflow.ops.linalg.half import widened
from stillflow.ops.linalg.products import matmul
from stillflow.ops.linalg.solving import adjoint, matrix_triangular_solve, square_matrices
from stillflow.ops.math import complex_numbers, elementwise


def _smaller(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else min(a, b)


# QR ---------------------------------------------------------------------------------------------


def _qr(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    if sizes is None:
        return [None, None]
    *batch, rows, columns = sizes
    inner = rows if ctx.attrs["full_matrices"] else _smaller(rows, columns)
    return [(*batch, rows, inner), (*batch, inner, columns)]


@op("Qr", "input: T -> q: T, r: T", shape=_qr, types={"T": FACTORABLE})
def qr(xp, x, *, full_matrices: bool = False):
    """x: f[..., n, m] -> orthonormal q, f[..., n, k], and upper triangular r, f[..., k, m].

    Their product is x; k = min(n, m), or n with `full_matrices`.
    """
    parts = xp.linalg.qr(widened(x), mode="complete" if full_matrices else "reduced")
    return tuple(part.astype(x.dtype) for part in parts)


@qr.gradient
def qr_gradient(op, dq, dr):
    q, r = op.outputs
    rows, columns = (op.inputs[0].shape.sizes or (None, None))[-2:]
    if rows is None or columns is None:
        raise NotImplementedError("QrGrad not implemented with dynamic shapes.")
    if columns > rows or (op.attrs["full_matrices"] and columns != rows):
        raise NotImplementedError(
            "QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows."
        )
    # With <x> = x - x^H: dx = q (dr + tril(<q^H dq> + <r dr^H>) r^-H) + (dq - q q^H dq) r^-H.
    q_dq = matmul(q, dq, adjoint_a=True)
    skew_q = q_dq - adjoint(q_dq)
    r_dr = matmul(r, dr, adjoint_b=True)
    skew_r = r_dr - adjoint(r_dr)
    lower = diagonals.matrix_band_part(skew_q + skew_r, -1, 0)
    within = matmul(q, dr + _over_adjoint(lower, r))
    return within + _over_adjoint(dq - matmul(q, q_dq), r)


def qr_of(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """x: f[..., n, m] -> (q, r): orthonormal f[..., n, k], upper triangular f[..., k, m]."""
    return qr(input, full_matrices=full_matrices, name=name)


def _over_adjoint(x: Any, r: Tensor) -> Tensor:
    """x r^-H, for upper triangular r."""
    return adjoint(matrix_triangular_solve(r, adjoint(x), lower=False, adjoint=False))


# Singular values --------------------------------------------------------------------------------


def _svd(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = shapes.with_rank_at_least(ctx.shape(0), 2)
    if sizes is None:
        return [None, None, None] if ctx.attrs["compute_uv"] else [None, (0,), (0,)]
    *batch, rows, columns = sizes
    inner = _smaller(rows, columns)
    if not ctx.attrs["compute_uv"]:
        return [(*batch, inner), (0,), (0,)]
    full = ctx.attrs["full_matrices"]
    return [
        (*batch, inner),
        (*batch, rows, rows if full else inner),
        (*batch, columns, columns if full else inner),
    ]


@op("Svd", "input: T -> s: T, u: T, v: T", shape=_svd, types={"T": FACTORABLE})
def svd_op(xp, x, *, compute_uv: bool = True, full_matrices: bool = False):
    """x: f[..., n, m] -> s: f[..., k], u: f[..., n, k], v: f[..., m, k], with u diag(s) v^H = x.

    k = min(n, m); with `full_matrices` u and v are square. Without `compute_uv` they are empty.
    """
    if not compute_uv:
        values = xp.linalg.svd(widened(x), compute_uv=False).astype(x.dtype)
        return values, xp.zeros((0,), x.dtype), xp.zeros((0,), x.dtype)
    u, values, vh = xp.linalg.svd(widened(x), full_matrices=full_matrices)
    v = xp.conj(xp.swapaxes(vh, -1, -2))
    return values.astype(x.dtype), u.astype(x.dtype), v.astype(x.dtype)


@svd_op.gradient
def svd_gradient(op, ds, du, dv):
    x = op.inputs[0]
    of_values = diagonals.matrix_diag(ds)
    if not op.attrs["compute_uv"]:
        _, u, v = svd(x, compute_uv=True)
        return matmul(u, matmul(of_values, v, adjoint_b=True))
    rows, columns = _known_sizes(x, du, dv)
    s, u, v = op.outputs
    turned = rows > columns  # the gradient of the adjoint, whose u and v change places
    if turned:
        rows, columns, u, v, du, dv = columns, rows, v, u, dv, du
    if op.attrs["full_matrices"] and columns - rows > 1:
        raise NotImplementedError(
            "svd gradient is not implemented for abs(m - n) > 1 when full_matrices is True"
        )
    with control_dependencies([ds, du, dv]):
        dx = _wide_svd_gradient(of_values, s, u, v, du, dv, rows, columns, op.attrs)
        return transposing.matrix_transpose(dx) if turned else dx


def _known_sizes(x: Tensor, du: Tensor, dv: Tensor) -> tuple[int, int]:
    """The last two sizes of `x`."""
    if x.dtype.is_complex:
        raise NotImplementedError(
            "SVD gradient is not implemented for complex types and compute_uv=True."
        )
    own = x.shape.with_rank_at_least(2)
    rows = own[-2].merge_with(du.shape.with_rank_at_least(2)[-2]).value
    columns = own[-1].merge_with(dv.shape.with_rank_at_least(2)[-2]).value
    if rows is None or columns is None:
        raise NotImplementedError(
            "SVD gradient has not been implemented for input with unknown inner matrix shape.\n"
            "  Give the placeholder its last two sizes."
        )
    return rows, columns


def _wide_svd_gradient(
    of_values: Tensor,
    s: Tensor,
    u: Tensor,
    v: Tensor,
    du: Tensor,
    dv: Tensor,
    rows: int,
    columns: int,
    attrs: dict[str, Any],
) -> Tensor:
    """The gradient of a matrix with at most as many rows as columns."""
    values = diagonals.matrix_diag(s)
    squares = elementwise.square(s)
    # Of pairs of singular values, 1 / (s_j^2 - s_i^2), 0 on the diagonal.
    sizes = shape_of.shape(s)
    ones = diagonals.eye(sizes[-1], batch_shape=sizes[:-1], dtype=s.dtype)
    gaps = reshaping.expand_dims(squares, -2) - reshaping.expand_dims(squares, -1) + ones
    inverse = diagonals.matrix_set_diag(elementwise.reciprocal(gaps), filling.zeros_like(s))
    inverse_values = diagonals.matrix_diag(elementwise.reciprocal(s))
    v1, dv1 = v[..., :, :rows], dv[..., :, :rows]
    u_du, v_dv = matmul(u, du, adjoint_a=True), matmul(v1, dv1, adjoint_a=True)
    of_u, of_v = inverse * u_du, inverse * v_dv
    middle = of_values + matmul(of_u + adjoint(of_u), values)
    middle += matmul(values, of_v + adjoint(of_v))
    inside = matmul(u, matmul(middle, v1, adjoint_b=True))
    if rows == columns:
        return inside
    # What of dv lies outside the space that v1 spans.
    turned = transposing.matrix_transpose(dv1)
    outside = turned - matmul(matmul(turned, v1), v1, adjoint_b=True)
    if attrs["full_matrices"]:
        v2, dv2 = v[..., :, rows:columns], dv[..., :, rows:columns]
        outside -= matmul(matmul(v1, dv2, adjoint_a=True), v2, adjoint_b=True)
    return inside + matmul(matmul(u, inverse_values), outside)


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """Returns the singular values `s` of matrices, and with `compute_uv` also `u` and `v`.

    `u diag(s) v^H` is `tensor`.
    """
    s, u, v = svd_op(tensor, compute_uv=compute_uv, full_matrices=full_matrices, name=name)
    s = complex_numbers.real(s)
    return (s, u, v) if compute_uv else s


# Eigenvalues ------------------------------------------------------------------------------------


def _eigen(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    sizes = square_matrices(ctx.shape(0))
    values = None if sizes is None else sizes[:-1]
    return [values, sizes if ctx.attrs["compute_v"] else (0,)]


@op("SelfAdjointEigV2", "input: T -> e: T, v: T", shape=_eigen, types={"T": FACTORABLE})
def self_adjoint_eig_op(xp, x, *, compute_v: bool = True):
    """x: f[..., n, n] -> eigenvalues, f[..., n], ascending, and eigenvectors, f[..., n, n].

    Only the lower triangle of x is read. Without `compute_v` there are no vectors.
    """
    if not compute_v:
        return xp.linalg.eigvalsh(widened(x)).astype(x.dtype), xp.zeros((0,), x.dtype)
    values, vectors = xp.linalg.eigh(widened(x))
    return values.astype(x.dtype), vectors.astype(x.dtype)


@self_adjoint_eig_op.gradient
def self_adjoint_eig_gradient(op, de, dv):
    e = op.outputs[0]
    with control_dependencies([grad for grad in (de, dv) if grad is not None]):
        if op.attrs["compute_v"]:
            v = op.outputs[1]
            gaps = reshaping.expand_dims(e, -2) - reshaping.expand_dims(e, -1)
            inverse = diagonals.matrix_set_diag(elementwise.reciprocal(gaps), filling.zeros_like(e))
            inner = diagonals.matrix_diag(de) + inverse * matmul(v, dv, adjoint_a=True)
        else:
            _, v = self_adjoint_eig(op.inputs[0])
            inner = diagonals.matrix_diag(de)
        dx = matmul(v, matmul(inner, v, adjoint_b=True))
        # The op reads the lower triangle alone, so all of the gradient belongs there.
        lower = diagonals.matrix_band_part(dx + adjoint(dx), -1, 0)
        return diagonals.matrix_set_diag(lower, 0.5 * diagonals.matrix_diag_part(lower))


def self_adjoint_eig(tensor: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Returns the eigenvalues, ascending, and eigenvectors of symmetric or Hermitian matrices."""
    values, vectors = self_adjoint_eig_op(tensor, compute_v=True, name=name)
    return values, vectors


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Returns the eigenvalues, ascending, of symmetric or Hermitian matrices."""
    return self_adjoint_eig_op(tensor, compute_v=False, name=name)[0]
