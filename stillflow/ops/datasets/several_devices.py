"""An iterator whose elements go to several devices in turn, each of which asks for its own."""

from __future__ import annotations

import itertools
import weakref
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import FailedPreconditionError, OutOfRangeError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import (
    Dataset,
    Element,
    ElementIterator,
    End,
    Pass,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.iterators import check_element, check_shapes, check_types

_by_handle: weakref.WeakValueDictionary[bytes, MultiDeviceResource] = weakref.WeakValueDictionary()
_numbers = itertools.count()
_LIMITS = {"output_types": 1, "output_shapes": 1}
_STRUCTURE: dict[str, Any] = {"host": True, "stateful": True, "limits": _LIMITS}


class MultiDeviceResource(Resource):
    """Deals out the elements of the dataset that it was initialised with last.

    An element for a device that is not the next in turn waits until that one asks.
    """

    def __init__(self, name: str, count: int, types: Sequence[DType], sizes: Sequence[TensorShape]):
        super().__init__(name)
        self.types, self.shapes = list(types), list(sizes)
        self.handle = f"{name}/{next(_numbers)}".encode()
        self._incarnation = 0
        self._waiting: list[deque[Element]] = [deque() for _ in range(count)]
        self._iterator: ElementIterator | None = None
        self._pass = Pass()
        self._turn = 0
        _by_handle[self.handle] = self

    def cancel(self) -> None:
        super().cancel()
        self._pass.cancel()

    def initialize(self, dataset: Dataset) -> int:
        """Begins with the first element of `dataset`. Returns a number that asks for these."""
        check_types(dataset.types, self.types)
        check_shapes(dataset.shapes, self.shapes)
        self._pass.cancel()
        with self.changed:
            self._pass = Pass()
            self._iterator = dataset.iterator(Place(self._pass))
            self._turn = 0
            for elements in self._waiting:
                elements.clear()
            self._incarnation += 1
            return self._incarnation

    def next(self, device: int, incarnation: int) -> Element:
        """The next element of a device.

        Raises:
          OutOfRangeError: there are no more.
          InvalidArgumentError: those that are asked for are of before.
        """
        with self.changed:
            if self._iterator is None:
                raise FailedPreconditionError(
                    None, None, "Multi device iterator has not been initialized."
                )
            if incarnation != self._incarnation:
                refuse(
                    "Invalid incarnation id. Provided: "
                    f"{incarnation}; Expected: {self._incarnation}"
                )
            while not self._waiting[device]:
                try:
                    element = self._iterator.next()
                except End:
                    raise OutOfRangeError(None, None, "End of sequence") from None
                self._waiting[self._turn].append(element)
                self._turn = (self._turn + 1) % len(self._waiting)
            return self._waiting[device].popleft()


def _new(name: str, attrs: dict[str, Any]) -> MultiDeviceResource:
    count = len(attrs["devices"])
    return MultiDeviceResource(name, count, attrs["output_types"], attrs["output_shapes"])


def _iterator_of(handle: Any) -> MultiDeviceResource:
    found = handle.item() if isinstance(handle, np.ndarray) else handle
    if not isinstance(found, MultiDeviceResource):
        refuse("The given handle is not that of a multi device iterator.")
    return found


@op(
    "MultiDeviceIterator",
    "-> handle: resource",
    shape=shapes.scalar,
    limits=_LIMITS | {"devices": 1},
    host=True,
    resource=_new,
)
def multi_device_iterator_op(
    xp,
    iterator,
    *,
    devices: list[str],
    shared_name: str,
    container: str,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> the iterator of this node, or of its name, in the session"""
    return iterator


@op(
    "MultiDeviceIteratorInit",
    "dataset: variant, multi_device_iterator: resource, max_buffer_size: int64 "
    "-> incarnation_id: int64",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def multi_device_iterator_init_op(xp, dataset, multi_device_iterator, max_buffer_size):
    """max_buffer_size: i64[] -> i64[], the number of this beginning"""
    incarnation = _iterator_of(multi_device_iterator).initialize(dataset_of(dataset))
    return np.array(incarnation, np.int64)


@op(
    "MultiDeviceIteratorToStringHandle",
    "multi_device_iterator: resource -> string_handle: string",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def multi_device_iterator_to_string_handle_op(xp, multi_device_iterator):
    """-> string[], by which MultiDeviceIteratorFromStringHandle knows the iterator"""
    return np.array(_iterator_of(multi_device_iterator).handle, object)


_NONE: list[Any] = []


@op(
    "MultiDeviceIteratorFromStringHandle",
    "string_handle: string -> multi_device_iterator: resource",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def multi_device_iterator_from_string_handle_op(
    xp,
    string_handle,
    *,
    output_types: list[DType] = _NONE,
    output_shapes: list[TensorShape] = _NONE,
):
    """string_handle: string[] -> the iterator of that handle"""
    iterator = _by_handle.get(bytes(string_handle.item()))
    if iterator is None:
        refuse("Could not parse string_handle into a valid ResourceHandle")
    return iterator


@op(
    "MultiDeviceIteratorGetNextFromShard",
    "multi_device_iterator: resource, shard_num: int32, incarnation_id: int64 "
    "-> components: [output_types]",
    shape=lambda ctx: [shape.sizes for shape in ctx.attrs["output_shapes"]],
    waits=True,
    **_STRUCTURE,
)
def multi_device_iterator_get_next_from_shard_op(
    xp,
    multi_device_iterator,
    shard_num,
    incarnation_id,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """shard_num: i32[], incarnation_id: i64[] -> the components of the next element: n[...] each"""
    iterator = _iterator_of(multi_device_iterator)
    element = iterator.next(int(shard_num), int(incarnation_id))
    check_element(element, output_types, output_shapes)
    return element[0] if len(element) == 1 else element


for _declared in (
    *(multi_device_iterator_op, multi_device_iterator_init_op),
    multi_device_iterator_to_string_handle_op,
    multi_device_iterator_from_string_handle_op,
    multi_device_iterator_get_next_from_shard_op,
):
    _declared.not_differentiable()
