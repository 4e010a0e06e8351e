"""Logits of a recurrent network: what it ends with, of each sequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.input.columns.input_layer import input_layer
from stillflow.input.columns.sequence_input import concatenate_context_input, sequence_input_layer
from stillflow.layers.recurrent.dynamic import dynamic_rnn
from stillflow.layers.scoped.core import dense
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.masking import sequence_mask
from stillflow.ops.array.ranging import range_
from stillflow.ops.array.reshaping import reshape
from stillflow.ops.array.shape_of import shape
from stillflow.ops.math.casts import to_int64
from stillflow.ops.summaries.histogram import histogram
from stillflow.ops.variables.initializers import GlorotUniform
from stillflow.ops.variables.scope import variable_scope


def rnn_logits(
    features: dict[str, Any],
    units: int,
    make_cell: Callable[[], Any],
    sequence_columns: tuple[Any, ...],
    context_columns: tuple[Any, ...],
    partitioner: Any,
) -> Tensor:
    """Features of sequences and of their context to f32[n, units]."""
    values = tuple(features.values())
    with variable_scope("sequence_input_layer", values=values, partitioner=partitioner):
        inputs, length = sequence_input_layer(features, sequence_columns)
        histogram("sequence_length", length)
        if context_columns:
            context = input_layer(features, context_columns)
            inputs = concatenate_context_input(context, inputs)
    outputs, _ = dynamic_rnn(
        make_cell(), inputs, sequence_length=length, dtype=dtypes.float32, time_major=False
    )
    last = _last(outputs, length)
    with variable_scope("logits", values=(last,)):
        logits = dense(last, units, activation=None, kernel_initializer=GlorotUniform())
    sequence_mask(length)  # a node that TensorFlow has
    return logits


def _last(outputs: Tensor, lengths: Tensor) -> Tensor:
    """Of f32[n, t, k], the step that each of n sequences ends with: f32[n, k]"""
    with name_scope("select_last_activations", values=[outputs, lengths]):
        sizes = shape(outputs)
        rows, steps, units = sizes[0], sizes[1], sizes[2]
        first = to_int64(range_(rows) * steps)
        at = first + lengths - 1
        found = gather(reshape(outputs, [rows * steps, units]), at)
        found.set_shape([outputs.shape[0], outputs.shape[2]])
        return found
