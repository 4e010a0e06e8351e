"""Losses that draw together embeddings of one label and keep apart those of different ones.

Common arguments:
  labels: i[n], the class of each row.
  embeddings: f[n, d].
  embeddings_anchor, embeddings_positive: f[n, d], pairs of one class each.
"""

from __future__ import annotations

from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import diagonals, filling, reshaping, selecting, shape_of, tiling
from stillflow.ops.array.transposing import transpose
from stillflow.ops.debug.printing import Print
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts, comparison, division, elementwise
from stillflow.ops.nn.cross_entropy import softmax_cross_entropy_with_logits
from stillflow.ops.reduce import reductions


def contrastive_loss(
    labels: Any, embeddings_anchor: Any, embeddings_positive: Any, margin: float = 1.0
) -> Tensor:
    """Returns the mean of d^2 for pairs labelled 1 and of max(margin - d, 0)^2 for others, f[].

    d is the distance of a pair (Hadsell, Chopra and LeCun, 2006).
    """
    apart = arithmetic.squared_difference(embeddings_anchor, embeddings_positive)
    distances = elementwise.sqrt(reductions.reduce_sum(apart, 1))
    alike = casts.cast(labels, distances.dtype) * elementwise.square(distances)
    unlike = 1.0 - casts.cast(labels, distances.dtype)
    within = arithmetic.maximum(margin - distances, 0.0)
    losses = alike + unlike * elementwise.square(within)
    return reductions.reduce_mean(losses, name="contrastive_loss")


def triplet_semihard_loss(labels: Any, embeddings: Any, margin: float = 1.0) -> Tensor:
    """Returns the mean over pairs of one class of max(margin + d - d', 0), f[].

    d is the squared distance of the pair, d' the least greater one of its first to another class,
    or the largest where none is greater (Schroff et al., 2015).
    """
    column = _column(labels)
    distances = pairwise_distance(embeddings, squared=True)
    alike = comparison.equal(column, transpose(column))
    unlike = comparison.logical_not(alike)
    n = shape_of.size(column)
    tiled = tiling.tile(distances, [n, 1])
    unlike_tiled = tiling.tile(unlike, [n, 1])
    farther = comparison.greater(tiled, reshaping.reshape(transpose(distances), [-1, 1]))
    mask = comparison.logical_and(unlike_tiled, farther)
    counts = reductions.reduce_sum(casts.cast(mask, dtypes.float32), 1, keepdims=True)
    is_some = transpose(reshaping.reshape(comparison.greater(counts, 0.0), [n, n]))
    unlike, mask = casts.cast(unlike, dtypes.float32), casts.cast(mask, dtypes.float32)
    outside = transpose(reshaping.reshape(_masked_minimum(tiled, mask), [n, n]))
    inside = tiling.tile(_masked_maximum(distances, unlike), [1, n])
    negatives = selecting.where(is_some, outside, inside)
    losses = arithmetic.add(margin, distances - negatives)
    positives = _positives(alike, n)
    count = reductions.reduce_sum(positives)
    kept = arithmetic.maximum(arithmetic.multiply(losses, positives), 0.0)
    return division.truediv(reductions.reduce_sum(kept), count, name="triplet_semihard_loss")


def lifted_struct_loss(labels: Any, embeddings: Any, margin: float = 1.0) -> Tensor:
    """Returns the lifted structured loss of a batch, f[] (Song et al., 2016)."""
    column = _column(labels)
    distances = pairwise_distance(embeddings)
    alike = comparison.equal(column, transpose(column))
    unlike = comparison.logical_not(alike)
    n = shape_of.size(column)
    room = margin - distances
    mask = casts.cast(unlike, dtypes.float32)
    largest = _masked_maximum(room, mask)
    shift = arithmetic.maximum(largest, transpose(largest))
    room_tiled, mask_tiled = tiling.tile(room, [n, 1]), tiling.tile(mask, [n, 1])
    shift_column = reshaping.reshape(transpose(shift), [-1, 1])
    terms = arithmetic.multiply(elementwise.exp(room_tiled - shift_column), mask_tiled)
    sums = reductions.reduce_sum(terms, 1, keepdims=True)
    left = reshaping.reshape(sums, [n, n])
    losses = shift + elementwise.log(left + transpose(left))
    losses += distances
    positives = _positives(alike, n)
    count = reductions.reduce_sum(positives) / 2.0
    kept = arithmetic.maximum(arithmetic.multiply(losses, positives), 0.0)
    total = 0.25 * reductions.reduce_sum(elementwise.square(kept))
    return division.truediv(total, count, name="liftedstruct_loss")


def npairs_loss(
    labels: Any,
    embeddings_anchor: Any,
    embeddings_positive: Any,
    reg_lambda: float = 0.002,
    print_losses: bool = False,
) -> Tensor:
    """Returns the mean cross entropy of which positive belongs to which anchor, f[] (Sohn, 2016).

    Args:
      reg_lambda: the weight of the embeddings' squared lengths.
      print_losses: whether a run prints both parts.
    """
    of_anchors = reductions.reduce_mean(
        reductions.reduce_sum(elementwise.square(embeddings_anchor), 1)
    )
    of_positives = reductions.reduce_mean(
        reductions.reduce_sum(elementwise.square(embeddings_positive), 1)
    )
    lengths = arithmetic.multiply(0.25 * reg_lambda, of_anchors + of_positives, name="l2loss")
    similarity = matmul(embeddings_anchor, embeddings_positive, transpose_b=True)
    column = _column(labels)
    shares = casts.cast(comparison.equal(column, transpose(column)), dtypes.float32)
    shares /= reductions.reduce_sum(shares, 1, keepdims=True)
    entropies = softmax_cross_entropy_with_logits(logits=similarity, labels=shares)
    entropy = reductions.reduce_mean(entropies, name="xentropy")
    if print_losses:
        entropy = Print(entropy, ["cross entropy:", entropy, "l2loss:", lengths])
    return lengths + entropy


def pairwise_distance(feature: Any, squared: bool = False) -> Tensor:
    """Returns the distance of each row of `feature`, f[n, d], from each: f[n, n].

    Where it is 0, its gradient is 0.
    """
    rows = reductions.reduce_sum(elementwise.square(feature), axis=[1], keepdims=True)
    columns = reductions.reduce_sum(elementwise.square(transpose(feature)), axis=[0], keepdims=True)
    lengths = arithmetic.add(rows, columns)
    squares = lengths - 2.0 * matmul(feature, transpose(feature))
    squares = arithmetic.maximum(squares, 0.0)
    is_zero = comparison.less_equal(squares, 0.0)
    distances = squares
    if not squared:
        tiny = casts.cast(is_zero, dtypes.float32) * 1e-16
        distances = elementwise.sqrt(squares + tiny)
    is_apart = casts.cast(comparison.logical_not(is_zero), dtypes.float32)
    distances = arithmetic.multiply(distances, is_apart)
    n = shape_of.shape(feature)[0]
    others = filling.ones_like(distances) - diagonals.diag(filling.ones([n]))
    return arithmetic.multiply(distances, others)


def _column(labels: Any) -> Tensor:
    sizes = shape_of.shape(labels)
    if sizes.shape != [1]:
        raise AssertionError("labels must be a vector")
    return reshaping.reshape(labels, [sizes[0], 1])


def _positives(alike: Tensor, n: Tensor) -> Tensor:
    """1 for each two rows of one class, f[n, n]."""
    return casts.cast(alike, dtypes.float32) - diagonals.diag(filling.ones([n]))


def _masked_maximum(data: Tensor, mask: Tensor) -> Tensor:
    """The largest of those of each row where `mask` is 1: f[n, 1]."""
    least = reductions.reduce_min(data, 1, keepdims=True)
    masked = arithmetic.multiply(data - least, mask)
    return reductions.reduce_max(masked, 1, keepdims=True) + least


def _masked_minimum(data: Tensor, mask: Tensor) -> Tensor:
    """The least of those of each row where `mask` is 1: f[n, 1]."""
    largest = reductions.reduce_max(data, 1, keepdims=True)
    masked = arithmetic.multiply(data - largest, mask)
    return reductions.reduce_min(masked, 1, keepdims=True) + largest
