"""Datasets that say how their input is carried out: most of it makes no difference here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Dataset, ElementIterator, Place, dataset_of
from stillflow.ops.datasets.fusing import fused
from stillflow.ops.datasets.tables import Moving

_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


class OptimizedDataset(Dataset):
    """Its input, and what functions make for it, as an optimizer rewrites them."""

    def __init__(self, source: Dataset, names: Collection[bytes], *structure: Any):
        super().__init__((source,), *structure)
        self.names = names

    def iterator(self, place: Place) -> ElementIterator:
        place.pass_.rewritten = lambda dataset: fused(dataset, self.names)
        return place.pass_.rewritten(self.inputs[0]).iterator(place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class TransparentDataset(Moving):
    """Its input, and a step in the keys of what its iterators save."""

    def __init__(self, source: Dataset, kind: str, *structure: Any):
        super().__init__(source, *structure)
        self.kind = kind

    @property
    def gives_blocks(self) -> bool:
        return self.inputs[0].gives_blocks

    def iterator(self, place: Place) -> ElementIterator:
        inner = self.inputs[0].iterator(place)
        inner.around = (self.kind, *inner.around)
        return inner

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


@op(
    "OptimizeDataset",
    "input_dataset: variant, optimizations: string -> handle: variant",
    **_OPTIONS,
)
def optimize_dataset_op(
    xp,
    input_dataset,
    optimizations,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    optimization_configs: list[str] = [],  # noqa: B006  a default that nobody changes
):
    """optimizations: string[n] -> variant[]"""
    names = set(np.ravel(optimizations).tolist())
    return OptimizedDataset(dataset_of(input_dataset), names, output_types, output_shapes)


@op("ModelDataset", "input_dataset: variant -> handle: variant", **_OPTIONS)
def model_dataset_op(
    xp,
    input_dataset,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
    algorithm: int = 0,
    cpu_budget: int = 0,
):
    """-> variant[], the same dataset"""
    return TransparentDataset(dataset_of(input_dataset), "Model", output_types, output_shapes)


@op(
    "MaxIntraOpParallelismDataset",
    "input_dataset: variant, max_intra_op_parallelism: int64 -> handle: variant",
    **_OPTIONS,
)
def max_intra_op_parallelism_dataset_op(
    xp,
    input_dataset,
    max_intra_op_parallelism,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """max_intra_op_parallelism: i64[] -> variant[], the same dataset"""
    if int(max_intra_op_parallelism) < 0:
        refuse("`max_intra_op_parallelism` must be >= 0")
    structure = output_types, output_shapes
    return TransparentDataset(dataset_of(input_dataset), "MaxIntraOpParallelism", *structure)


for _declared in (max_intra_op_parallelism_dataset_op, optimize_dataset_op, model_dataset_op):
    _declared.not_differentiable()
