"""Operators made of several others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.array import filling, shape_of
from stillflow.ops.debug import checks
from stillflow.ops.linalg.operators.base import LinearOperator
from stillflow.ops.linalg.operators.claims import Claim, implied


class OfSeveral(LinearOperator):
    """What operators made of several others have in common.

    Args:
      operators: the others, of one type.
      hints: what is known of the whole, by name.
      whole: what it is called in a contradiction.
      joint: what stands between the names of the others, in its own.
      inherited: hints that hold of the whole when they hold of all others, and their spelling.
    """

    def __init__(
        self,
        operators: Sequence[LinearOperator],
        hints: dict[str, Claim],
        name: str | None,
        whole: str,
        joint: str,
        inherited: dict[str, str],
    ):
        self._operators = list(operators)
        dtype = self._operators[0].dtype
        if any(operator.dtype != dtype for operator in self._operators):
            found = "   ".join(str((one.name, one.dtype)) for one in self._operators)
            raise TypeError(f"Expected all operators to have the same dtype.  Found {found}")
        for hint, spelled in inherited.items():
            message = f"The {whole} of {spelled} operators is always {spelled}."
            hints[hint] = implied(self._operators, hint, hints[hint], message)
        self._check_parts(hints)
        parents = [parent for operator in self._operators for parent in operator.graph_parents]
        name = name or joint.join(operator.name for operator in self._operators)
        with name_scope(name, values=parents):
            super().__init__(dtype, parents, name=name, **hints)

    @property
    def operators(self) -> list[LinearOperator]:
        """The others."""
        return self._operators

    def _check_parts(self, hints: dict[str, Claim]) -> None:
        """ValueError where the others cannot be put together."""

    def _batch(self) -> TensorShape:
        """What is known of the batches, broadcast."""
        batches = [operator.batch_shape for operator in self.operators]
        return reduce(filling.broadcast_static_shape, batches)

    def _batch_tensor_by_zeros(self) -> Tensor:
        """The batches in a run, as those of a sum of zeros."""
        total: Any = None
        for operator in self.operators:
            zeros = filling.zeros(shape=operator.batch_shape_tensor())
            total = zeros if total is None else total + zeros
        return shape_of.shape(total)

    def _product(self, method: str) -> Tensor:
        """The product of a number of each."""
        return reduce(lambda a, b: a * b, _each(self.operators, method))

    def _sum(self, method: str) -> Tensor:
        """The sum of a number of each."""
        return reduce(lambda a, b: a + b, _each(self.operators, method))


def _each(operators: list[LinearOperator], method: str) -> Any:
    return (getattr(operator, method)() for operator in operators)


def listed(operators: Any, empty: str) -> list[LinearOperator]:
    """`operators` as a list.

    Raises:
      TypeError: they are no list or the like.
      ValueError: there are none; says `empty`.
    """
    checks.assert_proper_iterable(operators)
    operators = list(operators)
    if not operators:
        raise ValueError(f"{empty} Found: {operators}")
    return operators
