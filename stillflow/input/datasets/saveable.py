"""Where an iterator is, as checkpoints hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.datasets.saving import deserialize_iterator_op, serialize_iterator_op
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec


class IteratorSaveable(SaveableObject):
    """Saves an iterator by a name, its state as the tensor `key` of the checkpoint."""

    def __init__(self, iterator_resource: Tensor, name: str, key: str):
        serialized = serialize_iterator_op(iterator_resource)
        super().__init__(iterator_resource, [SaveSpec(serialized, "", key)], name)

    def restore(self, restored_tensors: Sequence[Tensor], restored_shapes: Any) -> Any:
        with colocate_with(self.op):
            return deserialize_iterator_op(self.op, restored_tensors[0])
