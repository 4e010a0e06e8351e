"""Why an op failed in a run, in words about its inputs instead of those of NumPy, JAX or Python."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare.constants import constant
from stillflow.declare.inference import infer
from stillflow.declare.resources import Handle
from stillflow.declare.shapes import format_sizes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation


def why_failed(op: Operation, before: int, error: Exception, given: Sequence[Any]) -> str:
    """What to say of `error`; `before` its inputs, `given` holds what is kept for the op."""
    inputs = given[before : before + len(op.inputs)]
    shapes = [format_sizes(np.shape(value)) for value in inputs]
    explained = _in_own_words(op, inputs)
    if explained:
        return explained
    if op.defn.broadcasts and len(shapes) == 2:
        return f"Incompatible shapes: {shapes[0]} vs. {shapes[1]}"
    return _misfit(op, inputs) or (
        f"{op.type} cannot take these inputs together: shapes {', '.join(shapes) or 'none'}\n"
        f"  Look at the {type(error).__name__} that this comes from for the place."
    )


def _in_own_words(op: Operation, inputs: Sequence[Any]) -> str | None:
    """The sentence that the op's declaration has for its inputs, if they are of its ranks."""
    with contextlib.suppress(LookupError, ValueError, TypeError):
        return op.defn.explain(op, inputs) if op.defn.explain else None
    return None


def _misfit(op: Operation, inputs: Sequence[Any]) -> str | None:
    """What building the op would have said, had it known these inputs."""
    if any(isinstance(value, Handle) or not hasattr(value, "dtype") for value in inputs):
        return None
    with Graph().as_default(), contextlib.suppress(TypeError, NotImplementedError):
        known = [constant(_known(value)) for value in inputs]
        try:
            infer(op.defn, known, op.attrs, op.name)
        except ValueError as error:
            return str(error)
    return None


def _known(value: Any) -> np.ndarray:
    """An input as far as it is known: all of an array, only the shape of what is being traced."""
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    return np.zeros(np.shape(value), value.dtype)
