"""Arrays as input: kept in variables, so that they are no part of the graph."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.distribution import strategy_around
from stillflow.graph.nest import flatten, pack_sequence_as
from stillflow.graph.scopes import init_scope
from stillflow.input.datasets.dataset_v1 import DatasetV1
from stillflow.ops.array.filling import zeros
from stillflow.ops.control.ordering import placeholder
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.ops.variables.variable import Variable

_AT_ONCE = 64 << 20  # bytes that one run assigns


class SingleDevice(NamedTuple):
    """Where a variable is to be, of which replicas have no copies."""

    device: str


def rows_of_arrays(numpy_input: Any, session: Any, use_resource: bool | None = None) -> DatasetV1:
    """A dataset of the rows of a structure of arrays, each n[rows, ...], held in variables.

    Raises:
      AssertionError: no session, in which a graph's variables get their values.
    """
    arrays = flatten(numpy_input)
    variables = [
        Variable(zeros(array.shape, array.dtype), trainable=False, use_resource=use_resource)
        for array in arrays
    ]
    for variable, array in zip(variables, arrays, strict=True):
        init_var_from_numpy(variable, array, session)
    return DatasetV1.from_tensor_slices(pack_sequence_as(numpy_input, variables))


def one_host_numpy_dataset(numpy_input: Any, colocate_with: SingleDevice, session: Any) -> Any:
    """`rows_of_arrays`, in variables on one device."""

    def there(next_creator: Any, **kwargs: Any) -> Any:
        if strategy_around() is not None:  # else nobody asks where it is
            kwargs["colocate_with"] = colocate_with
        return next_creator(**kwargs)

    with variable_creator_scope(there):
        return rows_of_arrays(numpy_input, session)


def init_var_from_numpy(input_var: Any, numpy_input: np.ndarray, session: Any) -> None:
    """Gives a variable the rows of an array, in a session so many at a time as a run can take."""
    with init_scope():
        if executing_eagerly():
            input_var.assign(numpy_input)
            return
        assert session is not None
        session.run(input_var.initializer)
        start, end = placeholder(dtypes.int64, ()), placeholder(dtypes.int64, ())
        rows = placeholder(input_var.dtype)
        assign = input_var[start:end].assign(rows)
        bytes_of_row = max(1, math.prod(numpy_input.shape[1:]) * input_var.dtype.size)
        count = math.ceil(_AT_ONCE / bytes_of_row)
        for first in range(0, numpy_input.shape[0], count):
            last = min(first + count, numpy_input.shape[0])
            session.run(assign, {start: first, end: last, rows: numpy_input[first:last]})
