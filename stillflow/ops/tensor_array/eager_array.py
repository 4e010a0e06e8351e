"""`tf.TensorArray` in eager mode: a list of tensors, through which gradients flow as they are."""

from __future__ import annotations

from typing import Any, NoReturn

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor, to_tensor
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError, OutOfRangeError
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array import filling, joining, stacking
from stillflow.ops.tensor_array.tensor_array import TensorArray


class EagerTensorArray(TensorArray):
    """See TensorArray. What changes it changes this very object."""

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Tensor | None = None,
        flow: Tensor | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ):
        if handle is not None:
            raise ValueError(
                "TensorArray handles are not supported when eager execution is enabled."
            )
        if size is None:
            raise ValueError(
                "Size must be declared for TensorArrays when eager execution is enabled."
            )
        self._handle = None  # type: ignore[assignment]
        self._flow = constant(0, dtype=dtypes.int32)
        self._infer_shape = infer_shape
        self._own_shape = as_shape(element_shape)
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = dynamic_size or False
        self._is_cleared = True if clear_after_read is None else clear_after_read
        self._read_before: set[int] = set()
        self._elements: list[Any] = [None] * int(size)

    @property
    def element_shape(self) -> TensorShape:
        return self._own_shape

    def _with_flow(self, flow: Tensor) -> TensorArray:
        return self

    def identity(self) -> TensorArray:
        return self

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> NoReturn:
        raise NotImplementedError(
            "TensorArray.grad is not supported when executing eagerly; eager's gradient "
            "implementation does not use/need this function to compute gradients of operations "
            "that use TensorArrays."
        )

    def read(self, index: Any, name: str | None = None) -> Tensor:
        at = int(index)
        if at < 0:
            raise _out_of_range(f"Reading from negative indices (index {at}) is not allowed.")
        if at >= len(self._elements):
            size = len(self._elements)
            raise _out_of_range(f"Tried to read from index {at} but array size is: {size}")
        if self._elements[at] is None and at in self._read_before:
            raise _invalid(
                f"Could not read index {at} twice because it was cleared after a previous read "
                "(perhaps try setting clear_after_read = false?)"
            )
        element = self._element(at)
        if self._is_cleared:
            self._elements[at] = None
            self._read_before.add(at)
        return element

    def _element(self, at: int) -> Tensor:
        """That at an index; zeros where nothing was written."""
        if self._elements[at] is None:
            self._elements[at] = filling.zeros(self._own_shape, self._dtype)
        element: Tensor = self._elements[at]
        return element

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        self._write(int(index), value)
        return self

    def _write(self, at: int, value: Any) -> None:
        if at < 0:
            raise _out_of_range(f"Writing to negative indices (index {at}) is not allowed.")
        size = len(self._elements)
        if at >= size:
            if not self._dynamic_size:
                raise _out_of_range(
                    f"Tried to write to index {at} but array is not resizeable and size is: {size}"
                )
            self._elements += [None] * (at - size + 1)
        value = to_tensor(value, name="value", preferred_dtype=self._dtype)
        if value.dtype is not self._dtype:
            raise _invalid(
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype "
                f"{value.dtype.name}"
            )
        if not self._own_shape.is_compatible_with(value.shape):
            raise ValueError(
                f"Incompatible shape for value ({value.shape}), expected ({self._own_shape})"
            )
        if self._infer_shape:
            self._own_shape = self._own_shape.merge_with(value.shape)
        self._elements[at] = value

    def stack(self, name: str | None = None) -> Tensor:
        elements = [self._element(at) for at in range(len(self._elements))]
        if not elements:
            return convert_to_tensor([], dtype=self._dtype)
        return stacking.stack(elements, name=name)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        return stacking.stack([self._element(int(at)) for at in indices])

    def concat(self, name: str | None = None) -> Tensor:
        elements = [self._element(at) for at in range(len(self._elements))]
        for at, element in enumerate(elements):
            if element.shape.ndims == 0:
                raise _invalid(
                    f"Concat saw a scalar shape at index {at} but requires at least vectors."
                )
        return joining.concat(elements, 0)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        tensors = stacking.unstack(convert_to_tensor(value))
        if len(tensors) > len(self._elements) and not self._dynamic_size:
            raise ValueError(
                f"Cannot unstack {len(tensors)} tensors into a TensorArray of static size "
                f"{len(self._elements)}"
            )
        self._elements = list(tensors)
        return self

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        rows = stacking.unstack(convert_to_tensor(value))
        for index, row in zip(indices, rows, strict=False):
            self._write(int(index), row)
        return self

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        from stillflow.ops.array.joining import split  # few arrays are made so

        value = to_tensor(value, name="value", preferred_dtype=self._dtype)
        if value.dtype is not self._dtype:
            raise _invalid(
                f"TensorArray dtype is {self._dtype.name} but Op is trying to write dtype "
                f"{value.dtype.name}"
            )
        lengths = convert_to_tensor(lengths)
        self._check_split(value, lengths)
        self._elements = list(split(value, lengths))
        return self

    def _check_split(self, value: Tensor, lengths: Any) -> None:
        own, sizes = lengths.shape.as_list(), value.shape.as_list()
        if len(own) != 1:
            raise _invalid(f"Expected lengths to be a vector, received shape: {own}")
        if not sizes:
            raise _invalid(f"Expected value to be at least a vector, but received shape: {sizes}")
        total = int(lengths.numpy().sum())
        if total != sizes[0]:
            raise _invalid(
                "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
                f"{total} and value's shape is: {sizes} "
            )
        if not self._dynamic_size and own[0] != len(self._elements):
            raise _invalid(
                "TensorArray's size is not equal to the size of lengths "
                f"({len(self._elements)} vs. {own[0]}), and the TensorArray is not marked as "
                "dynamically resizeable"
            )

    def size(self, name: str | None = None) -> Tensor:
        return constant(len(self._elements))

    def close(self, name: str | None = None) -> None:  # type: ignore[override]
        self._elements.clear()


def _out_of_range(message: str) -> OutOfRangeError:
    return OutOfRangeError(None, None, message)


def _invalid(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
