"""Examples of files: `tf.data.experimental.parse_example_dataset` and its kin; and their writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation
from stillflow.graph.tensor_shape import TensorShape, as_shape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.input.datasets import structure
from stillflow.input.datasets.dataset import AUTOTUNE, DatasetV2, UnaryDataset
from stillflow.input.datasets.dataset_v1 import DatasetV1, DatasetV1Adapter
from stillflow.input.datasets.experimental.csv import interleaved, shuffled_and_repeated
from stillflow.input.datasets.experimental.readers import optional
from stillflow.input.datasets.mapping import MapDataset
from stillflow.input.datasets.readers import TFRecordDatasetV1
from stillflow.ops.datasets.examples import dataset_to_tf_record_op, parse_example_dataset_op
from stillflow.ops.io.readers import ReaderBase
from stillflow.ops.parsing.features import SparseFeature, raw_features
from stillflow.ops.parsing.parse_example import (
    KINDS,
    defaults_of,
    with_any_number,
    with_sparse_features,
)
from stillflow.ops.sparse.sparse_tensor import SparseTensorSpec

_VECTORS = TensorSpec([None], dtypes.string)


class _ParseExampleDataset(UnaryDataset):
    def __init__(
        self, input_dataset: DatasetV2, features: Mapping[str, Any], num_parallel_calls: Any
    ):
        if not structure.are_compatible(input_dataset.element_spec, _VECTORS):
            raise TypeError("Input dataset should be a dataset of vectors of strings")
        raw = raw_features(with_any_number(features), KINDS)
        defaults = defaults_of(raw)
        batch = structure.legacy_output_shapes(input_dataset.element_spec)
        shapes = [as_shape(shape) for shape in raw.dense_shapes]
        specs: dict[str, Any] = {}
        for key, dtype, shape in zip(raw.dense_keys, raw.dense_types, shapes, strict=True):
            specs[key] = TensorSpec(batch.concatenate(shape), dtype)
        for key, dtype in zip(raw.sparse_keys, raw.sparse_types, strict=True):
            specs[key] = SparseTensorSpec(batch.concatenate(TensorShape([None])), dtype)
        self._structure = specs
        variant = parse_example_dataset_op(
            input_dataset=input_dataset._variant_tensor,
            num_parallel_calls=num_parallel_calls,
            dense_defaults=defaults,
            sparse_keys=raw.sparse_keys,
            dense_keys=raw.dense_keys,
            sparse_types=raw.sparse_types,
            dense_shapes=shapes,
            **self._flat_structure,
        )
        super().__init__(input_dataset, variant)

    @property
    def element_spec(self) -> Any:
        return self._structure


def parse_example_dataset(
    features: Mapping[str, Any], num_parallel_calls: Any = 1
) -> Callable[[Any], Any]:
    """Parses the elements of a dataset, string[n], as `tf.parse_example` does.

    Raises:
      ValueError: `features` is None.
    """
    if features is None:
        raise ValueError(f"Missing: features was {features}.")

    def apply(dataset: Any) -> Any:
        parsed: Any = _ParseExampleDataset(dataset, features, num_parallel_calls)
        if any(isinstance(feature, SparseFeature) for feature in features.values()):
            parsed = parsed.map(
                lambda found: with_sparse_features(features, found),
                num_parallel_calls=num_parallel_calls,
            )
        return parsed

    return apply


def make_batched_features_dataset_v2(
    file_pattern: Any,
    batch_size: int,
    features: Mapping[str, Any],
    reader: Any = TFRecordDatasetV1,
    label_key: str | None = None,
    reader_args: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: int | None = None,
    reader_num_threads: int | None = None,
    parser_num_threads: int | None = None,
    sloppy_ordering: bool = False,
    drop_final_batch: bool = False,
) -> Any:
    """Batches of the features of Examples in files: {name: n[batch_size, ...]}.

    Args:
      file_pattern: a pattern, or several, of which the matching files are read.
      reader: makes a dataset of serialized Examples of a name and `reader_args`.
      label_key: a feature that is taken out of the dict: elements are pairs of that and the label.
      num_epochs: how often all is given; for ever by default, in full batches.

    Raises:
      TypeError: `reader` is one of queues.
      ValueError: there is no feature `label_key`.
    """
    dataset: Any = DatasetV1.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    if isinstance(reader, type) and issubclass(reader, ReaderBase):
        raise TypeError(
            "The `reader` argument must return a `Dataset` object. `tf.ReaderBase` subclasses are "
            "not supported. For example, pass `tf.data.TFRecordDataset` instead of "
            "`tf.TFRecordReader`."
        )
    dataset = interleaved(
        dataset,
        lambda filename: reader(filename, *(reader_args or ())),
        reader_num_threads,
        sloppy_ordering,
    )
    if structure.legacy_output_types(dataset.element_spec) == (dtypes.string, dtypes.string):
        dataset = MapDataset(dataset, lambda _, value: value, use_inter_op_parallelism=False)
    dataset = shuffled_and_repeated(dataset, num_epochs, shuffle, shuffle_buffer_size, shuffle_seed)
    drops_rest = drop_final_batch or num_epochs is None
    dataset = dataset.batch(batch_size, drop_remainder=drops_rest)
    threads = 2 if parser_num_threads is None else parser_num_threads
    dataset = dataset.apply(parse_example_dataset(features, num_parallel_calls=threads))
    if label_key:
        if label_key not in features:
            raise ValueError(
                f"The `label_key` provided ({label_key!r}) must be one of the `features` keys."
            )
        dataset = dataset.map(lambda found: (found, found.pop(label_key)))
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)


@wraps(make_batched_features_dataset_v2)
def make_batched_features_dataset(*args: Any, **kwargs: Any) -> DatasetV1Adapter:
    return DatasetV1Adapter(make_batched_features_dataset_v2(*args, **kwargs))


class TFRecordWriter:
    """Writes the elements of a dataset as the records of a file.

    Args:
      filename: string[].
      compression_type: "", "ZLIB" or "GZIP".
    """

    def __init__(self, filename: Any, compression_type: Any = None):
        self._filename = convert_to_tensor(filename, dtypes.string, "filename")
        self._compression_type = optional("compression_type", compression_type, "", dtypes.string)

    def write(self, dataset: DatasetV2) -> Operation:
        """Returns the operation that writes all elements, string[] each.

        Raises:
          TypeError: they are something else.
        """
        if not isinstance(dataset, DatasetV2):
            raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
        spec = dataset.element_spec
        if not structure.are_compatible(spec, TensorSpec([], dtypes.string)):
            raise TypeError(
                "`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape "
                f"{structure.legacy_output_shapes(spec)} and types "
                f"{structure.legacy_output_types(spec)}"
            )
        writing: Any = dataset_to_tf_record_op(
            dataset._variant_tensor, self._filename, self._compression_type
        )
        return writing


def make_tf_record_dataset(
    file_pattern: Any,
    batch_size: int,
    parser_fn: Callable[[Any], Any] | None = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int | None = None,
    shuffle_seed: Any = None,
    prefetch_buffer_size: int | None = None,
    num_parallel_reads: int | None = None,
    num_parallel_parser_calls: int | None = None,
    drop_final_batch: bool = False,
) -> Any:
    """Batches of records of files, or of what `parser_fn` gives for each.

    Args:
      num_epochs: how often all is given; for ever by default, in full batches.
    """
    names = DatasetV1.list_files(file_pattern, shuffle=shuffle, seed=shuffle_seed)
    dataset: Any = TFRecordDatasetV1(names, num_parallel_reads=num_parallel_reads or 24)
    size = 10000 if shuffle_buffer_size is None else shuffle_buffer_size
    dataset = shuffled_and_repeated(dataset, num_epochs, shuffle, size, shuffle_seed)
    if parser_fn is not None:
        dataset = dataset.map(parser_fn, num_parallel_calls=num_parallel_parser_calls or batch_size)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    if prefetch_buffer_size == 0:
        return dataset
    return dataset.prefetch(AUTOTUNE if prefetch_buffer_size is None else prefetch_buffer_size)
