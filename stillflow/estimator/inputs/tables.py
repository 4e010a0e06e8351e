"""`tf.estimator.inputs.pandas_input_fn`. Pandas is the program's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.estimator.inputs.arrays import check_shuffle
from stillflow.estimator.inputs.feeding import enqueue_data


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int | None = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """Returns a function that gives batches of a DataFrame's columns: dicts, or (dict, labels).

    Args:
      x: a DataFrame, whose columns are features.
      y: a Series or a DataFrame of the same index; labels.
      num_epochs: how often each row is given; None is without end.
      shuffle: whether rows come in a random order; there is no default.
      target_column: what the labels are called meanwhile; no column of `x`.

    Raises:
      ValueError: `shuffle` is no bool, the indices differ, or `x` has such a column.
      TypeError: `target_column` is no str.
    """
    check_shuffle(shuffle)
    if not isinstance(target_column, str):
        raise TypeError("target_column must be a string type")
    table = x.copy()
    targets: dict[str, str] | None = None  # of labels: the columns of the table
    if y is not None:
        if target_column in table:
            raise ValueError(
                f"Cannot use name {target_column} for target column: DataFrame already has a "
                f"column with that name: {table.columns}"
            )
        if not np.array_equal(table.index, y.index):
            raise ValueError(
                f"Index for x and y are mismatched.\nIndex for x: {table.index}\n"
                f"Index for y: {y.index}\n"
            )
        if hasattr(y, "columns"):
            targets = {column: _free_name(table, column) for column in y.columns}
            for column, own in targets.items():
                table[own] = y[column]
        else:
            table[target_column] = y
    capacity = queue_capacity or (4 if shuffle else 1) * len(table)

    def input_fn() -> Any:
        queue = enqueue_data(
            {column: table[column].to_numpy() for column in table.columns},
            table.index.to_numpy(),
            capacity,
            shuffle,
            min_after_dequeue=max(capacity / 4, 1),
            num_threads=num_threads,
            enqueue_size=batch_size,
            num_epochs=num_epochs,
        )
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        features = dict(zip(table.columns, take(batch_size)[1:], strict=True))
        if y is None:
            return features
        if targets is None:
            return features, features.pop(target_column)
        return features, {column: features.pop(own) for column, own in targets.items()}

    return input_fn


def _free_name(table: Any, column: str) -> str:
    name = column
    while name in table:
        name += "_n"
    return name
