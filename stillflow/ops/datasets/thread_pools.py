"""How many threads call the functions of a pipeline: pools that a dataset has, or shares."""

from __future__ import annotations

from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource, resource_of
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets.dataset import Dataset, ElementIterator, Place, dataset_of
from stillflow.ops.datasets.optimizing import TransparentDataset

_OPTIONS: dict[str, Any] = {
    "shape": shapes.scalar,
    "limits": {"output_types": 1, "output_shapes": 1},
    "host": True,
}


class ThreadPool(Resource):
    """A number of threads. Each iterator has its own, of no more than that."""

    def __init__(self, name: str, attrs: dict[str, Any]):
        super().__init__(name)
        self.num_threads = attrs["num_threads"]
        if self.num_threads <= 0:
            refuse("`num_threads` must be greater than zero.")


class PooledDataset(TransparentDataset):
    """Its input, of which each transformation has at most `num_threads` threads."""

    def __init__(self, source: Dataset, kind: str, num_threads: int, *structure: Any):
        super().__init__(source, kind, *structure)
        self.num_threads = num_threads

    def iterator(self, place: Place) -> ElementIterator:
        return super().iterator(place.with_threads(self.num_threads))


@op(
    "PrivateThreadPoolDataset",
    "input_dataset: variant, num_threads: int64 -> handle: variant",
    **_OPTIONS,
)
def private_thread_pool_dataset_op(
    xp, input_dataset, num_threads, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """num_threads: i64[] -> variant[], the same elements"""
    count = int(num_threads)
    if count < 1:
        refuse("`num_threads` must be >= 1")
    structure = output_types, output_shapes
    return PooledDataset(dataset_of(input_dataset), "PrivateThreadPool", count, *structure)


@op(
    "ThreadPoolHandle",
    "-> handle: resource",
    shape=shapes.scalar,
    host=True,
    resource=ThreadPool,
)
def thread_pool_handle_op(
    xp,
    pool,
    *,
    num_threads: int,
    display_name: str,
    max_intra_op_parallelism: int = 1,
    container: str = "",
    shared_name: str = "",
):
    """-> the pool of this node, or of its name, in the session"""
    return pool


@op(
    "ThreadPoolDataset",
    "input_dataset: variant, thread_pool: resource -> handle: variant",
    stateful=True,
    **_OPTIONS,
)
def thread_pool_dataset_op(
    xp, input_dataset, thread_pool, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """-> variant[], the same elements"""
    count = resource_of(thread_pool, ThreadPool).num_threads
    structure = output_types, output_shapes
    return PooledDataset(dataset_of(input_dataset), "ThreadPool", count, *structure)


for _declared in (private_thread_pool_dataset_op, thread_pool_handle_op, thread_pool_dataset_op):
    _declared.not_differentiable()
