"""`tf.FIFOQueue` and its kin: queues that differ in which element leaves them next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from stillflow.graph.dtypes import DType, as_dtype, int64
from stillflow.graph.random_seed import get_seed
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.queues import declared
from stillflow.ops.queues.queue import QueueBase


class FIFOQueue(QueueBase):
    """A queue from which elements come in the order in which they were enqueued."""

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "fifo_queue",
    ):
        """A queue of at most `capacity` elements.

        Args:
          dtypes: the types of an element's components, or the only one.
          shapes: their shapes, of known sizes; without them only single elements can be dequeued.
          names: of the components; elements are dicts then.
          shared_name: in a session, all queues of this name are one.
        """
        types, known = _types(dtypes), known_shapes(shapes)
        own_names = _names(names, types)
        handle = declared.fifo_queue_op(
            component_types=types,
            shapes=known or [],
            capacity=capacity,
            shared_name=shared_name or "",
            name=name,
        )
        super().__init__(types, known, own_names, handle)


class PaddingFIFOQueue(QueueBase):
    """A FIFOQueue whose elements may differ in size, and are padded with zeros when dequeued."""

    def __init__(
        self,
        capacity: int,
        dtypes: Any,
        shapes: Any,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "padding_fifo_queue",
    ):
        """A queue of at most `capacity` elements; the arguments are those of FIFOQueue.

        Args:
          shapes: of every component, of known rank. Where a size is None, elements that are
            dequeued together are padded to the largest.

        Raises:
          ValueError: `shapes` is no list of a shape for each component.
        """
        types, known = _types(dtypes), _partial_shapes(shapes)
        own_names = _names(names, types)
        if len(types) != len(known):
            raise ValueError(
                f"Shapes must be provided for all components, but received {len(types)} dtypes "
                f"and {len(known)} shapes."
            )
        handle = declared.padding_fifo_queue_op(
            component_types=types,
            shapes=known,
            capacity=capacity,
            shared_name=shared_name or "",
            name=name,
        )
        super().__init__(types, known, own_names, handle)


class PriorityQueue(QueueBase):
    """A queue from which the element of the least priority comes first."""

    def __init__(
        self,
        capacity: int,
        types: Any,
        shapes: Any = None,
        names: Any = None,
        shared_name: str | None = None,
        name: str = "priority_queue",
    ):
        """A queue of at most `capacity` elements; the arguments are those of FIFOQueue.

        Args:
          types: of the components but the first, which is the priority, i64[].
          shapes: of those components; they must be given.
        """
        own_types, known = _types(types), known_shapes(shapes)
        handle = declared.priority_queue_op(
            component_types=own_types,
            shapes=known,
            capacity=capacity,
            shared_name=shared_name or "",
            name=name,
        )
        all_shapes = [TensorShape([]), *known] if known else known
        super().__init__([int64, *own_types], all_shapes, names, handle)


class RandomShuffleQueue(QueueBase):
    """A queue from which elements come in random order."""

    def __init__(
        self,
        capacity: int,
        min_after_dequeue: int,
        dtypes: Any,
        shapes: Any = None,
        names: Any = None,
        seed: int | None = None,
        shared_name: str | None = None,
        name: str = "random_shuffle_queue",
    ):
        """A queue of at most `capacity` elements; the other arguments are those of FIFOQueue.

        Args:
          min_after_dequeue: how many elements stay, so that they mix, until the queue is closed.
          seed: decides the order, with that of the graph.
        """
        types, known = _types(dtypes), known_shapes(shapes)
        own_names = _names(names, types)
        handle = declared.random_shuffle_queue_op(
            component_types=types,
            shapes=known or [],
            capacity=capacity,
            min_after_dequeue=min_after_dequeue,
            **_seeds(seed, shared_name),
            shared_name=shared_name or "",
            name=name,
        )
        super().__init__(types, known, own_names, handle)


def _seeds(seed: int | None, shared_name: str | None) -> dict[str, int]:
    """Queues of one name have one seed, whatever the number of nodes before each."""
    first, second = get_seed(seed)
    if first is None or second is None:
        return {"seed": 0, "seed2": 0}
    if seed is None and shared_name is not None:
        digest = hashlib.md5(f"{first}{shared_name}".encode()).hexdigest()
        second = int(digest[:8], 16) & 0x7FFFFFFF
    return {"seed": first, "seed2": second}


def known_shapes(shapes: Any) -> list[TensorShape] | None:
    """The shapes of components, each of known sizes; None for None."""
    if shapes is None:
        return None
    found = shapes_of(shapes)
    if not all(shape.is_fully_defined() for shape in found):
        raise ValueError(f"All shapes must be fully defined: {found}")
    return found


def _partial_shapes(shapes: Any) -> list[TensorShape]:
    if not isinstance(shapes, Sequence) or not shapes or any(map(_is_size, shapes)):
        raise ValueError("When providing partial shapes, a list of shapes must be provided.")
    found = shapes_of(shapes)
    if any(shape.ndims is None for shape in found):
        raise ValueError(f"All shapes must have a defined rank: {found}")
    return found


def shapes_of(shapes: Any) -> list[TensorShape]:
    """Shapes of components, of which there may be one alone."""
    if isinstance(shapes, TensorShape):
        shapes = [shapes]
    if not isinstance(shapes, (list, tuple)):
        raise TypeError("shapes must be a TensorShape or a list or tuple of TensorShapes.")
    if all(map(_is_size, shapes)):
        shapes = [shapes]  # a single one
    return [as_shape(shape) for shape in shapes]


def _is_size(value: Any) -> bool:
    return value is None or isinstance(value, int)


def _types(dtypes: Any) -> list[DType]:
    return [as_dtype(d) for d in (dtypes if isinstance(dtypes, (list, tuple)) else [dtypes])]


def _names(names: Any, types: Sequence[DType]) -> list[str] | None:
    if names is None:
        return None
    own = list(names) if isinstance(names, (list, tuple)) else [names]
    if len(own) != len(types):
        raise ValueError("List of names must have the same length as the list of dtypes")
    return own
