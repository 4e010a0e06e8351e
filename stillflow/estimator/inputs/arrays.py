"""`tf.estimator.inputs.numpy_input_fn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.estimator.inputs.feeding import enqueue_data

_TARGET_KEY = "__target_key__"
_ONLY = "__direct_np_input__"


def check_shuffle(shuffle: Any) -> None:
    if not isinstance(shuffle, bool):
        raise ValueError(
            "shuffle must be provided and explicitly set as boolean (it is recommended to set it "
            f"as True for training); got {shuffle}"
        )


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: Any = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """Returns a function that gives batches of arrays: features, or (features, labels).

    Args:
      x: an array, or a dict of arrays, [rows, ...] each.
      y: labels of the same rows; an array, a dict of them, or None.
      num_epochs: how often each row is given; None is without end.
      shuffle: whether rows come in a random order; there is no default.

    Raises:
      ValueError: `shuffle` is no bool; when called, arrays have different numbers of rows.
      TypeError: when called, `x` is neither an array nor a dict.
    """
    check_shuffle(shuffle)

    def input_fn() -> Any:
        columns, feature_keys = _features(x)
        target_keys = _add_targets(columns, y)
        _check_rows(columns, feature_keys, target_keys, y)
        rows = len(next(iter(columns.values())))
        queue = enqueue_data(
            columns,
            np.arange(rows, dtype=np.int64),
            queue_capacity,
            shuffle,
            num_threads=num_threads,
            enqueue_size=batch_size,
            num_epochs=num_epochs,
        )
        take = queue.dequeue_many if num_epochs is None else queue.dequeue_up_to
        batch = dict(zip(columns, take(batch_size)[1:], strict=True))
        features: Any = {key: batch[key] for key in feature_keys}
        if not isinstance(x, dict):
            features = features[_ONLY]
        if target_keys is None:
            return features
        if isinstance(target_keys, str):
            return features, batch[target_keys]
        return features, {key: batch[key] for key in target_keys}

    return input_fn


def _features(x: Any) -> tuple[dict[str, np.ndarray], list[str]]:
    if isinstance(x, dict):
        if not x:
            raise ValueError("x cannot be an empty dict")
        columns = {key: x[key] for key in sorted(x)}
    elif isinstance(x, np.ndarray):
        if x.size == 0:
            raise ValueError("x cannot be an empty array")
        columns = {_ONLY: x}
    else:
        raise TypeError(f"x must be a dict or array; got {type(x).__name__}")
    return columns, list(columns)


def _add_targets(columns: dict[str, np.ndarray], y: Any) -> Any:
    """Adds the labels; returns their key, or keys, or None."""
    if y is None:
        return None
    if not isinstance(y, dict):
        key = _TARGET_KEY
        while key in columns:
            key += "_n"
        columns[key] = y
        return key
    if not y:
        raise ValueError("y cannot be empty dict, use None instead.")
    twice = set(columns) & set(y)
    if twice:
        raise ValueError(f"{len(twice)} duplicate keys are found in both x and y: {twice}")
    columns.update((key, y[key]) for key in sorted(y))
    return sorted(y)


def _check_rows(columns: dict[str, np.ndarray], features: Any, targets: Any, y: Any) -> None:
    if len({column.shape[0] for column in columns.values()}) == 1:
        return
    shapes_of_y: Any = None if targets is None else getattr(y, "shape", None)
    if isinstance(targets, list):
        shapes_of_y = {key: columns[key].shape for key in targets}
    raise ValueError(
        "Length of tensors in x and y is mismatched. All elements in x and y must have the same "
        f"length.\nShapes in x: { {key: columns[key].shape for key in features} }\n"
        f"Shapes in y: {shapes_of_y}\n"
    )
