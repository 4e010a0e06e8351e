"""Cross entropies that take logits first, as before TensorFlow 1.0: of `tf.contrib.nn`."""

from __future__ import annotations

from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.ops.nn import cross_entropy, logistic


def flipped_softmax(logits: Any, labels: Any, dim: int = -1, name: str | None = None) -> Tensor:
    """`tf.nn.softmax_cross_entropy_with_logits`, the logits first."""
    return cross_entropy.softmax_cross_entropy_with_logits(
        labels=labels, logits=logits, dim=dim, name=name
    )


def flipped_sparse_softmax(logits: Any, labels: Any, name: str | None = None) -> Tensor:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, the logits first."""
    return cross_entropy.sparse_softmax_cross_entropy_with_logits(
        labels=labels, logits=logits, name=name
    )


def flipped_sigmoid(logits: Any, targets: Any, name: str | None = None) -> Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits`, the logits first."""
    return logistic.sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)
