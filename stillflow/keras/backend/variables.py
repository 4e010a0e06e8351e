"""Variables of Keras, which `get_session` initialises, and what changes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import init_scope
from stillflow.graph.version_behavior import is_at_2
from stillflow.keras.backend.tensors import int_shape
from stillflow.layers.default_session import track_variable
from stillflow.layers.settings import floatx
from stillflow.ops.array import diagonals, filling
from stillflow.ops.control import ordering
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.variables import initializers, state
from stillflow.ops.variables.variable_v2 import VariableV2
from stillflow.train.moving_averages import assign_moving_average

_SEEDS = 10**9  # how many seeds are drawn among, where none is given


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Any:
    """Returns a variable, behind a handle; of one of SciPy's sparse matrices, a SparseTensor.

    Args:
      dtype: by default what `floatx` says.
      constraint: a function from its value to the value that optimizers then give it.
    """
    if hasattr(value, "tocoo"):
        return _sparse(value.tocoo())
    made: Any = VariableV2(
        value, dtype=dtypes.as_dtype(dtype or floatx()), name=name, constraint=constraint
    )
    if isinstance(value, np.ndarray):
        made._keras_shape = value.shape
    elif hasattr(value, "shape"):
        made._keras_shape = int_shape(value)
    track_variable(made)
    return made


def _sparse(coordinates: Any) -> Any:
    indices = np.stack([coordinates.row, coordinates.col], axis=1)
    tensor: Any = SparseTensor(indices, coordinates.data, coordinates.shape)
    tensor._keras_shape = coordinates.shape
    return tensor


def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Returns a variable of zeros; a tensor where a size is zero or not known."""
    return _filled(filling.zeros, shape, dtype or floatx(), name)


def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Returns a variable of ones; a tensor where a size is zero or not known."""
    return _filled(filling.ones, shape, dtype or floatx(), name)


def _filled(fill: Any, shape: Any, dtype: Any, name: str | None) -> Any:
    with init_scope():
        value = fill(shape=shape, dtype=dtypes.as_dtype(dtype), name=name)
        return variable(value, dtype=dtype, name=name) if all(value.shape.as_list()) else value


def eye(size: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Returns a variable: the identity matrix."""
    dtype = dtype or floatx()
    return variable(diagonals.eye(size, dtype=dtypes.as_dtype(dtype)), dtype, name)


def zeros_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Returns a tensor of zeros of the shape of another."""
    return filling.zeros_like(x, dtype=dtype, name=name)


def ones_like(x: Any, dtype: Any = None, name: str | None = None) -> Tensor:
    """Returns a tensor of ones of the shape of another."""
    return filling.ones_like(x, dtype=dtype, name=name)


def random_uniform_variable(
    shape: Any,
    low: float,
    high: float,
    dtype: Any = None,
    name: str | None = None,
    seed: int | None = None,
) -> Any:
    """Returns a variable of numbers between `low` and `high`; a seed is drawn by NumPy if None."""
    return _drawn(initializers.RandomUniform, shape, low, high, dtype, name, seed)


def random_normal_variable(
    shape: Any,
    mean: float,
    scale: float,
    dtype: Any = None,
    name: str | None = None,
    seed: int | None = None,
) -> Any:
    """Returns a variable of normal numbers; a seed is drawn by NumPy where it is None."""
    return _drawn(initializers.RandomNormal, shape, mean, scale, dtype, name, seed)


def _drawn(
    initializer: Any, shape: Any, first: Any, second: Any, dtype: Any, name: Any, seed: Any
) -> Any:
    dtype = dtype or floatx()
    seed = np.random.randint(_SEEDS) if seed is None else seed
    value = initializer(first, second, dtype=dtypes.as_dtype(dtype), seed=seed)(shape)
    return variable(value, dtype=dtype, name=name)


def update(x: Any, new_x: Any) -> Any:
    """Returns what sets a variable."""
    return state.assign(x, new_x)


def update_add(x: Any, increment: Any) -> Any:
    """Returns what adds to a variable."""
    return state.assign_add(x, increment)


def update_sub(x: Any, decrement: Any) -> Any:
    """Returns what subtracts from a variable."""
    return state.assign_sub(x, decrement)


def moving_average_update(x: Any, value: Any, momentum: Any) -> Any:
    """Returns what moves a variable towards `value`, of which it takes 1 - momentum.

    What it was initialised with counts for nothing, as if it were the average of the values alone;
    where TensorFlow 2's behaviour is enabled it counts.
    """
    return assign_moving_average(x, value, momentum, zero_debias=not is_at_2())


def freezable_variable(value: Any, shape: Any = None, name: str | None = None) -> Any:
    """Returns a tensor with a value that the program may see and replace, as `get_value` tells.

    What runs is `value`, as in a graph of TensorFlow 1.15: what replaces it counts for eager
    execution alone.
    """
    x: Any = ordering.placeholder_with_default(value, shape=shape, name=name)
    x._initial_value = x._current_value = value

    def update_value(new_value: Any) -> None:
        x._current_value = new_value

    x.update_value = update_value
    x.get_value = lambda: x._current_value
    return x
