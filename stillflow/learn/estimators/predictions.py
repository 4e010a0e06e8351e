"""Predictions of a session, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.ops.sparse.sparse_tensor import SparseTensorValue


def filtered(predictions: Any, outputs: Iterable[str] | None) -> Any:
    """Those of predictions that are asked for; ValueError if there are none."""
    if not outputs:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("outputs argument is not valid in case of non-dict predictions.")
    chosen = {name: value for name, value in predictions.items() if name in outputs}
    if not chosen:
        raise ValueError(
            f"Expected to run at least one output from {predictions.keys()}, provided {outputs}."
        )
    return chosen


def each(
    session: Any, predictions: Any, feed_fn: Callable[[], Any] | None, in_batches: bool
) -> Iterator[Any]:
    """Yields predictions until the input ends; once, if it can have none."""
    with session:
        while not session.should_stop():
            batch = session.run(predictions, feed_fn() if feed_fn else None)
            if in_batches:
                yield batch
            else:
                yield from _rows(batch)
            if feed_fn is None and not session.graph.get_collection(GraphKeys.QUEUE_RUNNERS):
                return


def _rows(batch: Any) -> Iterator[Any]:
    if not isinstance(batch, dict):
        yield from batch
        return
    first = next(iter(batch.values()))
    rows = first.dense_shape[0] if isinstance(first, SparseTensorValue) else first.shape[0]
    for row in range(rows):
        yield {name: values[row] for name, values in batch.items()}
