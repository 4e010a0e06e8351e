"""Iterators that a session holds: resources which give the elements of a dataset to runs."""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.interrupts import POLLED, acquired, held_back, is_interruptible
from stillflow.declare.opdef import op
from stillflow.declare.optional import Optional
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource, time_left
from stillflow.declare.shapes import fits, format_sizes
from stillflow.declare.taking import note_begun
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import (
    DeadlineExceededError,
    FailedPreconditionError,
    OpError,
    OutOfRangeError,
)
from stillflow.graph.function_library import FunctionName
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
from stillflow.ops.datasets.results import Names, Results
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.workers import Workers

_by_handle: weakref.WeakValueDictionary[bytes, IteratorResource] = weakref.WeakValueDictionary()
_numbers = itertools.count()
_SLOW = 0.02  # seconds for an element, from which on a thread brings the next one


class _Taken:
    """An element that a run takes, which goes back if the run fails."""

    def __init__(self, iterator: IteratorResource, pass_: Pass):
        self._iterator = iterator
        self._pass = pass_
        self.element: Element | None = None

    def give_up(self) -> None:
        element, self.element = self.element, None
        if element is not None:
            self._iterator.give_back(element, self._pass)


class _Fetching:
    """An element, or an error, that another thread brings to the one that waits for it."""

    def __init__(self, pass_: Pass) -> None:
        self.pass_ = pass_
        self.given: Element | BaseException | None = None
        self.is_given_up = False
        self.is_there = threading.Lock()
        self.is_there.acquire()


class _Ended(ElementIterator):
    """In place of an iterator that has come to the end, of which only that is wanted: where."""

    def __init__(self, iterator: ElementIterator):
        self._iterator = iterator

    def next(self) -> Element:
        raise End

    def write(self, state: State, step: str = "") -> None:
        self._iterator.write(state, step)


class IteratorResource(Resource):
    """Gives the elements of the dataset that it was initialised with last, one run at a time.

    Ctrl-C never cuts an iterator in two: where an element is soon there, the interrupt is held
    back for so long; where it may be long in coming, as the last one was, another thread brings it,
    and an element that comes after the interrupt is the next one. So it does, too, where an element
    is a batch that is read at once, of which nothing must get lost.
    """

    def __init__(
        self,
        name: str,
        types: Sequence[DType],
        sizes: Sequence[TensorShape],
        is_shared: bool = False,
    ):
        super().__init__(name)
        self.is_shared = is_shared
        self.types = list(types)
        self.shapes = list(sizes)
        self.handle = f"{name}/{next(_numbers)}".encode()
        self._dataset: Dataset | None = None
        self._iterator: ElementIterator | None = None
        self._pass = Pass()
        self._takes_long = self._is_slow = self._is_always_brought = False
        self._workers: Workers | None = None
        self._user: object | None = None  # what it is busy with
        # Of runs that failed afterwards; an error comes out in the place of its element.
        self._returned: deque[Element | BaseException] = deque()
        _by_handle[self.handle] = self

    @property
    def outlives_sessions(self) -> bool:
        return self.is_shared and self._user is None

    def cancel(self) -> None:
        super().cancel()
        self._pass.cancel()
        self._workers = None

    @property
    def is_initialized(self) -> bool:
        return self._iterator is not None

    def initialize(self, dataset: Dataset) -> None:
        """Begins with the first element of `dataset`; InvalidArgumentError if it does not fit."""
        check_types(dataset.types, self.types)
        check_shapes(dataset.shapes, self.shapes)
        self._pass.cancel()  # whoever still waits for the elements of before
        self._exclusively(lambda: self._begin(dataset), "MakeIterator")

    def initialize_once(self, make: Callable[[], Dataset]) -> None:
        """Begins with the first element of what `make` gives, unless it has begun before."""

        def begin() -> None:
            if not self.is_initialized:
                self._begin(make())

        if not self.is_initialized:
            self._exclusively(begin, "OneShotIterator")

    def _begin(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._pass = Pass()
        self._returned.clear()
        self._takes_long = self._is_slow = dataset.takes_long
        self._is_always_brought = dataset.takes_long and dataset.uses_blocks
        self._workers = None
        self._iterator = dataset.iterator(Place(self._pass))

    def next(self) -> Element:
        """The next element.

        Raises:
          OutOfRangeError: there are no more.
          FailedPreconditionError: it was never initialised.
          CancelledError: the session was closed.
        """
        if self._iterator is None:
            raise FailedPreconditionError(
                None,
                None,
                "GetNext() failed because the iterator has not been initialized. Ensure that you "
                "have run the initializer operation for this iterator before getting the next "
                "element.",
            )
        user = object()
        try:
            element: Element | None = None
            while element is None:  # more than once where a handler of the program's goes on
                with held_back() as held:
                    try:
                        self._occupy(user, held, "IteratorGetNext")
                        held.may_wait = self._takes_long
                        element = self._next(user, held)
                    finally:
                        self._vacate(user)
            return element
        except End:
            raise OutOfRangeError(None, None, "End of sequence") from None

    def _next(self, user: object, held: held_back) -> Element | None:
        """The next element, noted as taken; None where Ctrl-C is pressed before."""
        if self._user is not user:
            return None
        taken = _Taken(self, self._pass)
        note_begun(taken)
        begun = time.monotonic()
        if self._is_slow and not self._returned and is_interruptible():
            taken.element = self._brought(held)
        else:
            taken.element = self._following()
        if self._takes_long:
            self._is_slow = self._is_always_brought or time.monotonic() - begun > _SLOW
            if not self._is_slow:
                self._workers = None
        return taken.element

    def _brought(self, held: held_back) -> Element | None:
        """The next element, which another thread takes; None where Ctrl-C is pressed before."""
        if self._workers is None:
            self._workers = Workers(1, Pass())
        fetching = _Fetching(self._pass)
        self._workers.do(lambda: self._fetch(fetching))
        acquired(fetching.is_there, time_left(), lambda: self._is_unwanted(held))
        with self.changed:
            given = fetching.given
            if given is None:
                fetching.is_given_up = True
                self._user = fetching  # until it is there
                self._pass.check()
                if not held.is_wanted:
                    raise DeadlineExceededError(None, None, "Timed out waiting for notification")
                return None
        if isinstance(given, BaseException):
            raise given
        return given

    def _is_unwanted(self, held: held_back) -> bool:
        return held.is_wanted or self._pass.is_cancelled

    def _fetch(self, fetching: _Fetching) -> None:
        given: Element | BaseException
        try:
            given = self._following()
        except BaseException as error:  # it is raised where the element is taken
            given = error
        with self.changed:
            fetching.given = given
            if fetching.is_given_up:
                if fetching.pass_ is self._pass:
                    self._returned.appendleft(given)
                self._vacate(fetching)
        fetching.is_there.release()

    def give_back(self, element: Element, pass_: Pass) -> None:
        """Has an element be the next one again, unless it is of an earlier initialisation."""
        if pass_ is self._pass:
            self._returned.appendleft(element)

    def _following(self) -> Element:
        if self._returned:
            returned = self._returned.popleft()
            if isinstance(returned, BaseException):
                raise returned
            return returned
        try:
            return self._current().next()
        except End:
            self._iterator = _Ended(self._current())
            self._takes_long = self._is_slow = False
            self._workers = None
            raise

    def _current(self) -> ElementIterator:
        assert self._iterator is not None
        return self._iterator

    def _exclusively(self, do: Callable[[], Any], what: str) -> Any:
        """What `do()` gives, when no other thread uses the iterator."""
        user = object()
        while True:  # more than once where a handler of the program's goes on
            with held_back(may_wait=True) as held:
                try:
                    self._occupy(user, held, what)
                    if self._user is user:
                        return do()
                finally:
                    self._vacate(user)

    def _occupy(self, user: object, held: held_back, what: str) -> None:
        """Waits until nobody uses the iterator; gives up when Ctrl-C is pressed."""
        with self.changed:
            if self._user is not None:
                self.wait_until(lambda: self._user is None or held.is_wanted, what, POLLED)
            if not held.is_wanted:
                self._user = user

    def _vacate(self, user: object) -> None:
        with self.changed:
            if self._user is user:
                self._user = None
                self.changed.notify_all()

    def save(self) -> dict[str, Any]:
        """What `restore` goes on from, by its keys."""
        if self._iterator is None:
            raise FailedPreconditionError(
                None,
                None,
                "Save() failed because the iterator has not been initialized. Ensure that you have "
                "run the initializer operation for this iterator before saving it.",
            )
        if self._dataset is not None and self._dataset.is_stateful:
            raise FailedPreconditionError(
                None,
                None,
                "A function of the pipeline is stateful.\n  It uses variables, tables, random "
                "numbers or Python functions, of which an iterator cannot save where they are.",
            )
        entries: dict[str, Any] = {}

        def save() -> None:
            if self._returned:
                self._put_returned(entries)
            self._current().write(State(entries))

        self._exclusively(save, "SerializeIterator")
        return entries

    def restore(self, entries: dict[str, Any]) -> None:
        """Goes on from where `save` was called on an iterator of the same dataset."""

        def begin() -> None:
            assert self._dataset is not None
            self._begin(self._dataset)
            self._current().read(State(entries))
            returned = Results()
            if _RETURNED.total in State(entries):
                returned.restore(State(entries), _RETURNED)
            self._returned.extend(returned)

        if self._dataset is None:
            raise FailedPreconditionError(
                None,
                None,
                "Restore() failed because the iterator has not been initialized. Ensure that you "
                "have run the initializer operation for this iterator before restoring it.",
            )
        self._exclusively(begin, "DeserializeIterator")

    def _put_returned(self, entries: dict[str, Any]) -> None:
        """Elements of runs that failed come first, which TensorFlow's iterators do not have."""
        returned = Results()
        returned.extend(one for one in self._returned if isinstance(one, (tuple, OpError)))
        returned.save(State(entries), _RETURNED)


_RETURNED = Names(
    "returned.size",
    "returned[{0}].size",
    "returned[{0}][{1}]",
    "returned[{0}].code",
    "returned[{0}].error_message",
)


def check_types(types: Sequence[DType], wanted: Sequence[DType]) -> None:
    """Refuses components of other types than are wanted."""
    if len(types) != len(wanted):
        refuse(
            f"Number of components does not match: expected {len(wanted)} types but got "
            f"{len(types)}."
        )
    for index, (dtype, other) in enumerate(zip(types, wanted, strict=True)):
        if dtype is not other:
            refuse(
                f"Data type mismatch at component {index}: expected {other.runtime_name} but got "
                f"{dtype.runtime_name}."
            )


def check_shapes(sizes: Sequence[TensorShape], wanted: Sequence[TensorShape]) -> None:
    """Refuses components of shapes that cannot be those that are wanted."""
    if len(sizes) != len(wanted):
        refuse(
            f"Number of components does not match: expected {len(wanted)} shapes but got "
            f"{len(sizes)}."
        )
    for index, (shape, other) in enumerate(zip(sizes, wanted, strict=True)):
        if not shape.is_compatible_with(other):
            refuse(
                f"Incompatible shapes at component {index}: expected {format_sizes(other.sizes)} "
                f"but got {format_sizes(shape.sizes)}."
            )


def _new_iterator(name: str, attrs: dict[str, Any]) -> IteratorResource:
    is_shared = bool(attrs.get("shared_name"))
    return IteratorResource(name, attrs["output_types"], attrs["output_shapes"], is_shared)


_LIMITS = {"output_types": 1, "output_shapes": 1}


def iterator_of(handle: Any) -> IteratorResource:
    """What a handle refers to."""
    found = handle.item() if isinstance(handle, np.ndarray) else handle
    if not isinstance(found, IteratorResource):
        refuse("The given handle is not that of an iterator.")
    return found


def _same_iterator(
    xp,
    iterator,
    *,
    shared_name: str,
    container: str,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """-> the iterator of this node, or of its name, in the session"""
    check_types(iterator.types, output_types)
    check_shapes(iterator.shapes, output_shapes)
    return iterator


_ITERATOR: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": _LIMITS,
    "host": True,
    "resource": _new_iterator,
}
iterator_v2_op = op("IteratorV2", "-> handle: resource", **_ITERATOR)(_same_iterator)
iterator_op = op("Iterator", "-> handle: resource", **_ITERATOR)(_same_iterator)


@op(
    "OneShotIterator",
    "-> handle: resource",
    shape=shapes.scalar,
    limits=_LIMITS,
    host=True,
    waits=True,
    calls=True,
    resource=_new_iterator,
)
def one_shot_iterator_op(
    xp,
    caller,
    *,
    dataset_factory: FunctionName,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    container: str = "",
    shared_name: str = "",
):
    """-> the iterator of this node in the session, over the dataset that the function gives"""
    iterator = caller.resource

    def make() -> Dataset:
        (variant,) = caller.function(dataset_factory).instance()()
        return dataset_of(variant)

    iterator.initialize_once(make)
    return iterator


@op(
    "MakeIterator",
    "dataset: variant, iterator: resource ->",
    host=True,
    stateful=True,
    waits=True,
)
def make_iterator_op(xp, dataset, iterator):
    """Initialises the iterator with the dataset."""
    iterator_of(iterator).initialize(dataset_of(dataset))
    return ()


def _declared_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [shape.sizes for shape in ctx.attrs["output_shapes"]]


_GETTING: dict[str, Any] = {"host": True, "stateful": True, "waits": True, "limits": _LIMITS}


def _next(iterator: Any, types: Sequence[DType], sizes: Sequence[TensorShape]) -> Element:
    element = iterator_of(iterator).next()
    check_element(element, types, sizes)
    return element


def check_element(element: Element, types: Sequence[DType], sizes: Sequence[TensorShape]) -> None:
    """Refuses an element that is not of the shapes that were declared."""
    if len(element) != len(types):
        refuse(f"Expected {len(types)} components but got {len(element)}.")
    for index, (value, shape) in enumerate(zip(element, sizes, strict=True)):
        if shape.sizes is not None and not fits(value.shape, shape.sizes):
            refuse(
                f"Incompatible shapes at component {index}: expected {format_sizes(shape.sizes)} "
                f"but got {format_sizes(value.shape)}."
            )


@op(
    "IteratorGetNext",
    "iterator: resource -> components: [output_types]",
    shape=_declared_shapes,
    **_GETTING,
)
def iterator_get_next_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> the components of the next element: n[...] each"""
    element = _next(iterator, output_types, output_shapes)
    return element[0] if len(element) == 1 else element


@op(
    "IteratorGetNextSync",
    "iterator: resource -> components: [output_types]",
    shape=_declared_shapes,
    **_GETTING,
)
def iterator_get_next_sync_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> the components of the next element: n[...] each"""
    element = _next(iterator, output_types, output_shapes)
    return element[0] if len(element) == 1 else element


@op(
    "IteratorGetNextAsOptional",
    "iterator: resource -> optional: variant",
    shape=shapes.scalar,
    **_GETTING,
)
def iterator_get_next_as_optional_op(
    xp, iterator, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[], the next element, or nothing where there are no more"""
    try:
        return Optional(_next(iterator, output_types, output_shapes))
    except OutOfRangeError:
        return Optional(None)


@op(
    "IteratorToStringHandle",
    "resource_handle: resource -> string_handle: string",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def iterator_to_string_handle_op(xp, resource_handle):
    """-> string[], by which IteratorFromStringHandle knows the iterator"""
    return np.array(iterator_of(resource_handle).handle, object)


def _named(string_handle: Any, types: Sequence[DType], sizes: Sequence[TensorShape]) -> Any:
    iterator = _by_handle.get(bytes(string_handle.item()))
    if iterator is None:
        refuse("Could not parse string_handle into a valid ResourceHandle")
    if types:
        check_types(iterator.types, types)
    if sizes:
        check_shapes(iterator.shapes, sizes)
    return iterator


_NONE: list[Any] = []


@op(
    "IteratorFromStringHandleV2",
    "string_handle: string -> resource_handle: resource",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def iterator_from_string_handle_v2_op(
    xp,
    string_handle,
    *,
    output_types: list[DType] = _NONE,
    output_shapes: list[TensorShape] = _NONE,
):
    """string_handle: string[] -> the iterator of that handle"""
    return _named(string_handle, output_types, output_shapes)


@op(
    "IteratorFromStringHandle",
    "string_handle: string -> resource_handle: resource",
    shape=shapes.scalar,
    host=True,
    stateful=True,
)
def iterator_from_string_handle_op(
    xp,
    string_handle,
    *,
    output_types: list[DType] = _NONE,
    output_shapes: list[TensorShape] = _NONE,
):
    """string_handle: string[] -> the iterator of that handle"""
    return _named(string_handle, output_types, output_shapes)


for _declared in (iterator_v2_op, iterator_op, one_shot_iterator_op, make_iterator_op):
    _declared.not_differentiable()
for _declared in (iterator_get_next_op, iterator_get_next_sync_op):
    _declared.not_differentiable()
for _declared in (iterator_to_string_handle_op, iterator_from_string_handle_op):
    _declared.not_differentiable()
iterator_get_next_as_optional_op.not_differentiable()
iterator_from_string_handle_v2_op.not_differentiable()
