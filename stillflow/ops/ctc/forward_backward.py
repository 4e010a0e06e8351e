"""The forward-backward algorithm for a batch of label sequences, in nodes of the graph.

Sim et al., "Improving the efficiency of forward-backward algorithm using batched computation in
TensorFlow" (ASRU 2017). A row's states are a start, its labels, and a blank before each label and
at the end: 2 * (labels + 1). All values are logarithms; the blank is class 0.
"""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.array import (
    filling,
    joining,
    masking,
    padding,
    ranging,
    reshaping,
    scattering,
    selecting,
    shape_of,
    stacking,
    tiling,
    transposing,
)
from stillflow.ops.array.diagonals import eye
from stillflow.ops.array.one_hot import one_hot
from stillflow.ops.ctc.labels import size_of
from stillflow.ops.ctc.scanning import scan
from stillflow.ops.math import casts, comparison, elementwise
from stillflow.ops.nn.softmax import log_softmax
from stillflow.ops.reduce.composed import reduce_logsumexp
from stillflow.ops.reduce.reductions import reduce_sum


def loss_and_gradient(
    logits: Any, labels: Any, label_length: Any, logit_length: Any, unique: Any = None
) -> tuple[Tensor, Tensor]:
    """logits: f[t, b, c], labels: i[b, l], lengths: i[b] -> f[b], f[t, b, c]

    `unique` is what `ctc_unique_labels` gives for the labels, if anything.
    """
    classes = size_of(logits, 2)
    longest = size_of(labels, 1)
    class_logs = log_softmax(logits)
    state_logs = _of_states(labels, classes, class_logs)
    transitions = _transitions(labels)
    initial, final = _ends(label_length, longest)
    both, log_likelihood = _forward_backward(
        elementwise.log(transitions), initial, final, state_logs, logit_length
    )
    if unique:
        found = classes_of_unique(labels, classes, both, unique)
    else:
        found = classes_of(labels, classes, both)
    gradient = elementwise.exp(class_logs) - elementwise.exp(found)
    return -log_likelihood, gradient


def _transitions(labels: Any) -> Tensor:
    """labels: i[b, l] -> f[b, s, s], 1 where a state may follow another."""
    with name_scope("ctc_state_trans"):
        labels = convert_to_tensor(labels, name="label_seq")
        batch, count = size_of(labels, 0), size_of(labels, 1)
        of_labels = count + 1
        states = 2 * of_labels
        label_states = ranging.range_(of_labels)
        blank_states = label_states + of_labels
        from_start = [[1, 0]]
        to_label = stacking.stack([label_states[1:], blank_states[:-1]], 1)
        to_blank = stacking.stack([blank_states, label_states], 1)
        indices = joining.concat([from_start, to_label, to_blank], 0)
        ones = filling.ones([size_of(indices, 0)])
        always = scattering.scatter_nd(indices, ones, shape=[states, states])
        always = always + eye(states)
        sizes = [batch, states, states]
        between = _between_labels(labels, label_states, batch, sizes)
        return reshaping.expand_dims(always, 0) + between


def _between_labels(labels: Tensor, label_states: Tensor, batch: Any, sizes: list) -> Tensor:
    """A label may follow another one at once."""
    rows = filling.zeros_like(label_states[2:])
    indices = stacking.stack([rows, label_states[2:], label_states[1:-1]], 1)
    indices = tiling.tile(reshaping.expand_dims(indices, 0), [batch, 1, 1])
    row_numbers = reshaping.expand_dims(ranging.range_(batch), 1) * [1, 0, 0]
    indices = indices + reshaping.expand_dims(row_numbers, 1)
    repeats = comparison.equal(labels[:, :-1], labels[:, 1:])
    values = 1.0 - casts.cast(repeats, dtypes.float32)
    return scattering.scatter_nd(indices, values, sizes)


def _ends(lengths: Any, longest: Any) -> tuple[Tensor, Tensor]:
    """f[b, s]: of starting, and of ending in a state, the last label's or the blank behind it."""
    batch = size_of(lengths, 0)
    of_labels = longest + 1
    states = 2 * of_labels
    zero = casts.cast(elementwise.log(casts.cast(0, dtypes.float64) + 1e-307), dtypes.float32)
    initial = one_hot(
        indices=filling.zeros([batch], dtype=dtypes.int32),
        depth=states,
        on_value=0.0,
        off_value=zero,
        axis=1,
    )
    is_last = one_hot(lengths, depth=of_labels, axis=0)
    mask = filling.ones([2, 1, batch]) * is_last
    final = reshaping.reshape((1.0 - mask) * zero, [states, batch])
    return initial, transposing.transpose(final)


def _of_states(labels: Any, classes: Any, class_logs: Tensor) -> Tensor:
    """class_logs: f[t, b, c] -> f[t, b, s]"""
    count = size_of(labels, 1)
    blank = tiling.tile(class_logs[:, :, :1], [1, 1, count + 1])
    chosen = reshaping.expand_dims(one_hot(labels, depth=classes), axis=0)
    each = reshaping.expand_dims(class_logs, axis=2)
    logs = joining.concat([reduce_sum(each * chosen, axis=3), blank], axis=2)
    return padding.pad(logs, [[0, 0], [0, 0], [1, 0]], constant_values=elementwise.log(0.0))


def classes_of(labels: Any, num_labels: Any, states: Any) -> Tensor:
    """states: f[t, b, s] -> f[t, b, c], added up for each class."""
    of_labels = size_of(labels, 1) + 1
    label_states, blank_states = states[:, :, 1:of_labels], states[:, :, of_labels:]
    chosen = one_hot(
        labels - 1,
        depth=(num_labels - 1),
        on_value=0.0,
        off_value=elementwise.log(0.0),
    )
    chosen = reshaping.expand_dims(chosen, axis=0)
    label_states = reshaping.expand_dims(label_states, axis=3)
    of_classes = reduce_logsumexp(label_states + chosen, axis=2)
    blank = reduce_logsumexp(blank_states, axis=2, keepdims=True)
    return joining.concat([blank, of_classes], axis=-1)


def classes_of_unique(labels: Any, num_labels: Any, states: Any, unique: Any) -> Tensor:
    """`classes_of` with less memory, where the distinct labels of each row are known."""
    of_labels = size_of(labels, 1) + 1
    label_states, blank_states = states[:, :, 1:of_labels], states[:, :, of_labels:]
    distinct, places = unique
    summed = sum_states(places, label_states)
    frames, batch, count = states.shape[0], states.shape[1], of_labels - 1
    rows = transposing.transpose(summed, perm=[1, 2, 0])
    rows = reshaping.reshape(rows, [batch * count, frames])
    starts = ranging.range_(batch, dtype=distinct.dtype) * num_labels
    indices = distinct + reshaping.expand_dims(starts, axis=-1)
    indices = reshaping.reshape(indices, [-1, 1])
    scattered = scattering.scatter_nd(
        indices=indices, updates=rows, shape=[batch * num_labels, frames]
    )
    scattered = reshaping.reshape(scattered, [batch, num_labels, frames])
    is_none = comparison.equal(scattered, 0.0)
    none = filling.fill(shape_of.shape(scattered), elementwise.log(0.0))
    scattered = selecting.where(is_none, none, scattered)
    of_classes = transposing.transpose(scattered, [2, 0, 1])[:, :, 1:]
    blank = reduce_logsumexp(blank_states, axis=2, keepdims=True)
    return joining.concat([blank, of_classes], axis=-1)


def sum_states(idx: Any, states: Any) -> Tensor:
    """idx: i[b, l], states: f[t, b, l] -> f[t, b, l], added up for each distinct label."""
    with name_scope("sum_states"):
        idx = convert_to_tensor(idx, name="idx")
        count = size_of(states, 2)
        states = reshaping.expand_dims(states, axis=2)
        chosen = one_hot(
            idx,
            depth=count,
            on_value=0.0,
            off_value=elementwise.log(0.0),
            axis=1,
        )
        return reduce_logsumexp(states + chosen, axis=-1)


def _forward_backward(
    transitions: Tensor, initial: Tensor, final: Tensor, observed: Tensor, lengths: Any
) -> tuple[Tensor, Tensor]:
    """transitions: f[b, s, s], ends: f[b, s], observed: f[t, b, s], lengths: i[b] -> f[t, b, s],
    f[b]: of being in a state at a time, and of it all."""
    backwards = transposing.transpose(transitions, [0, 2, 1])
    batch = size_of(observed, 1)

    def forward(state: Tensor, seen: Tensor) -> Tensor:
        return _normed(_stepped(state, transitions) + seen)[0]

    fwd = scan(forward, observed, initial, inclusive=True)

    def backward(accumulated: Any, rows: Any) -> tuple[Tensor, Tensor]:
        state, total = accumulated
        seen, mask = rows
        state, added = _normed(_stepped(state + seen, backwards))
        total = total + reshaping.squeeze(added) * mask
        is_within = reshaping.expand_dims(mask, axis=1)
        out = state * is_within
        return out + final * (1.0 - is_within), total

    none = filling.zeros([batch])
    steps = size_of(observed, 0)
    mask = masking.sequence_mask(lengths, steps, dtypes.float32)
    mask = transposing.transpose(mask, perm=[1, 0])
    bwd, total = scan(backward, (observed, mask), (final, none), reverse=True, inclusive=True)
    both = fwd[1:] + bwd[1:]
    both = both - reduce_logsumexp(both, axis=2, keepdims=True)
    both = both + elementwise.log(reshaping.expand_dims(mask, axis=2))
    return both, bwd[0, :, 0] + total[0]


def _stepped(state: Tensor, transitions: Tensor) -> Tensor:
    return reduce_logsumexp(reshaping.expand_dims(state, axis=1) + transitions, axis=-1)


def _normed(state: Tensor) -> tuple[Tensor, Tensor]:
    """A state whose probabilities add up to 1, and what they added up to."""
    total = reduce_logsumexp(state, axis=-1, keepdims=True)
    return state - total, total
