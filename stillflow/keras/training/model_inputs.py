"""The inputs of a model that learns what they are from its first data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from stillflow.graph import dtypes, nest
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.keras.backend.tensors import placeholder
from stillflow.layers.settings import floatx


class ModelInputs:
    """Data, or what is known of them, in a list or a dict; `inputs` may also be a single one."""

    def __init__(self, inputs: Any):
        self._is_dict = isinstance(inputs, dict)
        self._is_single_input = not isinstance(inputs, (list, tuple, dict))
        if self._is_dict:
            self._input_names = sorted(inputs)
            self._flattened_inputs = [inputs[name] for name in self._input_names]
        else:
            self._flattened_inputs = nest.flatten(inputs)
            count = len(self._flattened_inputs)
            self._input_names = [f"input_{number + 1}" for number in range(count)]

    def get_input_names(self) -> list[str]:
        return self._input_names

    def get_symbolic_inputs(self, return_single_as_list: bool = False) -> Any:
        """Returns tensors in place of the data: placeholders for what is no tensor yet."""
        pairs = zip(self._input_names, self._flattened_inputs, strict=True)
        self._flattened_inputs = [_symbolic(name, value) for name, value in pairs]
        if self._is_dict:
            return dict(self.as_dict())
        if self._is_single_input and not return_single_as_list:
            return self._flattened_inputs[0]
        return self._flattened_inputs

    def as_dict(self) -> Iterator[tuple[str, Any]]:
        """Yields pairs of a name and an input."""
        yield from zip(self._input_names, self._flattened_inputs, strict=True)

    def as_list(self) -> list[Any]:
        return self._flattened_inputs


def _symbolic(name: str, value: Any) -> Any:
    if isinstance(value, (list, float, int)):
        value = np.asarray(value)
        value = np.expand_dims(value, 1) if value.ndim == 1 else value
    if isinstance(value, np.ndarray):
        dtype = dtypes.as_dtype(value.dtype)
        type_name = floatx() if dtype.is_floating else dtype.name
        return placeholder((None, *(value.shape[1:] or (1,))), name=name, dtype=type_name)
    if isinstance(value, TensorSpec):
        sizes = value.shape.as_list()[1:] or [1]
        return placeholder((None, *sizes), name=name, dtype=value.dtype)
    return value
