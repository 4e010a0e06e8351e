"""Python's built-in functions in converted code: of tensors, TensorFlow's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare import constants
from stillflow.declare.convert import is_tensor
from stillflow.graph import dtypes
from stillflow.graph.scopes import control_dependencies
from stillflow.ops.array import ranging, shape_of
from stillflow.ops.control.cond import cond
from stillflow.ops.debug import asserting, py_func
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.strings import joining, numbers
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.tensor_list.reading import tensor_list_length

UNSPECIFIED: Any = object()


def is_overloaded(f: Any) -> bool:
    """Whether converted code calls something else in place of `f`."""
    return any(f is known for known in _OVERLOADS)


def overload_of(f: Callable) -> Callable:
    """What converted code calls in place of a built-in function."""
    try:
        return _OVERLOADS.get(f, f)
    except TypeError:  # cannot be hashed
        return f


def abs_(x: Any) -> Any:
    return elementwise.abs_(x) if is_tensor(x) else abs(x)


def float_(x: Any = 0) -> Any:
    """float(x): f32 of a tensor."""
    return _number(x, dtypes.float32) if is_tensor(x) else float(x)


def int_(x: Any = 0, base: Any = UNSPECIFIED) -> Any:
    """int(x): i32 of a tensor."""
    if not is_tensor(x):
        return int(x) if base is UNSPECIFIED else int(x, base)
    if base is not UNSPECIFIED and base != 10:
        raise NotImplementedError(f"base {base} not supported for int")
    return _number(x, dtypes.int32)


def _number(x: Any, dtype: Any) -> Any:
    if x.dtype == dtypes.string:
        return numbers.string_to_number(x, out_type=dtype)
    return casts.cast(x, dtype)


def len_(s: Any) -> Any:
    """len(s): of a tensor, its size along axis 0, a number where that is known; of a list of
    tensors, how many there are.

    Raises:
      ValueError: the tensor is a scalar.
    """
    if isinstance(s, TensorArray):
        return s.size()
    if not is_tensor(s):
        return len(s)
    if s.dtype == dtypes.variant and s.shape.ndims == 0:
        return tensor_list_length(s)
    if s.shape.ndims and s.shape.dims[0].value is not None:
        return s.shape.dims[0].value
    sizes = shape_of.shape(s)
    if sizes.shape.as_list()[0] == 0:
        raise ValueError(f"len requires a non-scalar tensor, got one of shape {sizes}")
    if sizes.shape.as_list()[0] is not None:
        return sizes[0]
    rank = shape_of.rank(s)

    def refuse() -> Any:
        message = joining.string_join(["len requires non-zero rank, got ", numbers.as_string(rank)])
        with control_dependencies([asserting.assert_that(False, [message])]):
            return constants.constant(0)

    return cond(rank > 0, lambda: shape_of.shape(s)[0], refuse)


def print_(*objects: Any, **options: Any) -> Any:
    """print(...): in a run of the graph where there is a tensor."""
    unknown = tuple(set(options) - {"sep", "end", "file", "flush"})
    if unknown:
        raise ValueError(f"invalid keyword arguments: {unknown}")
    if not any(is_tensor(value) for value in objects):
        print(*objects, **options)
        return None
    options.setdefault("flush", True)
    places = [place for place, value in enumerate(objects) if is_tensor(value)]

    def show(*values: Any) -> int:
        shown = list(objects)
        for place, value in zip(places, values, strict=True):
            shown[place] = value.decode() if isinstance(value, bytes) else value
        print(*shown, **options)
        return 1

    return py_func.py_func(show, [objects[place] for place in places], dtypes.int64)


def range_(start_or_stop: Any, stop: Any = UNSPECIFIED, step: Any = UNSPECIFIED) -> Any:
    """range(...): a `tf.range` where there is a tensor, empty where the end is before the start."""
    given = [value for value in (start_or_stop, stop, step) if value is not UNSPECIFIED]
    if not any(is_tensor(value) for value in given):
        return range(*given)
    if step is not UNSPECIFIED:
        return ranging.range_(*given)
    start, limit = (0, start_or_stop) if stop is UNSPECIFIED else (start_or_stop, stop)
    limit = arithmetic.maximum(limit, start)
    return ranging.range_(limit) if stop is UNSPECIFIED else ranging.range_(start, limit)


def enumerate_(s: Any, start: Any = 0) -> Any:
    """enumerate(s): the method of that name of a dataset."""
    own = getattr(s, "_autograph_enumerate", None)
    return enumerate(s, start) if own is None else own(start)


def zip_(*iterables: Any, **options: Any) -> Any:
    """zip(...): a dataset of several."""
    if iterables and all(hasattr(each, "_autograph_zip") for each in iterables):
        return iterables[0]._autograph_zip(iterables)
    return zip(*iterables, **options)  # noqa: B905  as the program says


_OVERLOADS: dict[Callable, Callable] = {
    abs: abs_,
    float: float_,
    int: int_,
    len: len_,
    print: print_,
    range: range_,
    enumerate: enumerate_,
    zip: zip_,
}
