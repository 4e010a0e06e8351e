"""Iterators in checkpoints: where a pipeline goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.input.datasets.iterator import Iterator
from stillflow.ops.datasets.saving import deserialize_iterator_op, serialize_iterator_op
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec


class IteratorSaveable(SaveableObject):
    """Where an iterator is, as a Saver saves it."""

    def __init__(self, iterator_resource: Tensor):
        serialized = serialize_iterator_op(iterator_resource)
        specs = [SaveSpec(serialized, "", f"{iterator_resource.name}-state")]
        super().__init__(iterator_resource, specs, iterator_resource.name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        with colocate_with(self.op):
            return deserialize_iterator_op(self.op, restored_tensors[0])


def make_saveable_from_iterator(iterator: Iterator) -> IteratorSaveable:
    """What a Saver saves of an iterator, so that another process goes on where this one was.

    The iterator must have been initialised, with the same pipeline, where it is saved and where it
    is restored.
    """
    return IteratorSaveable(iterator._iterator_resource)
