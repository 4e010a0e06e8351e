"""Composite tensors: objects that stand for several tensors, in place of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stillflow.graph.operation import Tensor
    from stillflow.graph.tensor_shape import TensorShape
    from stillflow.graph.type_spec import TypeSpec


class CompositeTensor:
    """What choices, loops and functions take and give as the tensors that it is made of."""

    def fetch_parts(self) -> list[Tensor]:
        """The tensors, in order."""
        raise NotImplementedError

    def with_parts(self, parts: Sequence[Any]) -> Any:
        """The same of other tensors."""
        return type(self)(*parts)

    def kind_in_traces(self) -> Any:
        """What a trace of a function depends on, beside the tensors; it can be hashed."""
        return type(self)

    @property
    def _type_spec(self) -> TypeSpec:
        """What is known of it, whichever tensors it is made of."""
        raise NotImplementedError

    def _shape_invariant_to_type_spec(self, shape: TensorShape) -> TypeSpec:
        """What stays of it in a loop whose `shape_invariants` name a shape.

        Raises:
          ValueError: the shape makes no sense.
        """
        raise NotImplementedError


#: Classes whose objects stand for tensors of a graph, as programs have told tf.keras.
SYMBOLIC_TYPES: list[type] = []


def register_symbolic_tensor_type(cls: type) -> None:
    """Notes that tf.keras should take objects of a class for tensors of a graph."""
    SYMBOLIC_TYPES.append(cls)
