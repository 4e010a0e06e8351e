"""Models in files of others: StableHLO for programs that have JAX, ONNX, arrays for any."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from stillflow.leaving.load_jax import Named, load_jax


def export(
    path: str | os.PathLike,
    output: str | os.PathLike,
    form: str,
    inputs: Named | None = None,
    outputs: Named | None = None,
    batch: int | None = None,
    signature: str | None = None,
) -> list[str]:
    """Writes a model to the file `output`; returns what it is told of, a line each.

    Args:
      path, inputs, outputs, signature: as of `load_jax`.
      form: "stablehlo": the function with its variables in it, which `jax.export.deserialize` reads
        without Stillflow, for CPUs and GPUs; "onnx": the same for ONNX's runtimes; "safetensors" or
        "npz": the variables that the outputs need, by their names.
      batch: the first size of inputs that leave it open; None for any.

    Raises:
      ValueError: an input leaves other sizes open, or all; or the model computes with its batch's
        size, so that it must be given.
      ImportError: a package is missing; the message says which.
      And what `load_jax` raises.
    """
    function, params = load_jax(path, inputs, outputs, signature=signature)
    if form in ("stablehlo", "onnx"):
        write = _stablehlo if form == "stablehlo" else _onnx
        _require_sizes(function)
        Path(output).write_bytes(write(function, params, batch))
        return [f"{name}: {dtype} {sizes}" for name, (dtype, sizes) in _inputs(function).items()]
    _write_arrays(params, output, form)
    return [f"{name}: {value.dtype} {value.shape}" for name, value in params.items()]


def _inputs(function: Callable[..., Any]) -> dict[str, tuple[np.dtype, Any]]:
    return function.inputs  # type: ignore[attr-defined]


def _write_arrays(params: Mapping[str, np.ndarray], output: str | os.PathLike, form: str) -> None:
    if form == "npz":
        with open(output, "wb") as file:  # or NumPy would add to the name
            np.savez(file, **params)  # type: ignore[arg-type] # its own arguments are named alike
        return
    try:
        from safetensors.numpy import save
    except ImportError as error:
        raise _lacks("safetensors") from error
    Path(output).write_bytes(save({name: np.asarray(value) for name, value in params.items()}))


def _stablehlo(
    function: Callable[..., Any], params: Mapping[str, np.ndarray], batch: int | None
) -> bytes:
    from stillflow.leaving import xla_stablehlo  # it imports jax

    try:
        return xla_stablehlo.serialized(function, params, _inputs(function), batch)
    except ImportError as error:
        raise _lacks("flatbuffers") from error


def _onnx(
    function: Callable[..., Any], params: Mapping[str, np.ndarray], batch: int | None
) -> bytes:
    try:
        from stillflow.leaving import xla_onnx  # it imports jax
    except ImportError as error:
        raise _lacks("jax2onnx", "onnx") from error
    outputs = function.outputs  # type: ignore[attr-defined]
    return xla_onnx.serialized(function, params, _inputs(function), outputs, batch)


def _require_sizes(function: Callable[..., Any]) -> None:
    for name, (_, sizes) in _inputs(function).items():
        if sizes is None or None in sizes[1:]:
            shown = "of no known rank" if sizes is None else f"of sizes {list(sizes)}"
            raise ValueError(
                f"The input {name} is {shown}, and only the first size may be open.\n"
                "  Name as inputs what comes after it, or import the graph with a placeholder of "
                "known sizes in its place."
            )


def _lacks(package: str, extra: str = "export") -> ImportError:
    return ImportError(f"This needs {package}: pip install 'stillflow[{extra}]'")
