"""`MapDefun`: a function of the graph for every row of its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.tensor_shape import TensorShape


def _with_rows(ctx: ShapeContext) -> list[Sizes]:
    declared, types = ctx.attrs["output_shapes"], ctx.attrs["output_types"]
    if len(declared) != len(types):
        raise ShapeError(
            "`output_shapes` must be the same length as `output_types` "
            f"({len(declared)} vs. {len(types)})"
        )
    rows = None
    for index, sizes in enumerate(ctx.shapes()[: len(ctx.attrs["Targuments"])]):
        if sizes == ():
            raise ShapeError(f"Arguments must have rank at least 1. Input {index} has rank of 0.")
        if sizes and sizes[0] is not None:
            if rows not in (None, sizes[0]):
                raise ShapeError("Arguments must have the same dimension 0.")
            rows = sizes[0]
    return [None if shape.sizes is None else (rows, *shape.sizes) for shape in declared]


@op(
    "MapDefun",
    "arguments: [Targuments], captured_inputs: [Tcaptured] -> output: [output_types]",
    shape=_with_rows,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
    calls=True,
)
def map_defun_op(
    xp,
    caller,
    *inputs,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    f: FunctionName,
    max_intra_op_parallelism: int = 1,
):
    """arguments: n[rows, ...] each -> n[rows, ...] each, what `f` gives for each row"""
    count = len(caller.types("Targuments"))
    columns, captured = inputs[:count], inputs[count:]
    rows = _rows_of(columns)
    call = _instance(caller.function(f, captured))
    given = call.rows(columns, rows) if rows else []
    if given is None:
        given = [call(*(column[row, ...] for column in columns)) for row in range(rows)]
        given = list(zip(*given, strict=True))
    found = [
        _stacked(given[n] if given else [], rows, dtype, shape, n)
        for n, (dtype, shape) in enumerate(zip(output_types, output_shapes, strict=True))
    ]
    return found[0] if len(found) == 1 else tuple(found)


def _instance(function: Any) -> Any:
    return function.instance(function.memory())


def _rows_of(columns: Sequence[Any]) -> int:
    for n, column in enumerate(columns):
        if not column.ndim:
            refuse(f"All inputs must have rank at least 1. Input {n} has a rank of 0.")
        if len(column) != len(columns[0]):
            refuse(
                f"All inputs must have the same dimension 0. Input {n} has leading dimension "
                f"{len(column)}, while all previous inputs have leading dimension "
                f"{len(columns[0])}"
            )
    return len(columns[0])


def _stacked(
    values: Sequence[Any], rows: int, dtype: DType, shape: TensorShape, index: int
) -> np.ndarray:
    """[rows, ...] of the rows; InvalidArgumentError where one has not the shape declared."""
    expected = shape
    for value in values:
        own = TensorShape(np.shape(value))
        if not expected.is_compatible_with(own):
            refuse(
                f"Mismatch in function retval shape, {format_sizes(np.shape(value))}, and expected "
                f"output shape, {format_sizes(expected.sizes)}."
            )
        expected = own
    if not expected.is_fully_defined():
        refuse(f"Output {index} of no rows has no known shape")
    sizes: Any = (rows, *expected.as_list())
    result: np.ndarray = np.empty(sizes, dtype.stored_as)
    for row, value in enumerate(values):
        result[row, ...] = value
    return result
