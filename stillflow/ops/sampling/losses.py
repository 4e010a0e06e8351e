"""Losses over sampled classes: noise-contrastive estimation and sampled softmax.

"Noise-contrastive estimation" (Gutmann and Hyvärinen, AISTATS 2010), "On using very large target
vocabulary for neural machine translation" (Jean et al., ACL 2015).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import filling, joining, reshaping, shape_of, slicing, stacking
from stillflow.ops.control.ordering import stop_gradient
from stillflow.ops.linalg.products import matmul
from stillflow.ops.math import arithmetic, casts, elementwise
from stillflow.ops.nn.cross_entropy import softmax_cross_entropy_with_logits_v2
from stillflow.ops.nn.embedding import embedding_lookup
from stillflow.ops.nn.logistic import sigmoid_cross_entropy_with_logits
from stillflow.ops.random.common import op_seeds
from stillflow.ops.sampling.samplers import log_uniform_candidate_sampler
from stillflow.ops.sparse.densifying import sparse_to_dense_op
from stillflow.ops.variables.partitioned import PartitionedVariable

_LOWEST = np.finfo(np.float32).min


def _hits(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    _, columns = shapes.with_rank(ctx.shape(0), 2)
    shapes.merge_size(columns, ctx.attrs["num_true"])
    shapes.with_rank(ctx.shape(1), 1)
    return [(None,)] * 3


@op(
    "ComputeAccidentalHits",
    "true_classes: int64, sampled_candidates: int64 -> indices: int32, ids: int64, weights: float",
    shape=_hits,
    host=True,
    folds=True,
)
def compute_accidental_hits_op(xp, true, sampled, *, num_true: int, seed: int = 0, seed2: int = 0):
    """true: i64[b, num_true], sampled: i64[s] -> rows i32[h], places in sampled i64[h], f32[h]"""
    if true.ndim != 2 or true.shape[1] != num_true:
        refuse("true_candidates must be a batch_size * num_true matrix")
    if sampled.ndim != 1:
        refuse(
            "sampled_candidates must be a vector, which is typically an output from "
            "CandidateSampler"
        )
    place_of = {candidate: place for place, candidate in enumerate(sampled.tolist())}
    hits = [
        (row, place_of[candidate])
        for row, candidates in enumerate(true.tolist())
        for candidate in candidates
        if candidate in place_of
    ]
    found = np.array(hits, np.int64).reshape(len(hits), 2)
    return found[:, 0].astype(np.int32), found[:, 1], np.full(len(hits), _LOWEST, np.float32)


compute_accidental_hits_op.not_differentiable()


def compute_accidental_hits(
    true_classes: Any,
    sampled_candidates: Any,
    num_true: int,
    seed: int | None = None,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns where a true class of a row was sampled: (rows, places, the lowest float of each).

    true_classes: i64[b, num_true], sampled_candidates: i64[s] -> i32[h], i64[h], f32[h]. What the
    sparse [b, s] of these adds to logits takes the samples out that are no wrong answers.
    """
    return compute_accidental_hits_op(  # type: ignore[return-value]
        true_classes, sampled_candidates, num_true=num_true, name=name, **op_seeds(seed)
    )


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str | None = "nce_loss",
) -> Tensor:
    """Returns f[b], the noise-contrastive loss: telling true classes from `num_sampled` others.

    Args:
      weights: f[num_classes, d], or the parts of it, as `embedding_lookup` has them.
      biases: f[num_classes].
      labels: i64[b, num_true], the true classes.
      inputs: f[b, d].
      sampled_values: what a candidate sampler returned; else Zipf's law, unique.
      remove_accidental_hits: whether samples that are true do not count as wrong.
    """
    logits, targets = sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
    )
    losses = sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
    return _sum_rows(losses)


def nce_loss_v2(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    name: str | None = "nce_loss",
) -> Tensor:
    """`nce_loss` over weights whose parts are blocks."""
    return nce_loss(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        "div",
        name,
    )


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str | None = "sampled_softmax_loss",
    seed: int | None = None,
) -> Tensor:
    """Returns f[b], the softmax loss over the true classes and `num_sampled` others alone.

    The arguments are those of `nce_loss`. It is for training; the loss over all classes is larger.
    """
    logits, targets = sampled_logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits=remove_accidental_hits,
        partition_strategy=partition_strategy,
        name=name,
        seed=seed,
    )
    targets = stop_gradient(targets, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=targets, logits=logits)


def sampled_softmax_loss_v2(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    seed: int | None = None,
    name: str | None = "sampled_softmax_loss",
) -> Tensor:
    """`sampled_softmax_loss` over weights whose parts are blocks."""
    return sampled_softmax_loss(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        "div",
        name,
        seed,
    )


def sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    subtract_log_q: bool = True,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str | None = None,
    seed: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns logits and targets, both f[b, num_true + num_sampled], the true classes first.

    The arguments are those of `nce_loss`. With `subtract_log_q` logits are corrected by how often
    their classes are to be expected among the samples.
    """
    if isinstance(weights, PartitionedVariable):
        weights = list(weights)
    if not isinstance(weights, list):
        weights = [weights]
    with name_scope(name, "compute_sampled_logits", [*weights, biases, inputs, labels]):
        if labels.dtype != dtypes.int64:
            labels = casts.cast(labels, dtypes.int64)
        flat_labels = reshaping.reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                labels, num_true, num_sampled, True, num_classes, seed=seed
            )
        sampled, true_expected, sampled_expected = map(stop_gradient, sampled_values)
        sampled = casts.cast(sampled, dtypes.int64)
        every_id = joining.concat([flat_labels, sampled], 0)
        rows = _looked_up(weights, every_id, partition_strategy, inputs)
        true_rows = slicing.slice_(
            rows, [0, 0], stacking.stack([shape_of.shape(flat_labels)[0], -1])
        )
        sampled_rows = slicing.slice_(
            rows, stacking.stack([shape_of.shape(flat_labels)[0], 0]), [-1, -1]
        )
        other_logits = matmul(inputs, sampled_rows, transpose_b=True)
        every_bias = _looked_up(biases, every_id, partition_strategy, inputs)
        true_bias = slicing.slice_(every_bias, [0], shape_of.shape(flat_labels))
        sampled_bias = slicing.slice_(every_bias, shape_of.shape(flat_labels), [-1])
        true_logits = _row_products(inputs, true_rows, num_true)
        true_logits = true_logits + reshaping.reshape(true_bias, [-1, num_true])
        other_logits = other_logits + sampled_bias
        if remove_accidental_hits:
            other_logits = _without_hits(other_logits, labels, sampled, num_true, num_sampled)
        if subtract_log_q:
            true_logits = true_logits - elementwise.log(true_expected)
            other_logits = other_logits - elementwise.log(sampled_expected)
        logits = joining.concat([true_logits, other_logits], 1)
        ones, zeros = filling.ones_like(true_logits) / num_true, filling.zeros_like(other_logits)
        return logits, joining.concat([ones, zeros], 1)


def _looked_up(table: Any, ids: Tensor, partition_strategy: str, inputs: Any) -> Tensor:
    found = embedding_lookup(table, ids, partition_strategy=partition_strategy)
    return found if found.dtype == inputs.dtype else casts.cast(found, inputs.dtype)


def _row_products(inputs: Any, true_rows: Tensor, num_true: int) -> Tensor:
    """inputs: f[b, d], true_rows: f[b * num_true, d] -> f[b, num_true]"""
    width = shape_of.shape(true_rows)[1:2]
    sizes = joining.concat([[-1, num_true], width], 0)
    products = arithmetic.multiply(
        reshaping.expand_dims(inputs, 1), reshaping.reshape(true_rows, sizes)
    )
    rows = reshaping.reshape(products, joining.concat([[-1], width], 0))
    return reshaping.reshape(_sum_rows(rows), [-1, num_true])


def _without_hits(
    logits: Tensor, labels: Tensor, sampled: Tensor, num_true: int, num_sampled: int
) -> Tensor:
    rows, places, lowest = compute_accidental_hits(labels, sampled, num_true=num_true)
    rows = reshaping.reshape(rows, [-1, 1])
    places = reshaping.reshape(casts.cast(places, dtypes.int32), [-1, 1])
    indices = joining.concat([rows, places], 1, "sparse_indices")
    sizes = joining.concat([shape_of.shape(labels)[:1], reshaping.expand_dims(num_sampled, 0)], 0)
    if logits.dtype != lowest.dtype:
        lowest = casts.cast(lowest, logits.dtype)
    return logits + sparse_to_dense_op(indices, sizes, lowest, 0.0, validate_indices=False)


def _sum_rows(x: Tensor) -> Tensor:
    """x: f[n, m] -> f[n], by a product with ones."""
    columns = shape_of.shape(x)[1]
    ones = filling.ones(stacking.stack([columns, 1]), x.dtype)
    return reshaping.reshape(matmul(x, ones), [-1])
