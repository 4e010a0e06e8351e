"""The errors of operations that are carried out at once, in TensorFlow's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.graph.dtypes import DType
from stillflow.graph.eager_tensor import EagerOperation
from stillflow.graph.errors import InternalError, InvalidArgumentError, OpError
from stillflow.runtime.explaining import why_failed
from stillflow.runtime.steps import OF_INPUTS


def failure(
    op: EagerOperation, error: Exception, values: Sequence[Any], before: int = 0
) -> Exception:
    """What is raised when the op's function failed with `error` on `values`."""
    if isinstance(error, OpError):
        if error.op is not None or "[Op:" in error.message:
            return error
        return type(error)(None, None, _located(op, error.message))  # type: ignore[call-arg]
    if not isinstance(error, OF_INPUTS) or isinstance(error, UnicodeError) or op.defn.waits:
        return error
    return InvalidArgumentError(None, None, _located(op, why_failed(op, before, error, values)))


def _located(op: EagerOperation, message: str) -> str:
    """`message` with the operation behind its first sentence, as TensorFlow says it."""
    first, line, rest = message.partition("\n")
    name = f" name: {op.name}" if op.is_named else ""
    return f"{first} [Op:{op.type}]{name}{line}{rest}"


def check_result(op: EagerOperation, results: Sequence[Any], types: Sequence[DType]) -> None:
    """InternalError where a result is not of the type that its op declares."""
    for index, (value, wanted) in enumerate(zip(results, types, strict=True)):
        dtype = getattr(value, "dtype", None)
        if wanted.is_numpy_compatible and dtype != np.dtype(wanted.stored_as):
            raise InternalError(
                None,
                None,
                f"{op.type} gave {dtype or type(value).__name__} for output {index}, which is "
                f"declared {wanted.name}.\n"
                "  This is a fault in Stillflow's declaration of the op; please report it.",
            )
