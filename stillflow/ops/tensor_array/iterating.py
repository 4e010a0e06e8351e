"""What map_fn, foldl, foldr and scan have in common: they go over the rows of tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.tensor_shape import Dimension, TensorShape, dimension_value
from stillflow.ops.array.shape_of import shape
from stillflow.ops.tensor_array.tensor_array import TensorArray
from stillflow.ops.variables.scope import get_variable_scope

Flatten = Callable[[Any], list]
Pack = Callable[[list], Any]


def check_callable(fn: Any) -> None:
    if not callable(fn):
        raise TypeError("fn must be callable.")


def structure_of(given: Any) -> tuple[Flatten, Pack]:
    """How values in a structure like `given` become a list, and a list that structure."""
    if nest.is_nested(given):
        return nest.flatten, lambda values: nest.pack_sequence_as(given, values)
    return lambda value: [value], lambda values: values[0]


@contextmanager
def variables_cached() -> Iterator[None]:
    """A block in which variables are read on the device of what reads them."""
    scope = get_variable_scope()
    if scope.caching_device is not None or executing_eagerly():
        yield
        return
    scope.set_caching_device(lambda op: op.device)
    try:
        yield
    finally:
        scope.set_caching_device(None)


def row_count(elem: Tensor) -> Any:
    """How many rows `elem` has: an int where it is known and there are some, else i32[]."""
    return dimension_value(elem.shape[0]) or shape(elem)[0]


def arrays_of(elems: Sequence[Tensor], count: Any, shaped: bool = False) -> list[TensorArray]:
    """Arrays of the rows of `elems`; `shaped` ones are told the rows' shapes when they are made."""
    arrays = [
        TensorArray(
            elem.dtype,
            count,
            dynamic_size=False,
            element_shape=elem.shape[1:] if shaped else None,
        )
        for elem in elems
    ]
    return [array.unstack(elem) for array, elem in zip(arrays, elems, strict=True)]


def written(arrays: Sequence[TensorArray], i: Any, values: Sequence[Any]) -> list[TensorArray]:
    """The arrays in which `values` are the elements at `i`."""
    return [array.write(i, value) for array, value in zip(arrays, values, strict=True)]


def set_row_count(results: Sequence[Tensor], elems: Sequence[Tensor]) -> None:
    """Tells `results` how many rows they have: as many as `elems`.

    Raises:
      ValueError: those are of different numbers.
    """
    first, *others = [_static_rows(elem) for elem in elems]
    for other in others:
        first.merge_with(other)
    for result in results:
        result.set_shape(TensorShape([first]).concatenate(result.shape[1:]))


def _static_rows(elem: Tensor) -> Dimension:
    return Dimension(dimension_value(elem.shape.with_rank_at_least(1)[0]))
