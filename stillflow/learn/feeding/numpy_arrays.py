"""`numpy_input_fn` as it was: it shuffles by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.estimator.inputs import arrays
from stillflow.platform.deprecation import deprecated


@deprecated(None, "Use tf.compat.v1.estimator.inputs.numpy_input_fn.")
def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool = True,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """`tf.estimator.inputs.numpy_input_fn` that shuffles by default."""
    return arrays.numpy_input_fn(
        x=x, y=y, batch_size=batch_size, num_epochs=num_epochs, shuffle=shuffle,
        queue_capacity=queue_capacity, num_threads=num_threads,
    )  # fmt: skip
