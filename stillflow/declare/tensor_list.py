"""The value of a list of tensors: what a variant tensor of the TensorList operations holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from stillflow.declare.additive import Additive, total, zeros
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Handle
from stillflow.declare.shapes import fits, format_sizes
from stillflow.declare.static import Sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType


class TensorList(Additive):
    """Tensors in order. It never changes: what sets an element makes another list.

    Attributes:
      elements: the values; None for one that was reserved and not set.
      element_shape: what is known of the shape of all of them.
      element_dtype: their type.
      max_num_elements: how many there may be, -1 for any number.
    """

    __slots__ = ("element_dtype", "element_shape", "elements", "max_num_elements")

    def __init__(
        self,
        elements: Iterable[Any],
        element_shape: Sizes,
        element_dtype: DType,
        max_num_elements: int = -1,
    ):
        self.elements = tuple(elements)
        self.element_shape = element_shape
        self.element_dtype = element_dtype
        self.max_num_elements = max_num_elements

    def __len__(self) -> int:
        return len(self.elements)

    def of(self, elements: Iterable[Any]) -> TensorList:
        """A list of other elements, alike in all else."""
        return TensorList(elements, self.element_shape, self.element_dtype, self.max_num_elements)

    def zeros(self, zeros_like: Any) -> TensorList:
        elements = (None if e is None else zeros(e, zeros_like) for e in self.elements)
        return TensorList(elements, self.element_shape, self.element_dtype)

    def plus(self, other: TensorList) -> TensorList:
        """The sums of the elements; one that is not set counts as zeros.

        InvalidArgumentError where types, shapes or lengths differ.
        """
        if self.element_dtype is not other.element_dtype:
            refuse(
                "Trying to add two lists of tensors of different dtypes. One is "
                f"{self.element_dtype.runtime_name} and the other is "
                f"{other.element_dtype.runtime_name}"
            )
        if not _are_compatible(self.element_shape, other.element_shape):
            refuse(
                "Trying to add two lists of tensors with incompatible element shapes. One is "
                f"{describe(self.element_shape)} and the other is {describe(other.element_shape)}"
            )
        if len(self) != len(other):
            refuse(
                "Trying to add two lists of tensors with different lengths. One is "
                f"{len(self)} and the other is {len(other)}"
            )
        pairs = zip(self.elements, other.elements, strict=True)
        merged = merge(self.element_shape, other.element_shape)
        return TensorList((_sum(a, b) for a, b in pairs), merged, self.element_dtype)


def _sum(a: Any, b: Any) -> Any:
    if a is None or b is None:
        return b if a is None else a
    return total(a, b)


# Shapes in the words of TensorFlow's kernels ------------------------------------------------------


def describe(sizes: Sizes) -> str:
    """[2,?] or <unknown>."""
    return "<unknown>" if sizes is None else format_sizes(sizes)


def is_known(sizes: Sizes) -> bool:
    return sizes is not None and None not in sizes


def merge(a: Sizes, b: Sizes) -> Sizes:
    """The one shape that both are; InvalidArgumentError where they contradict each other."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        refuse(f"PartialTensorShape: Incompatible ranks during merge: {len(a)} vs. {len(b)}")
    if not _are_compatible(a, b):
        refuse(
            f"PartialTensorShape: Incompatible shapes during merge: {describe(a)} vs. {describe(b)}"
        )
    return tuple(y if x is None else x for x, y in zip(a, b, strict=True))


def _are_compatible(a: Sizes, b: Sizes) -> bool:
    if a is None or b is None:
        return True
    pairs = zip(a, b, strict=False)
    return len(a) == len(b) and all(x is None or y is None or x == y for x, y in pairs)


def has_shape(value: Any, sizes: Sizes) -> bool:
    """Whether a value is one of a list whose elements have this shape."""
    return fits(value.shape, sizes)


def shape_given(value: Any) -> Sizes:
    """The shape that an input says, i[k]; -1 alone is any shape.

    InvalidArgumentError for another scalar, and for a size below -1.
    """
    if not value.ndim:
        if value != -1:
            refuse("The only valid scalar shape tensor is the fully unknown shape specified as -1.")
        return None
    sizes = value.tolist()
    for size in sizes:
        if size < -1:
            refuse(f"Dimension {size} must be >= -1")
    return tuple(None if size == -1 else size for size in sizes)


# Values ------------------------------------------------------------------------------------------


def list_of(handle: Any) -> TensorList:
    """The list that a variant tensor holds; InvalidArgumentError where it holds none."""
    if isinstance(handle, TensorList):
        return handle
    if handle.shape != ():
        refuse(f"Input list must be a scalar saw: {format_sizes(handle.shape)}")
    inner = handle.item() if isinstance(handle, np.ndarray) else handle
    if not isinstance(inner, TensorList):
        refuse(f"Input handle is not a list. Saw: '{type(inner).__name__}'")
    return inner


def list_of_type(handle: Any, dtype: DType) -> TensorList:
    """The list, of elements of this type; InvalidArgumentError where they are of another."""
    found = list_of(handle)
    if found.element_dtype is not dtype:
        refuse(
            f"Invalid data types; op elements {dtype.runtime_name} but list elements "
            f"{found.element_dtype.runtime_name}"
        )
    return found


def type_of(value: Any) -> DType:
    """The type of a tensor's value."""
    if isinstance(value, Handle):
        return dtypes.variant
    if value.dtype == object and value.size and isinstance(value.flat[0], Handle):
        return dtypes.variant
    return dtypes.as_dtype(value.dtype)


def zeros_of(xp: Any, shape: Sizes, dtype: DType) -> Any:
    """What stands for an element that is not set: zeros, or empty strings."""
    if dtype is dtypes.string:
        return np.full(shape, b"", object)
    return xp.zeros(shape, dtype.stored_as)
