"""`tf.contrib.data`: older names of `tf.data.experimental`, which say so when they are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.batching import RestructuredDataset
from stillflow.input.datasets.dataset import DatasetV2, UnaryDataset
from stillflow.input.datasets.dataset_v1 import DatasetV1
from stillflow.input.datasets.experimental import (
    batching,
    devices,
    grouping,
    mixing,
    resampling,
    saving,
    scanning,
    selecting,
    sources,
)
from stillflow.ops.datasets.mixing import sliding_window_dataset_op
from stillflow.ops.debug.shape_checks import with_shape
from stillflow.platform.deprecation import deprecated, deprecated_args

Transformation = Callable[[DatasetV2], Any]
_INSTEAD = "Use `tf.data.experimental.{}`."


@deprecated(None, _INSTEAD.format("map_and_batch(...)"))
def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """Gives batches of what `map_func` gives for each element."""
    return batching.map_and_batch(
        map_func, batch_size, num_parallel_batches, drop_remainder, num_parallel_calls
    )


@deprecated(None, _INSTEAD.format("copy_to_device(...)"))
def copy_to_device(target_device: str, source_device: str = "/cpu:0") -> Transformation:
    """Gives the same elements on `target_device`."""
    return devices.copy_to_device(target_device, source_device)


@deprecated(None, _INSTEAD.format("prefetch_to_device(...)"))
def prefetch_to_device(device: str, buffer_size: Any = None) -> Transformation:
    """Gives the same elements on `device`, of which some are made before they are wanted."""
    return devices.prefetch_to_device(device, buffer_size)


@deprecated(None, _INSTEAD.format("dense_to_sparse_batch(...)"))
def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """Gives batches of elements of different shapes as sparse tensors."""
    return batching.dense_to_sparse_batch(batch_size, row_shape)


@deprecated(None, _INSTEAD.format("unbatch()"))
def unbatch() -> Transformation:
    """Gives the rows of the elements."""
    return batching.unbatch()


@deprecated(None, "Use `tf.data.Dataset.batch(..., drop_remainder=True)`.")
def batch_and_drop_remainder(batch_size: Any) -> Transformation:
    """Gives batches of `batch_size` elements."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


@deprecated(None, "Use `tf.data.Dataset.padded_batch(..., drop_remainder=True)`.")
def padded_batch_and_drop_remainder(
    batch_size: Any, padded_shapes: Any, padding_values: Any = None
) -> Transformation:
    """Gives padded batches of `batch_size` elements."""
    return lambda dataset: dataset.padded_batch(
        batch_size,
        padded_shapes=padded_shapes,
        padding_values=padding_values,
        drop_remainder=True,
    )


@deprecated_args(None, "stride is deprecated, use window_shift instead", "stride")
@deprecated(
    None,
    "Use `tf.data.Dataset.window(size=window_size, shift=window_shift, "
    "stride=window_stride).flat_map(lambda x: x.batch(window_size))` instead.",
)
def sliding_window_batch(
    window_size: Any, stride: Any = None, window_shift: Any = None, window_stride: Any = 1
) -> Transformation:
    """Gives overlapping batches of `window_size` elements, which begin `window_shift` apart.

    Raises:
      ValueError: `stride`, its older name, is given besides `window_shift`.
    """
    if stride is not None and window_shift is not None:
        raise ValueError("Cannot specify both `stride` and `window_shift`")
    shift = next((given for given in (window_shift, stride) if given is not None), 1)
    return lambda dataset: SlidingWindowDataset(dataset, window_size, shift, window_stride)


class SlidingWindowDataset(UnaryDataset):
    def __init__(
        self, input_dataset: DatasetV2, window_size: Any, window_shift: Any, window_stride: Any
    ):
        size = convert_to_tensor(window_size, dtypes.int64, "window_stride")
        stride = convert_to_tensor(window_stride, dtypes.int64, "window_stride")
        shift = convert_to_tensor(window_shift, dtypes.int64, "window_shift")
        self._structure = nesting.map_structure(
            lambda component: component._batch(None), input_dataset.element_spec
        )
        variant = sliding_window_dataset_op(
            input_dataset._variant_tensor, size, shift, stride, **self._flat_structure
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


@deprecated(None, _INSTEAD.format("Counter(...)"))
def Counter(start: Any = 0, step: Any = 1, dtype: Any = dtypes.int64) -> DatasetV2:
    """Numbers from `start` on, each `step` more than the one before, without an end."""
    return sources.Counter(start, step, dtype)


@deprecated(None, _INSTEAD.format("enumerate_dataset(...)"))
def enumerate_dataset(start: Any = 0) -> Transformation:
    """Gives pairs of a number, from `start` on, and an element."""
    return scanning.enumerate_dataset(start)


@deprecated(None, _INSTEAD.format("ignore_errors()"))
def ignore_errors() -> Transformation:
    """Gives the elements that do not fail."""
    return scanning.ignore_errors()


@deprecated(None, _INSTEAD.format("get_single_element(...)"))
def get_single_element(dataset: DatasetV2) -> Any:
    """The one element of a dataset, as tensors."""
    return selecting.get_single_element(dataset)


@deprecated(None, "Use `tf.data.Dataset.reduce(...)`.")
def reduce_dataset(dataset: Any, reducer: grouping.Reducer) -> Any:
    """What a Reducer makes of all elements, without its last function; TypeError if no dataset."""
    if not isinstance(dataset, DatasetV1):
        raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
    return dataset.reduce(reducer.init_func(np.int64(0)), reducer.reduce_func)


class Reducer(grouping.Reducer):
    """See `tf.data.experimental.Reducer`."""

    @deprecated(None, _INSTEAD.format("Reducer(...)"))
    def __init__(
        self,
        init_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        finalize_func: Callable[..., Any],
    ):
        super().__init__(init_func, reduce_func, finalize_func)


@deprecated(None, _INSTEAD.format("group_by_reducer(...)"))
def group_by_reducer(key_func: Callable[..., Any], reducer: grouping.Reducer) -> Transformation:
    """Gives what a Reducer makes of the elements of each key."""
    return grouping.group_by_reducer(key_func, reducer)


@deprecated(None, _INSTEAD.format("group_by_window(...)"))
def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
) -> Transformation:
    """Gives the elements of datasets made of consecutive elements of equal keys."""
    return grouping.group_by_window(key_func, reduce_func, window_size, window_size_func)


@deprecated(None, _INSTEAD.format("bucket_by_sequence_length(...)"))
def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
) -> Transformation:
    """Gives padded batches of elements of similar length."""
    return grouping.bucket_by_sequence_length(
        element_length_func,
        bucket_boundaries,
        bucket_batch_sizes,
        padded_shapes,
        padding_values,
        pad_to_bucket_boundary,
        no_padding,
    )


@deprecated(None, _INSTEAD.format("parallel_interleave(...)"))
def parallel_interleave(
    map_func: Callable[..., Any],
    cycle_length: Any,
    block_length: Any = 1,
    sloppy: Any = False,
    buffer_output_elements: Any = None,
    prefetch_input_elements: Any = None,
) -> Transformation:
    """Gives the elements of the datasets that `map_func` gives, which take turns."""
    return mixing.parallel_interleave(
        map_func,
        cycle_length,
        block_length,
        sloppy,
        buffer_output_elements,
        prefetch_input_elements,
    )


@deprecated(None, "Use `tf.contrib.data.parallel_interleave(..., sloppy=True)`.")
def sloppy_interleave(
    map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1
) -> Transformation:
    """Gives the elements of the datasets that `map_func` gives, in an order that is not certain."""
    return mixing.parallel_interleave(map_func, cycle_length, block_length, sloppy=True)


@deprecated(None, _INSTEAD.format("sample_from_datasets(...)"))
def sample_from_datasets(
    datasets: Sequence[DatasetV2], weights: Any = None, seed: Any = None
) -> DatasetV2:
    """Elements of datasets that are drawn at random."""
    return mixing.sample_from_datasets(datasets, weights, seed)


@deprecated(None, _INSTEAD.format("choose_from_datasets(...)"))
def choose_from_datasets(datasets: Sequence[DatasetV2], choice_dataset: DatasetV2) -> DatasetV2:
    """Elements of the datasets that numbers name."""
    return mixing.choose_from_datasets(datasets, choice_dataset)


class RandomDataset(sources.RandomDataset):
    """See `tf.data.experimental.RandomDataset`."""

    @deprecated(None, _INSTEAD.format("RandomDataset(...)"))
    def __init__(self, seed: Any = None):
        super().__init__(seed)


@deprecated(None, _INSTEAD.format("rejection_resample(...)"))
def rejection_resample(
    class_func: Callable[..., Any], target_dist: Any, initial_dist: Any = None, seed: Any = None
) -> Transformation:
    """Gives pairs of a class and an element, of which classes come as often as is wanted."""
    return resampling.rejection_resample(class_func, target_dist, initial_dist, seed)


@deprecated(None, _INSTEAD.format("scan(...)"))
def scan(initial_state: Any, scan_func: Callable[..., Any]) -> Transformation:
    """Gives what `scan_func(state, element)` returns beside the next state."""
    return scanning.scan(initial_state, scan_func)


@deprecated(None, _INSTEAD.format("shuffle_and_repeat(...)"))
def shuffle_and_repeat(buffer_size: Any, count: Any = None, seed: Any = None) -> Transformation:
    """Gives the elements `count` times over, in another random order each time."""
    return sources.shuffle_and_repeat(buffer_size, count, seed)


@deprecated(None, _INSTEAD.format("unique()"))
def unique() -> Transformation:
    """Gives each element once."""
    return scanning.unique()


@deprecated(None, _INSTEAD.format("make_saveable_from_iterator(...)"))
def make_saveable_from_iterator(iterator: Any) -> saving.IteratorSaveable:
    """What a Saver saves of an iterator."""
    return saving.make_saveable_from_iterator(iterator)


def assert_element_shape(expected_shapes: Any) -> Transformation:
    """Gives the elements, whose shapes each run checks; a shape may be None for any."""

    def apply(dataset: Any) -> DatasetV2:
        spec = dataset.element_spec
        shapes = structure.legacy_output_shapes(spec)
        wanted = nesting.flatten_up_to(shapes, expected_shapes)
        merged = [
            own.merge_with(other)
            for own, other in zip(nesting.flatten(shapes), wanted, strict=True)
        ]
        known = structure.convert_legacy_structure(
            structure.legacy_output_types(spec),
            nesting.pack_sequence_as(shapes, merged),
            structure.legacy_output_classes(spec),
        )

        def _check_shape(*elements: Any) -> Any:
            tensors = nesting.flatten(elements)
            checked = [
                with_shape(shape, tensor) if shape else tensor
                for shape, tensor in zip(nesting.flatten(expected_shapes), tensors, strict=True)
            ]
            return nesting.pack_sequence_as(elements, checked)

        return RestructuredDataset(dataset.map(_check_shape), known)

    return apply
