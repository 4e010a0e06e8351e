"""How far predicted probabilities are from what was to be predicted."""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.arranging import flatten
from stillflow.layers.settings import epsilon
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.math import casts, clip, elementwise
from stillflow.ops.nn import cross_entropy, logistic
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.variable import Variable


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Returns the cross entropy of probabilities along an axis.

    Args:
      target: the probabilities that were to be predicted.
      output: the predicted ones, which are made to sum up to one; what softmax was taken of is used
        in their place where a Softmax made them.
      from_logits: whether `output` is what softmax is to be taken of.
    """
    logits = _logits(output, from_logits, "Softmax")
    if logits is not None:
        return cross_entropy.softmax_cross_entropy_with_logits_v2(
            labels=target, logits=logits, axis=axis
        )
    output = output / reductions.reduce_sum(output, axis, True)
    least = constant(epsilon(), output.dtype.base_dtype)
    output = clip.clip_by_value(output, least, 1.0 - least)
    return -reductions.reduce_sum(target * elementwise.log(output), axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """Returns `categorical_crossentropy` for the numbers of classes.

    Args:
      target: the number of the class that was to be predicted.

    Raises:
      ValueError: an axis that is not the last one, of an output of unknown rank.
    """
    logits = _logits(output, from_logits, "Softmax")
    if logits is None:
        least = constant(epsilon(), output.dtype.base_dtype)
        logits = elementwise.log(clip.clip_by_value(output, least, 1 - least))
    rank = logits.shape.ndims
    logits = _with_classes_last(logits, rank, axis)
    target = casts.cast(target, "int64")
    shape = shape_of.shape(logits)
    target_rank = target.shape.ndims
    is_flattened = target_rank is not None and rank is not None and target_rank != rank - 1
    if is_flattened:
        target = flatten(target)
        logits = reshaping.reshape(logits, [-1, shape[-1]])
    result = cross_entropy.sparse_softmax_cross_entropy_with_logits(labels=target, logits=logits)
    return reshaping.reshape(result, shape[:-1]) if is_flattened and rank >= 3 else result


def _with_classes_last(logits: Any, rank: int | None, axis: int) -> Any:
    if rank is None:
        if axis != -1:
            raise ValueError(
                f"Cannot compute sparse categorical crossentropy with `axis={axis}` on an output "
                "tensor with unknown rank\n  Give it a rank by set_shape, or classes the last axis."
            )
        return logits
    axis %= rank
    if axis == rank - 1:
        return logits
    others = [each for each in range(rank) if each != axis]
    return transposing.transpose(logits, perm=[*others, axis])


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """Returns the cross entropy of each element, a probability.

    Args:
      target: what was to be predicted, from 0 to 1.
      output: what was; what the sigmoid was taken of is used where a Sigmoid made it.
      from_logits: whether `output` is what the sigmoid is to be taken of.
    """
    logits = _logits(output, from_logits, "Sigmoid")
    if logits is not None:
        return logistic.sigmoid_cross_entropy_with_logits(labels=target, logits=logits)
    least = constant(epsilon(), output.dtype.base_dtype)
    output = clip.clip_by_value(output, least, 1.0 - least)
    hits = target * elementwise.log(output + epsilon())
    hits += (1 - target) * elementwise.log(1 - output + epsilon())
    return -hits


def _logits(output: Any, from_logits: bool, squashed_by: str) -> Any:
    """`output` before it was squashed; None where that is not known."""
    if from_logits:
        return output
    if isinstance(output, Variable) or output._is_eager or output.op.type != squashed_by:
        return None
    return output.op.inputs[0]
