"""Datasets of batches whose elements are brought to one shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.errors import DataLossError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.arguments import with_scalars
from stillflow.ops.datasets.batching import BatchDataset, BatchIterator, checked_batch_size
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, Place, dataset_of


class PaddedBatchDataset(BatchDataset):
    """As BatchDataset; each component is filled up to a shape, with -1 for the largest size."""

    kind = "PaddedBatchV2"

    def __init__(
        self,
        source: Dataset,
        size: int,
        drops_rest: bool,
        padded: Sequence[Sequence[int]],
        fillings: Element,
        output_shapes: Sequence[TensorShape],
    ):
        super().__init__(source, size, drops_rest, source.types, output_shapes)
        self.padded = padded
        self.fillings = fillings

    def iterator(self, place: Place) -> ElementIterator:
        return _Padded(self, place)


class _Padded(BatchIterator):
    empty = "exhausted"

    def next(self) -> Element:
        elements = self.taken()
        columns = zip(*elements, strict=True)
        given = zip(columns, self.dataset.padded, self.dataset.fillings, strict=True)
        return tuple(_filled_up(*told, n) for n, told in enumerate(given))


def _filled_up(
    values: Sequence[Any], wanted: Sequence[int], filling: Any, component: int
) -> np.ndarray:
    """values: n[...] each -> n[count, ...]"""
    for value in values:
        if len(value.shape) != len(wanted):
            refuse(
                "All elements in a batch must have the same rank as the padded shape for component"
                f"{component}: expected rank {len(wanted)} but got element with rank "
                f"{len(value.shape)}"
            )
    sizes = [
        max(value.shape[axis] for value in values) if size < 0 else size
        for axis, size in enumerate(wanted)
    ]
    column = np.full((len(values), *sizes), filling, values[0].dtype)
    for row, value in enumerate(values):
        if any(own > size for own, size in zip(value.shape, sizes, strict=True)):
            raise DataLossError(
                None,
                None,
                "Attempted to pad to a smaller size than the input element.\n"
                f"  Component {component} has an element of shape {list(value.shape)}, and is to "
                f"be padded to {sizes}.",
            )
        # The ellipsis takes the string out of an array of no dimensions.
        place: Any = (row, *map(slice, value.shape), ...)
        column[place] = value
    return column


def _padded_dataset(
    source: Dataset,
    batch_size: Any,
    given: Sequence[Any],
    drops_rest: bool,
    output_shapes: Sequence[TensorShape],
) -> PaddedBatchDataset:
    """`given` are the padded shapes, and then the padding values, of all components."""
    size, count = checked_batch_size(batch_size), len(given) // 2
    if count != len(source.types):
        refuse(
            f"Number of padded shapes ({count}) must match the number of components in the input "
            f"dataset's elements ({len(source.types)})"
        )
    padded, fillings = given[:count], given[count:]
    if any(shape.ndim != 1 for shape in padded):
        refuse("All padded shapes must be vectors")
    if any(np.ndim(value) for value in fillings):
        refuse("All padding values must be scalars")
    sizes = [shape.tolist() for shape in padded]
    smallest = min((number for shape in sizes for number in shape), default=-1)
    if smallest < -1:
        refuse(f"Dimension {smallest} must be >= -1")
    scalars = tuple(value[()] for value in fillings)
    return PaddedBatchDataset(source, size, drops_rest, sizes, scalars, output_shapes)


_OPTIONS: dict[str, Any] = {"limits": {"output_shapes": 1}, "host": True}


@op(
    "PaddedBatchDataset",
    "input_dataset: variant, batch_size: int64, padded_shapes: N * int64, "
    "padding_values: [Toutput_types] -> handle: variant",
    shape=with_scalars(1),
    **_OPTIONS,
)
def padded_batch_dataset_op(
    xp, input_dataset, batch_size, *given, output_shapes: list[TensorShape]
):
    """batch_size: i64[]; given: shapes, i64[rank], and as many values, n[] -> variant[]"""
    source = dataset_of(input_dataset)
    dataset = _padded_dataset(source, batch_size, given, False, output_shapes)
    dataset.kind = "PaddedBatch"
    return dataset


@op(
    "PaddedBatchDatasetV2",
    "input_dataset: variant, batch_size: int64, padded_shapes: N * int64, "
    "padding_values: [Toutput_types], drop_remainder: bool -> handle: variant",
    shape=with_scalars(1, -1),
    **_OPTIONS,
)
def padded_batch_dataset_v2_op(
    xp,
    input_dataset,
    batch_size,
    *given,
    output_shapes: list[TensorShape],
    parallel_copy: bool = False,
):
    """batch_size: i64[]; given: shapes, as many values, and drop_remainder, bool[] -> variant[]"""
    source, drops_rest = dataset_of(input_dataset), bool(given[-1])
    return _padded_dataset(source, batch_size, given[:-1], drops_rest, output_shapes)


for _declared in (padded_batch_dataset_op, padded_batch_dataset_v2_op):
    _declared.not_differentiable()
