"""The networks of cuDNN: of one vector of parameters, over a sequence, on any device.

What TensorFlow 1.15 has on GPUs only. The numbers are those of the compatible cells with the same
weights; dropout draws from a stream of TensorFlow's generator, not from cuDNN's.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation
from stillflow.ops.recurrent import cudnn_network as networks
from stillflow.ops.recurrent.cudnn_layout import Layout, skips_input

_TYPES = {"T": (dtypes.float16, dtypes.float32, dtypes.float64)}
_LIMITS = {
    "rnn_mode": ("rnn_relu", "rnn_tanh", "lstm", "gru"),
    "input_mode": ("linear_input", "skip_input", "auto_select"),
    "direction": ("unidirectional", "bidirectional"),
}
_INPUTS = "input: T, input_h: T, input_c: T, params: T"
_LENGTHS = "sequence_lengths: int32"
_OUTPUTS = "output: T, output_h: T, output_c: T"
_BACK = "output_backprop: T, output_h_backprop: T, output_c_backprop: T, reserve_space: T"
_HOST = "host_reserved: int8"
_GRADIENTS = "input_backprop: T, input_h_backprop: T, input_c_backprop: T, params_backprop: T"


def _output_sizes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    time, batch, _ = shapes.with_rank(ctx.shape(0), 3)
    state = shapes.with_rank(ctx.shape(1), 3)
    units = state[2]
    both = 2 if ctx.attrs["direction"] == "bidirectional" else 1
    held = ctx.shape(1) if ctx.attrs["rnn_mode"] == "lstm" else ()
    return [(time, batch, None if units is None else both * units), state, held, None]


def _output_sizes_2(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    return [*_output_sizes(ctx), None]


def _output_sizes_3(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    output, state, held, *_ = _output_sizes(ctx)
    held = ctx.shape(2) if ctx.attrs["rnn_mode"] == "lstm" else held
    return [output, state, held, None, None]


def _blocks(sizes: tuple[int, ...]) -> int:
    """More than any network draws."""
    return 256 * math.prod(sizes)


def _flops(
    x: tuple[int, ...], h: tuple[int, ...], c: tuple[int, ...], params: tuple, *_: Any
) -> int:
    return 2 * math.prod(x[:2]) * params[0]


_FORWARD: dict[str, Any] = {
    "types": _TYPES,
    "limits": _LIMITS,
    "stream": _blocks,
    "flops": lambda stream, *inputs: _flops(*inputs),
}
_BACKWARD: dict[str, Any] = {
    "types": _TYPES,
    "limits": _LIMITS,
    "stateful": True,
    "shape": lambda ctx: ctx.shapes(0, 4),
    "flops": lambda *inputs: 2 * _flops(*inputs),
}


class _Model:
    """A network in one order of axes, time first."""

    def __init__(
        self,
        xp: Any,
        inputs: tuple[Any, Any, Any, Any],
        lengths: Any = None,
        *,
        rnn_mode: str,
        input_mode: str,
        direction: str,
        num_proj: int = 0,
        time_major: bool = True,
    ):
        self.xp, self.mode, self.time_major = xp, rnn_mode, time_major
        x, h, c, params = inputs
        _check_ranks(x, h, c, rnn_mode, num_proj)
        self.has_held = rnn_mode == "lstm"
        self.no_held = c
        x, h = self.turned(x), self.turned(h)
        c = self.turned(c) if self.has_held else xp.zeros_like(h)
        directions = 2 if direction == "bidirectional" else 1
        units, width = c.shape[2], x.shape[2]
        self.layout = Layout(
            rnn_mode,
            h.shape[0] // directions,
            units,
            width,
            directions,
            num_proj if num_proj and num_proj != units else 0,
            skips_input(input_mode, width, units),
        )
        _check_states(x, h, c, self.layout)
        running = None
        if lengths is not None:
            _check_lengths(xp, lengths, x)
            running = (xp.arange(x.shape[0])[:, None] < lengths)[:, :, None]
        self.network = networks.Network(self.layout, running)
        self.given = networks.Given(x, h, c)
        self.parts = self.layout.split(params)

    def turned(self, array: Any) -> Any:
        """Swaps the first axes where the batch comes first."""
        return array if self.time_major else self.xp.swapaxes(array, 0, 1)

    def run(self, stream: Any, dropout: float, is_training: bool) -> tuple[Any, Any, Any, Any]:
        xp, (x, h, c) = self.xp, self.given
        rate = dropout if is_training else 0.0
        if rate and _draws_the_same():
            stream = xp.concatenate([stream[:2], xp.zeros_like(stream[:2]), stream[4:]], axis=0)
        scales = networks.scales(xp, stream, self.layout, x, rate)
        y, h, c, records = networks.forward(xp, self.network, x, h, c, self.parts, scales)
        held = self.turned(c) if self.has_held else xp.zeros((), x.dtype)
        kept = xp.zeros((0,), x.dtype)
        if is_training:
            kept = networks.pack(xp, self.layout, records)
        return self.turned(y), self.turned(h), held, kept

    def back(self, gradients: tuple[Any, Any, Any], kept: Any, dropout: float) -> tuple[Any, ...]:
        xp = self.xp
        if kept.ndim != 5:
            refuse("To use CudnnRNN in gradients, is_training must be set to True.")
        d_y, d_h, d_c = gradients
        d_c = self.turned(d_c) if self.has_held else xp.zeros_like(self.given.c)
        behind = networks.Given(self.turned(d_y), self.turned(d_h), d_c)
        records = networks.unpack(self.layout, kept, bool(dropout))
        d_x, d_h, d_c, parts = networks.backward(
            xp, self.network, self.given, self.parts, records, behind
        )
        held = self.turned(d_c) if self.has_held else xp.zeros_like(self.no_held)
        return self.turned(d_x), self.turned(d_h), held, self.layout.join(xp, parts)


def _draws_the_same() -> bool:
    """Whether each run begins the random stream again, as TensorFlow lets a variable ask for."""
    return os.environ.get("TF_CUDNN_RESET_RND_GEN_STATE", "").lower() in ("1", "true")


def _check_ranks(x: Any, h: Any, c: Any, mode: str, num_proj: int) -> None:
    if x.ndim != 3:
        refuse(f"RNN input must be a 3-D vector.\n  It has {x.ndim} axes.")
    if h.ndim != 3:
        refuse(f"RNN state must be a 3-D vector.\n  input_h has {h.ndim} axes.")
    if mode == "lstm" and c.ndim != 3:
        refuse(f"RNN state must be a 3-D vector.\n  input_c has {c.ndim} axes.")
    if num_proj and mode != "lstm":
        refuse("num_proj is of an LSTM only.")


def _check_states(x: Any, h: Any, c: Any, layout: Layout) -> None:
    state, held = (layout.parts, x.shape[1], layout.state), (layout.parts, x.shape[1], layout.units)
    for name, array, wanted in (("input_h", h, state), ("input_c", c, held)):
        if not layout.parts or tuple(array.shape) != wanted:
            refuse(
                f"Invalid {name} shape: {shapes.format_sizes(array.shape)} "
                f"{shapes.format_sizes(wanted)}"
            )


def _check_lengths(xp: Any, lengths: Any, x: Any) -> None:
    if lengths.shape != (x.shape[1],):
        refuse(
            "sequence_lengths must have one length for each sequence: "
            f"{shapes.format_sizes(lengths.shape)} vs. [{x.shape[1]}]"
        )
    longest = x.shape[0]
    xp.check(
        xp.all(lengths <= longest) & xp.all(lengths >= 0),
        lambda lengths: f"sequence_lengths must be between 0 and {longest}, got {lengths}",
        lengths,
    )


@op("CudnnRNN", f"{_INPUTS} -> {_OUTPUTS}, reserve_space: T", shape=_output_sizes, **_FORWARD)
def cudnn_rnn(
    xp,
    stream,
    input,
    input_h,
    input_c,
    params,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    is_training: bool = True,
):
    """input: f[time, batch, depth], input_h, input_c: f[parts, batch, units], params: f[size] ->
    f[time, batch, directions * units], both states behind it, and what the gradient needs"""
    given = (input, input_h, input_c, params)
    model = _Model(xp, given, rnn_mode=rnn_mode, input_mode=input_mode, direction=direction)
    return model.run(stream, dropout, is_training)


@op(
    "CudnnRNNV2",
    f"{_INPUTS} -> {_OUTPUTS}, reserve_space: T, {_HOST}",
    shape=_output_sizes_2,
    **_FORWARD,
)
def cudnn_rnn_v2(
    xp,
    stream,
    input,
    input_h,
    input_c,
    params,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    is_training: bool = True,
):
    """`cudnn_rnn`, and an algorithm's choice: i8[0], since there is none."""
    given = (input, input_h, input_c, params)
    model = _Model(xp, given, rnn_mode=rnn_mode, input_mode=input_mode, direction=direction)
    return *model.run(stream, dropout, is_training), xp.zeros((0,), np.int8)


@op(
    "CudnnRNNV3",
    f"{_INPUTS}, {_LENGTHS} -> {_OUTPUTS}, reserve_space: T, {_HOST}",
    shape=_output_sizes_3,
    **_FORWARD,
)
def cudnn_rnn_v3(
    xp,
    stream,
    input,
    input_h,
    input_c,
    params,
    sequence_lengths,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    num_proj: int = 0,
    is_training: bool = True,
    time_major: bool = True,
):
    """`cudnn_rnn_v2` of sequences of these lengths, i32[batch], behind which it gives zeros; where
    time does not come first, inputs and states have the batch first."""
    model = _Model(
        xp,
        (input, input_h, input_c, params),
        sequence_lengths,
        rnn_mode=rnn_mode,
        input_mode=input_mode,
        direction=direction,
        num_proj=num_proj,
        time_major=time_major,
    )
    return *model.run(stream, dropout, is_training), xp.zeros((0,), np.int8)


@op("CudnnRNNBackprop", f"{_INPUTS}, {_OUTPUTS}, {_BACK} -> {_GRADIENTS}", **_BACKWARD)
def cudnn_rnn_backprop(
    xp,
    input,
    input_h,
    input_c,
    params,
    output,
    output_h,
    output_c,
    output_backprop,
    output_h_backprop,
    output_c_backprop,
    reserve_space,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
):
    """What `cudnn_rnn` takes and gives, and the gradients of the latter -> those of the former"""
    given = (input, input_h, input_c, params)
    model = _Model(xp, given, rnn_mode=rnn_mode, input_mode=input_mode, direction=direction)
    behind = (output_backprop, output_h_backprop, output_c_backprop)
    return model.back(behind, reserve_space, dropout)


@op("CudnnRNNBackpropV2", f"{_INPUTS}, {_OUTPUTS}, {_BACK}, {_HOST} -> {_GRADIENTS}", **_BACKWARD)
def cudnn_rnn_backprop_v2(
    xp,
    input,
    input_h,
    input_c,
    params,
    output,
    output_h,
    output_c,
    output_backprop,
    output_h_backprop,
    output_c_backprop,
    reserve_space,
    host_reserved,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
):
    """`cudnn_rnn_backprop` of `cudnn_rnn_v2`"""
    given = (input, input_h, input_c, params)
    model = _Model(xp, given, rnn_mode=rnn_mode, input_mode=input_mode, direction=direction)
    behind = (output_backprop, output_h_backprop, output_c_backprop)
    return model.back(behind, reserve_space, dropout)


@op(
    "CudnnRNNBackpropV3",
    f"{_INPUTS}, {_LENGTHS}, {_OUTPUTS}, {_BACK}, {_HOST} -> {_GRADIENTS}",
    **_BACKWARD,
)
def cudnn_rnn_backprop_v3(
    xp,
    input,
    input_h,
    input_c,
    params,
    sequence_lengths,
    output,
    output_h,
    output_c,
    output_backprop,
    output_h_backprop,
    output_c_backprop,
    reserve_space,
    host_reserved,
    *,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    num_proj: int = 0,
    time_major: bool = True,
):
    """`cudnn_rnn_backprop` of `cudnn_rnn_v3`"""
    model = _Model(
        xp,
        (input, input_h, input_c, params),
        sequence_lengths,
        rnn_mode=rnn_mode,
        input_mode=input_mode,
        direction=direction,
        num_proj=num_proj,
        time_major=time_major,
    )
    behind = (output_backprop, output_h_backprop, output_c_backprop)
    return model.back(behind, reserve_space, dropout)


def _declare_gradient(forward: Any, backward: Callable, *passed: str) -> None:
    names = ("dropout", "seed", "seed2", *passed, "rnn_mode", "input_mode", "direction")

    def rule(op: Operation, *grads: Any) -> Any:
        if not op.attrs["is_training"]:
            raise ValueError(
                f"To use {op.type} in gradients, is_training must be set to True.\n  The layer "
                "takes it as `training`."
            )
        options = {name: op.attrs[name] for name in names}
        made = backward(*op.inputs, *op.outputs[:3], *grads[:3], *op.outputs[3:], **options)
        return *made, *[None] * (len(op.inputs) - 4)

    forward.gradient(rule)


_declare_gradient(cudnn_rnn, cudnn_rnn_backprop)
_declare_gradient(cudnn_rnn_v2, cudnn_rnn_backprop_v2)
_declare_gradient(cudnn_rnn_v3, cudnn_rnn_backprop_v3, "time_major", "num_proj")
