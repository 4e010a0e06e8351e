"""What stacks and arrays of tensors say of themselves and refuse, wherever their elements are.

A handle's value in a run is a Python object that its ops change. NumPy's are in `declare.numpy`,
those that hold what XLA traces in `runtime`; both refuse in TensorFlow's words, which are here.
"""

from __future__ import annotations

import itertools
from typing import NoReturn

from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import Sizes, fits, format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import UnimplementedError

_numbers = itertools.count()  # TensorFlow tells arrays of one name apart by such a number


class ArrayFacts:
    """What is known of an array of tensors beside its elements.

    Attributes:
      name: what errors call it.
      dtype: of its elements.
      element_shape: of them, as far as it is known; a write narrows it where all are `identical`.
      dynamic: a write behind the end makes it longer.
      clears: an element can be read once.
      adds: what is written to an element that has been written is added: a gradient's array.
      split_into: how many elements a split has written; of an array of gradients, so many elements
        are joined, though there may be others behind them.
      is_closed: no element can be read or written any more.
    """

    def __init__(
        self,
        name: str,
        dtype: DType,
        element_shape: Sizes,
        *,
        dynamic: bool = False,
        clears: bool = True,
        identical: bool = False,
        adds: bool = False,
        split_into: int | None = None,
    ):
        self.name = name
        self.dtype = dtype
        self.element_shape = element_shape
        self.dynamic = dynamic
        self.clears = clears
        self.identical = identical
        self.adds = adds
        self.split_into = split_into
        self.is_closed = False

    def of_gradients(self, source: str, prepended: tuple[int, ...]) -> ArrayFacts:
        """The facts of the array that holds the gradients of this one's elements.

        Raises:
          InvalidArgumentError: this one is such an array itself, or closed.
        """
        if self.adds:
            refuse(f"Wrong input container. _tensor_array_grads{self.name}")
        self.check_open()
        self.dynamic = False  # the two stay of one length
        shape = self.element_shape
        return ArrayFacts(
            f"{self.name}@{source}",
            self.dtype,
            None if shape is None else (*prepended, *shape),
            identical=self.identical,
            adds=True,
            split_into=self.split_into,
        )

    def split(self, count: int) -> None:
        """Takes note that a split has written `count` elements."""
        if not self.adds:
            self.split_into = count

    def joined(self, size: int) -> int:
        """How many elements of `size` are joined."""
        return self.split_into if self.adds and self.split_into is not None else size

    def check_open(self) -> None:
        if self.is_closed:
            refuse(f"TensorArray {self.name} has already been closed.")

    def no_place(self, index: int, size: int) -> str:
        """Why nothing can be written there."""
        return (
            f"TensorArray {self.name}: Tried to write to index {index} but array is not "
            f"resizeable and size is: {size}"
        )

    def no_element(self, index: int, size: int) -> str:
        """Why nothing can be read there."""
        return f"Tried to read from index {index} but array size is: {size}"

    def admit(self, index: int, shape: tuple[int, ...]) -> None:
        """Refuses an element of a shape that none may have; others must be as this one now."""
        if shape == self.element_shape:
            return
        if not fits(shape, self.element_shape):
            message = self.not_written(
                index,
                f"the value shape is {format_sizes(shape)} which is incompatible with the "
                f"TensorArray's inferred element shape: {_partial(self.element_shape)} "
                "(consider setting infer_shape=False).",
            )
            refuse(message)
        if self.identical:
            self.element_shape = shape

    def narrow(self, element_shape: Sizes) -> None:
        """Takes note of what a reader knows of the elements' shape."""
        own = self.element_shape
        if own is None or element_shape is None:
            self.element_shape = element_shape if own is None else own
            return
        if len(own) != len(element_shape) or any(
            None not in pair and pair[0] != pair[1]
            for pair in zip(own, element_shape, strict=False)
        ):
            refuse(
                "PartialTensorShape: Incompatible shapes during merge: "
                f"{format_sizes(own)} vs. {format_sizes(element_shape)}"
            )
        pairs = zip(own, element_shape, strict=True)
        self.element_shape = tuple(b if a is None else a for a, b in pairs)

    def not_written(self, index: int, why: str) -> str:
        return (
            f"TensorArray {self.name}: Could not write to TensorArray index {index} because {why}"
        )

    def written_before(self, index: int) -> str:
        return self.not_written(index, "it has already been written to.")

    def read_before(self, index: int) -> str:
        return self.not_written(index, "it has already been read.")

    def not_kept(self, index: int) -> str:
        """Why what was read cannot be read again."""
        return (
            f"TensorArray {self.name}: Could not read index {index} twice because it was cleared "
            "after a previous read (perhaps try setting clear_after_read = false?)."
        )

    def refuse_sum(self, index: int, old: tuple[int, ...], new: tuple[int, ...]) -> NoReturn:
        refuse(
            f"TensorArray {self.name}: Could not aggregate to TensorArray index {index} because "
            f"the existing shape is {format_sizes(old)} but the new input shape is "
            f"{format_sizes(new)}."
        )

    def shape_of_unwritten(self, index: int) -> tuple[int, ...]:
        """The shape of the zeros that an element is before it is written; it must be known."""
        if not self.has_one_shape:
            refuse(self.never_written(index))
        return self.element_shape  # type: ignore[return-value]

    @property
    def has_one_shape(self) -> bool:
        return self.element_shape is not None and None not in self.element_shape

    def never_written(self, index: int) -> str:
        """Why an element cannot be read that has neither a value nor a shape."""
        return (
            f"TensorArray {self.name}: Could not read from TensorArray index {index}.  "
            "Furthermore, the element shape is not fully defined: "
            f"{_partial(self.element_shape)}.  It is possible you are working with "
            "a resizeable TensorArray and stop_gradients is not "
            "allowing the gradients to be written.  If you set the full element_shape property "
            "on the forward TensorArray, the proper all-zeros tensor will be returned instead of "
            "incurring this error."
        )

    def ends_before(self, last: int, size: int) -> str:
        """Why nothing can be written to several places of which `last` is one."""
        return f"Max scatter index must be < array size ({last} vs. {size})"

    def check_alike(self, shapes: list[tuple[int, ...]], element_shape: Sizes) -> None:
        """Refuses elements of several shapes, or of another one than a reader expects."""
        first = shapes[0]
        if not fits(first, element_shape):
            refuse(
                f"TensorArray was passed element_shape {_partial(element_shape)} which does not "
                f"match the Tensor at index 0: {format_sizes(first)}"
            )
        for index, shape in enumerate(shapes):
            if shape != first:
                refuse(
                    "TensorArray has inconsistent shapes.  Index 0 has shape: "
                    f"{format_sizes(first)} but index {index} has shape: {format_sizes(shape)}"
                )

    def check_joinable(self, shapes: list[tuple[int, ...]], rest: Sizes) -> None:
        """`check_alike` of all axes but the first, which each of `shapes` must have."""
        first = shapes[0][1:]
        for index, shape in enumerate(shapes):
            own = format_sizes(shape[1:])
            if not shape:
                refuse(
                    f"Concat saw a scalar shape at index {index} but requires at least vectors.  "
                    "Did you mean to call pack?"
                )
            if not index and not fits(first, rest):
                refuse(
                    f"TensorArray was passed element_shape_except0 {_partial(rest)} but index 0 "
                    f"has (excepting dimension 0) shape: {own} which does not match."
                )
            if shape[1:] != first:
                refuse(
                    "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) "
                    f"shape: {format_sizes(first)} but index {index} has (excepting dimension 0) "
                    f"shape: {own}"
                )

    def shape_of_none(self, sizes: Sizes, action: str, name: str) -> tuple[int, ...]:
        """`sizes`, which must be known: those of the elements that an empty array would have."""
        if sizes is None or None in sizes:
            raise UnimplementedError(
                None,
                None,
                f"TensorArray has size zero, but {name} {_partial(sizes)} is not fully defined. "
                f"Currently only static shapes are supported when {action} zero-size TensorArrays.",
            )
        return sizes  # type: ignore[return-value]


class StackFacts:
    """What is known of a stack beside its elements: how many it may hold, None for any number."""

    def __init__(self, name: str, dtype: DType, most: int | None):
        self.name = name
        self.dtype = dtype
        self.most = most
        self.is_closed = False

    def check_open(self) -> None:
        if self.is_closed:
            refuse(f"Stack[{self.name}] has already been closed.")

    def is_full(self) -> str:
        return f"Stack[{self.name}] overflowed its max_size ({self.most})"

    def is_empty(self) -> str:
        return f"Stack[{self.name}] is empty when calling Pop()."


def numbered(name: str) -> str:
    """A name for what a run makes."""
    return f"{name}_{next(_numbers)}"


def _partial(sizes: Sizes) -> str:
    return "<unknown>" if sizes is None else format_sizes(sizes)
