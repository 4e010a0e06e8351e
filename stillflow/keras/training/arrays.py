"""Data in whichever form they come, as a list of arrays in the order of a model's inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import is_tensor
from stillflow.graph.composite import CompositeTensor
from stillflow.ops.array.reshaping import expand_dims

_SHOWN = 200  # characters of data in a message


def standardize_input_data(
    data: Any,
    names: Sequence[str],
    shapes: Sequence[Any] | None = None,
    check_batch_axis: bool = True,
    exception_prefix: str = "",
) -> list[Any]:
    """Returns an array for each name; None for each where there is no data.

    Args:
      data: an array, a tensor, a frame of pandas, a list of such, or a dict by name.
      shapes: what the arrays' are to be; None for one that may be any.
      check_batch_axis: whether the first axes are compared too.
      exception_prefix: "input" or "target", for messages.

    Raises:
      TypeError: `data` is no array.
      ValueError: there are too many, too few or misnamed arrays, or one is of another shape.
    """
    if not names:
        if not isinstance(data, dict) and hasattr(data, "__len__") and len(data):
            raise ValueError(
                f"Error when checking model {exception_prefix}: expected no data, but got:", data
            )
        return []
    if data is None:
        return [None for _ in names]
    listed = _listed(data, names)
    if shapes is None:
        arrays = [standardize_single_array(each) for each in listed]
    else:
        pairs = zip(listed, shapes, strict=False)
        arrays = [standardize_single_array(each, shape) for each, shape in pairs]
    if len(arrays) != len(names):
        arrays = _of_another_number(arrays, names, exception_prefix)
    if shapes:
        for array, name, shape in zip(arrays, names, shapes, strict=True):
            _check_shape(array, name, shape, check_batch_axis, exception_prefix)
    return arrays


def _listed(data: Any, names: Sequence[str]) -> list[Any]:
    if isinstance(data, dict):
        for name in names:
            if name not in data:
                raise ValueError(
                    f'No data provided for "{name}". Need data for each key in: {list(names)}'
                )
        return [_without_frame(data[name]) for name in names]
    if isinstance(data, (list, tuple)) and len(data):
        if isinstance(data[0], (list, tuple)):
            return [np.asarray(each) for each in data]
        if len(names) == 1 and isinstance(data[0], (float, int)):
            return [np.asarray(data)]
        return [_without_frame(each) for each in data]
    return [_without_frame(data)]


def _without_frame(data: Any) -> Any:
    return data.values if type(data).__name__ == "DataFrame" else data


def standardize_single_array(x: Any, expected_shape: Any = None) -> Any:
    """Returns an array of one axis as a column, unless a single axis is expected.

    Raises:
      ValueError: `x` is a number.
    """
    if x is None or isinstance(x, CompositeTensor):
        return x
    if isinstance(x, int):
        raise ValueError(f"Expected an array data type but received an integer: {x}")
    shape = getattr(x, "shape", None)
    has_one_axis = shape is not None and _rank(x) == 1
    if has_one_axis and (expected_shape is None or len(expected_shape) != 1):
        return expand_dims(x, axis=1) if is_tensor(x) else np.expand_dims(x, 1)
    return x


def _rank(x: Any) -> int | None:
    return x.shape.ndims if is_tensor(x) else len(x.shape)


def _of_another_number(arrays: list[Any], names: Sequence[str], prefix: str) -> list[Any]:
    """Arrays that are not as many as the names: a list of numbers is one array, all else wrong."""
    where = f"Error when checking model {prefix}"
    if arrays and hasattr(arrays[0], "shape"):
        raise ValueError(
            f"{where}: the list of Numpy arrays that you are passing to your model is not the size "
            f"the model expected. Expected to see {len(names)} array(s), but instead got the "
            f"following list of {len(arrays)} arrays: {str(arrays)[:_SHOWN]}..."
        )
    if len(names) > 1:
        raise ValueError(
            f"{where}: you are passing a list as input to your model, but the model expects a list "
            f"of {len(names)} Numpy arrays instead. The list you passed was: {str(arrays)[:_SHOWN]}"
        )
    if len(arrays) == 1 and not hasattr(arrays[0], "shape"):
        raise TypeError(
            f"{where}: data should be a Numpy array, or list/dict of Numpy arrays. Found: "
            f"{str(arrays)[:_SHOWN]}..."
        )
    return [np.asarray(arrays)]


def _check_shape(array: Any, name: str, shape: Any, check_batch_axis: bool, prefix: str) -> None:
    if shape is None or array is None:
        return
    if is_tensor(array) or isinstance(array, CompositeTensor):
        if array.shape.ndims is None:
            return
        given = tuple(array.shape.as_list())
    else:
        given = array.shape
    if len(given) != len(shape):
        raise ValueError(
            f"Error when checking {prefix}: expected {name} to have {len(shape)} dimensions, but "
            f"got array with shape {given}"
        )
    first = 0 if check_batch_axis else 1
    given, shape = tuple(given[first:]), tuple(shape[first:])
    if any(a != b and None not in (a, b) for a, b in zip(given, shape, strict=True)):
        raise ValueError(
            f"Error when checking {prefix}: expected {name} to have shape {shape} but got array "
            f"with shape {given}"
        )


def without_sparse_matrices(value: Any, expected: Any) -> Any:
    """Returns a sparse matrix of SciPy as what the input that it is for expects; all else as is."""
    if not is_sparse_matrix(value):
        return value
    if is_tensor(expected) and not isinstance(expected, CompositeTensor):
        return value.toarray()
    found = value.tocoo()
    from stillflow.ops.sparse.sparse_tensor import SparseTensor

    return SparseTensor(np.stack([found.row, found.col], axis=1), found.data, found.shape)


def is_sparse_matrix(value: Any) -> bool:
    return hasattr(value, "tocoo")
