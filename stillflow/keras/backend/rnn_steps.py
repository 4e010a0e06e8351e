"""What `rnn` repeats, and how masked times keep what was before them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stillflow.graph.operation import Tensor
from stillflow.ops.array.reshaping import expand_dims
from stillflow.ops.array.selecting import where
from stillflow.ops.array.tiling import tile


@dataclass(frozen=True, eq=False)
class Steps:
    """A step function and what it is called with; inputs and mask have time first."""

    step_function: Callable[..., Any]
    inputs: Any
    states: tuple[Any, ...]
    constants: tuple[Any, ...]
    mask: Any
    go_backwards: bool
    zero_output_for_mask: bool

    def call(self, inputs: Any, states: Any) -> tuple[Any, Any]:
        """(the output of a time, the states after it)"""
        return self.step_function(inputs, (*states, *self.constants))


def selected(mask: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """`new` where `mask`, b[batch, 1], else `old`."""
    return where(expanded(mask, new), new, old)


def expanded(mask: Tensor, like: Tensor, shared_axes: int = 1) -> Tensor:
    """`mask` in the shape of `like`, with which it shares its first axes."""
    for _ in range(len(like.shape) - len(mask.shape)):
        mask = expand_dims(mask, -1)
    return tile(mask, [1] * shared_axes + like.shape.as_list()[shared_axes:])
