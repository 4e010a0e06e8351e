"""Sparse tensors put away under numbers, to go where a dense tensor only can, through a queue."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with
from stillflow.ops.sparse import rows
from stillflow.ops.sparse.serializing import elements_of, stacked
from stillflow.ops.sparse.sparse_tensor import SparseTensor, as_sparse_tensor

_PARTS = "sparse_indices: int64, sparse_values: {0}, sparse_shape: int64"
Parts = tuple[np.ndarray, np.ndarray, np.ndarray]


class SparseTensorsMap(Resource):
    """Sparse tensors by number, each until it is taken."""

    def __init__(self, name: str):
        super().__init__(name)
        self._numbers = itertools.count()
        self._tensors: dict[int, Parts] = {}

    def add(self, parts: Parts) -> int:
        with self.lock:
            number = next(self._numbers)
            self._tensors[number] = parts
        return number

    def take(self, numbers: list[int]) -> list[Parts]:
        with self.lock:
            return [self._taken(number) for number in numbers]

    def _taken(self, number: int) -> Parts:
        if number not in self._tensors:
            refuse(f"Unable to find SparseTensor: {number} in map: {self.name}")
        return self._tensors.pop(number)


def _checked(ctx: shapes.ShapeContext) -> None:
    for index, rank in enumerate((2, 1, 1)):
        shapes.with_rank(ctx.shape(index), rank)


def _one(ctx: shapes.ShapeContext) -> shapes.Sizes:
    _checked(ctx)
    return ()


def _many(ctx: shapes.ShapeContext) -> shapes.Sizes:
    _checked(ctx)
    return (None,)


_HELD: dict[str, Any] = {
    "host": True,
    "resource": lambda name, attrs: SparseTensorsMap(name),
    "named_by_node": True,
}


@op(
    "AddSparseToTensorsMap",
    f"{_PARTS.format('T')} -> sparse_handle: int64",
    shape=_one,
    **_HELD,
)
def add_sparse_to_tensors_map_op(
    xp, held, indices, values, sizes, *, container: str = "", shared_name: str = ""
):
    """A sparse any[*sizes] -> i64[], its number."""
    rows.check_one(indices, values, sizes)
    return np.array(held.add((indices, values, sizes)), np.int64)


@op(
    "AddManySparseToTensorsMap",
    f"{_PARTS.format('T')} -> sparse_handles: int64",
    shape=_many,
    **_HELD,
)
def add_many_sparse_to_tensors_map_op(
    xp, held, indices, values, sizes, *, container: str = "", shared_name: str = ""
):
    """A sparse any[n, *sizes], in order -> i64[n], the numbers of its elements."""
    elements = elements_of(indices, values, sizes)
    # Those that have nothing are numbered last.
    order = sorted(range(len(elements)), key=lambda at: not len(elements[at][0]))
    numbers = np.empty(len(elements), np.int64)
    for at in order:
        numbers[at] = held.add(elements[at])
    return numbers


def _taken(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    shapes.with_rank(ctx.shape(0), 1)
    return [(None, None), (None,), (None,)]


@op(
    "TakeManySparseFromTensorsMap",
    f"sparse_handles: int64 -> {_PARTS.format('dtype')}",
    shape=_taken,
    **_HELD,
)
def take_many_sparse_from_tensors_map_op(
    xp, held, numbers, *, dtype: DType, container: str = "", shared_name: str = ""
):
    """numbers: i64[n] -> a sparse dtype[n, *sizes], which is put away no more."""
    if numbers.ndim != 1:
        shown = shapes.format_sizes(numbers.shape)
        refuse(f"sparse_handles should be a vector but received shape {shown}")
    taken = held.take(numbers.tolist())
    if not taken:
        refuse("Must have at least 1 serialized SparseTensor, but input matrix has 0 rows")
    rank = len(taken[0][2])
    for number, (_, _, sizes) in enumerate(taken):
        if len(sizes) != rank:
            refuse(
                f"Inconsistent rank across SparseTensors: rank prior to SparseTensor[{number}] "
                f"was: {rank + 1} but rank of SparseTensor[{number}] is: {len(sizes) + 1}"
            )
    return stacked(taken, (len(taken),))


def add_sparse_to_tensors_map(
    sp_input: Any,
    container: str | None = None,
    shared_name: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Puts a sparse tensor away; returns its number, i64[]."""
    sparse = as_sparse_tensor(sp_input)
    return add_sparse_to_tensors_map_op(
        *sparse.fetch_parts(), container=container or "", shared_name=shared_name or "", name=name
    )


def add_many_sparse_to_tensors_map(
    sp_input: Any,
    container: str | None = None,
    shared_name: str | None = None,
    name: str | None = None,
) -> Tensor:
    """Puts each element along the first axis of a sparse tensor away; returns numbers, i64[n]."""
    sparse = as_sparse_tensor(sp_input)
    return add_many_sparse_to_tensors_map_op(
        *sparse.fetch_parts(), container=container or "", shared_name=shared_name or "", name=name
    )


def take_many_sparse_from_tensors_map(
    sparse_map_op: Operation, sparse_handles: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Returns the sparse tensors of these numbers, i64[n], as one of `rank` axes.

    `sparse_map_op` is what put them away.

    Raises:
      TypeError: it is no such operation.
    """
    if not isinstance(sparse_map_op, Operation):
        raise TypeError("sparse_map_op be an Operation")
    if sparse_map_op.type not in ("AddSparseToTensorsMap", "AddManySparseToTensorsMap"):
        raise TypeError(
            "sparse_map_op must be one of AddSparseToTensorsMap or AddSparseToTensorsMap. "
            f"Instead, found `{sparse_map_op.type}`."
        )
    attrs = sparse_map_op.attrs
    with colocate_with(sparse_map_op):
        made: Any = take_many_sparse_from_tensors_map_op(
            sparse_handles,
            dtype=attrs["T"],
            container=attrs["container"],
            shared_name=attrs["shared_name"] or sparse_map_op.name,
            name=name,
        )
    indices, values, sizes = made
    indices.set_shape([None, rank])
    sizes.set_shape([rank])
    return SparseTensor(indices, values, sizes)
