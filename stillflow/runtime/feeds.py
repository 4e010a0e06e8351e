"""What a run is fed: values of many kinds, as arrays of the fed tensor's type and shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import as_array
from stillflow.graph.dtypes import string
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import TensorShape
from stillflow.runtime.quiet import Quiet


class Feed:
    """A tensor that runs are fed."""

    __slots__ = ("_dtype", "_known_shape", "_quiet", "_static_shape", "tensor")

    def __init__(self, tensor: Tensor):
        self.tensor = tensor
        self._dtype = np.dtype(tensor.dtype.as_numpy_dtype)
        self._quiet = Quiet()
        # The shape that was last found to fit, and the static shape then: set_shape replaces it.
        self._known_shape: tuple[int, ...] | None = None
        self._static_shape: TensorShape | None = None

    def array(self, value: Any) -> np.ndarray:
        """Returns `value` as an array of the type and shape of the tensor.

        A number too large for the type becomes infinite, as in TensorFlow.

        Raises:
          TypeError: a Tensor as the value, or an int that the type cannot hold.
          ValueError: the shape does not fit, or the elements are no numbers.
        """
        if type(value) is not np.ndarray or value.dtype is not self._dtype:
            value = self._converted(value)
        if value.shape != self._known_shape or self.tensor._shape is not self._static_shape:
            self._check_shape(value.shape)
        return value

    def _check_shape(self, shape: tuple[int, ...]) -> None:
        static = self.tensor.shape
        if not _fits(shape, static.sizes):
            raise ValueError(
                f"Cannot feed value of shape {shape} for Tensor {self.tensor.name!r}, which "
                f"has shape '{static}'"
            )
        self._known_shape, self._static_shape = shape, static

    def _converted(self, value: Any) -> np.ndarray:
        if type(value) is list and self._dtype.kind == "f":
            value = np.asarray(value)
        if type(value) is np.ndarray and value.dtype.kind in "fiub" and self._dtype.kind != "O":
            return self._quiet.call(value.astype, self._dtype, copy=False)
        if isinstance(value, Tensor):
            raise TypeError(
                "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
                "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, "
                f"the tensor object was {value} which was passed to the feed with key "
                f"{self.tensor}."
            )
        if isinstance(value, int) and np.asarray(value).astype(self._dtype) != value:
            raise TypeError(
                f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
                f"type {self._dtype.type}. Try explicitly setting the type of the feed tensor to a "
                "larger type (e.g. int64)."
            )
        if self._dtype == np.object_:
            return as_array(value, string)
        with np.errstate(all="ignore"):
            return np.asarray(value, dtype=self._dtype)


def _fits(shape: tuple[int, ...], sizes: tuple[int | None, ...] | None) -> bool:
    if sizes is None:
        return True
    if len(shape) != len(sizes):
        return False
    return all(d is None or given == d for given, d in zip(shape, sizes, strict=True))
