"""The parameters of cuDNN's networks: how many, and as canonical weights and biases."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.ops.recurrent.cudnn_layout import Layout, skips_input

_MODEL = "num_layers: int32, num_units: int32, input_size: int32"
_FLOATS = (dtypes.float16, dtypes.float32, dtypes.float64)
_OPTIONS: dict[str, Any] = {
    "static": ("num_layers", "num_units", "input_size"),
    "limits": {
        "rnn_mode": ("rnn_relu", "rnn_tanh", "lstm", "gru"),
        "input_mode": ("linear_input", "skip_input", "auto_select"),
        "direction": ("unidirectional", "bidirectional"),
        "num_params": 1,
        "num_params_weights": 1,
        "num_params_biases": 1,
    },
}


def _limits(*names: str) -> dict[str, Any]:
    kept = ("rnn_mode", "input_mode", "direction", *names)
    return {**_OPTIONS, "limits": {name: _OPTIONS["limits"][name] for name in kept}}


def _layout(
    layers: Any,
    units: Any,
    size: Any,
    mode: str,
    input_mode: str,
    direction: str,
    projected: int = 0,
) -> Layout:
    for name, value in (("num_layers", layers), ("num_units", units), ("input_size", size)):
        if value.ndim:
            refuse(f"{name} is not a scalar")
        if int(value) <= 0:
            refuse(f"{name} must be positive, got {int(value)}")
    units, size = int(units), int(size)
    if projected and mode != "lstm":
        refuse("num_proj is of an LSTM only.")
    return Layout(
        mode,
        int(layers),
        units,
        size,
        2 if direction == "bidirectional" else 1,
        projected if projected != units else 0,
        skips_input(input_mode, size, units),
    )


def _vector_of_one(ctx: shapes.ShapeContext) -> shapes.Sizes:
    for sizes in ctx.shapes(0, 3):
        shapes.with_rank(sizes, 0)
    return (1,)


@op(
    "CudnnRNNParamsSize",
    f"{_MODEL} -> params_size: S",
    shape=_vector_of_one,
    types={"T": _FLOATS, "S": (dtypes.int32, dtypes.int64)},
    **_limits(),
)
def cudnn_rnn_params_size(
    xp,
    num_layers,
    num_units,
    input_size,
    *,
    T: DType,
    S: DType,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    num_proj: int = 0,
):
    """Three numbers, i32[] -> i[1], how many parameters such a network has"""
    layout = _layout(num_layers, num_units, input_size, rnn_mode, input_mode, direction, num_proj)
    return np.array([layout.size], S.stored_as)


cudnn_rnn_params_size.not_differentiable()


def _canonical_sizes(ctx: shapes.ShapeContext) -> list[shapes.Sizes]:
    shapes.with_rank(ctx.shape(3), 1)
    count: int = ctx.attrs.get("num_params", 0)
    weights: int = ctx.attrs.get("num_params_weights", count)
    biases: int = ctx.attrs.get("num_params_biases", count)
    return [*[(None, None)] * weights, *[(None,)] * biases]


def _canonical(xp: Any, layout: Layout, params: Any, counts: tuple[int, int]) -> tuple[Any, ...]:
    weights, biases = layout.canonical(xp, params)
    found = (len(weights), len(biases))
    if found != counts:
        refuse(f"Number of params mismatch. Expected {counts}, got {found}")
    return *weights, *biases


@op(
    "CudnnRNNParamsToCanonical",
    f"{_MODEL}, params: T -> weights: num_params*T, biases: num_params*T",
    shape=_canonical_sizes,
    types={"T": _FLOATS},
    **_limits("num_params"),
)
def cudnn_rnn_params_to_canonical(
    xp,
    num_layers,
    num_units,
    input_size,
    params,
    *,
    num_params: int,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
):
    """params: f[size] -> the matrices of gates, f[units, width], then the biases, f[units]"""
    layout = _layout(num_layers, num_units, input_size, rnn_mode, input_mode, direction)
    return _canonical(xp, layout, params, (num_params, num_params))


@op(
    "CudnnRNNParamsToCanonicalV2",
    f"{_MODEL}, params: T -> weights: num_params_weights*T, biases: num_params_biases*T",
    shape=_canonical_sizes,
    types={"T": _FLOATS},
    **_limits("num_params_weights", "num_params_biases"),
)
def cudnn_rnn_params_to_canonical_v2(
    xp,
    num_layers,
    num_units,
    input_size,
    params,
    *,
    num_params_weights: int,
    num_params_biases: int,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    num_proj: int = 0,
):
    """`cudnn_rnn_params_to_canonical`, with the projection behind each part's matrices"""
    layout = _layout(num_layers, num_units, input_size, rnn_mode, input_mode, direction, num_proj)
    return _canonical(xp, layout, params, (num_params_weights, num_params_biases))


@op(
    "CudnnRNNCanonicalToParams",
    f"{_MODEL}, weights: num_params*T, biases: num_params*T -> params: T",
    shape=lambda ctx: (None,),
    types={"T": _FLOATS},
    **_limits(),
)
def cudnn_rnn_canonical_to_params(
    xp,
    num_layers,
    num_units,
    input_size,
    *weights_and_biases,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
):
    """The inverse of `cudnn_rnn_params_to_canonical`"""
    layout = _layout(num_layers, num_units, input_size, rnn_mode, input_mode, direction)
    count = layout.parts * (2 * layout.gates + bool(layout.projected))
    return layout.from_canonical(xp, weights_and_biases[:count], weights_and_biases[count:])


@op(
    "CudnnRNNCanonicalToParamsV2",
    f"{_MODEL}, weights: num_params_weights*T, biases: num_params_biases*T -> params: T",
    shape=lambda ctx: (None,),
    types={"T": _FLOATS},
    **_limits(),
)
def cudnn_rnn_canonical_to_params_v2(
    xp,
    num_layers,
    num_units,
    input_size,
    *weights_and_biases,
    rnn_mode: str = "lstm",
    input_mode: str = "linear_input",
    direction: str = "unidirectional",
    dropout: float = 0.0,
    seed: int = 0,
    seed2: int = 0,
    num_proj: int = 0,
):
    """The inverse of `cudnn_rnn_params_to_canonical_v2`"""
    layout = _layout(num_layers, num_units, input_size, rnn_mode, input_mode, direction, num_proj)
    count = layout.parts * (2 * layout.gates + bool(layout.projected))
    return layout.from_canonical(xp, weights_and_biases[:count], weights_and_biases[count:])
