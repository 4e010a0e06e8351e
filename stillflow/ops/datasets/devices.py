"""What datasets whose elements go to devices are made of. Here all devices have one memory."""

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
from stillflow.declare.resources import Resource, resource_of
from stillflow.declare.taking import note_begun
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OutOfRangeError
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
from stillflow.ops.datasets.iterators import (
    IteratorResource,
    check_element,
    check_shapes,
    check_types,
)

_LIMITS = {"output_types": 1, "output_shapes": 1}
_OF_HOST: dict[str, Any] = {"shape": shapes.scalar, "host": True}


@op("WrapDatasetVariant", "input_handle: variant -> output_handle: variant", **_OF_HOST)
def wrap_dataset_variant_op(xp, input_handle):
    """-> variant[], the same dataset, which functions may take to another device"""
    return input_handle


@op("UnwrapDatasetVariant", "input_handle: variant -> output_handle: variant", **_OF_HOST)
def unwrap_dataset_variant_op(xp, input_handle):
    """-> variant[], the dataset that was wrapped"""
    return input_handle


def _anonymous(name: str, attrs: dict[str, Any]) -> IteratorResource:
    return IteratorResource(name, attrs["output_types"], attrs["output_shapes"])


@op("AnonymousIterator", "-> handle: resource", resource=_anonymous, limits=_LIMITS, **_OF_HOST)
def anonymous_iterator_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> an iterator that nothing else in the session has"""
    return iterator


# Several devices ----------------------------------------------------------------------------------

_by_handle: weakref.WeakValueDictionary[bytes, MultiDeviceResource] = weakref.WeakValueDictionary()
_numbers = itertools.count()


class _Taken:
    """An element that a run takes for a device, which goes back if the run fails."""

    def __init__(self, line: deque[Element], element: Element):
        self._line = line
        self._element: Element | None = element

    def give_up(self) -> None:
        element, self._element = self._element, None
        if element is not None:
            self._line.appendleft(element)


class MultiDeviceResource(Resource):
    """Deals out the elements of a dataset: the devices get them in turns."""

    def __init__(self, name: str, attrs: dict[str, Any]):
        super().__init__(name)
        self.types: Sequence[DType] = attrs["output_types"]
        self.shapes: Sequence[TensorShape] = attrs["output_shapes"]
        self.handle = f"{name}/{next(_numbers)}".encode()
        self._count = len(attrs["devices"])
        self._incarnation = 0
        self._pass = Pass()
        self._iterator: ElementIterator | None = None
        self._lines: list[deque[Element]] = []
        self._turn = 0
        _by_handle[self.handle] = self

    def cancel(self) -> None:
        super().cancel()
        self._pass.cancel()

    def initialize(self, dataset: Dataset) -> int:
        """Begins with the first element; returns the number of this incarnation."""
        check_types(dataset.types, self.types)
        check_shapes(dataset.shapes, self.shapes)
        self._pass.cancel()
        with self.lock:
            self._pass = Pass()
            self._iterator = dataset.iterator(Place(self._pass))
            self._lines = [deque() for _ in range(self._count)]
            self._turn = 0
            self._incarnation += 1
            return self._incarnation

    def next(self, shard: int, incarnation: int) -> Element:
        """The next element of a device.

        Raises:
          InvalidArgumentError: it was initialised anew since.
          OutOfRangeError: there are no more.
        """
        with self.lock:
            if incarnation != self._incarnation or self._iterator is None:
                refuse(
                    f"Invalid incarnation id\n  The iterator is at {self._incarnation}, not at "
                    f"{incarnation}: initialise what takes from it anew as well."
                )
            line = self._lines[shard]
            while not line:
                try:
                    self._lines[self._turn].append(self._iterator.next())
                except End:
                    raise OutOfRangeError(None, None, "End of sequence") from None
                self._turn = (self._turn + 1) % self._count
            element = line.popleft()
            note_begun(_Taken(line, element))
            return element


@op(
    "MultiDeviceIterator",
    "-> handle: resource",
    resource=MultiDeviceResource,
    limits={**_LIMITS, "devices": 1},
    **_OF_HOST,
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
    stateful=True,
    waits=True,
    **_OF_HOST,
)
def multi_device_iterator_init_op(xp, dataset, multi_device_iterator, max_buffer_size):
    """-> i64[], the number of this initialisation"""
    iterator = resource_of(multi_device_iterator, MultiDeviceResource)
    return np.asarray(iterator.initialize(dataset_of(dataset)), np.int64)


def _declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [shape.sizes for shape in ctx.attrs["output_shapes"]]


@op(
    "MultiDeviceIteratorGetNextFromShard",
    "multi_device_iterator: resource, shard_num: int32, incarnation_id: int64 "
    "-> components: [output_types]",
    shape=_declared_shapes,
    limits=_LIMITS,
    host=True,
    stateful=True,
    waits=True,
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
    """shard_num: i32[], incarnation_id: i64[] -> the next element of that device, n[...] each"""
    iterator = resource_of(multi_device_iterator, MultiDeviceResource)
    element = iterator.next(int(shard_num), int(incarnation_id))
    check_element(element, output_types, output_shapes)
    return element[0] if len(element) == 1 else element


@op(
    "MultiDeviceIteratorToStringHandle",
    "multi_device_iterator: resource -> string_handle: string",
    stateful=True,
    **_OF_HOST,
)
def multi_device_iterator_to_string_handle_op(xp, multi_device_iterator):
    """-> string[], by which MultiDeviceIteratorFromStringHandle knows the iterator"""
    iterator = resource_of(multi_device_iterator, MultiDeviceResource)
    return np.array(iterator.handle, object)


_NONE: list[Any] = []


@op(
    "MultiDeviceIteratorFromStringHandle",
    "string_handle: string -> multi_device_iterator: resource",
    stateful=True,
    **_OF_HOST,
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


for _declared in (wrap_dataset_variant_op, unwrap_dataset_variant_op, anonymous_iterator_op):
    _declared.not_differentiable()
for _declared in (multi_device_iterator_op, multi_device_iterator_init_op):
    _declared.not_differentiable()
multi_device_iterator_get_next_from_shard_op.not_differentiable()
multi_device_iterator_to_string_handle_op.not_differentiable()
multi_device_iterator_from_string_handle_op.not_differentiable()
