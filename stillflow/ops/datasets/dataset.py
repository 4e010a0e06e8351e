"""What a dataset is in a run: an object that makes iterators, which give its elements.

An element is a tuple of arrays, one for each component. A dataset changes nothing of itself when it
is iterated; all that changes is in iterators, and in the Pass that they share.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from stillflow.declare.calling import Function, Instance
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import CancelledError, UnimplementedError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.state import State

# An array, or what a handle refers to, for each component.
Element = tuple[Any, ...]

INFINITE, UNKNOWN = -1, -2  # cardinalities
AUTOTUNE = -1


class End(Exception):
    """There are no more elements."""


class Pass:
    """What the iterators under one iterator resource share, from one initialisation to the next.

    Attributes:
      is_cancelled: the session is closed, or the iterator is initialised anew.
      rewritten: what is put in place of a dataset that a function has made.
      record: takes a number by its tag, where statistics are kept.
    """

    def __init__(self) -> None:
        self.is_cancelled = False
        self.rewritten: Callable[[Dataset], Dataset] = lambda dataset: dataset
        self.record: Callable[[str, float], None] | None = None
        self._closing: list[weakref.ref[Any]] = []
        self._shared: dict[Hashable, Any] = {}

    def shared(self, key: Hashable, make: Any) -> Any:
        """What `make()` gave the first time that it was asked for by this key."""
        if key not in self._shared:
            self._shared[key] = make()
        return self._shared[key]

    def when_cancelled(self, close: Callable[[], None]) -> None:
        """Has a method, whose object it does not keep, be called when the pass is cancelled."""
        self._closing = [ref for ref in self._closing if ref() is not None]
        self._closing.append(weakref.WeakMethod(close))
        if self.is_cancelled:
            close()

    def cancel(self) -> None:
        """Ends it: whoever waits for elements, or makes them, stops."""
        self.is_cancelled = True
        for ref in list(self._closing):
            close = ref()
            if close is not None:
                close()

    def check(self) -> None:
        """CancelledError when nobody waits for elements any more."""
        if self.is_cancelled:
            raise CancelledError(None, None, "Iterator was cancelled")


class Place:
    """Where in a pipeline an iterator is: the way to it from the iterator resource.

    Steps of the way are texts; which of several datasets that a function has made is a number. Each
    transformation has at most `threads` threads, where a pool of them is declared.
    """

    __slots__ = ("pass_", "threads", "way")

    def __init__(self, pass_: Pass, way: tuple[str | int, ...] = (), threads: int | None = None):
        self.pass_ = pass_
        self.way = way
        self.threads = threads

    def below(self, *steps: str | int) -> Place:
        return Place(self.pass_, (*self.way, *steps), self.threads)

    def with_threads(self, threads: int) -> Place:
        return Place(self.pass_, self.way, threads)

    def instance(self, function: Function) -> Instance:
        """The function here: with the random streams of all datasets that one function has made."""
        steps = tuple(step for step in self.way if isinstance(step, str))
        return function.instance(self.pass_.shared((steps, function.body), function.memory))


class Dataset(Handle):
    """Base of datasets.

    Attributes:
      inputs: the datasets that it takes elements from.
      types, shapes: of each component, as declared.
      functions: those that it calls for its elements.
      is_stateful: a function of it reads or changes what is not its own.
      columns: the arrays whose rows its elements are, n[rows, ...] for each component, if that is
        so: then its iterators give numbers of rows as units.
      waits: making its elements waits: for files, or for the program's own code.
      gives_blocks: its iterators give many elements at once, stacked: see ElementIterator.block.
    """

    functions: Sequence[Function] = ()
    columns: Element | None = None

    @property
    def waits(self) -> bool:
        parts: list[Any] = [*self.inputs, *self.functions]
        return any(part.waits for part in parts)

    @property
    def is_stateful(self) -> bool:
        parts: list[Any] = [*self.inputs, *self.functions]
        return any(part.is_stateful for part in parts)

    @property
    def takes_long(self) -> bool:
        """Whether an element may be long in coming: it is waited for, or looked for."""
        return self.waits or self.cardinality() == UNKNOWN

    @property
    def uses_blocks(self) -> bool:
        """Whether an element is made of many at once, in the thread that asks for it."""
        return any(source.uses_blocks for source in self.inputs)

    @property
    def gives_blocks(self) -> bool:
        return self.columns is not None

    def __init__(
        self,
        inputs: Sequence[Dataset],
        output_types: Sequence[DType],
        output_shapes: Sequence[TensorShape],
    ):
        self.inputs = tuple(inputs)
        self.types = list(output_types)
        self.shapes = list(output_shapes)

    def iterator(self, place: Place) -> ElementIterator:
        """A new iterator, which begins with the first element."""
        raise NotImplementedError

    def cardinality(self) -> int:
        """How many elements there are, INFINITE or UNKNOWN."""
        return UNKNOWN

    def with_inputs(self, inputs: Sequence[Dataset]) -> Dataset:
        """The same of other inputs."""
        other: Dataset = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.inputs = tuple(inputs)
        return other


class ElementIterator:
    """Base of iterators. One thread at a time may use it.

    Attributes:
      kind: its name in the keys of what it saves.
      around: the kinds of datasets about it that have no iterators of their own.
    """

    kind = ""
    around: tuple[str, ...] = ()

    def next(self) -> Element:
        """The next element; raises End behind the last one.

        After any other error the iterator can go on with the element behind.
        """
        raise NotImplementedError

    def block(self, count: int) -> Element:
        """The next `count` elements, stacked: n[count, ...] for each component.

        Fewer behind which there are no more; then no components. To be asked of where the dataset
        `gives_blocks`.
        """
        raise NotImplementedError

    def units(self, count: int) -> Sequence[Any]:
        """The next `count` units, see `ops.datasets.tables`; fewer behind which there are no more.

        Whoever asks for more than one knows that they are numbers of rows.
        """
        try:
            return [self.next() for _ in range(count)]
        except End:
            return []

    def write(self, state: State, step: str = "") -> None:
        """Saves where it is, in the state of the iterator that uses it."""
        self.save(state.below(step, (*self.around, self.kind)))

    def read(self, state: State, step: str = "") -> None:
        """Goes on from where `write` was called."""
        self.restore(state.below(step, (*self.around, self.kind)))

    def save(self, state: State) -> None:
        """Puts what `restore` needs to go on from here into its own state."""
        raise UnimplementedError(None, None, f"{self.kind} does not support checkpointing")

    def restore(self, state: State) -> None:
        """Goes on from where `save` was called, with a new iterator."""
        raise UnimplementedError(None, None, f"{self.kind} does not support checkpointing")


class Exhausted(ElementIterator):
    """In place of an input that nobody wants more of."""

    def next(self) -> Element:
        raise End

    def block(self, count: int) -> Element:
        return ()


def write_input(source: ElementIterator, state: State, empty: str, step: str = "") -> None:
    """Saves the input of an iterator, or `empty` where it is exhausted."""
    if isinstance(source, Exhausted):
        state.mark(empty)
    else:
        source.write(state, step)


def read_input(
    source: ElementIterator, state: State, empty: str, step: str = ""
) -> ElementIterator:
    """The input of an iterator, which goes on from where it was saved."""
    if empty in state:
        return Exhausted()
    source.read(state, step)
    return source


class InputIterator(ElementIterator):
    """Base of iterators over what one other gives."""

    def __init__(self, dataset: Dataset, place: Place):
        self.dataset: Any = dataset
        self.place = place
        self.input: ElementIterator = dataset.inputs[0].iterator(place.below(type(self).__name__))


def first_element(value: Any) -> Any:
    """The one element of an array of one, as tensors that are to be scalars may be given."""
    return value.ravel()[0] if getattr(value, "ndim", 0) else value[()]


def dataset_of(value: Any) -> Dataset:
    """The dataset that a variant is; InvalidArgumentError where it is another."""
    found = value.item() if hasattr(value, "item") else value
    if not isinstance(found, Dataset):
        refuse("The given variant tensor is not a valid dataset variant tensor.")
    return found
