"""`tf.TensorArray`: arrays whose elements are written and read one by one, mostly in loops."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.declare.convert import to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, control_dependencies, device, name_scope
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.shape_of import shape as shape_of
from stillflow.ops.control.ordering import identity
from stillflow.ops.known_values import constant_value
from stillflow.ops.math.casts import cast
from stillflow.ops.tensor_array import declared
from stillflow.platform import logging


class _Known:
    """What the arrays that writes give know together: they are one array at several times."""

    def __init__(self, element_shape: TensorShape):
        self.element_shape = element_shape
        self.first_written: Tensor | None = None


class TensorArray:
    """An array of tensors of one type. What changes it gives the array as it is afterwards.

    Only that one may be used from then on: an element is written once, and read once unless
    `clear_after_read` is False.
    """

    def __new__(cls, *_: Any, **__: Any) -> TensorArray:
        if cls is TensorArray and executing_eagerly():
            from stillflow.ops.tensor_array.eager_array import EagerTensorArray  # a kind of it

            return object.__new__(EagerTensorArray)
        return object.__new__(cls)

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
        """A new array of `size` elements, or the one that `handle` names, after `flow`.

        Args:
          dtype: of the elements.
          size: how many there are, i32[].
          dynamic_size: a write behind the end makes the array longer.
          clear_after_read: an element is given up when it is read; as a rule it is.
          tensor_array_name: what the run calls it.
          infer_shape: all elements are of one shape, which the first one tells.
          element_shape: that shape, as far as it is known.
          colocate_with_first_write_call: what is written and what writes it stay on the device of
            the first value; else on that which is current.
          name: of the node.

        Raises:
          ValueError: neither size nor handle is given, or a handle and what only a new array takes.
          TypeError: the handle is no tensor.
        """
        _check_arguments(
            handle,
            tensor_array_name,
            size=size,
            element_shape=element_shape,
            dynamic_size=dynamic_size,
            clear_after_read=clear_after_read,
        )
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._dynamic_size = dynamic_size or False
        self._infer_shape = infer_shape
        self._beside_first_written = colocate_with_first_write_call
        self._known = _Known(as_shape(element_shape))
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                if flow is None:
                    raise ValueError("flow must not be None if handle is not None.")
                self._handle, self._flow = handle, flow
                return
            with _anywhere(colocate_with_first_write_call):
                made: Any = declared.tensor_array_v3(
                    size,
                    dtype=self._dtype,
                    element_shape=as_shape(element_shape),
                    identical_element_shapes=infer_shape,
                    dynamic_size=self._dynamic_size,
                    clear_after_read=True if clear_after_read is None else clear_after_read,
                    tensor_array_name=tensor_array_name or "",
                    name=scope,
                )
            self._handle, self._flow = made

    @property
    def flow(self) -> Tensor:
        """f32[]: waits for what led to this state of the array."""
        return self._flow

    @property
    def dtype(self) -> DType:
        return self._dtype

    @property
    def handle(self) -> Tensor:
        return self._handle

    @property
    def element_shape(self) -> TensorShape:
        """The shape of the elements, as far as it is known."""
        return self._known.element_shape

    @property
    def dynamic_size(self) -> bool:
        return self._dynamic_size

    @property
    def _flow_tensor(self) -> Tensor:
        return self._flow

    def _with_flow(self, flow: Tensor) -> TensorArray:
        return build_with_new_flow(self, flow)

    def identity(self) -> TensorArray:
        """The same array, whose ops wait for the control dependencies of the current block."""
        return build_with_new_flow(self, identity(self._flow))

    def grad(self, source: str, flow: Tensor | None = None, name: str | None = None) -> TensorArray:
        """The array in which what is called `source` adds up this one's gradients."""
        flow = self._flow if flow is None else flow
        with name_scope(name, "TensorArrayGrad", [self._handle]), colocate_with(self._handle):
            made: Any = declared.tensor_array_grad_v3(self._handle, flow, source=source, name=name)
            handle = made.grad_handle
            with control_dependencies([handle]):
                flow = identity(flow, name="gradient_flow")
            array = TensorArray(
                self._dtype,
                handle=handle,
                flow=flow,
                infer_shape=self._infer_shape,
                colocate_with_first_write_call=False,
            )
            array._known = self._known
            return array

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """index: i32[] -> the element there."""
        value = declared.tensor_array_read_v3(
            self._handle, index, self._flow, dtype=self._dtype, name=name
        )
        if self.element_shape:
            value.set_shape(self.element_shape)
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array in which `value` is the element at `index`, i32[].

        Raises:
          ValueError: its shape is not that of the others.
        """
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            value = self._converted(value)
            self._check_element_shape(value.shape)
            with self._beside(value):
                flow = declared.tensor_array_write_v3(
                    self._handle, index, value, self._flow, name=name
                )
            return build_with_new_flow(self, flow)

    def stack(self, name: str | None = None) -> Tensor:
        """All elements along a new axis 0."""
        with (
            colocate_with(self._handle),
            name_scope(name, "TensorArrayStack", [self._handle]),
        ):
            return self.gather(range_(0, self.size()), name=name)

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """indices: i32[k] -> the elements there along a new axis 0."""
        value = declared.tensor_array_gather_v3(
            self._handle,
            indices,
            self._flow,
            dtype=self._dtype,
            name=name,
            element_shape=self.element_shape,
        )
        if self.element_shape:
            value.set_shape([None, *self.element_shape])
        return value

    def concat(self, name: str | None = None) -> Tensor:
        """All elements, one after another along axis 0."""
        made: Any = declared.tensor_array_concat_v3(
            self._handle,
            self._flow,
            dtype=self._dtype,
            name=name,
            element_shape_except0=self.element_shape[1:],
        )
        if self.element_shape:
            made.value.set_shape([None, *self.element_shape[1:]])
        return made.value

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array whose first elements are the rows of `value`."""
        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            indices = range_(0, shape_of(value)[0])
            return self.scatter(indices, value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array in which the rows of `value` are the elements at `indices`, i32[k].

        Raises:
          ValueError: their shape is not that of the others.
        """
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            value = self._converted(value)
            self._check_element_shape(value.shape[1:])
            with self._beside(value):
                flow = declared.tensor_array_scatter_v3(
                    self._handle, indices, value, self._flow, name=name
                )
            return build_with_new_flow(self, flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array whose elements are the next `lengths`, i32[size], rows of `value` each."""
        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            value = to_tensor(value, self._dtype, "value")
            with self._beside(value):
                lengths = cast(lengths, dtypes.int64)
                known = constant_value(lengths)
                if value.shape.dims is not None and known is not None and known.ndim:
                    self._check_split(value, known)
                flow = declared.tensor_array_split_v3(
                    self._handle, value, lengths, self._flow, name=name
                )
            return build_with_new_flow(self, flow)

    def _check_split(self, value: Tensor, lengths: Any) -> None:
        if lengths.max() == lengths.min():
            self._check_element_shape(TensorShape([lengths[0]]).concatenate(value.shape[1:]))

    def size(self, name: str | None = None) -> Tensor:
        """i32[]: how many elements there are."""
        return declared.tensor_array_size_v3(self._handle, self._flow, name=name)

    def close(self, name: str | None = None) -> Operation:
        """Gives the elements up."""
        made: Any = declared.tensor_array_close_v3(self._handle, name=name)
        return made

    def mark_used(self) -> None:
        """Says that this state of the array may go unused; nothing warns of one that does."""

    def _converted(self, value: Any) -> Tensor:
        value = to_tensor(value, name="value", preferred_dtype=self._dtype)
        if value.dtype != self._dtype:
            logging.error(
                "Error: Input value %s has dtype %s, but expected dtype %s.  This leads to "
                "undefined behavior and will be an error in future versions of TensorFlow.",
                value,
                value.dtype,
                self._dtype,
            )
        return value

    def _check_element_shape(self, shape: TensorShape) -> None:
        if not shape.is_compatible_with(self.element_shape):
            raise ValueError(f"Inconsistent shapes: saw {shape} but expected {self.element_shape} ")
        if self._infer_shape:
            self._known.element_shape = self.element_shape.merge_with(shape)

    @contextmanager
    def _beside(self, value: Tensor) -> Iterator[None]:
        """A block whose ops are colocated with the value that was written first."""
        if not self._beside_first_written:
            yield
            return
        if self._known.first_written is None:
            self._known.first_written = value
        with colocate_with(self._known.first_written):
            yield


def build_with_new_flow(array: TensorArray, flow: Tensor) -> TensorArray:
    """The same array as it is after `flow`."""
    new = TensorArray(
        array.dtype,
        handle=array.handle,
        flow=flow,
        infer_shape=array._infer_shape,
        colocate_with_first_write_call=array._beside_first_written,
    )
    new._dynamic_size = array._dynamic_size
    new._known = array._known
    return new


@contextmanager
def _anywhere(wanted: bool) -> Iterator[None]:
    """If `wanted`, a block outside all devices and colocations."""
    if not wanted:
        yield
        return
    with device(None), colocate_with(None, ignore_existing=True):
        yield


def _check_arguments(handle: Any, tensor_array_name: str | None, **of_new: Any) -> None:
    if handle is None:
        if of_new["size"] is None:
            raise ValueError("Size must be provided if handle is not provided")
        return
    if tensor_array_name:
        raise ValueError("Cannot construct with both handle and tensor_array_name")
    if not isinstance(handle, Tensor):
        raise TypeError("Handle must be a Tensor")
    for name, value in of_new.items():
        if value is not None:
            raise ValueError(f"Cannot provide both a handle and {name} at the same time")
