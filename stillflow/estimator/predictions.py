"""The predictions of batches, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from stillflow.graph import nest
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import get_collection
from stillflow.platform import logging


def warn_of_endless_input(features: Any) -> None:
    tensors = [item for item in nest.flatten(features) if isinstance(item, Tensor)]
    ends = any(tensor.op.type == "IteratorGetNext" for tensor in tensors)
    if not ends and not get_collection(GraphKeys.QUEUE_RUNNERS):
        logging.warning(
            "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict "
            "yields forever. This is probably a mistake."
        )


def chosen(predictions: Any, keys: Iterable[str] | None) -> Any:
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    wanted = list(keys)
    found = {key: value for key, value in predictions.items() if key in wanted}
    if not found:
        raise ValueError(
            f"Expected to run at least one output from {predictions.keys()}, provided {keys}."
        )
    return found


def examples(values: Any) -> Iterator[Any]:
    """The rows of a batch: of one array, or of each in a dict."""
    if not isinstance(values, dict):
        yield from values
        return
    lengths = {key: value.shape[0] for key, value in values.items()}
    for key, length in lengths.items():
        if length != next(iter(lengths.values())):
            raise ValueError(
                f"Batch length of predictions should be same. {key} has different batch length "
                "than others."
            )
    for row in range(next(iter(lengths.values()), 0)):
        yield {key: value[row] for key, value in values.items()}
