"""What runs in place of choices and loops that call functions: nodes of choices and loops."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from stillflow.declare.emitting import emit
from stillflow.declare.expanding import Body
from stillflow.graph import dtypes
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.array.shape_of import size
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.functions.body import FuncGraph
from stillflow.ops.functions.calls import function_called
from stillflow.ops.math.comparison import greater, not_equal


class Lowering:
    """The graph of what runs in place of an operation that calls functions."""

    def __init__(self, operation: Operation):
        self._operation = operation
        with operation.graph.as_default():
            self.graph = FuncGraph(operation.name)
        self.graph._functions = operation.graph._functions
        with self.graph.as_default():
            self.inputs = [placeholder(tensor.dtype) for tensor in operation.inputs]

    def call(self, name: FunctionName, inputs: Sequence[Tensor]) -> list[Tensor] | Operation:
        """What a function gives."""
        function = function_called(self._operation, name.name)
        # A node's name starts with a letter, and has no signs.
        own = re.sub(r"[^\w./-]", "_", function.name.lstrip("_"))
        called = emit(function.defn, list(inputs), function.call_attrs, own)
        return called.outputs or called

    def body(self, outputs: Any) -> Body:
        given = outputs if isinstance(outputs, (list, tuple)) else [outputs]
        tensors = list(given) if self._operation.outputs else []
        return Body(self.graph.get_operations(), self.inputs, tensors)


def as_condition(tensor: Tensor) -> Tensor:
    """bool[]: whether a scalar is not zero, a string not empty, any other tensor has elements."""
    if tensor.dtype.base_dtype is dtypes.bool:
        return tensor
    if tensor.dtype.base_dtype is dtypes.string:
        return not_equal(tensor, "")
    if tensor.shape.ndims in (0, None):
        return not_equal(tensor, 0)
    return greater(size(tensor), 0)
