"""Datasets of batches of examples that are parsed, and of records that are written to a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes, as_text
from stillflow.ops.datasets.dataset import (
    AUTOTUNE,
    Dataset,
    Element,
    ElementIterator,
    End,
    InputIterator,
    Pass,
    Place,
    dataset_of,
)
from stillflow.ops.datasets.mapping import restored_results
from stillflow.ops.datasets.results import Results
from stillflow.ops.datasets.state import State
from stillflow.ops.parsing.example_batch import Batch, parsed
from stillflow.ops.parsing.outputs import check_defaults
from stillflow.ops.sparse.serializing import boxed
from stillflow.platform.record_files import TFRecordOptions, TFRecordWriter


class ParseExampleDataset(Dataset):
    """What batches of serialized examples hold: the features in the order of their names."""

    def __init__(self, source: Dataset, features: dict[str, Any], *structure: Any):
        super().__init__((source,), *structure)
        self.features = features

    def iterator(self, place: Place) -> ElementIterator:
        return _Parsed(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Parsed(InputIterator):
    kind = "ParseExample"

    def __init__(self, dataset: ParseExampleDataset, place: Place):
        super().__init__(dataset, place)
        self._results = Results()  # what another parsed beforehand

    def next(self) -> Element:
        if self._results:
            return self._results.next()
        (serialized,) = self.input.next()
        features = self.dataset.features
        batch = Batch([as_bytes(each) for each in serialized], np.empty(0, np.object_))
        sparse, dense = parsed(batch, **features)
        keys = (*features["sparse_keys"], *features["dense_keys"])
        components = [*(boxed(*parts) for parts in sparse), *dense]
        in_order = sorted(zip(keys, components, strict=True), key=lambda pair: pair[0])
        return tuple(component for _, component in in_order)

    def save(self, state: State) -> None:
        self.input.write(state)
        state["invocation_results.size"] = 0

    def restore(self, state: State) -> None:
        self.input.read(state)
        self._results = restored_results(state)


@op(
    "ParseExampleDataset",
    "input_dataset: variant, num_parallel_calls: int64, dense_defaults: [Tdense] -> "
    "handle: variant",
    shape=shapes.scalar,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def parse_example_dataset_op(
    xp,
    input_dataset,
    num_parallel_calls,
    *dense_defaults,
    sparse_keys: list[str],
    dense_keys: list[str],
    sparse_types: list[DType],
    dense_shapes: list[TensorShape],
    output_types: list[DType],
    output_shapes: list[TensorShape],
    sloppy: bool = False,
):
    """-> variant[], what the batches of a dataset hold"""
    if int(num_parallel_calls) < 1 and int(num_parallel_calls) != AUTOTUNE:
        refuse("num_parallel_calls must be greater than zero.")
    check_defaults(dense_defaults, dense_shapes)
    features = {
        "sparse_keys": [as_bytes(key) for key in sparse_keys],
        "sparse_types": sparse_types,
        "dense_keys": [as_bytes(key) for key in dense_keys],
        "dense_shapes": dense_shapes,
        "defaults": dense_defaults,
    }
    source = dataset_of(input_dataset)
    return ParseExampleDataset(source, features, output_types, output_shapes)


@op(
    "DatasetToTFRecord",
    "input_dataset: variant, filename: string, compression_type: string ->",
    shape=lambda ctx: [],
    host=True,
    stateful=True,
)
def dataset_to_tf_record_op(xp, input_dataset, filename, compression_type):
    """Writes the elements of a dataset, string[] each, to a file of records."""
    kind = as_text(compression_type.item())
    options = TFRecordOptions(kind if kind in ("ZLIB", "GZIP") else "")
    iterator = dataset_of(input_dataset).iterator(Place(Pass()))
    with TFRecordWriter(as_text(filename.item()), options) as writer:
        try:
            while True:
                writer.write(as_bytes(iterator.next()[0].item()))
        except End:
            return ()


parse_example_dataset_op.not_differentiable()
dataset_to_tf_record_op.not_differentiable()
