"""What tensors are to Keras: constants, placeholders, and what is known of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import constants
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.layers.keras_graph import in_graph
from stillflow.layers.settings import floatx
from stillflow.layers.values import get_value
from stillflow.ops.array import shape_of
from stillflow.ops.control import ordering
from stillflow.ops.math import casts
from stillflow.ops.ragged.constants import placeholder as ragged_placeholder
from stillflow.ops.sparse.densifying import sparse_tensor_to_dense
from stillflow.ops.sparse.sparse_tensor import SparseTensor, sparse_placeholder
from stillflow.ops.variables.variable import Variable


def backend() -> str:
    """The name of what Keras runs on."""
    return "tensorflow"


def cast_to_floatx(x: Any) -> np.ndarray:
    """Returns an array of the type that `floatx` says."""
    return np.asarray(x, dtype=floatx())


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Tensor:
    """Returns a constant, of the type that `floatx` says by default."""
    return constants.constant_v2(value, dtype=dtype or floatx(), shape=shape, name=name or "Const")


def placeholder(
    shape: Any = None,
    ndim: int | None = None,
    dtype: Any = None,
    sparse: bool = False,
    name: str | None = None,
    ragged: bool = False,
) -> Any:
    """Returns a placeholder.

    Args:
      shape: with None for a size that is not known.
      ndim: the rank, where no shape is given.
      dtype: by default what `floatx` says.
      sparse, ragged: whether a SparseTensor or a RaggedTensor is to be fed; sizes of the latter
        that are None, after the first, are ragged.

    Raises:
      ValueError: both sparse and ragged.
    """
    if sparse and ragged:
        raise ValueError(
            "Cannot set both sparse and ragged to True when creating a placeholder.\n"
            "  Choose the one that the values to feed are."
        )
    dtype = dtype or floatx()
    if not shape and ndim:
        shape = (None,) * ndim
    with in_graph():
        return _placeholder(shape, dtype, sparse, name, ragged)


def _placeholder(shape: Any, dtype: Any, sparse: bool, name: str | None, ragged: bool) -> Any:
    if sparse:
        return sparse_placeholder(dtype, shape=shape, name=name)
    if ragged:
        inner = list(shape[1:])
        rank = next((i for i, size in enumerate(inner) if size is not None), len(inner))
        return ragged_placeholder(
            dtype=dtype, ragged_rank=rank, value_shape=shape[rank + 1 :], name=name
        )
    return ordering.placeholder(dtype, shape=shape, name=name)


def is_placeholder(x: Any) -> bool:
    """Whether `x` is a placeholder, or a composite of tensors of which one is."""
    if hasattr(x, "fetch_parts"):
        return any(is_placeholder(part) for part in nest.flatten(x, expand_composites=True))
    kind = getattr(getattr(x, "op", None), "type", None)
    return bool(kind == "Placeholder")


def is_keras_tensor(x: Any) -> bool:
    """Whether a layer of Keras made a tensor, or `tf.keras.Input`.

    Raises:
      ValueError: `x` is no tensor of a graph.
    """
    if not isinstance(x, (Tensor, Variable, SparseTensor)):
        raise ValueError(
            f"Unexpectedly found an instance of type `{type(x)}`. Expected a symbolic tensor "
            "instance."
        )
    return hasattr(x, "_keras_history")


def to_dense(tensor: Any) -> Any:
    """Returns a SparseTensor as a tensor, and a tensor as it is."""
    return sparse_tensor_to_dense(tensor) if isinstance(tensor, SparseTensor) else tensor


def shape(x: Any) -> Tensor:
    """Returns the sizes of a tensor as a tensor."""
    return shape_of.shape(x)


def int_shape(x: Any) -> tuple[int | None, ...] | None:
    """Returns the sizes as far as they are known; None where the rank is not."""
    try:
        known = x.shape
        return known if isinstance(known, tuple) else tuple(known.as_list())
    except ValueError:
        return None


def ndim(x: Any) -> int | None:
    """Returns the number of axes; None where that is not known."""
    rank: int | None = x.shape.ndims
    return rank


def known_shape(x: Any) -> tuple[int | None, ...]:
    """Returns `int_shape`. TypeError where the rank is not known."""
    sizes = int_shape(x)
    if sizes is None:
        raise TypeError(
            f"object of type 'NoneType' has no len()\n  The rank of {x} must be known here: say "
            "its shape where it is made, or by set_shape."
        )
    return sizes


def dtype(x: Any) -> str:
    """Returns the name of a tensor's type."""
    name: str = x.dtype.base_dtype.name
    return name


def eval_(x: Any) -> Any:
    """Returns the value of a tensor or variable as an array."""
    return get_value(to_dense(x))


def cast(x: Any, dtype: Any) -> Any:
    """Returns `x` as another type."""
    return casts.cast(x, dtype)


def identity(x: Any, name: str | None = None) -> Tensor:
    """Returns a tensor of the same value."""
    return ordering.identity(x, name=name)


def count_params(x: Any) -> Any:
    """Returns how many elements a variable has."""
    return np.prod(x.shape.as_list())
