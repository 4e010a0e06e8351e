"""Iterators of eager programs and traced functions: `for element in dataset`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.scopes import colocate_with
from stillflow.input.datasets import structure
from stillflow.input.datasets.for_python import ForPython
from stillflow.input.datasets.iterator import OfElements
from stillflow.ops.datasets.devices import anonymous_iterator_v2_op
from stillflow.ops.datasets.iterators import iterator_get_next_sync_op, make_iterator_op


class IteratorV2(ForPython, OfElements):
    """Gives the elements of a dataset from the first one on, to Python.

    Inside of a function that is traced, `next` gives tensors that stand for the next element of a
    call.
    """

    def __init__(self, dataset: Any):
        dataset = dataset._apply_options()
        self._dataset = dataset  # whose functions hold what they capture
        self._element_spec = dataset.element_spec
        variant = dataset._variant_tensor
        with colocate_with(variant):
            made: Any = anonymous_iterator_v2_op(**dataset._flat_structure)
            self._iterator_resource = made.handle
            make_iterator_op(variant, made.handle)

    def _autograph_for_loop(self, loop: Any) -> None:
        from stillflow.input.datasets.looping import iterator_loop

        iterator_loop(self, loop)

    def get_next(self, name: str | None = None) -> Any:
        """The next element; tf.errors.OutOfRangeError behind the last one."""
        del name
        tensors: Any = iterator_get_next_sync_op(
            self._iterator_resource,
            output_types=structure.get_flat_tensor_types(self._element_spec),
            output_shapes=structure.get_flat_tensor_shapes(self._element_spec),
        )
        return structure.from_tensor_list(self._element_spec, tensors)
