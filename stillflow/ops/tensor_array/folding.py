"""`tf.foldl` and `tf.foldr`: a function that takes one row after another to what it made before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.while_loop import while_loop
from stillflow.ops.tensor_array.iterating import check_callable, row_count, variables_cached
from stillflow.ops.tensor_array.tensor_array import TensorArray


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """fn(... fn(fn(initializer, row 0), row 1) ..., the last row).

    Args:
      fn: takes what it made before, and a row, or rows in the structure of `elems`.
      elems: a tensor, or several of as many rows each.
      initializer: what it made before the first row; the first row itself unless it is given.
      parallel_iterations: means nothing here.
      back_prop: whether the result has gradients.
      swap_memory: means nothing here.
      name: of the scope.

    Raises:
      TypeError: `fn` cannot be called.
    """
    check_callable(fn)
    with name_scope(name, "foldl", [elems]), variables_cached():
        count, arrays = _unstacked(elems)
        if initializer is None:
            initializer = _read(arrays, 0)
            start = constant(1)
        else:
            start = constant(0)

        def turn(i: Tensor, made: Any) -> list[Any]:
            made = fn(made, _read(arrays, i))
            return [i + 1, made]

        _, result = while_loop(
            lambda i, _: i < count,
            turn,
            [start, initializer],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return result


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """foldl from the last row to the first."""
    check_callable(fn)
    with name_scope(name, "foldr", [elems]), variables_cached():
        count, arrays = _unstacked(elems)
        start = count
        if initializer is None:
            start = count - 1
            initializer = _read(arrays, start)

        def turn(i: Any, made: Any) -> list[Any]:
            i -= 1
            row = _read(arrays, i)
            return [i, fn(made, row)]

        _, result = while_loop(
            lambda i, _: i > 0,
            turn,
            [start, initializer],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=count,
        )
        return result


def _unstacked(elems: Any) -> tuple[Any, Any]:
    """How many rows there are, and arrays of them in the structure of `elems`."""
    first, *_ = [convert_to_tensor(elem, name="elem") for elem in nest.flatten(elems)]
    count = row_count(first)
    return count, nest.map_structure(
        lambda elem: TensorArray(elem.dtype, count, dynamic_size=False).unstack(elem), elems
    )


def _read(arrays: Any, index: Any) -> Any:
    return nest.map_structure(lambda array: array.read(index), arrays)
