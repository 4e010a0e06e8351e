"""Cross entropies of labels (`target`) and probabilities or logits (`output`): those of `backend`.

Where probabilities come from a softmax or a sigmoid, its logits are taken instead of them.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.layers import settings
from stillflow.ops.array import reshaping, shape_of, transposing
from stillflow.ops.math import casts, clip, elementwise
from stillflow.ops.nn import cross_entropy
from stillflow.ops.nn.logistic import sigmoid_cross_entropy_with_logits
from stillflow.ops.reduce import reductions
from stillflow.ops.variables.variable import Variable


def categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """f[..., k], f[..., k] -> f[...]: that of distributions over classes along `axis`."""
    if not from_logits:
        logits = _input_of(output, "Softmax")
        if logits is None:
            output = output / reductions.reduce_sum(output, axis, True)
            logarithm = elementwise.log(_inside(output, 1.0))
            return -reductions.reduce_sum(target * logarithm, axis)
        output = logits
    return cross_entropy.softmax_cross_entropy_with_logits_v2(
        labels=target, logits=output, axis=axis
    )


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """n[...], f[..., k] -> f[...]: that of classes and distributions along `axis`.

    Raises:
      ValueError: the classes are not the last axis of an output of unknown rank.
    """
    if not from_logits:
        logits = _input_of(output, "Softmax")
        output = elementwise.log(_inside(output, 1)) if logits is None else logits
    rank = output.shape.ndims
    output = _with_classes_last(output, axis, rank)
    target = casts.cast(target, dtypes.int64)
    sizes = shape_of.shape(output)
    is_flattened = None not in (rank, target.shape.ndims) and target.shape.ndims != rank - 1
    if is_flattened:
        target = reshaping.reshape(target, [-1])
        output = reshaping.reshape(output, [-1, sizes[-1]])
    losses = cross_entropy.sparse_softmax_cross_entropy_with_logits(labels=target, logits=output)
    return reshaping.reshape(losses, sizes[:-1]) if is_flattened and rank >= 3 else losses


def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """f[...], f[...] -> f[...]: that of a yes or no, elementwise."""
    if not from_logits:
        logits = _input_of(output, "Sigmoid")
        if logits is None:
            output = _inside(output, 1.0)
            log_likelihood = target * elementwise.log(output + settings.epsilon())
            log_likelihood += (1 - target) * elementwise.log(1 - output + settings.epsilon())
            return -log_likelihood
        output = logits
    return sigmoid_cross_entropy_with_logits(labels=target, logits=output)


def _input_of(output: Any, op_type: str) -> Tensor | None:
    """What an operation of that type makes `output` of; None where another makes it."""
    if isinstance(output, Variable) or output.op.type != op_type:
        return None
    return output.op.inputs[0]


def _inside(output: Any, one: Any) -> Tensor:
    """Probabilities, none of them 0 or 1, whose logarithms would be infinite."""
    epsilon = constant(settings.epsilon(), output.dtype.base_dtype)
    return clip.clip_by_value(output, epsilon, one - epsilon)


def _with_classes_last(output: Tensor, axis: int, rank: int | None) -> Tensor:
    if rank is None:
        if axis != -1:
            raise ValueError(
                f"Cannot compute sparse categorical crossentropy with `axis={axis}` on an output "
                "tensor with unknown rank\n  Set its shape, or leave the classes in the last axis."
            )
        return output
    axis %= rank
    if axis == rank - 1:
        return output
    order = [*range(axis), *range(axis + 1, rank), axis]
    return transposing.transpose(output, perm=order)
