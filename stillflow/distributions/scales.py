"""Linear operators that scale vectors, and the shapes that go with them."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.distributions.shapes import prefer_static_broadcast_shape
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import diagonals, filling, shape_of
from stillflow.ops.control.ordering import with_dependencies
from stillflow.ops.debug import checks
from stillflow.ops.known_values import constant_value
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.dense import LinearOperatorLowerTriangular
from stillflow.ops.linalg.operators.diagonal import LinearOperatorDiag
from stillflow.ops.linalg.operators.identity import (
    LinearOperatorIdentity,
    LinearOperatorScaledIdentity,
)
from stillflow.ops.linalg.operators.low_rank import LinearOperatorLowRankUpdate


def make_tril_scale(
    loc: Any = None,
    scale_tril: Any = None,
    scale_diag: Any = None,
    scale_identity_multiplier: Any = None,
    shape_hint: Any = None,
    validate_args: bool = False,
    assert_positive: bool = False,
    name: str | None = None,
) -> LinearOperator:
    """Returns the operator of `scale_tril + diag(scale_diag) + scale_identity_multiplier I`.

    Args:
      scale_tril: f[..., k, k], of which the lower triangle counts; without it the result is that
        of `make_diag_scale`.
      validate_args: whether a run checks the diagonal to be positive if `assert_positive`, else
        not to be 0.
    """
    given = [loc, scale_diag, scale_identity_multiplier]
    with name_scope(name, "make_tril_scale", values=given):
        loc = as_tensor(loc, "loc")
        tril = as_tensor(scale_tril, "scale_tril")
        diagonal = as_tensor(scale_diag, "scale_diag")
        multiplier = as_tensor(scale_identity_multiplier, "scale_identity_multiplier")
    if tril is None:
        return make_diag_scale(
            loc, diagonal, multiplier, shape_hint, validate_args, assert_positive, name
        )
    tril = diagonals.matrix_band_part(tril, -1, 0)
    whole = diagonals.matrix_diag_part(tril)
    if diagonal is not None:
        whole += diagonal
    if multiplier is not None:
        whole += multiplier[..., None]
    tril = diagonals.matrix_set_diag(tril, whole)
    if validate_args:
        own = diagonals.matrix_diag_part(tril)
        tril = with_dependencies([_diagonal_fits(own, assert_positive)], tril)
    return LinearOperatorLowerTriangular(
        tril=tril,
        is_non_singular=True,
        is_self_adjoint=False,
        is_positive_definite=assert_positive,
    )


def make_diag_scale(
    loc: Any = None,
    scale_diag: Any = None,
    scale_identity_multiplier: Any = None,
    shape_hint: Any = None,
    validate_args: bool = False,
    assert_positive: bool = False,
    name: str | None = None,
) -> LinearOperator:
    """Returns the operator of the diagonal `scale_diag + scale_identity_multiplier`.

    Args:
      loc: f[..., k], of which k is taken when there is no diagonal.
      scale_diag: f[..., k].
      scale_identity_multiplier: f[...].
      shape_hint: k, if `loc` does not have it.
      validate_args: whether a run checks the diagonal to be positive if `assert_positive`, else
        not to be 0.

    Raises:
      ValueError: k is nowhere given.
    """
    with name_scope(name, "make_diag_scale", values=[loc, scale_diag, scale_identity_multiplier]):
        loc = as_tensor(loc, "loc")
        diagonal = as_tensor(scale_diag, "scale_diag")
        multiplier = as_tensor(scale_identity_multiplier, "scale_identity_multiplier")
        if diagonal is not None:
            if multiplier is not None:
                diagonal += multiplier[..., None]
            return LinearOperatorDiag(
                diag=_checked(diagonal, validate_args, assert_positive),
                is_non_singular=True,
                is_self_adjoint=True,
                is_positive_definite=assert_positive,
            )
        if shape_hint is None:
            if loc is None:
                raise ValueError(
                    "Cannot infer `event_shape` unless `loc` or `shape_hint` is specified."
                )
            shape_hint = loc.shape[-1]
        if multiplier is None:
            return LinearOperatorIdentity(
                num_rows=shape_hint,
                dtype=loc.dtype.base_dtype,
                is_self_adjoint=True,
                is_positive_definite=True,
                assert_proper_shapes=validate_args,
            )
        return LinearOperatorScaledIdentity(
            num_rows=shape_hint,
            multiplier=_checked(multiplier, validate_args, assert_positive),
            is_non_singular=True,
            is_self_adjoint=True,
            is_positive_definite=assert_positive,
            assert_proper_shapes=validate_args,
        )


def as_tensor(x: Any, name: str) -> Any:
    return None if x is None else convert_to_tensor(x, name=name)


def _checked(x: Tensor, validate_args: bool, must_be_positive: bool) -> Tensor:
    if not validate_args:
        return x
    return with_dependencies([_diagonal_fits(x, must_be_positive)], x)


def _diagonal_fits(x: Tensor, must_be_positive: bool) -> Any:
    if must_be_positive:
        return checks.assert_positive(x, message="diagonal part must be positive")
    zero = filling.zeros([], x.dtype)
    return checks.assert_none_equal(x, zero, message="diagonal part must be non-zero")


def shapes_from_loc_and_scale(
    loc: Any, scale: LinearOperator, name: str = "shapes_from_loc_and_scale"
) -> tuple[Any, Any]:
    """Returns the batch shape and the event shape of vectors `scale x + loc`.

    Raises:
      ValueError: `loc` is of vectors of another size.
    """
    with name_scope(name, values=[loc, *scale.graph_parents]):
        event_size = scale.range_dimension_tensor()
        known = constant_value(event_size)
        event_shape = event_size[None] if known is None else known.reshape([1])
        if loc is not None:
            size = loc.shape[-1].value
            if None not in (size, known) and size not in (1, known):
                raise ValueError(
                    f"Event size of 'scale' ({size}) could not be broadcast up to that of 'loc' "
                    f"({known})."
                )
        batch_shape = scale.batch_shape_tensor()
        if loc is None:
            known = constant_value(batch_shape)
            return (batch_shape if known is None else known), event_shape
        of_loc = loc.shape.with_rank_at_least(1)[:-1]
        if loc.shape.ndims is None or not of_loc.is_fully_defined():
            of_loc = shape_of.shape(loc)[:-1]
        else:
            of_loc = convert_to_tensor(of_loc, name="loc_batch_shape")
        return prefer_static_broadcast_shape(batch_shape, of_loc), event_shape


def is_diagonal_scale(scale: Any) -> bool:
    """Whether an operator is known to be diagonal. TypeError when it is no operator."""
    if not isinstance(scale, LinearOperator):
        raise TypeError(
            f"Expected argument 'scale' to be instance of LinearOperator. Found: {scale}"
        )
    diagonal = LinearOperatorIdentity, LinearOperatorScaledIdentity, LinearOperatorDiag
    return isinstance(scale, diagonal)


def is_self_adjoint_update(scale: LinearOperator) -> bool:
    """Whether `scale` is known to be its adjoint, as one that few factors change."""
    return isinstance(scale, LinearOperatorLowRankUpdate) and bool(scale.is_self_adjoint)
