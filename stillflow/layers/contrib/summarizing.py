"""Summaries of what a network computes: numbers, histograms, and how often units are silent."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import get_collection
from stillflow.ops.math import casts, comparison
from stillflow.ops.reduce import reductions
from stillflow.ops.summaries import histogram, scalar


def summarize_tensor(tensor: Any, tag: str | None = None) -> Tensor | None:
    """Adds a summary of a tensor: a scalar's value, else a histogram; none of texts and truths."""
    if tensor.dtype.base_dtype in (dtypes.string, dtypes.bool):
        return None
    summary = scalar.scalar if tensor.get_shape().ndims == 0 else histogram.histogram
    return summary(tag or f"{tensor.op.name}_summary", tensor)


def summarize_activation(op: Any) -> Tensor:
    """Adds a histogram of a tensor, and the share of units that its activation cuts off.

    That is the share below 0 for Relu, Relu6 and Softplus, and above 6 for Relu6.
    """
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        _summarize_share(op, comparison.less, 0.0, "zeros")
    if op.op.type == "Relu6":
        _summarize_share(op, comparison.greater, 6.0, "sixes")
    return histogram.histogram(f"{op.op.name}/activation", op)


def _summarize_share(activation: Any, compare: Callable[..., Any], bound: float, name: str) -> None:
    inputs = activation.op.inputs[0]
    beyond = compare(inputs, casts.cast(bound, inputs.dtype))
    share = reductions.reduce_mean(casts.to_float(beyond))
    scalar.scalar(f"{activation.op.name}/{name}", share)


def summarize_tensors(
    tensors: Iterable[Any], summarizer: Callable[[Any], Any] = summarize_tensor
) -> list:
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: str,
    name_filter: str | None = None,
    summarizer: Callable[[Any], Any] = summarize_tensor,
) -> list:
    """Adds summaries of the tensors of a collection, or of those whose names start by a pattern."""
    tensors = get_collection(collection)
    if name_filter is not None:
        tensors = [tensor for tensor in tensors if re.match(name_filter, tensor.op.name)]
    return summarize_tensors(tensors, summarizer)


summarize_variables = functools.partial(summarize_collection, GraphKeys.GLOBAL_VARIABLES)
summarize_weights = functools.partial(summarize_collection, GraphKeys.WEIGHTS)
summarize_biases = functools.partial(summarize_collection, GraphKeys.BIASES)


def summarize_activations(
    name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_activation
) -> list:
    return summarize_collection(GraphKeys.ACTIVATIONS, name_filter, summarizer)
