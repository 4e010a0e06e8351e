"""Weights that layers of mixed precision read in the type that they compute in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.declare.convert import (
    convert_to_tensor,
    register_tensor_conversion_function,
    to_tensor,
)
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import colocate_with, device
from stillflow.ops.math import casts
from stillflow.ops.operators import install_operators
from stillflow.ops.variables.kinds import is_resource_variable
from stillflow.tracking.trackable import Trackable


class _Reading(threading.local):
    dtype: DType | None = None


_reading = _Reading()


@contextmanager
def reading_as(dtype: Any) -> Iterator[None]:
    """A block in which such weights are read in a type; as they are for None, or for integers."""
    before, wanted = _reading.dtype, dtype and dtypes.as_dtype(dtype)
    _reading.dtype = wanted if wanted and wanted.is_floating else None
    try:
        yield
    finally:
        _reading.dtype = before


class AutoCastVariable(Trackable):
    """A variable that `reading_as` blocks read in their type; all else is the variable's own.

    Args:
      variable: one behind a handle, of floating-point numbers.

    Raises:
      ValueError: it is another.
    """

    _is_variable = True
    __array_priority__ = 100  # NumPy leaves `array + variable` to it

    def __init__(self, variable: Any):
        if not is_resource_variable(variable):
            raise ValueError(f"variable must be of type tf.ResourceVariable, but got: {variable}")
        if not variable.dtype.is_floating:
            raise ValueError(
                f"variable must be a floating point variable but has type: {variable.dtype.name}"
            )
        self._variable = variable

    def __getattr__(self, name: str) -> Any:
        if name == "_variable":  # asked by a copy that has nothing yet
            raise AttributeError(name)
        return getattr(self._variable, name)

    @property
    def dtype(self) -> DType:
        """The type that it is read in."""
        own: DType = self._variable.dtype
        return _reading.dtype or own

    @property
    def true_dtype(self) -> DType:
        """The type that it is kept in."""
        own: DType = self._variable.dtype
        return own

    def value(self) -> Tensor:
        return self._cast_beside(self._variable.value())

    def read_value(self) -> Tensor:
        return self._cast(self._variable.read_value())

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """Returns rows, read in the type of now."""
        return self._cast(self._variable.sparse_read(indices, name=name))

    def __getitem__(self, key: Any) -> Any:
        return self.value()[key]

    def _cast(self, value: Tensor) -> Tensor:
        return value if value.dtype == self.dtype else casts.cast(value, self.dtype)

    def _cast_beside(self, value: Tensor) -> Tensor:
        with colocate_with(None, ignore_existing=True), device(value.device):
            return self._cast(value)

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        found: dict[str, Any] = self._variable._gather_saveables_for_checkpoint()
        return found

    def __repr__(self) -> str:
        return (
            f"<AutoCastVariable '{self.name}' shape={self.shape} dtype={self.dtype.name} "
            f"true_dtype={self.true_dtype.name}>"
        )


def uncast(variable: Any) -> Any:
    """The variable that is read in the type of the blocks, or what is no such variable itself."""
    return variable._variable if isinstance(variable, AutoCastVariable) else variable


def _converted(
    value: AutoCastVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if value.dtype == value.true_dtype:
        return to_tensor(value._variable, dtype, name, as_ref=as_ref)
    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type {dtype.name!r} for variable of type "
            f"{value.dtype.name!r}"
        )
    return value._cast_beside(convert_to_tensor(value._variable, name=name))


register_tensor_conversion_function(AutoCastVariable, _converted)
install_operators(AutoCastVariable)
