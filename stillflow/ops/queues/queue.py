"""`tf.QueueBase`: what programs hold of a queue. It builds ops; the elements are in sessions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import get_name_scope, name_scope
from stillflow.graph.tensor_shape import Dimension, TensorShape, as_shape, unknown_shape
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.stacking import stack
from stillflow.ops.known_values import constant_value
from stillflow.ops.queues import declared


class QueueBase:
    """A queue whose elements are tuples of tensors, or dicts of them where it has names.

    What the methods build runs in sessions; each session has the queue for itself.
    """

    def __init__(
        self,
        dtypes: Sequence[Any],
        shapes: Sequence[Any] | None,
        names: Sequence[str] | None,
        queue_ref: Tensor,
    ):
        """The queue with the handle `queue_ref`; `shapes` and `names` are one for each type."""
        self._dtypes = [_as_dtype(dtype) for dtype in dtypes]
        for what, given in (("shapes", shapes), ("names", names)):
            if given is not None and len(given) != len(dtypes):
                raise ValueError(f"Queue {what} must have the same length as dtypes")
        self._shapes = (
            [unknown_shape() for _ in dtypes] if shapes is None else [*map(as_shape, shapes)]
        )
        self._names = names
        self._queue_ref = queue_ref
        # Without a graph a queue is called as the scope in which it was made.
        whole = (get_name_scope() or "Empty") if queue_ref._is_eager else queue_ref.op.name
        self._whole_name = whole
        self._name = whole.rsplit("/", 1)[-1]

    @staticmethod
    def from_list(index: Any, queues: Any) -> QueueBase:
        """The queue `queues[index]`, where `index`, i32[], may differ from run to run.

        Raises:
          TypeError: `queues` is no list of queues of the same types and names.
        """
        if not (isinstance(queues, list) and queues and all(map(_is_queue, queues))):
            raise TypeError("A list of queues expected")
        first = queues[0]
        for what in ("dtypes", "names"):
            if any(getattr(queue, what) != getattr(first, what) for queue in queues):
                raise TypeError(f"Queues do not have matching component {what}.")
        shapes = [reduce(_common, own) for own in zip(*(q.shapes for q in queues), strict=True)]
        handle = gather(stack([queue.queue_ref for queue in queues]), index)
        return QueueBase(first.dtypes, shapes, first.names, handle)

    @property
    def queue_ref(self) -> Tensor:
        return self._queue_ref

    @property
    def name(self) -> str:
        return self._whole_name

    @property
    def dtypes(self) -> list[DType]:
        return self._dtypes

    @property
    def shapes(self) -> list[TensorShape]:
        return self._shapes

    @property
    def names(self) -> Sequence[str] | None:
        return self._names

    def enqueue(self, vals: Any, name: str | None = None) -> Operation:
        """Returns the operation that adds an element; it waits while the queue is full.

        Its run fails with CancelledError when the queue or the session is closed.
        """
        with name_scope(name, f"{self._name}_enqueue", _listed(vals)) as scope:
            tensors = self._components(vals)
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                tensor.shape.assert_is_compatible_with(shape)
            enqueuing: Any = declared.enqueue_op(self._queue_ref, tensors, name=scope)
            return enqueuing

    def enqueue_many(self, vals: Any, name: str | None = None) -> Operation:
        """Returns the operation that adds an element for each row of `vals`."""
        with name_scope(name, f"{self._name}_EnqueueMany", _listed(vals)) as scope:
            tensors = self._components(vals)
            rows = Dimension(None)
            for tensor, shape in zip(tensors, self._shapes, strict=False):
                whole = tensor.shape.with_rank_at_least(1)
                rows = rows.merge_with(whole[0])
                whole[1:].assert_is_compatible_with(shape)
            enqueuing: Any = declared.enqueue_many_op(self._queue_ref, tensors, name=scope)
            return enqueuing

    def dequeue(self, name: str | None = None) -> Any:
        """Returns an element: a tensor, a list of them, or a dict; waits while there is none.

        Its run fails with OutOfRangeError when the queue is closed and empty, with CancelledError
        when the session is closed.
        """
        name = name or f"{self._name}_Dequeue"
        made = declared.dequeue_op(self._queue_ref, component_types=self._dtypes, name=name)
        return self._returned(made, TensorShape([]))

    def dequeue_many(self, n: Any, name: str | None = None) -> Any:
        """Returns `n` elements in one, [n, ...]; waits until there are so many."""
        name = name or f"{self._name}_DequeueMany"
        made: Any = declared.dequeue_many_op(
            self._queue_ref, n, component_types=self._dtypes, name=name
        )
        first = _tensors(made)[0]
        count = n if first._is_eager else constant_value(first.op.inputs[1])
        return self._returned(
            made, TensorShape([None if count is None else int(np.ravel(count)[0])])
        )

    def dequeue_up_to(self, n: Any, name: str | None = None) -> Any:
        """`dequeue_many`, but there are fewer when the queue is closed and has no more."""
        name = name or f"{self._name}_DequeueUpTo"
        made = declared.dequeue_up_to_op(
            self._queue_ref, n, component_types=self._dtypes, name=name
        )
        return self._returned(made, TensorShape([None]))

    def close(self, cancel_pending_enqueues: bool = False, name: str | None = None) -> Operation:
        """Returns the operation after which nothing may be enqueued.

        What waits to be enqueued still is, unless `cancel_pending_enqueues`; what waits for more
        elements than there will be fails.
        """
        closing: Any = declared.close_op(
            self._queue_ref,
            cancel_pending_enqueues=cancel_pending_enqueues,
            name=name or f"{self._name}_Close",
        )
        return closing

    def is_closed(self, name: str | None = None) -> Tensor:
        return declared.is_closed_op(self._queue_ref, name=name or f"{self._name}_Is_Closed")

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many elements there are, i32[]."""
        return declared.size_op(self._queue_ref, name=name or f"{self._name}_Size")

    def _components(self, vals: Any) -> list[Tensor]:
        if isinstance(vals, dict):
            if not self._names:
                raise ValueError("Queue must have names to enqueue a dictionary")
            if sorted(self._names, key=str) != sorted(vals, key=str):
                raise ValueError(
                    "Keys in dictionary to enqueue do not match names of Queue.  Dictionary: "
                    f"({sorted(vals)}), Queue: ({sorted(self._names)})"
                )
            vals = [vals[name] for name in self._names]
        elif self._names:
            raise ValueError("You must enqueue a dictionary in a Queue with names")
        values = vals if isinstance(vals, (list, tuple)) else [vals]
        return [
            convert_to_tensor(value, dtype=dtype, name=f"component_{index}")
            for index, (value, dtype) in enumerate(zip(values, self._dtypes, strict=False))
        ]

    def _returned(self, made: Any, rows: TensorShape) -> Any:
        tensors = _tensors(made)
        for tensor, shape in zip(tensors, self._shapes, strict=True):
            tensor.set_shape(rows.concatenate(shape))
        if self._names:
            return dict(zip(self._names, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors


def _as_dtype(dtype: Any) -> DType:
    return dtypes.as_dtype(dtype)


def _is_queue(value: Any) -> bool:
    return isinstance(value, QueueBase)


def _tensors(made: Any) -> list[Tensor]:
    return [made] if isinstance(made, Tensor) else list(made)


def _listed(vals: Any) -> Any:
    """The values that a scope is opened for."""
    if isinstance(vals, dict):
        return list(vals.values())
    return vals if isinstance(vals, (list, tuple)) else [vals]


def _common(a: TensorShape, b: TensorShape) -> TensorShape:
    """What two shapes have in common."""
    if a.ndims is None or b.ndims is None or a.ndims != b.ndims:
        return unknown_shape()
    return TensorShape(
        [m if m == n else None for m, n in zip(a.as_list(), b.as_list(), strict=True)]
    )
