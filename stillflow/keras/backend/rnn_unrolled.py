"""`rnn` with nodes for each time."""

from __future__ import annotations

from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Tensor
from stillflow.keras.backend.rnn_steps import Steps, expanded, selected
from stillflow.ops.array.filling import zeros_like
from stillflow.ops.array.selecting import where
from stillflow.ops.array.stacking import stack, unstack


def build(steps: Steps) -> tuple[Any, Any, Any]:
    """(the last output, the outputs with time first, the last states)"""
    parts = [_parts(each, steps) for each in nest.flatten(steps.inputs)]
    times = [nest.pack_sequence_as(steps.inputs, each) for each in zip(*parts, strict=True)]
    if steps.mask is None:
        outputs, states = _called(steps, times)
        return outputs[-1], stack(outputs), states
    masks = _parts(steps.mask, steps)
    outputs, states = _called_where(steps, times, masks)
    last, stacked = outputs[-1], stack(outputs)
    if steps.zero_output_for_mask:
        last = where(expanded(masks[-1], last), last, zeros_like(last))
        stacked = where(expanded(steps.mask, stacked, 2), stacked, zeros_like(stacked))
    return last, stacked, states


def _parts(x: Tensor, steps: Steps) -> list[Tensor]:
    """A tensor's parts by time, in the order of the calls."""
    parts = unstack(x)
    return parts[::-1] if steps.go_backwards else parts


def _called(steps: Steps, times: list[Any]) -> tuple[list[Any], Any]:
    outputs, states = [], steps.states
    for inputs in times:
        output, states = steps.call(inputs, states)
        outputs.append(output)
    return outputs, states


def _called_where(steps: Steps, times: list[Any], masks: list[Tensor]) -> tuple[list[Any], Any]:
    outputs: list[Any] = []
    states: Any = steps.states
    for inputs, mask in zip(times, masks, strict=True):
        output, new_states = steps.call(inputs, states)
        tiled = expanded(mask, output)
        before = outputs[-1] if outputs else zeros_like(output)
        outputs.append(where(tiled, output, before))
        pairs = zip(states, new_states, strict=False)
        states = [selected(mask, new, old) for old, new in pairs]
    return outputs, states
