"""Transformations that bring elements together by a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import constants
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.graph.tensor_shape import TensorShape, dimension_value
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetSpec, DatasetV2, UnaryDataset
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.input.datasets.reducing import stable_function
from stillflow.ops.array.selecting import where
from stillflow.ops.datasets.grouping import (
    experimental_group_by_reducer_dataset_op,
    group_by_window_dataset_op,
)
from stillflow.ops.debug.checks import assert_less
from stillflow.ops.math.comparison import less, less_equal, logical_and
from stillflow.ops.reduce.reductions import reduce_min

Transformation = Callable[[DatasetV2], Any]
_KEY = TensorSpec([], dtypes.int64)


class Reducer:
    """What `group_by_reducer` makes of the elements of a key.

    init_func(key) gives a state, reduce_func(state, element) the next one, and finalize_func(state)
    what is made of the last.
    """

    def __init__(
        self,
        init_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        finalize_func: Callable[..., Any],
    ):
        self._init_func = init_func
        self._reduce_func = reduce_func
        self._finalize_func = finalize_func

    @property
    def init_func(self) -> Callable[..., Any]:
        return self._init_func

    @property
    def reduce_func(self) -> Callable[..., Any]:
        return self._reduce_func

    @property
    def finalize_func(self) -> Callable[..., Any]:
        return self._finalize_func


class GroupByReducerDataset(UnaryDataset):
    def __init__(self, input_dataset: DatasetV2, key_func: Callable[..., Any], reducer: Reducer):
        name, spec = "tf.data.experimental.group_by_reducer()", input_dataset.element_spec
        key = StructuredFunctionWrapper(key_func, name, spec)
        given = key.output_structure
        if not (isinstance(given, TensorSpec) and given.is_compatible_with(_KEY)):
            raise ValueError(
                "`key_func` must return a single tf.int64 tensor. Got type="
                f"{key.output_types} and shape={key.output_shapes}"
            )
        init = StructuredFunctionWrapper(reducer.init_func, name, _KEY)
        reduce, state = stable_function(reducer.reduce_func, name, init.output_structure, spec)
        finish = StructuredFunctionWrapper(reducer.finalize_func, name, state)
        self._used = [key, init, reduce, finish]
        variant = experimental_group_by_reducer_dataset_op(
            input_dataset._variant_tensor,
            *(function.function.captured_inputs for function in self._used),
            key_func=key.function,
            init_func=init.function,
            reduce_func=reduce.function,
            finalize_func=finish.function,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return self._used

    @property
    def element_spec(self) -> Any:
        return self._used[-1].output_structure


def group_by_reducer(key_func: Callable[..., Any], reducer: Reducer) -> Transformation:
    """Gives what a Reducer makes of the elements of each key; `key_func` gives i64[]."""
    return lambda dataset: GroupByReducerDataset(dataset, key_func, reducer)


class GroupByWindowDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        key_func: Callable[..., Any],
        reduce_func: Callable[..., Any],
        window_size_func: Callable[..., Any],
    ):
        name, spec = "tf.data.experimental.group_by_window()", input_dataset.element_spec

        def key_func_wrapper(*args: Any) -> Tensor:
            return convert_to_tensor(key_func(*args), dtypes.int64)

        def window_size_func_wrapper(key: Any) -> Tensor:
            return convert_to_tensor(window_size_func(key), dtypes.int64)

        key = StructuredFunctionWrapper(key_func_wrapper, name, spec)
        if not key.output_structure.is_compatible_with(_KEY):
            raise ValueError("`key_func` must return a single tf.int64 scalar tensor.")
        reduce = StructuredFunctionWrapper(reduce_func, name, (_KEY, DatasetSpec(spec)))
        if not isinstance(reduce.output_structure, DatasetSpec):
            raise TypeError("`reduce_func` must return a `Dataset` object.")
        self._structure = reduce.output_structure.element_spec
        size = StructuredFunctionWrapper(window_size_func_wrapper, name, _KEY)
        if not size.output_structure.is_compatible_with(_KEY):
            raise ValueError("`window_size_func` must return a single tf.int64 scalar tensor.")
        self._used = [key, reduce, size]
        variant = group_by_window_dataset_op(
            input_dataset._variant_tensor,
            *(function.function.captured_inputs for function in self._used),
            key_func=key.function,
            reduce_func=reduce.function,
            window_size_func=size.function,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return self._used

    @property
    def element_spec(self) -> Any:
        return self._structure


def group_by_window(
    key_func: Callable[..., Any],
    reduce_func: Callable[..., Any],
    window_size: Any = None,
    window_size_func: Callable[..., Any] | None = None,
) -> Transformation:
    """Gives the elements of `reduce_func(key, dataset)` of consecutive elements of equal keys.

    Args:
      key_func: gives i64[] for an element.
      reduce_func: gives a dataset for a key and a dataset of up to `window_size` elements.
      window_size: i64[]; or window_size_func: gives it for a key.

    Raises:
      ValueError: none or both of the two are given.
    """
    if (window_size is None) == (not window_size_func):
        raise ValueError("Must pass either window_size or window_size_func.")
    if window_size is not None:

        def constant_window_func(unused_key: Any) -> Tensor:
            return convert_to_tensor(window_size, dtypes.int64)

        window_size_func = constant_window_func
    assert window_size_func is not None
    size_func = window_size_func
    return lambda dataset: GroupByWindowDataset(dataset, key_func, reduce_func, size_func)


def bucket_by_sequence_length(
    element_length_func: Callable[..., Any],
    bucket_boundaries: Sequence[int],
    bucket_batch_sizes: Sequence[int],
    padded_shapes: Any = None,
    padding_values: Any = None,
    pad_to_bucket_boundary: bool = False,
    no_padding: bool = False,
    drop_remainder: bool = False,
) -> Transformation:
    """Gives padded batches of elements of similar length.

    Args:
      element_length_func: gives i32[], the length of an element.
      bucket_boundaries: the lengths at which buckets begin, but for the first one.
      bucket_batch_sizes: how many elements a batch of each bucket has: one more than those.
      padded_shapes, padding_values: as `Dataset.padded_batch`; by default the elements' shapes.
      pad_to_bucket_boundary: unknown sizes become the greatest length of the bucket, which the
        last bucket then must not have elements for.
      no_padding: makes batches of elements as they are.

    Raises:
      ValueError: the two lists do not fit together.
    """
    with name_scope("bucket_by_seq_length"):
        if len(bucket_batch_sizes) != len(bucket_boundaries) + 1:
            raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")
        batch_sizes = constants.constant(bucket_batch_sizes, dtypes.int64)

        def element_to_bucket_id(*args: Any) -> Tensor:
            length = element_length_func(*args)
            limits, bounds = np.iinfo(np.int32), list(bucket_boundaries)
            fits = logical_and(
                less_equal([limits.min, *bounds], length), less(length, [*bounds, limits.max])
            )
            return reduce_min(where(fits))

        def window_size_fn(bucket_id: Any) -> Tensor:
            return batch_sizes[bucket_id]

        def batching_fn(bucket_id: Any, grouped_dataset: Any) -> Any:
            batch_size = window_size_fn(bucket_id)
            if no_padding:
                return grouped_dataset.batch(batch_size, drop_remainder=drop_remainder)
            filler = None
            if pad_to_bucket_boundary:
                filler = _longest_of(bucket_id, bucket_boundaries, len(bucket_batch_sizes))
            shapes = padded_shapes or structure.legacy_output_shapes(grouped_dataset.element_spec)
            return grouped_dataset.padded_batch(
                batch_size,
                _filled(shapes, filler),
                padding_values,
                drop_remainder=drop_remainder,
            )

        return lambda dataset: dataset.apply(
            group_by_window(element_to_bucket_id, batching_fn, window_size_func=window_size_fn)
        )


def _longest_of(bucket_id: Any, bucket_boundaries: Sequence[int], count: int) -> Tensor:
    check = assert_less(
        bucket_id,
        constants.constant(count - 1, dtypes.int64),
        message="When pad_to_bucket_boundary=True, elements must have length < "
        "max(bucket_boundaries).",
    )
    with control_dependencies([check]):
        boundaries = constants.constant(bucket_boundaries, dtypes.int64)
        return boundaries[bucket_id] - 1


def _filled(shapes: Any, filler: Any) -> Any:
    """`shapes` with `filler` for unknown sizes."""
    filled = [
        [filler if dimension_value(size) is None else size for size in TensorShape(shape)]
        for shape in nesting.flatten(shapes)
    ]
    return nesting.pack_sequence_as(shapes, filled)
