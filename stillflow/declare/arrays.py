"""How Python and NumPy values become arrays, typed as TensorFlow types them.

NumPy 1.18, under which TensorFlow 1.15 ran, wraps Python ints that a type cannot hold; so does this
module, whatever NumPy it runs on. Knows no op.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension

_INT32 = np.iinfo(np.int32)
_ALL_BITS = 1 << 64
_HALF = 65504.0  # the largest float16: no type overflows below it


def as_array(value: Any, dtype: DType | None = None) -> np.ndarray:
    """Returns a new array of `value` as TensorFlow would type it; strings are bytes.

    Python floats become float32 and Python ints int32 (int64 when they need it); arrays, NumPy
    scalars and objects with `__array__` keep their type. With `dtype`, Python values must be
    numbers of its kind, of which too large ints wrap; arrays are cast.

    Raises:
      TypeError: a Python value that does not fit `dtype`: 1.5 for int32, say.
      ValueError: None, or a ragged list.
      OverflowError: an int of more than 64 bits.
    """
    if is_array_like(value):
        return _from_numpy(np.asarray(value), dtype)
    if value is None:
        raise ValueError("None values not supported.")
    if dtype is not None and not dtype.is_numpy_compatible:
        raise TypeError(
            f"Incompatible types: {dtype} vs. {np.array(value).dtype}. Value is {_shown(value)}"
        )
    array = _from_python(value, dtype)
    if dtype is None:
        array = narrowed(array)
    return _strings_of(array, value) if array.dtype.kind in "SUO" else array


def is_array_like(value: Any) -> bool:
    """Whether `value` says itself what array it is, as arrays, NumPy scalars and pandas do."""
    kind = type(value)
    if kind in _PLAIN_KINDS or isinstance(value, Tensor):
        return False
    if callable(getattr(value, "__array__", None)) or isinstance(
        getattr(value, "__array_interface__", None), dict
    ):
        return True
    return isinstance(value, (bytearray, memoryview))


_SCALARS = frozenset({bool, int, float, complex, str, bytes, type(None)})
_PLAIN_KINDS = _SCALARS | {list, tuple}


def _from_numpy(array: np.ndarray, dtype: DType | None) -> np.ndarray:
    if dtype is dtypes.string or (dtype is None and array.dtype.kind in "SUO"):
        return _strings(array.astype(object))
    wanted = dtypes.as_dtype(array.dtype) if dtype is None else dtype
    with np.errstate(all="ignore"):
        return cast(array, wanted.stored_as)


def _from_python(value: Any, dtype: DType | None) -> np.ndarray:
    """`value` as NumPy makes an array of it, but of lists and tuples alone."""
    _check_compatible(value, dtype)
    wanted = None if dtype is None else dtype.stored_as
    if dtype is not None and dtype.is_quantized:
        # TensorFlow writes each quantized number as a tuple of one.
        return to_numpy(_untupled(value), wanted)
    try:
        array = to_numpy(value, wanted)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise _ragged(value, dtype) from None
    if array.ndim and list(array.shape) != _first_sizes(value):
        raise _not_dense(value, list(array.shape))
    return array


def to_numpy(value: Any, wanted: type | None = None) -> np.ndarray:
    """`np.array(value, wanted)`, in which too large ints wrap and too large floats are infinite.

    Raises:
      OverflowError: an int of more than 64 bits, or for a float beyond all of them.
    """
    if wanted is None or wanted is np.object_:
        return np.array(value, wanted)
    try:
        if issubclass(wanted, np.integer) or (type(value) is float and -_HALF < value < _HALF):
            return np.array(value, wanted)
        with np.errstate(all="ignore"):
            return np.array(value, wanted)
    except OverflowError as error:
        if not issubclass(wanted, np.integer):
            raise OverflowError(f"{error}\n  It exceeds every float.") from error
        return _wrapped(np.array(value, object), wanted, error)


def cast(array: np.ndarray, wanted: type) -> np.ndarray:
    """A copy of `array` in C order with elements `wanted`; too large ints of an object array wrap.

    Raises:
      OverflowError: an int of more than 64 bits.
    """
    try:
        return np.array(array, wanted, order="C")
    except OverflowError as error:
        return _wrapped(array, wanted, error)


def _wrapped(array: np.ndarray, wanted: Any, error: OverflowError) -> np.ndarray:
    """Elements of an object array as ints of a type that some of them are too large for."""
    whole = [int(item) for item in array.ravel()]
    # Python's ints pass through a C long, or unsigned long.
    above = _ALL_BITS if wanted in (np.uint32, np.uint64) else _ALL_BITS >> 1
    if not all(-(_ALL_BITS >> 1) <= item < above for item in whole):
        raise OverflowError(
            "Python int too large to convert to C long\n"
            "  A tensor's ints have at most 64 bits; larger ones fit tf.float64."
        ) from error
    bits = np.array([item % _ALL_BITS for item in whole], np.uint64)
    return bits.astype(wanted).reshape(array.shape)


def narrowed(array: np.ndarray) -> np.ndarray:
    """Python numbers, as TensorFlow prefers them: in 32 bits, where ints lose nothing by it."""
    if array.dtype == np.float64:
        with np.errstate(over="ignore"):
            return array.astype(np.float32)
    if array.dtype == np.int64:
        fits = array.size == 0 or (array.min() >= _INT32.min and array.max() <= _INT32.max)
        return array.astype(np.int32) if fits else array
    return array


# Lists that are no array --------------------------------------------------------------------


def _ragged(value: Any, dtype: DType | None) -> Exception:
    """What TensorFlow says of lists of unequal lengths."""
    if dtype not in (None, dtypes.string):
        return ValueError(
            "setting an array element with a sequence.\n  Lists within a list must have one length."
        )
    got = _common_sizes([value])
    return _unsupported(value) if got == _first_sizes(value) else _not_dense(value, got)


def _not_dense(value: Any, got: list[int]) -> ValueError:
    return ValueError(
        f"Argument must be a dense tensor: {_shown(value, str)} - got shape {got}, but wanted "
        f"{_first_sizes(value)}.\n  It must be a number, or lists of numbers of one length;"
        " tf.stack joins arrays."
    )


def _first_sizes(value: Any) -> list[int]:
    """The shape that a nested list would have if all its lists were as long as the first ones."""
    sizes = []
    while isinstance(value, (list, tuple)):
        sizes.append(len(value))
        value = value[0] if value else None
    return sizes


def _common_sizes(values: list[Any]) -> list[int]:
    """The sizes of nested lists as far as all of a level agree."""
    if not all(isinstance(value, (list, tuple)) for value in values):
        return []
    sizes = {len(value) for value in values}
    if len(sizes) != 1:
        return []
    return [*sizes, *_common_sizes([item for value in values for item in value])]


def _untupled(value: Any) -> Any:
    """Lists of quantized numbers, each written as a tuple of one, without the tuples."""
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else list(value)
    return [_untupled(item) for item in value]


# Strings ------------------------------------------------------------------------------------


def _strings_of(array: np.ndarray, value: Any) -> np.ndarray:
    """`array` with bytes for its strings; TypeError when `value`, which it is of, holds others."""
    try:
        return _strings(array if array.dtype.kind == "O" else np.array(value, object))
    except TypeError:
        raise _unsupported(value) from None


def _unsupported(value: Any) -> TypeError:
    return TypeError(
        f"Failed to convert object of type {type(value)} to Tensor. Contents: {_shown(value)}. "
        "Consider casting elements to a supported type."
    )


def _strings(array: np.ndarray) -> np.ndarray:
    """An object array of bytes, as a string tensor holds; TypeError for other objects."""
    flat = [_bytes(item) for item in array.ravel()]
    strings = np.empty(len(flat), dtype=object)
    strings[:] = flat
    return strings.reshape(array.shape)


def _bytes(item: Any) -> bytes:
    if isinstance(item, (str, bytes)):
        return item.encode() if isinstance(item, str) else bytes(item)
    raise TypeError(f"Expected binary or unicode string, got {item!r}")


# What a type takes --------------------------------------------------------------------------


def _check_compatible(value: Any, dtype: DType | None) -> None:
    """TypeError for the first Python value in `value` that is not of `dtype`'s kind."""
    if dtype is None:
        if isinstance(value, (Tensor, list, tuple)) and any(
            isinstance(leaf, Tensor) for leaf in _leaves(value)
        ):
            raise TypeError(
                "List of Tensors when single Tensor expected\n"
                "  A constant is made of Python and NumPy values; tf.stack joins tensors."
            )
        return
    if dtype.is_quantized:
        _check_quantized(value, dtype)
        return
    kinds = _kinds_of(dtype)
    if isinstance(value, kinds):
        return
    for leaf in _leaves(value):
        if not isinstance(leaf, kinds):
            raise _unexpected(leaf, dtype)


def _check_quantized(value: Any, dtype: DType) -> None:
    if isinstance(value, tuple):
        for leaf in _leaves(value):
            if not isinstance(leaf, _INTEGERS):
                raise _unexpected(leaf, dtype)
    elif isinstance(value, list):
        for item in value:
            _check_quantized(item, dtype)
    else:
        raise _unexpected(value, dtype)


def _unexpected(leaf: Any, dtype: DType) -> TypeError:
    quantized = "\n  A quantized number is written as a tuple: [(1,), (2,)]."
    return TypeError(
        f"Expected {dtype.name}, got {_shown(leaf)} of type '{type(leaf).__name__}' instead."
        f"{quantized if dtype.is_quantized else ''}"
    )


# Python's own types come first, for they are found the fastest.
_INTEGERS = (int, numbers.Integral, np.integer, Dimension)
_KINDS: tuple[tuple[Callable[[DType], bool], tuple[type, ...]], ...] = (
    (lambda dtype: dtype is dtypes.string, (str, bytes)),
    (lambda dtype: dtype.is_bool, (bool,)),
    (lambda dtype: dtype.is_integer, _INTEGERS),
    (lambda dtype: dtype.is_floating, (float, int, numbers.Real, np.integer, np.floating)),
    (lambda dtype: dtype.is_complex, (complex, float, int, numbers.Complex, np.number)),
)
_KINDS_OF: dict[DType, tuple[type, ...]] = {}


def _kinds_of(dtype: DType) -> tuple[type, ...]:
    """The Python types whose values `dtype` takes."""
    kinds = _KINDS_OF.get(dtype)
    if kinds is None:
        found = (kinds for holds, kinds in _KINDS if holds(dtype))
        kinds = _KINDS_OF[dtype] = next(found, (object,))
    return kinds


def _leaves(value: Any) -> Iterator[Any]:
    """What nested sequences hold."""
    if type(value) not in _SCALARS and isinstance(value, (list, tuple, Sequence)):
        for item in value:
            yield from (item,) if type(item) in _SCALARS else _leaves(item)
    else:
        yield value


def _shown(value: Any, show: Callable[[Any], str] = repr) -> str:
    text = str(value) if isinstance(value, np.generic) else show(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
