"""`tf.nn.ctc_loss` over sparse labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.arguments import renamed
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.type_sets import WIDE_FLOATS
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.ops.array import reshaping, transposing
from stillflow.ops.control.ordering import prevent_gradient
from stillflow.ops.ctc import alignment
from stillflow.ops.sparse.densifying import check_order
from stillflow.ops.sparse.sparse_tensor import SparseTensor


def _loss_shapes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    time, batch, classes = shapes.with_rank(ctx.shape(0), 3)
    rows, _ = shapes.with_rank(ctx.shape(1), 2)
    shapes.merge_size(rows, shapes.with_rank(ctx.shape(2), 1)[0])
    batch = shapes.merge_size(batch, shapes.with_rank(ctx.shape(3), 1)[0])
    return [(batch,), (time, batch, classes)]


@op(
    "CTCLoss",
    "inputs: T, labels_indices: int64, labels_values: int32, sequence_length: int32"
    " -> loss: T, gradient: T",
    shape=_loss_shapes,
    types={"T": WIDE_FLOATS},
    defaults={"T": dtypes.float32},
    host=True,
    steady=("inputs", "sequence_length"),
    folds=True,
)
def ctc_loss_op(
    xp,
    logits,
    indices,
    values,
    times,
    *,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
):
    """logits: f[t, b, c], a sparse i32[b, ...] of labels, times: i32[b] -> f[b], f[t, b, c]

    The last class is the blank.
    """
    _check(logits, indices, values, times)
    _, batch, classes = logits.shape
    rows = alignment.labels_in_rows(indices, values, batch)
    paths = []
    for row, labels in enumerate(rows):
        kept = alignment.checked_labels(row, labels, classes, preprocess_collapse_repeated)
        if not ignore_longer_outputs_than_inputs and len(labels) > times[row]:
            refuse(
                "Not enough time for target transition sequence (required: "
                f"{len(labels)}, available: {times[row]}){row}You can turn this error into a "
                "warning by using the flag ignore_longer_outputs_than_inputs"
            )
        paths.append(kept)
    counts = (times > 0) & (np.array([len(row) for row in rows]) <= times)
    every = alignment.paths_of(paths, counts, classes - 1, ctc_merge_repeated)
    return alignment.loss_and_gradient(logits, every, times)


def _check(logits: Any, indices: Any, values: Any, times: Any) -> None:
    for name, value, rank, kind in (
        ("inputs", logits, 3, "3-Tensor"),
        ("sequence_length", times, 1, "vector"),
        ("labels_indices", indices, 2, "matrix"),
        ("labels_values", values, 1, "vector"),
    ):
        if value.ndim != rank:
            refuse(f"{name} is not a {kind}")
    time, batch, _ = logits.shape
    if len(times) != batch:
        refuse(
            f"len(sequence_length) != batch_size.  len(sequence_length):  {len(times)} "
            f"batch_size: {batch}"
        )
    if len(indices) != len(values):
        shown = (shapes.format_sizes(value.shape) for value in (indices, values))
        refuse(
            "labels_indices and labels_values must contain the same number of rows, but saw "
            f"shapes: {' vs. '.join(shown)}"
        )
    if not batch:
        refuse("batch_size must not be 0")
    longest = int(indices[:, 1].max(initial=-1)) + 1
    check_order("label SparseTensor is not valid: ", indices, (batch, longest))
    for row, length in enumerate(times.tolist()):
        if length > time:
            refuse(f"sequence_length({row}) <= {time}")
        if length < 0:
            refuse(f"seq_len({row}) < 0")


@ctc_loss_op.gradient
def ctc_loss_gradient(op, dloss, _):
    gradient = prevent_gradient(
        op.outputs[1],
        message="Currently there is no way to take the second  derivative of ctc_loss due to the "
        "fused implementation's interaction  with tf.gradients()",
    )
    return reshaping.expand_dims(dloss, -1) * gradient, None, None, None


def ctc_loss(
    labels: Any,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Tensor:
    """Returns f[b], minus the log probability of all ways in which `inputs` may mean `labels`.

    Graves et al., "Connectionist temporal classification" (ICML 2006).

    Args:
      labels: a sparse i32[b, ...] of classes; the last class is the blank and no label.
      inputs: f[time, b, classes], before the softmax; f[b, time, classes] without `time_major`.
        `logits` is its other name.
      sequence_length: i32[b], the times that count.
      preprocess_collapse_repeated: whether labels that repeat count once.
      ctc_merge_repeated: whether a class that goes on without a blank is one label.
      ignore_longer_outputs_than_inputs: whether rows with more labels than times have loss 0.

    Raises:
      TypeError: `labels` is no SparseTensor.
      InvalidArgumentError: in a run, a row without labels, or with more labels than times.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    inputs = renamed("logits", logits, "inputs", inputs)
    if not time_major:
        inputs = transposing.transpose(inputs, [1, 0, 2])
    loss, _ = ctc_loss_op(
        inputs,
        labels.indices,
        labels.values,
        sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated,
        ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )
    return loss
