"""What TensorFlow's optimizer puts in place of datasets, as far as it changes the elements.

Where a dataset is shuffled and then repeated, all epochs draw from one random stream.
"""

from __future__ import annotations

from stillflow.ops.datasets.dataset import Dataset
from stillflow.ops.datasets.repeating import RepeatDataset
from stillflow.ops.datasets.shuffling import ShuffleDataset


def fused(dataset: Dataset) -> Dataset:
    """The dataset, in which what shuffles and then repeats is one."""
    dataset = dataset.with_inputs([fused(source) for source in dataset.inputs])
    if isinstance(dataset, RepeatDataset) and dataset.count:
        source = dataset.inputs[0]
        if isinstance(source, ShuffleDataset) and source.reshuffles:
            return ShuffleDataset(
                source.inputs[0],
                source.buffer_size,
                source.seeds,
                False,
                max(dataset.count, -1),
                dataset.types,
                dataset.shapes,
            )
    return dataset
