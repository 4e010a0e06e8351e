"""A function with its variables as an ONNX model, by jax2onnx."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import jax.extend
import jax2onnx
import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as found

from stillflow.leaving.xla_shapes import Inputs, open_sizes, specs_of

_ERRORS = 3
_REFUSALS = (NotImplementedError, found.Fail, found.InvalidGraph, found.NotImplemented)


def serialized(
    function: Callable[..., Any],
    params: Mapping[str, np.ndarray],
    inputs: Inputs,
    outputs: Sequence[str],
    batch: int | None,
) -> bytes:
    """`function(params, *values)` of inputs whose open first size is `batch`, or any.

    Args:
      outputs: what the values that it gives are called.

    Raises:
      ValueError: ONNX has no form for what the model computes, or the size of the batch is needed.
    """
    logging.getLogger("onnx_ir").setLevel(logging.ERROR)  # it tells of each shape it leaves out
    try:
        with open_sizes():
            specs = specs_of(inputs, batch)
            # Traced before: while jax2onnx traces, functions of jax.numpy take no open sizes.
            traced = jax.make_jaxpr(lambda *values: function(params, *values))(*specs)
            model = jax2onnx.to_onnx(
                jax.extend.core.jaxpr_as_fun(traced),
                specs,
                input_names=list(inputs),
                output_names=list(outputs),
            )
        data = model.SerializeToString()
        _load(data)
    except _REFUSALS as error:
        raise ValueError(
            f"The model has no form in ONNX: {error}\n"
            "  Export what comes before or after that part (--inputs, --outputs), or StableHLO."
        ) from error
    return data


def _load(data: bytes) -> None:
    """Has ONNX's own runtime look at a model, which finds what the format's checker does not."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS
    onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
