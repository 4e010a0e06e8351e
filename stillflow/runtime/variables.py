"""What is declared of a variable. Its value lives in the session."""

from __future__ import annotations

from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape


def declared_shape(variable: Operation) -> TensorShape:
    """The static shape of the values that `variable` may have."""
    return variable.outputs[0].shape


def declared_dtype(variable: Operation) -> DType:
    return variable.outputs[0].dtype.base_dtype
