"""Datasets of given tensors, of their rows, and of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Table


class TensorDataset(Dataset):
    """One element."""

    def __init__(self, element: Element, types: Sequence[DType], shapes: Sequence[TensorShape]):
        super().__init__((), types, shapes)
        self.element = element

    def iterator(self, place: Place) -> ElementIterator:
        return _Once(self.element)

    def cardinality(self) -> int:
        return 1


class _Once(ElementIterator):
    kind = "FromTensor"

    def __init__(self, element: Element):
        self._element: Element | None = element
        self._given = element

    def next(self) -> Element:
        if self._element is None:
            raise End
        element, self._element = self._element, None
        return element

    def save(self, state: State) -> None:
        state.mark("produced", self._element is None)

    def restore(self, state: State) -> None:
        self._element = None if "produced" in state else self._given


@op(
    "TensorDataset",
    "components: [Toutput_types] -> handle: variant",
    shape=shapes.scalar,
    limits={"output_shapes": 1},
    host=True,
    stateful=True,
)
def tensor_dataset_op(xp, *components, output_shapes: list[TensorShape]):
    """components: n[...] each -> variant[], a dataset of that one element"""
    return TensorDataset(components, _types(components), output_shapes)


def _types(components: Element) -> list[DType]:
    return [_type(value) for value in components]


def _type(value: Any) -> DType:
    if isinstance(value, Handle):
        return dtypes.variant
    if value.dtype != object:
        return dtypes.as_dtype(value.dtype)
    is_variant = value.size and isinstance(value.ravel()[0], Handle)
    return dtypes.variant if is_variant else dtypes.string


@op(
    "TensorSliceDataset",
    "components: [Toutput_types] -> handle: variant",
    shape=shapes.scalar,
    limits={"output_shapes": 1},
    host=True,
    stateful=True,
)
def tensor_slice_dataset_op(xp, *components, output_shapes: list[TensorShape]):
    """components: n[rows, ...] each -> variant[], a dataset of their rows"""
    for value in components:
        if not np.ndim(value):
            refuse("All components must be at least 1-dimensional")
    rows = {len(value) for value in components}
    if len(rows) > 1:
        refuse("All components must have the same size in the 0th dimension")
    return Table(components, _types(components), output_shapes)


class RangeDataset(Dataset):
    """Numbers from `start` up or down to `stop`, by `step`: i64[]."""

    def __init__(
        self,
        start: int,
        stop: int,
        step: int,
        types: Sequence[DType],
        shapes: Sequence[TensorShape],
    ):
        super().__init__((), types, shapes)
        self.numbers = range(start, stop, step)

    @property
    def gives_blocks(self) -> bool:
        return True

    def iterator(self, place: Place) -> ElementIterator:
        return _Numbers(self.numbers)

    def cardinality(self) -> int:
        return len(self.numbers)


class _Numbers(ElementIterator):
    kind = "Range"

    def __init__(self, numbers: range):
        self._left = numbers

    def next(self) -> Element:
        if not self._left:
            raise End
        number, self._left = self._left[0], self._left[1:]
        return (np.asarray(number, np.int64),)

    def block(self, count: int) -> Element:
        taken, self._left = self._left[:count], self._left[count:]
        return (np.arange(taken.start, taken.stop, taken.step, dtype=np.int64),)

    def save(self, state: State) -> None:
        state["next"] = self._left.start

    def restore(self, state: State) -> None:
        self._left = range(state.number("next"), self._left.stop, self._left.step)


@op(
    "RangeDataset",
    "start: int64, stop: int64, step: int64 -> handle: variant",
    shape=of_scalars,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
    stateful=True,
)
def range_dataset_op(
    xp, start, stop, step, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """start, stop, step: i64[] -> variant[], a dataset of i64[] numbers"""
    if not int(step):
        refuse("step must be a non-zero integer.")
    return RangeDataset(int(start), int(stop), int(step), output_types, output_shapes)


for _declared in (tensor_dataset_op, tensor_slice_dataset_op, range_dataset_op):
    _declared.not_differentiable()
