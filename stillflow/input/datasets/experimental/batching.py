"""Transformations that make batches, in one step or of the parts of sparse tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.static import constant_value
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.input.datasets import nesting, structure
from stillflow.input.datasets.dataset import DatasetV2, UnaryDataset
from stillflow.input.datasets.functions import StructuredFunctionWrapper
from stillflow.input.datasets.moving import number
from stillflow.ops.datasets.batching import map_and_batch_dataset_op
from stillflow.ops.datasets.sparse_batches import dense_to_sparse_batch_dataset_op
from stillflow.ops.sparse.sparse_tensor import SparseTensorSpec
from stillflow.platform.deprecation import deprecated

Transformation = Callable[[DatasetV2], Any]


class MapAndBatchDataset(UnaryDataset):
    def __init__(
        self,
        input_dataset: DatasetV2,
        map_func: Callable[..., Any],
        batch_size: Any,
        num_parallel_calls: Any,
        drop_remainder: Any,
        use_legacy_function: bool = False,
    ):
        self._map_func = StructuredFunctionWrapper(
            map_func,
            "tf.data.experimental.map_and_batch()",
            input_dataset.element_spec,
            use_legacy_function=use_legacy_function,
        )
        size = number(batch_size, "batch_size")
        calls = number(num_parallel_calls, "num_parallel_calls")
        drops = convert_to_tensor(drop_remainder, dtypes.bool, "drop_remainder")
        known = constant_value(size) if constant_value(drops) else None
        rows = None if known is None else int(known)
        self._structure = nesting.map_structure(
            lambda component: component._batch(rows), self._map_func.output_structure
        )
        variant = map_and_batch_dataset_op(
            input_dataset._variant_tensor,
            self._map_func.function.captured_inputs,
            size,
            calls,
            drops,
            f=self._map_func.function,
            preserve_cardinality=True,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    def _functions(self) -> list[Any]:
        return [self._map_func]

    @property
    def element_spec(self) -> Any:
        return self._structure


def _parallel_calls(batch_size: Any, num_parallel_batches: Any, num_parallel_calls: Any) -> Any:
    if num_parallel_batches is not None and num_parallel_calls is not None:
        raise ValueError(
            "The `num_parallel_batches` and `num_parallel_calls` arguments are mutually exclusive."
        )
    if num_parallel_calls is not None:
        return num_parallel_calls
    return batch_size if num_parallel_batches is None else batch_size * num_parallel_batches


@deprecated(
    None,
    "Use `tf.data.Dataset.map(map_func, num_parallel_calls)` followed by "
    "`tf.data.Dataset.batch(batch_size, drop_remainder)`. Static tf.data optimizations will take "
    "care of using the fused implementation.",
)
def map_and_batch(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """Gives batches of what `map_func` gives for each element.

    Raises:
      ValueError: `num_parallel_batches` and `num_parallel_calls` are both given.
    """
    calls = _parallel_calls(batch_size, num_parallel_batches, num_parallel_calls)
    return lambda dataset: MapAndBatchDataset(dataset, map_func, batch_size, calls, drop_remainder)


@deprecated(None, "Use `tf.data.experimental.map_and_batch()")
def map_and_batch_with_legacy_function(
    map_func: Callable[..., Any],
    batch_size: Any,
    num_parallel_batches: Any = None,
    drop_remainder: Any = False,
    num_parallel_calls: Any = None,
) -> Transformation:
    """As `map_and_batch`, by a function that is built as `Defun` builds it."""
    calls = _parallel_calls(batch_size, num_parallel_batches, num_parallel_calls)
    return lambda dataset: MapAndBatchDataset(
        dataset, map_func, batch_size, calls, drop_remainder, use_legacy_function=True
    )


@deprecated(None, "Use `tf.data.Dataset.unbatch()`.")
def unbatch() -> Transformation:
    """Gives the rows of the elements."""
    return lambda dataset: dataset.unbatch()


class DenseToSparseBatchDataset(UnaryDataset):
    def __init__(self, input_dataset: DatasetV2, batch_size: Any, row_shape: Any):
        given = structure.legacy_output_types(input_dataset.element_spec)
        if not isinstance(given, DType):
            raise TypeError(
                "DenseToSparseDataset requires an input whose elements have a single component, "
                f"whereas the input has {given!r}."
            )
        shape = TensorShape([None]).concatenate(as_shape(row_shape))
        self._structure = SparseTensorSpec(shape, given)
        sizes = convert_to_tensor(
            [-1 if size is None else size for size in as_shape(row_shape).as_list()], dtypes.int64
        )
        variant = dense_to_sparse_batch_dataset_op(
            input_dataset._variant_tensor, batch_size, sizes, **self._flat_structure
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> SparseTensorSpec:
        return self._structure


def dense_to_sparse_batch(batch_size: Any, row_shape: Any) -> Transformation:
    """Gives sparse tensors of `batch_size` rows of elements, whose shapes may differ.

    row_shape: the rows' dense shape; an unknown size is as much as the largest element has.
    """
    return lambda dataset: DenseToSparseBatchDataset(dataset, batch_size, row_shape)
