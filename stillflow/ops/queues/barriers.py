"""What programs hold of a barrier: `Barrier` of TensorFlow's `data_flow_ops`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_shape import as_shape, unknown_shape
from stillflow.ops.queues import barrier_ops as declared
from stillflow.ops.queues.kinds import shapes_of


class Barrier:
    """Puts components together to elements by their keys, in the order in which keys came."""

    def __init__(
        self,
        types: Any,
        shapes: Sequence[Any] | None = None,
        shared_name: str | None = None,
        name: str = "barrier",
    ):
        """Components of `types`, one or a list, and `shapes`.

        Raises:
          ValueError: a shape has no elements.
        """
        given = types if isinstance(types, (list, tuple)) else [types]
        self._types = [dtypes.as_dtype(dtype).base_dtype for dtype in given]
        self._shapes = [unknown_shape() for _ in self._types]
        if shapes is not None:
            self._shapes = shapes_of(shapes)
            if len(self._shapes) != len(self._types):
                raise TypeError("List of types and list of shapes must have the same length.")
        for index, shape in enumerate(self._shapes):
            if shape.num_elements() == 0:
                raise ValueError(
                    f"Empty tensors are not supported, but received shape '{shape}' at index "
                    f"{index}"
                )
        self._barrier_ref = declared.barrier_op(
            component_types=self._types,
            shapes=self._shapes,
            shared_name=shared_name or "",
            name=name,
        )
        self._name = self._barrier_ref.op.name.rsplit("/", 1)[-1]

    @property
    def barrier_ref(self) -> Tensor:
        return self._barrier_ref

    @property
    def name(self) -> str:
        return self._barrier_ref.op.name

    def insert_many(
        self, component_index: int, keys: Any, values: Any, name: str | None = None
    ) -> Operation:
        """Returns the operation that brings values, n[n, ...], of keys, string[n]."""
        build: Any = declared.barrier_insert_many_op
        return build(
            self._barrier_ref,
            keys,
            values,
            component_index=component_index,
            name=name or f"{self._name}_BarrierInsertMany",
        )

    def take_many(
        self,
        num_elements: Any,
        allow_small_batch: bool = False,
        timeout: int | None = None,
        name: str | None = None,
    ) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Returns places in the order, i64[n], keys, string[n], and components of n elements.

        A run waits for so many; one that allows a small batch gives fewer once it is closed.
        """
        indices, keys, values = declared.barrier_take_many_op(
            self._barrier_ref,
            num_elements,
            component_types=self._types,
            allow_small_batch=allow_small_batch,
            timeout_ms=-1 if timeout is None else timeout,
            name=name or f"{self._name}_BarrierTakeMany",
        )
        rows = None if allow_small_batch else _known(indices.op.inputs[1])
        indices.set_shape([rows])
        keys.set_shape([rows])
        for value, shape in zip(values, self._shapes, strict=True):
            value.set_shape(as_shape([rows]).concatenate(shape))
        return indices, keys, values

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Returns the operation after which no new keys may come."""
        build: Any = declared.barrier_close_op
        return build(
            self._barrier_ref,
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_BarrierClose",
        )

    def ready_size(self, name: str | None = None) -> Tensor:
        """Returns how many whole elements there are, i32[]."""
        name = name or f"{self._name}_BarrierReadySize"
        return declared.barrier_ready_size_op(self._barrier_ref, name=name)

    def incomplete_size(self, name: str | None = None) -> Tensor:
        """Returns how many elements lack components, i32[]."""
        name = name or f"{self._name}_BarrierIncompleteSize"
        return declared.barrier_incomplete_size_op(self._barrier_ref, name=name)


def _known(count: Tensor) -> int | None:
    known = constant_value(count)
    return None if known is None else int(known)
