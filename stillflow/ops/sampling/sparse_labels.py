"""Sampled softmax of one true class each, by the sparse form of the loss: of `tf.contrib.nn`."""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import filling, reshaping, shape_of
from stillflow.ops.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from stillflow.ops.sampling.losses import sampled_logits


def sampled_sparse_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str | None = "sampled_sparse_softmax_loss",
) -> Tensor:
    """Returns f[b], `sampled_softmax_loss` of one true class each, i64[b, 1]."""
    logits, _ = sampled_logits(
        weights=weights,
        biases=biases,
        labels=labels,
        inputs=inputs,
        num_sampled=num_sampled,
        num_classes=num_classes,
        num_true=1,
        sampled_values=sampled_values,
        subtract_log_q=True,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
    )
    # The true class comes first.
    first = filling.zeros([shape_of.shape(logits)[0], 1], dtype=dtypes.int64)
    return sparse_softmax_cross_entropy_with_logits(labels=reshaping.squeeze(first), logits=logits)
