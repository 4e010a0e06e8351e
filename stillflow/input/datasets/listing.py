"""`Dataset.list_files`: the names of files."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.input.datasets.dataset import DatasetV2
from stillflow.ops.array.shape_of import shape
from stillflow.ops.control.ordering import identity
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.io.files import matching_files
from stillflow.ops.math.arithmetic import add, maximum
from stillflow.ops.math.comparison import greater
from stillflow.ops.strings.joining import reduce_join


def list_files(file_pattern: Any, shuffle: bool | None, seed: Any) -> DatasetV2:
    """The names that match a pattern, shuffled unless `shuffle` is False."""
    with name_scope("list_files"):
        pattern = convert_to_tensor(file_pattern, dtypes.string, "file_pattern")
        names = matching_files(pattern)
        is_some = greater(shape(names)[0], 0, name="match_not_empty")
        message = add(
            "No files matched pattern: ", reduce_join(pattern, separator=", "), name="message"
        )
        check = assert_that(is_some, [message], summarize=1, name="assert_not_empty")
        with control_dependencies([check]):
            names = identity(names)
        dataset = DatasetV2.from_tensor_slices(names)
        if shuffle is None or shuffle:
            count = maximum(shape(names, out_type=dtypes.int64)[0], 1)
            dataset = dataset.shuffle(count, seed=seed)
        return dataset
