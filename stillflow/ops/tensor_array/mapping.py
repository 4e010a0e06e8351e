"""`tf.map_fn`: a function of one row, of all rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.tensor_array.iterating import (
    arrays_of,
    check_callable,
    row_count,
    set_row_count,
    structure_of,
    variables_cached,
    written,
)
from stillflow.ops.tensor_array.tensor_array import TensorArray


def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """What `fn` makes of each row of `elems`, along axis 0.

    Args:
      fn: takes a row, or rows in the structure of `elems`; returns a tensor, or several in the
        structure of `dtype`.
      elems: a tensor, or several of as many rows each.
      dtype: the types of what `fn` returns, unless they are those of `elems`.
      parallel_iterations: how many rows TensorFlow has in work at a time; means nothing here.
      back_prop: whether the result has gradients.
      swap_memory: means nothing here.
      infer_shape: whether all results of `fn` are of one shape.
      name: of the scope.

    Raises:
      TypeError: `fn` cannot be called, or returns another structure.
      ValueError: `elems` are scalars.
    """
    check_callable(fn)
    _refuse_sparse(elems)
    flatten, pack = structure_of(elems)
    flatten_results, pack_results = (flatten, pack) if dtype is None else structure_of(dtype)
    elems_flat = flatten(elems)
    with name_scope(name, "map", elems_flat), variables_cached():
        elems_flat = [convert_to_tensor(elem, name="elem") for elem in elems_flat]
        dtype = dtype or pack([elem.dtype for elem in elems_flat])
        _check_rows(elems_flat)
        count = row_count(elems_flat[0])
        arrays = arrays_of(elems_flat, count)
        start = constant(0)
        results = [
            TensorArray(of_result, count, dynamic_size=False, infer_shape=infer_shape)
            for of_result in flatten_results(dtype)
        ]

        def turn(i: Tensor, results: list[TensorArray]) -> tuple[Any, list[TensorArray]]:
            values = fn(pack([array.read(i) for array in arrays]))
            nest.assert_same_structure(dtype or elems, values)
            results = written(results, i, flatten_results(values))
            return i + 1, results

        _, results = while_loop(
            lambda i, _: i < count,
            turn,
            (start, results),
            parallel_iterations=parallel_iterations or 10,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        stacked = [array.stack() for array in results]
        set_row_count(stacked, elems_flat)
        return pack_results(stacked)


def _refuse_sparse(elems: Any) -> None:
    if getattr(elems, "_is_sparse_tensor", False):
        raise TypeError(
            "To perform a map on the values of a sparse tensor use either  SparseTensor("
            "input.indices, fn(input.values), input.dense_shape) or  SparseTensor(input.indices, "
            "map_fn(fn, input.values), input.dense_shape)"
        )


def _check_rows(elems: list[Tensor]) -> None:
    if elems[0].shape.ndims == 0:
        raise ValueError(
            "elems must be a 1+ dimensional Tensor, not a scalar"
            if len(elems) == 1
            else "elements in elems must be 1+ dimensional Tensors, not scalars"
        )
