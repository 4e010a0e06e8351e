"""`tf.nn.ctc_loss_v2`, whose labels may be dense."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.gradients.custom import custom_gradient
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import joining, reshaping, selecting, transposing
from stillflow.ops.ctc.forward_backward import loss_and_gradient
from stillflow.ops.ctc.labels import size_of
from stillflow.ops.ctc.loss import ctc_loss
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def ctc_loss_v2(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns f[b], minus the log probability of all ways in which `logits` may mean `labels`.

    Args:
      labels: i[b, longest], padded with 0; or a sparse i32[b, ...], for which it is much faster.
      logits: f[time, b, classes], before the softmax; f[b, time, classes] unless
        `logits_time_major`.
      label_length: i[b], the labels that count; None for sparse ones.
      logit_length: i[b], the times that count.
      unique: what `ctc_unique_labels` gives for dense labels; it spares memory.
      blank_index: the class that is no label, counted from the end if negative; 0 by default.

    Raises:
      ValueError: sparse labels without `blank_index`.
    """
    if not isinstance(labels, SparseTensor):
        return ctc_loss_dense(
            labels,
            logits,
            label_length,
            logit_length,
            logits_time_major,
            unique,
            0 if blank_index is None else blank_index,
            name,
        )
    if blank_index is None:
        raise ValueError("blank_index must be given when using SparseTensor labels.")
    if blank_index < 0:
        blank_index += size_of(logits, 2)
    if blank_index != size_of(logits, 2) - 1:
        before, behind = logits[:, :, :blank_index], logits[:, :, blank_index + 1 :]
        blank = logits[:, :, blank_index : blank_index + 1]
        logits = joining.concat([before, behind, blank], axis=2)
        values = selecting.where(labels.values < blank_index, labels.values, labels.values - 1)
        labels = SparseTensor(labels.indices, values, labels.dense_shape)
    return ctc_loss(labels, logits, logit_length, time_major=logits_time_major)


def ctc_loss_dense(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int = 0,
    name: str | None = None,
) -> Tensor:
    """`ctc_loss_v2` of dense labels."""
    values = [logits, labels, label_length, logit_length]
    with name_scope(name, "ctc_loss_dense", values):
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        label_length = convert_to_tensor(label_length, name="label_length")
        logit_length = convert_to_tensor(logit_length, name="logit_length")
        if not logits_time_major:
            logits = transposing.transpose(logits, perm=[1, 0, 2])
        if blank_index != 0:
            if blank_index < 0:
                blank_index += size_of(logits, 2)
            blank = logits[:, :, blank_index : blank_index + 1]
            before, behind = logits[:, :, :blank_index], logits[:, :, blank_index + 1 :]
            logits = joining.concat([blank, before, behind], axis=2)
            labels = selecting.where(labels < blank_index, labels + 1, labels)
        return _with_gradient([logits, labels, label_length, logit_length], unique)


def _with_gradient(args: list[Tensor], unique: Any) -> Tensor:
    known = [arg.shape for arg in args]
    every = [*args, *(unique or ())]

    @custom_gradient
    def loss(*given: Tensor) -> Any:
        for arg, shape in zip(given, known, strict=False):
            arg.set_shape(shape)
        logits, labels, label_length, logit_length, *distinct = given
        value, gradient = loss_and_gradient(logits, labels, label_length, logit_length, distinct)

        def grad(dloss: Tensor) -> list[Any]:
            scaled = reshaping.reshape(dloss, [1, -1, 1]) * gradient
            return [scaled, *[None] * (len(every) - 1)]

        return value, grad

    return loss(*every)
