"""`tf.scan`: a fold that keeps all that it makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import dimension_value
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.tensor_array.iterating import (
    arrays_of,
    check_callable,
    set_row_count,
    structure_of,
    variables_cached,
    written,
)
from stillflow.ops.tensor_array.tensor_array import TensorArray


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All that `fn` makes, which takes one row after another to what it made before.

    Args:
      fn: takes what it made before, in the structure of `initializer` (of `elems` without one), and
        a row, or rows in the structure of `elems`; returns what is like the first.
      elems: a tensor, or several of as many rows each.
      initializer: what it made before the first row; the first row itself unless it is given.
      parallel_iterations: means nothing here.
      back_prop: whether the result has gradients.
      swap_memory: means nothing here.
      infer_shape: whether all results of `fn` are of one shape.
      reverse: the last row comes first.
      name: of the scope.

    Returns:
      What was made of each row, along axis 0.

    Raises:
      TypeError: `fn` cannot be called, or returns another structure.
    """
    check_callable(fn)
    flatten, pack = structure_of(elems)
    like = elems if initializer is None else initializer
    flatten_made, pack_made = structure_of(like)
    elems_flat = flatten(elems)
    with name_scope(name, "scan", elems_flat), variables_cached():
        elems_flat = [convert_to_tensor(elem, name="elem") for elem in elems_flat]
        count: Any = dimension_value(elems_flat[0].shape[0])
        if count is None:
            count = shape(elems_flat[0])[0]
        arrays = arrays_of(elems_flat, count, shaped=True)

        def first() -> Any:
            return count - 1 if reverse else 0  # TensorFlow's graph has it once for each use

        if initializer is None:
            made = [array.read(first()) for array in arrays]
        else:
            made = [convert_to_tensor(value) for value in flatten_made(initializer)]
        results = [_results(value, count, infer_shape) for value in made]
        if initializer is None:
            pairs = zip(results, made, strict=True)
            results = [array.write(first(), value) for array, value in pairs]

        def turn(i: Tensor, made: list, results: list[TensorArray]) -> tuple:
            row = pack([array.read(i) for array in arrays])
            new = fn(pack_made(made), row)
            nest.assert_same_structure(like, new)
            new = flatten_made(new)
            results = written(results, i, new)
            return i - 1 if reverse else i + 1, new, results

        done = 1 if initializer is None else 0
        start = count - 1 - done if reverse else done
        _, _, results = while_loop(
            (lambda i, *_: i >= 0) if reverse else (lambda i, *_: i < count),
            turn,
            (start, made, results),
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        stacked = [array.stack() for array in results]
        set_row_count(stacked, elems_flat)
        return pack_made(stacked)


def _results(value: Tensor, count: Any, infer_shape: bool) -> TensorArray:
    """An array for `count` results like `value`."""
    return TensorArray(
        value.dtype,
        count,
        dynamic_size=False,
        element_shape=value.shape if infer_shape else None,
        infer_shape=infer_shape,
    )
