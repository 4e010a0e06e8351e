"""What a run is fed: values of many kinds, as arrays of the fed tensor's type and shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from stillflow.declare.arrays import to_numpy
from stillflow.declare.shapes import fits
from stillflow.declare.static import constant_value
from stillflow.graph.errors import InternalError
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.runtime.conversions import conversion_of, fed_pairs, fed_tensors
from stillflow.runtime.plan import unfed
from stillflow.runtime.quiet import quiet


class Feed:
    """A tensor that runs are fed, with values of its shape where that is checked."""

    __slots__ = ("_checks_shape", "_converted", "_dtype", "_known", "tensor")

    def __init__(self, tensor: Tensor, checks_shape: bool = True):
        self.tensor = tensor
        self._checks_shape = checks_shape
        # Strings have no dtype here, for an object array is to be looked through.
        self._dtype: np.dtype | None = np.dtype(tensor.dtype.stored_as)
        self._converted: Callable[[Any], np.ndarray] = self._numbers
        if self._dtype == np.object_:
            self._dtype, self._converted = None, self._strings
        elif tensor.dtype.is_quantized:
            self._converted = self._quantized
        # The shape that was last found to fit, and the static shape then: set_shape replaces it.
        self._known: tuple[tuple[int, ...] | None, TensorShape | None] = (None, None)

    def array(self, value: Any) -> np.ndarray:
        """Returns `value` as an array of the type and shape of the tensor.

        As in TensorFlow, a float too large for the type becomes infinite, and an int within a list
        or an array wraps.

        Raises:
          TypeError: a Tensor as the value, or an int that the type cannot hold.
          ValueError: the shape does not fit, or the elements are no numbers.
          OverflowError: an int that no number of the kind can hold.
        InternalError: an element for a string tensor that is no string.
        """
        if type(value) is not np.ndarray or value.dtype is not self._dtype:
            if hasattr(value, "fed_value"):  # a tensor that the session has, of whatever shape
                return value.fed_value(self.tensor)
            value = self._converted(value)
        shape, static = self._known
        if value.shape != shape or self.tensor._shape is not static:
            self._check_shape(value.shape)
        return value

    def _check_shape(self, shape: tuple[int, ...]) -> None:
        static = self.tensor.shape
        if self._checks_shape and not fits(shape, static.sizes):
            raise ValueError(
                f"Cannot feed value of shape {shape} for Tensor {self.tensor.name!r}, which "
                f"has shape '{static}'{_where_built(self.tensor.op)}"
            )
        self._known = shape, static

    def _numbers(self, value: Any) -> np.ndarray:
        dtype = self._dtype
        assert dtype is not None
        if type(value) is list and dtype.kind == "f":
            value = self._listed(value)
        if type(value) is np.ndarray and value.dtype.kind in "fiub":
            return quiet.call(value.astype, dtype, copy=False)
        if type(value) is float and dtype.kind == "f":
            return quiet.call(np.asarray, value, dtype)
        self._check_scalar(value)
        if isinstance(value, np.ndarray) and value.dtype.kind != "O":
            return np.asarray(value, dtype)
        try:
            return to_numpy(value, dtype.type)
        except TypeError:
            _array(value)  # which says so where a tensor is in the way
            raise

    def _listed(self, value: list) -> np.ndarray:
        """The elements of a list as an array, which NumPy casts faster than it casts a list."""
        array = _array(value)
        if array.dtype.kind == "c":
            raise TypeError(
                "can't convert complex to float\n"
                f"  {self.tensor.name} is {self.tensor.dtype.name}; np.real takes the real part."
            )
        return array

    def _strings(self, value: Any) -> np.ndarray:
        self._check_scalar(value)
        array = _array(value, object)
        if all(type(item) is bytes for item in array.flat):
            return array
        encoded = np.empty(array.size, object)
        encoded[:] = [_bytes(item) for item in array.flat]
        return encoded.reshape(array.shape)

    def _quantized(self, value: Any) -> np.ndarray:
        assert self._dtype is not None
        self._check_scalar(value)
        return np.asarray(value, self.tensor.dtype.as_numpy_dtype).view(self._dtype)

    def _check_scalar(self, value: Any) -> None:
        if isinstance(value, Tensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
                "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, "
                f"the tensor object was {value} which was passed to the feed with key "
                f"{self.tensor}."
            )
        if hasattr(value, "_as_graph_element"):
            raise ValueError(
                "setting an array element with a sequence.\n"
                f"  {self.tensor.name} cannot be fed {value!r}, which has a value only in a run."
            )
        if isinstance(value, int) and not self._holds(value):
            raise TypeError(
                f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
                f"type {self.tensor.dtype.as_numpy_dtype}. Try explicitly setting the type of the "
                "feed tensor to a larger type (e.g. int64)."
            )

    def _holds(self, value: int) -> bool:
        """Whether the tensor's type has that very number."""
        return self._dtype is not None and to_numpy(value, self._dtype.type).item() == value


def as_fed(value: Any, array: np.ndarray) -> Any:
    """What a fed tensor is when it is fetched: `array`, or strings as they were given."""
    if hasattr(value, "fed_value"):
        return value.eval()
    return np.asarray(value, object) if array.dtype == object else array


def _array(value: Any, dtype: Any = None) -> np.ndarray:
    """`np.asarray`; ValueError, as TensorFlow's, for a tensor within a list."""
    try:
        return np.asarray(value, dtype)
    except NotImplementedError:  # what a Tensor says to NumPy
        raise ValueError(
            "setting an array element with a sequence.\n"
            f"  The fed {value} holds a tensor, which has a value only in a run."
        ) from None


def _bytes(item: Any) -> bytes:
    if isinstance(item, bytes):
        return bytes(item)
    if isinstance(item, str):
        return item.encode()
    raise InternalError(
        None,
        None,
        f"Unsupported object type {type(item).__name__}\n"
        f"  A string tensor is fed bytes or str, not {item!r}.",
    )


# Keys that stand for several tensors -----------------------------------------------------------


def is_several(key: Any) -> bool:
    """Whether a key of `feed_dict` stands for several tensors."""
    return isinstance(key, tuple) or hasattr(key, "fetch_parts") or conversion_of(key) is not None


def single_keys(key: Any) -> list[Any]:
    """The tensors, or what names them, that a key stands for: nested tuples of keys, or one."""
    return [part for leaf in _leaves(key) for part in _parts(leaf)]


def single_values(key: Any, value: Any) -> Iterator[Any]:
    """The value for each of `single_keys(key)`.

    Raises:
      ValueError: key and value are not of one length.
    """
    if not isinstance(key, tuple):
        return _part_values(key, value)
    keys, values = list(_leaves(key)), list(_leaves(value))
    if len(keys) != len(values):
        raise ValueError(
            f"Could not flatten dictionary. Key had {len(keys)} elements, but value had "
            f"{len(values)} elements. Key: {keys}, value: {values}.\n"
            "  Within the value for a tuple of tensors, lists count by their elements; pass arrays."
        )
    return (part for k, v in zip(keys, values, strict=True) for part in _part_values(k, v))


def check_unique(keys: Iterable[Any]) -> None:
    """ValueError when a key occurs twice, which it can by itself and within a tuple."""
    seen = set()
    for key in keys:
        if key in seen:
            raise ValueError(f"Could not flatten dictionary: key {key} is not unique.")
        seen.add(key)


def _parts(key: Any) -> list[Any]:
    if not hasattr(key, "fetch_parts"):
        conversion = conversion_of(key)
        return [key] if conversion is None else fed_tensors(conversion, key)
    # A constant shape that building has looked at stays as it is.
    return [tensor for tensor in key.fetch_parts() if tensor.graph.is_feedable(tensor)]


def _part_values(key: Any, value: Any) -> Iterator[Any]:
    if not hasattr(key, "fetch_parts"):
        conversion = conversion_of(key)
        if conversion is None:
            return iter([value])
        return (given for _, given in fed_pairs(conversion, key, value))
    parts = key.fetch_parts()
    given = list(value.feed_parts() if hasattr(value, "feed_parts") else value)[: len(parts)]
    return chain(given, map(_left_out, parts[len(given) :]))


def _left_out(part: Tensor) -> np.ndarray:
    """What a part has that is not fed, as the shape of a sparse placeholder may be known."""
    value = constant_value(part)
    if value is None:
        raise unfed(part.op)
    return value


def _leaves(nest: Any) -> Iterator[Any]:
    """What nested tuples, lists and dicts (by key) hold."""
    if isinstance(nest, Mapping):
        for key in sorted(nest):
            yield from _leaves(nest[key])
    elif isinstance(nest, (list, tuple)):
        for item in nest:
            yield from _leaves(item)
    else:
        yield nest


def _where_built(op: Any) -> str:
    """What to do about a value that does not fit, and where it is said what fits."""
    where = f", {op.built_at}," if op.built_at else ""
    return (
        f"\n  {op.type} {op.name!r}{where} declares that shape. Feed a value that fits, or write "
        "None there for a size that may vary."
    )
