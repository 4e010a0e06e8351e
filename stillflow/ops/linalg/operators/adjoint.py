"""Operators turned about, and operators undone."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array.joining import concat
from stillflow.ops.linalg import solving
from stillflow.ops.linalg.operators import claims
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.claims import Claim
from stillflow.ops.math import conjugate


class _OfAnother(LinearOperator):
    """An operator that has what another has, and of which the same is known.

    Args:
      kind: what it is called in a contradiction.
      suffix: of its name.
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: Claim,
        is_self_adjoint: Claim,
        is_positive_definite: Claim,
        is_square: Claim,
        name: str | None,
        kind: str,
        suffix: str,
    ):
        self._operator = operator
        said = {
            "square": is_square,
            "non-singular": is_non_singular,
            "self-adjoint": is_self_adjoint,
            "positive-definite": is_positive_definite,
        }
        known = {
            f"is_{what.replace('-', '_')}": claims.kept(
                operator,
                f"is_{what.replace('-', '_')}",
                claim,
                f"An operator is {what} if and only if its {kind} is {what}.",
            )
            for what, claim in said.items()
        }
        name = name or operator.name + suffix
        with name_scope(name, values=operator.graph_parents):
            super().__init__(operator.dtype, operator.graph_parents, name=name, **known)

    @property
    def operator(self) -> LinearOperator:
        """The other one."""
        return self._operator

    def _assert_non_singular(self) -> Any:
        return self.operator.assert_non_singular()

    def _assert_positive_definite(self) -> Any:
        return self.operator.assert_positive_definite()

    def _assert_self_adjoint(self) -> Any:
        return self.operator.assert_self_adjoint()


class LinearOperatorAdjoint(_OfAnother):
    """The adjoint of an operator: f[..., n, m] of f[..., m, n].

    Raises:
      ValueError: what is said of it contradicts what is known of `operator`.
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str | None = None,
    ):
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(operator, *hints, name, kind="adjoint", suffix="_adjoint")

    def _shape(self) -> TensorShape:
        shape = self.operator.shape
        return shape[:-2].concatenate([shape[-1], shape[-2]])

    def _shape_tensor(self) -> Tensor:
        shape = self.operator.shape_tensor()
        return concat([shape[:-2], [shape[-1], shape[-2]]], axis=-1)

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self.operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _matvec(self, x: Tensor, adjoint: bool = False) -> Tensor:
        return self.operator.matvec(x, adjoint=not adjoint)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self.operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solvevec(self, rhs: Tensor, adjoint: bool = False) -> Tensor:
        return self.operator.solvevec(rhs, adjoint=not adjoint)

    def _determinant(self) -> Tensor:
        determinant = self.operator.determinant()
        return determinant if self.is_self_adjoint else conjugate.conj(determinant)

    def _log_abs_determinant(self) -> Tensor:
        return self.operator.log_abs_determinant()

    def _trace(self) -> Tensor:
        trace = self.operator.trace()
        return trace if self.is_self_adjoint else conjugate.conj(trace)

    def _to_dense(self) -> Tensor:
        dense = self.operator.to_dense()
        return dense if self.is_self_adjoint else solving.adjoint(dense)


class LinearOperatorInversion(_OfAnother):
    """The inverse of a square operator, f[..., n, n], whose products are solved for.

    Raises:
      ValueError: either is said to be singular or not square, or hints contradict each other.
    """

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: Claim = None,
        is_self_adjoint: Claim = None,
        is_positive_definite: Claim = None,
        is_square: Claim = None,
        name: str | None = None,
    ):
        for claim, said in (("is_non_singular", is_non_singular), ("is_square", is_square)):
            known = getattr(operator, claim)
            if known is False or said is False:
                raise ValueError(
                    f"operator and supplied hints must have `{claim}` equal to `True` or `None`.  "
                    f"Found {known}, {said}"
                )
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(operator, *hints, name, kind="inverse", suffix="_inv")

    def _shape(self) -> TensorShape:
        return self.operator.shape

    def _shape_tensor(self) -> Tensor:
        return self.operator.shape_tensor()

    def _matmul(self, x: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self.operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs: Tensor, adjoint: bool = False, adjoint_arg: bool = False) -> Tensor:
        return self.operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Tensor:
        return 1.0 / self.operator.determinant()

    def _log_abs_determinant(self) -> Tensor:
        return -1.0 * self.operator.log_abs_determinant()
