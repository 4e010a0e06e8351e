"""What gives the replicas of one worker their input eagerly, and inside of functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.nest import map_structure
from stillflow.graph.scopes import device
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.experimental.optionals import get_next_as_optional
from stillflow.input.datasets.iterator_v2 import IteratorV2
from stillflow.ops.array.filling import zeros
from stillflow.ops.control.cond import cond


class DealtAtOnce:
    """Deals the elements of a worker's dataset out to its devices, in turn.

    Args:
      fills_up: whether devices for which nothing is left get a batch of no rows, when others have
        got something. Else that is the end.
    """

    def __init__(self, dataset: DatasetV2, worker: str, places: Sequence[str], fills_up: bool):
        self._dataset = dataset
        self._worker = worker
        self._places = places
        self._fills_up = fills_up and not _is_fixed(dataset.element_spec)
        self.initialize()

    def initialize(self) -> list[Any]:
        """Begins with the first element; there is no operation for that."""
        with device(self._worker):
            self._iterator = IteratorV2(self._dataset)
        return []

    @property
    def element_spec(self) -> Any:
        return self._dataset.element_spec

    def get_next_as_list(self, name: str | None = None) -> list[Any]:
        """The next element of each device; OutOfRangeError behind the last ones."""
        del name
        with device(self._worker):
            elements = [self._iterator.get_next()]
            while len(elements) < len(self._places):
                elements.append(self._another())
        return elements

    def _another(self) -> Any:
        try:
            return self._iterator.get_next()
        except OutOfRangeError:
            if not self._fills_up:
                raise
            return _of_no_rows(self.element_spec)

    def optionals(self) -> list[Any]:
        """In a function: an Optional for each device."""
        with device(self._worker):
            return [get_next_as_optional(self._iterator) for _ in self._places]

    def values(self, optionals: Sequence[Any]) -> list[Any]:
        """What they have, of which the first has a value."""
        first, *others = optionals
        with device(self._worker):
            return [first.get_value(), *map(self._or_no_rows, others)]

    def _or_no_rows(self, optional: Any) -> Any:
        if not self._fills_up:
            return optional.get_value()
        return cond(
            optional.has_value(),
            optional.get_value,
            lambda: _of_no_rows(self.element_spec),
            strict=True,
        )


def _is_fixed(spec: Any) -> bool:
    """Whether all elements have one shape, so that there is no smaller one at the end."""
    return all(shape.is_fully_defined() for shape in structure.get_flat_tensor_shapes(spec))


def _of_no_rows(spec: Any) -> Any:
    def none_of(each: Any) -> Any:
        if not isinstance(each, TensorSpec):
            raise NotImplementedError(
                f"A replica for which no batch is left gets one of no rows, and {each} has none.\n"
                "  Give the dataset batches that all replicas have a part of: drop_remainder=True."
            )
        return zeros([size or 0 for size in each.shape.as_list()], each.dtype)

    return map_structure(none_of, spec)
