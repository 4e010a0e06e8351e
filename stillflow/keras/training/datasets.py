"""`tf.data` pipelines as data of a model: what their elements hold, and how many they have."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.context import executing_eagerly_outside_functions
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.input.datasets.dataset_v1 import DatasetV1Adapter, make_initializable_iterator
from stillflow.input.datasets.experimental.selecting import INFINITE, cardinality
from stillflow.input.datasets.iterator import Iterator
from stillflow.input.datasets.iterator_v2 import IteratorV2
from stillflow.layers.default_session import get_session
from stillflow.layers.values import get_value
from stillflow.platform import logging

# The classes of datasets that neither mix nor batch the elements of their sources.
_PLAIN = {
    *("ConcatenateDataset", "CacheDataset", "FilterDataset", "MapDataset", "OptionsDataset"),
    *("ParallelMapDataset", "PrefetchDataset", "RangeDataset", "RepeatDataset", "SkipDataset"),
    *("SparseTensorSliceDataset", "TakeDataset", "TensorDataset", "TensorSliceDataset"),
    *("ZipDataset", "FixedLengthRecordDatasetV2", "TextLineDatasetV2", "TFRecordDatasetV2"),
}
_MIXING = {"ShuffleDataset"}
_BATCHING = {"BatchDataset", "PaddedBatchDataset", "WindowDataset"}


def is_dataset_or_iterator(data: Any) -> bool:
    return isinstance(data, (DatasetV2, Iterator, IteratorV2))


def get_iterator(dataset: DatasetV2) -> Any:
    """Returns an iterator that stands before the first element."""
    if executing_eagerly_outside_functions():
        return IteratorV2(dataset)
    iterator = make_initializable_iterator(dataset)
    initialize_iterator(iterator)
    return iterator


def initialize_iterator(iterator: Iterator) -> None:
    """Has an iterator begin with the first element."""
    get_session((iterator.initializer,)).run(iterator.initializer)


def extract_tensors_from_dataset(dataset: DatasetV2) -> tuple[Any, Any, Any]:
    """Returns inputs, targets and weights of a new iterator's next element."""
    return unpack_iterator_input(get_iterator(dataset))


def unpack_iterator_input(iterator: Any) -> tuple[Any, Any, Any]:
    """Returns inputs, targets and weights of the next element; None for what it has not.

    Raises:
      ValueError: the element is neither a pair nor a triple, though a tuple.
    """
    element = iterator.get_next()
    if not isinstance(element, (list, tuple)):
        return element, None, None
    if len(element) not in (2, 3):
        raise ValueError(
            "Please provide model inputs as a list or tuple of 2 or 3 elements: (input, target) or "
            f"(input, target, sample_weights) Received {element}"
        )
    return (*element, None) if len(element) == 2 else tuple(element)


def number_of_batches(dataset: DatasetV2, steps_name: str) -> int | None:
    """Returns how many batches a dataset has; None where that is not known.

    Raises:
      ValueError: it has no end, so that a program must pass the argument `steps_name`.
    """
    size = int(get_value(cardinality(dataset)))
    if size == INFINITE:
        raise ValueError(
            f"When passing an infinitely repeating dataset, you must specify the `{steps_name}` "
            "argument."
        )
    return size if size >= 0 else None


def check_not_batched(dataset: DatasetV2) -> None:
    """Raises ValueError unless it is known that elements are samples, not batches of them."""
    if not _kinds_of(dataset) <= _PLAIN | _MIXING:
        raise ValueError("Could not assert that dataset is not batched.")


def check_not_shuffled(dataset: DatasetV2) -> None:
    """Raises ValueError unless it is known that elements come in the order of their source."""
    if not _kinds_of(dataset) <= _PLAIN | _BATCHING:
        raise ValueError("Could not assert that dataset is not shuffled.")


def warn_unless_shuffled(dataset: DatasetV2) -> None:
    """Warns where a dataset is known to keep the order of its source."""
    try:
        check_not_shuffled(dataset)
    except ValueError:
        return
    logging.warning(
        "Expected a shuffled dataset but input dataset `x` is not shuffled. Please invoke "
        "`shuffle()` on input dataset."
    )


def _kinds_of(dataset: Any) -> set[str]:
    """The names of the classes of the datasets that a dataset is made of, itself among them."""
    waiting, found = [dataset], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, DatasetV1Adapter):
            waiting.append(each._dataset)
            continue
        found.add(type(each).__name__)
        waiting += each._inputs()
    return found


def static_batch_size(dataset: Any) -> int | None:
    """How many samples a batch of a dataset or an iterator has, as far as that is loss_kinds."""
    spec = nest.flatten(dataset.element_spec, expand_composites=False)[0]
    shape = getattr(spec, "shape", None)
    return shape.as_list()[0] if shape is not None and shape.ndims else None
