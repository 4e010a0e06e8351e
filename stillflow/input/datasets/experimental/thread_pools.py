"""Pipelines whose functions are called by the threads of a pool of theirs."""

from __future__ import annotations

from stillflow.input.datasets.dataset import DatasetV2, UnaryUnchangedStructureDataset
from stillflow.ops.datasets.thread_pools import thread_pool_dataset_op, thread_pool_handle_op


class PrivateThreadPool:
    """A pool of threads, which `override_threadpool` gives a dataset."""

    def __init__(
        self, num_threads: int, display_name: str | None = None, max_intra_op_parallelism: int = 1
    ):
        """`max_intra_op_parallelism` is kept in the graph, and makes no difference here."""
        self._resource = thread_pool_handle_op(
            num_threads=num_threads,
            max_intra_op_parallelism=(
                1 if max_intra_op_parallelism is None else max_intra_op_parallelism
            ),
            display_name=display_name,
        )


class ThreadPoolDataset(UnaryUnchangedStructureDataset):
    def __init__(self, input_dataset: DatasetV2, thread_pool: PrivateThreadPool):
        variant = thread_pool_dataset_op(
            input_dataset._variant_tensor, thread_pool._resource, **input_dataset._flat_structure
        )
        super().__init__(input_dataset, variant)


def override_threadpool(dataset: DatasetV2, thread_pool: PrivateThreadPool) -> DatasetV2:
    """Returns the same dataset, whose functions the threads of the pool call."""
    return ThreadPoolDataset(dataset, thread_pool)
