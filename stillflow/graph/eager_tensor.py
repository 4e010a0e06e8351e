"""`EagerTensor`, a tensor that has its value, and `EagerOperation`, what was carried out for one.

In eager mode operations run at once. What they give are EagerTensors; no graph has them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from stillflow.graph import context, nest
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation
from stillflow.graph.tensor_shape import TensorShape, as_shape

DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"
_ids = itertools.count()
_UNGIVEN: Any = object()


def eager_tensor(value: Any, dtype: DType) -> EagerTensor:
    """A tensor of a value that is of that type already, and is not changed any more."""
    tensor = object.__new__(EagerTensor)
    tensor._value, tensor._dtype = value, dtype
    return tensor


def register_conversion(convert: Callable[[Any, Any], tuple[Any, DType]]) -> None:
    """Tells what makes a value and its type of a Python value and a type or None; called once."""
    global _convert
    _convert = convert


_convert: Callable[[Any, Any], tuple[Any, DType]]


def _meaningless(what: str) -> Any:
    def get(self: Any) -> NoReturn:
        raise AttributeError(f"Tensor.{what} is meaningless when eager execution is enabled.")

    return property(get)


class EagerTensor(Tensor):
    """A tensor that has its value: an array, a NumPy scalar, or what a handle refers to.

    The value never changes; a program gets copies of it.
    """

    __slots__ = ("_number", "_value")
    _is_eager = True

    if TYPE_CHECKING:
        _value: Any
        _number: int

    def __init__(self, value: Any, device: Any = _UNGIVEN, dtype: int | None = None):
        """A tensor of a Python or NumPy value, as TensorFlow's C code makes them.

        Args:
          device: where it is: the CPU, which "" and None mean too.
          dtype: the number of its type.

        Raises:
          TypeError: the device is not given or no text, or the type no number.
          RuntimeError: there is no such device.
        """
        if device is _UNGIVEN:
            raise TypeError("function missing required argument 'device' (pos 2)")
        if not isinstance(device, (str, type(None))):
            raise TypeError("Error parsing device argument.")
        if device and not device.upper().endswith("CPU:0"):
            raise RuntimeError(f"{device} unknown device.")
        if not isinstance(dtype, (int, type(None))):
            raise TypeError(f"Expecting a DataType value for dtype. Got {type(dtype).__name__}")
        self._value, self._dtype = _convert(value, dtype)

    # What it is -----------------------------------------------------------------------------------

    op = _meaningless("op")
    graph = _meaningless("graph")
    name = _meaningless("name")
    value_index = _meaningless("value_index")
    _value_index = _meaningless("_value_index")

    _shown_name = ""

    @property
    def _id(self) -> int:
        """A number of its own, by the order in which tensors are asked for theirs."""
        try:
            return self._number
        except AttributeError:
            self._number = next(_ids)
            return self._number

    @property
    def _shape(self) -> TensorShape:  # type: ignore[override]
        return TensorShape.of(self._value.shape)

    @property
    def shape(self) -> TensorShape:
        return TensorShape.of(self._value.shape)

    def get_shape(self) -> TensorShape:
        return TensorShape.of(self._value.shape)

    def _shape_tuple(self) -> tuple[int, ...]:
        return self._value.shape

    def _shape_as_list(self) -> list[int]:  # type: ignore[override]
        return list(self._value.shape)

    @property
    def ndim(self) -> int:
        return len(self._value.shape)

    def _rank(self) -> int:
        return len(self._value.shape)

    def _num_elements(self) -> int:
        return int(np.prod(self._value.shape, dtype=np.int64))

    def _datatype_enum(self) -> int:
        return self._dtype.as_datatype_enum

    def set_shape(self, shape: Any) -> None:
        """ValueError when it has another shape."""
        if not self.shape.is_compatible_with(as_shape(shape)):
            raise ValueError(
                f"Tensor's shape {self.shape} is not compatible with supplied shape {shape}"
            )

    @property
    def device(self) -> str:
        return DEVICE

    @property
    def backing_device(self) -> str:
        return DEVICE

    @property
    def is_packed(self) -> bool:
        return False

    def consumers(self) -> NoReturn:
        raise NotImplementedError(
            "Tensor.consumers is meaningless when eager execution is enabled."
        )

    def eval(self, feed_dict: dict | None = None, session: Any = None) -> NoReturn:
        raise NotImplementedError(
            "eval is not supported when eager execution is enabled, is .numpy() what you're "
            "looking for?"
        )

    def _add_consumer(self, consumer: Any) -> NoReturn:
        raise NotImplementedError("_add_consumer not supported when eager execution is enabled.")

    # Its value ------------------------------------------------------------------------------------

    def _numpy(self) -> Any:
        """The value itself: an array, which is not to be changed, or a scalar."""
        if self._dtype._numpy is None:
            raise ValueError(
                f"Cannot convert a Tensor of dtype {self._dtype.name} to a NumPy array."
            )
        return self._value

    def numpy(self) -> Any:
        """Returns a copy of the value as an array; of a scalar, a NumPy scalar or bytes.

        Raises:
          ValueError: it is a handle.
        """
        return np.array(self._numpy())[()]

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.array(self._numpy(), dtype)

    def _as_numpy_scalar(self) -> Any:
        return np.asarray(self._numpy())

    def _as_python(self) -> Any:
        """The only element; TypeError where there are more or none."""
        value = self._as_numpy_scalar()
        if value.size != 1:
            raise TypeError("only size-1 arrays can be converted to Python scalars")
        return value.item()

    def __bool__(self) -> bool:
        return bool(self._numpy())

    __nonzero__ = __bool__

    def __int__(self) -> int:
        return int(self._as_python())

    __long__ = __int__

    def __index__(self) -> int:
        value = self._as_numpy_scalar()
        if value.ndim:
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(value)

    def __float__(self) -> float:
        return float(self._as_python())

    def __complex__(self) -> complex:
        return complex(self._as_python())

    def __len__(self) -> int:
        """The size along axis 0; TypeError for a scalar."""
        if not self._value.shape:
            raise TypeError("Scalar tensor has no `len()`")
        return self._value.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self._value.shape:
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(self._value.shape[0]))

    def __format__(self, format_spec: str) -> str:
        return self._as_numpy_scalar().__format__(format_spec)

    def __reduce__(self) -> Any:
        return eager_tensor, (np.array(self._numpy()), self._dtype)

    def __copy__(self) -> EagerTensor:
        return self

    def __deepcopy__(self, memo: Any) -> EagerTensor:
        return self

    # Devices --------------------------------------------------------------------------------------

    def cpu(self) -> EagerTensor:
        """Returns a tensor of the same value in the memory of the CPU."""
        return self._copied()

    def gpu(self, gpu_index: int = 0) -> EagerTensor:
        """RuntimeError: eager operations run on the CPU."""
        raise RuntimeError(f"GPU:{gpu_index} unknown device.\n  Eager operations run on the CPU.")

    def _copy(self, ctx: Any = None, device_name: str | None = None) -> EagerTensor:
        """Returns a tensor of the same value; RuntimeError for a device that is not there."""
        device = (device_name or "CPU:0").upper()
        if "CPU:0" not in device and not device.endswith("CPU"):
            raise RuntimeError(f"{device_name} unknown device.")
        return self._copied()

    def _copied(self) -> EagerTensor:
        copied = eager_tensor(self._value, self._dtype)
        record_operation("_copy", [copied], [self], lambda grad: [grad])
        return copied

    # As text --------------------------------------------------------------------------------------

    def __str__(self) -> str:
        return f"tf.Tensor({numpy_text(self)}, shape={_sizes_text(self)}, dtype={self._dtype.name})"

    def __repr__(self) -> str:
        return (
            f"<tf.Tensor: id={self._id}, shape={_sizes_text(self)}, dtype={self._dtype.name}, "
            f"numpy={numpy_text(self, is_repr=True)}>"
        )


nest.known_as_leaves(Tensor, EagerTensor)


def _sizes_text(tensor: EagerTensor) -> str:
    return str(tuple(tensor._value.shape))


def numpy_text(tensor: Any, is_repr: bool = False) -> str:
    """An eager tensor's value as text."""
    if not tensor._dtype.is_numpy_compatible:
        return "<unprintable>"
    value = tensor.numpy()
    if not is_repr:
        text = str(value)
        return f"\n{text}" if "\n" in text else text
    # NumPy 2 writes np.int32(3) where the NumPy of TensorFlow's time wrote 3.
    text = str(value) if isinstance(value, np.generic) else repr(value)
    return f"\n{text}" if "\n" in text else text


class EagerOperation(Operation):
    """An operation that was carried out at once: what a gradient rule asks of an Operation.

    unwanted: which of its inputs nobody asks a gradient for, where a rule may leave that out.
    """

    unwanted: Sequence[bool] = (False, False)
    is_named = False

    __slots__ = ("outputs",)

    if TYPE_CHECKING:
        outputs: list[Tensor]
    _is_eager = True
    _control_inputs = ()
    _control_flow_context = None
    _device = ""
    _source = None
    _original_op = None
    _is_planned = False

    def __init__(
        self,
        defn: Any,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        outputs: list[Tensor],
        name: str | None = None,
    ):
        self.defn = defn
        self.type = defn.type
        self.inputs = inputs
        self.attrs = attrs
        self.outputs = outputs
        self.name = name or defn.type
        if name is not None:
            self.is_named = True
        self._expansion: Any = None

    @property
    def graph(self) -> Any:  # type: ignore[override]
        return context.eager_graph()

    @property
    def device(self) -> str:
        return DEVICE

    @property
    def _id(self) -> int:
        return 0
