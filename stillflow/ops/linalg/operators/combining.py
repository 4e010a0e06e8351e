"""What becomes of operators that are turned about, undone, rooted, multiplied and solved for."""

from __future__ import annotations

from typing import Any

from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators import algebra, claims
from stillflow.ops.linalg.operators.adjoint import LinearOperatorAdjoint, LinearOperatorInversion
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.block_diagonal import LinearOperatorBlockDiag
from stillflow.ops.linalg.operators.circulant import LinearOperatorCirculant
from stillflow.ops.linalg.operators.composition import LinearOperatorComposition
from stillflow.ops.linalg.operators.dense import LinearOperatorLowerTriangular
from stillflow.ops.linalg.operators.diagonal import LinearOperatorDiag
from stillflow.ops.linalg.operators.householder import LinearOperatorHouseholder
from stillflow.ops.linalg.operators.identity import (
    LinearOperatorIdentity,
    LinearOperatorScaledIdentity,
)
from stillflow.ops.linalg.operators.kronecker import LinearOperatorKronecker
from stillflow.ops.linalg.operators.zeros import LinearOperatorZeros
from stillflow.ops.math import conjugate, elementwise


def _claims_of(operator: LinearOperator) -> dict[str, Any]:
    """What the adjoint and the inverse of an operator share with it."""
    return {
        "is_non_singular": operator.is_non_singular,
        "is_self_adjoint": operator.is_self_adjoint,
        "is_positive_definite": operator.is_positive_definite,
    }


def _conjugate(x: Any) -> Any:
    return conjugate.conj(x) if x.dtype.is_complex else x


# Adjoints -----------------------------------------------------------------------------------------


@algebra.adjoint.of(LinearOperator)
def _adjoint(operator: Any) -> LinearOperator:
    return LinearOperatorAdjoint(operator, **_claims_of(operator), is_square=operator.is_square)


@algebra.adjoint.of(LinearOperatorAdjoint)
def _adjoint_of_adjoint(operator: Any) -> LinearOperator:
    return operator.operator


@algebra.adjoint.of(LinearOperatorIdentity)
@algebra.adjoint.of(LinearOperatorHouseholder)
@algebra.inverse.of(LinearOperatorIdentity)
@algebra.inverse.of(LinearOperatorHouseholder)
def _itself(operator: Any) -> LinearOperator:
    return operator


@algebra.adjoint.of(LinearOperatorScaledIdentity)
def _adjoint_of_scaled_identity(operator: Any) -> LinearOperator:
    multiplier = _conjugate(operator.multiplier)
    return LinearOperatorScaledIdentity(operator._num_rows, multiplier, **_claims_of(operator))


@algebra.adjoint.of(LinearOperatorDiag)
def _adjoint_of_diag(operator: Any) -> LinearOperator:
    return LinearOperatorDiag(_conjugate(operator.diag), **_claims_of(operator), is_square=True)


@algebra.adjoint.of(LinearOperatorBlockDiag)
@algebra.adjoint.of(LinearOperatorKronecker)
def _adjoint_of_several(operator: Any) -> LinearOperator:
    parts = [part.adjoint() for part in operator.operators]
    kind = _kind(operator, LinearOperatorBlockDiag, LinearOperatorKronecker)
    return kind(parts, **_claims_of(operator), is_square=True)


@algebra.adjoint.of(LinearOperatorCirculant)
def _adjoint_of_circulant(operator: Any) -> LinearOperator:
    spectrum = _conjugate(operator.spectrum)
    return LinearOperatorCirculant(spectrum, **_claims_of(operator))


def _kind(operator: LinearOperator, *kinds: type) -> Any:
    return next(kind for kind in kinds if isinstance(operator, kind))


# Inverses -----------------------------------------------------------------------------------------


@algebra.inverse.of(LinearOperator)
def _inverse(operator: Any) -> LinearOperator:
    return LinearOperatorInversion(operator, **_claims_of(operator), is_square=operator.is_square)


@algebra.inverse.of(LinearOperatorInversion)
def _inverse_of_inversion(operator: Any) -> LinearOperator:
    return operator.operator


@algebra.inverse.of(LinearOperatorDiag)
def _inverse_of_diag(operator: Any) -> LinearOperator:
    return LinearOperatorDiag(1.0 / operator.diag, **_claims_of(operator), is_square=True)


@algebra.inverse.of(LinearOperatorScaledIdentity)
def _inverse_of_scaled_identity(operator: Any) -> LinearOperator:
    hints = _claims_of(operator) | {"is_self_adjoint": True}
    return LinearOperatorScaledIdentity(operator._num_rows, 1.0 / operator.multiplier, **hints)


@algebra.inverse.of(LinearOperatorBlockDiag)
@algebra.inverse.of(LinearOperatorKronecker)
def _inverse_of_several(operator: Any) -> LinearOperator:
    parts = [part.inverse() for part in operator.operators]
    kind = _kind(operator, LinearOperatorBlockDiag, LinearOperatorKronecker)
    return kind(parts, **_claims_of(operator), is_square=True)


@algebra.inverse.of(LinearOperatorCirculant)
def _inverse_of_circulant(operator: Any) -> LinearOperator:
    return LinearOperatorCirculant(1.0 / operator.spectrum, **_claims_of(operator))


# Cholesky factors ---------------------------------------------------------------------------------

_ROOT: dict[str, Any] = {
    "is_non_singular": True,
    "is_self_adjoint": True,
    "is_positive_definite": True,
}
_FACTOR: dict[str, Any] = {"is_non_singular": True, "is_self_adjoint": False, "is_square": True}


@algebra.cholesky.of(LinearOperator)
def _cholesky(operator: Any) -> LinearOperator:
    return LinearOperatorLowerTriangular(solving.cholesky(operator.to_dense()), **_FACTOR)


@algebra.cholesky.of(LinearOperatorDiag)
def _cholesky_of_diag(operator: Any) -> LinearOperator:
    return LinearOperatorDiag(elementwise.sqrt(operator.diag), **_ROOT, is_square=True)


@algebra.cholesky.of(LinearOperatorIdentity)
def _cholesky_of_identity(operator: Any) -> LinearOperator:
    return LinearOperatorIdentity(
        operator._num_rows, batch_shape=operator.batch_shape, dtype=operator.dtype
    )


@algebra.cholesky.of(LinearOperatorScaledIdentity)
def _cholesky_of_scaled_identity(operator: Any) -> LinearOperator:
    root = elementwise.sqrt(operator.multiplier)
    return LinearOperatorScaledIdentity(operator._num_rows, root, **_ROOT)


@algebra.cholesky.of(LinearOperatorBlockDiag)
@algebra.cholesky.of(LinearOperatorKronecker)
def _cholesky_of_several(operator: Any) -> LinearOperator:
    parts = [part.cholesky() for part in operator.operators]
    return _kind(operator, LinearOperatorBlockDiag, LinearOperatorKronecker)(parts, **_FACTOR)


# Products and solutions ---------------------------------------------------------------------------


def _composed_claims(a: LinearOperator, b: LinearOperator) -> dict[str, Any]:
    is_square = claims.square(a, b)
    known: claims.Claim = False if is_square is False else None
    return {
        "is_non_singular": claims.non_singular(a, b) if is_square else known,
        "is_self_adjoint": known,
        "is_positive_definite": known,
        "is_square": is_square,
    }


def _commuting_claims(a: LinearOperator, b: LinearOperator) -> dict[str, Any]:
    return {
        "is_non_singular": claims.non_singular(a, b),
        "is_self_adjoint": claims.commuting_self_adjoint(a, b),
        "is_positive_definite": claims.commuting_positive_definite(a, b),
        "is_square": True,
    }


def _triangular_claims(a: LinearOperator, b: LinearOperator) -> dict[str, Any]:
    return _commuting_claims(a, b) | {"is_positive_definite": None}


@algebra.matmul.of(LinearOperator, LinearOperator)
def _product(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorComposition([a, b], **_composed_claims(a, b))


@algebra.matmul.of(LinearOperatorIdentity, LinearOperator)
@algebra.solve.of(LinearOperatorIdentity, LinearOperator)
def _second(a: Any, b: Any) -> LinearOperator:
    return b


@algebra.matmul.of(LinearOperator, LinearOperatorIdentity)
def _first(a: Any, b: Any) -> LinearOperator:
    return a


def _check_square(a: LinearOperator, b: LinearOperator) -> None:
    if not a.is_square or not b.is_square:
        raise ValueError(
            "Matmul with non-square `LinearOperator`s or non-square `LinearOperatorZeros` not "
            "supported at this time."
        )


@algebra.matmul.of(LinearOperator, LinearOperatorZeros)
def _product_with_zeros(a: Any, zeros: Any) -> LinearOperator:
    _check_square(a, zeros)
    return zeros


@algebra.matmul.of(LinearOperatorZeros, LinearOperator)
def _product_of_zeros(zeros: Any, b: Any) -> LinearOperator:
    _check_square(zeros, b)
    return zeros


@algebra.matmul.of(LinearOperatorDiag, LinearOperatorDiag)
def _product_of_diags(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorDiag(a.diag * b.diag, **_commuting_claims(a, b))


@algebra.matmul.of(LinearOperatorDiag, LinearOperatorScaledIdentity)
def _product_of_scaled_diag(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorDiag(a.diag * b.multiplier, **_commuting_claims(a, b))


@algebra.matmul.of(LinearOperatorScaledIdentity, LinearOperatorDiag)
def _product_with_scaled_diag(a: Any, b: Any) -> LinearOperator:
    return _product_of_scaled_diag(b, a)


@algebra.matmul.of(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _product_of_scaled_rows(a: Any, b: Any) -> LinearOperator:
    scaled = a.diag[..., None] * b.to_dense()
    return LinearOperatorLowerTriangular(scaled, **_triangular_claims(a, b))


@algebra.matmul.of(LinearOperatorLowerTriangular, LinearOperatorDiag)
def _product_of_scaled_columns(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorLowerTriangular(a.to_dense() * b.diag, **_triangular_claims(b, a))


@algebra.matmul.of(LinearOperatorCirculant, LinearOperatorCirculant)
def _product_of_circulants(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorCirculant(a.spectrum * b.spectrum, **_commuting_claims(a, b))


@algebra.solve.of(LinearOperator, LinearOperator)
def _solution(a: Any, b: Any) -> LinearOperator:
    hints = _composed_claims(a, b)
    return LinearOperatorComposition([LinearOperatorInversion(a), b], **hints)


@algebra.solve.of(LinearOperatorInversion, LinearOperator)
def _solution_of_inversion(a: Any, b: Any) -> LinearOperator:
    return a.operator.matmul(b)


@algebra.solve.of(LinearOperatorDiag, LinearOperatorDiag)
def _solution_of_diags(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorDiag(b.diag / a.diag, **_commuting_claims(a, b))


@algebra.solve.of(LinearOperatorDiag, LinearOperatorScaledIdentity)
def _solution_of_diag(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorDiag(b.multiplier / a.diag, **_commuting_claims(a, b))


@algebra.solve.of(LinearOperatorScaledIdentity, LinearOperatorDiag)
def _solution_of_scaled_identity(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorDiag(b.diag / a.multiplier, **_commuting_claims(a, b))


@algebra.solve.of(LinearOperatorDiag, LinearOperatorLowerTriangular)
def _solution_of_scaled_rows(a: Any, b: Any) -> LinearOperator:
    scaled = b.to_dense() / a.diag[..., None]
    return LinearOperatorLowerTriangular(scaled, **_triangular_claims(a, b))


@algebra.solve.of(LinearOperatorCirculant, LinearOperatorCirculant)
def _solution_of_circulants(a: Any, b: Any) -> LinearOperator:
    return LinearOperatorCirculant(b.spectrum / a.spectrum, **_commuting_claims(a, b))
