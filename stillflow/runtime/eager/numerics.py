"""What happens when an eager operation gives infinity or NaN: `tf.contrib.eager.seterr`."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.graph.context import executing_eagerly
from stillflow.platform import logging
from stillflow.runtime.eager.callbacks import (
    add_execution_callback,
    callbacks_now,
    clear_execution_callbacks,
)


class ExecutionCallback(enum.Enum):
    """What to do about infinity and NaN: nothing, print a line, raise InfOrNanError, or warn."""

    IGNORE = "ignore"
    PRINT = "print"
    RAISE = "raise"
    WARN = "warn"


class InfOrNanError(Exception):
    """An eager operation gave infinity or NaN."""

    def __init__(
        self, op_type: str, op_name: str | None, output_index: int, num_outputs: int, value: Any
    ):
        self.op_type = op_type
        self.op_name = op_name
        self.output_index = output_index
        self.num_outputs = num_outputs
        self.value = value
        counts = {"inf(s)": np.isinf(value), "nan(s)": np.isnan(value)}
        found = [f"{np.count_nonzero(of)} {what}" for what, of in counts.items() if np.any(of)]
        name = op_name if op_name is None else f"'{op_name}'"
        super().__init__(
            f"Output {output_index + 1} of {num_outputs} of TFE operation {op_type} "
            f"(name: {name}) contains {' and '.join(found)} out of a total of {np.size(value)} "
            f"element(s). Tensor value: {value}"
        )


def inf_nan_callback(
    op_type: str,
    inputs: Any,
    attrs: Any,
    outputs: Any,
    op_name: str | None,
    check_inf: bool = True,
    check_nan: bool = True,
    action: Any = ExecutionCallback.RAISE,
) -> None:
    """For `add_execution_callback`: acts where an output has infinity or NaN.

    Raises:
      InfOrNanError: one has, and `action` is to raise.
      ValueError: `action` is none.
    """
    del inputs, attrs
    action = ExecutionCallback(action)
    for index, output in enumerate(outputs):
        if not (output.dtype.is_floating or output.dtype.is_complex):
            continue
        value = output.numpy()
        has_inf = check_inf and np.any(np.isinf(value))
        if has_inf or (check_nan and np.any(np.isnan(value))):
            _act(action, InfOrNanError(op_type, op_name, index, len(outputs), value))


def _act(action: ExecutionCallback, error: InfOrNanError) -> None:
    if action is ExecutionCallback.RAISE:
        raise error
    if action is ExecutionCallback.PRINT:
        print(f"Warning: {error}")
    elif action is ExecutionCallback.WARN:
        logging.warning("%s", error)
    else:
        raise ValueError(
            f"Invalid action for inf_nan_callback: {action}. Valid actions are: "
            "{PRINT | WARN | RAISE}"
        )


def inf_callback(
    op_type: str,
    inputs: Any,
    attrs: Any,
    outputs: Any,
    op_name: str | None,
    action: Any = ExecutionCallback.RAISE,
) -> None:
    """`inf_nan_callback` for infinity alone."""
    inf_nan_callback(
        *(op_type, inputs, attrs, outputs, op_name), check_nan=False, check_inf=True, action=action
    )


def nan_callback(
    op_type: str,
    inputs: Any,
    attrs: Any,
    outputs: Any,
    op_name: str | None,
    action: Any = ExecutionCallback.RAISE,
) -> None:
    """`inf_nan_callback` for NaN alone."""
    inf_nan_callback(
        *(op_type, inputs, attrs, outputs, op_name), check_inf=False, check_nan=True, action=action
    )


def seterr(inf_or_nan: Any = None) -> dict[str, ExecutionCallback]:
    """Says what this thread does about infinity and NaN from here on.

    Args:
      inf_or_nan: an ExecutionCallback or its value; None changes nothing.

    Returns:
      What held before, by the name of the argument.

    Raises:
      ValueError: it is none.
    """
    wanted = None if inf_or_nan is None else ExecutionCallback(inf_or_nan)
    before = ExecutionCallback.IGNORE
    others = []
    for callback in callbacks_now():
        options = _options(callback)
        if options is None:
            others.append(callback)
        else:
            before = options.get("action", ExecutionCallback.RAISE)
    if wanted is not None:
        clear_execution_callbacks()
        if wanted is not ExecutionCallback.IGNORE:
            others.append(functools.partial(inf_nan_callback, action=wanted))
        for callback in others:
            add_execution_callback(callback)
    return {"inf_or_nan": before}


def _options(callback: Any) -> dict[str, Any] | None:
    """The arguments that are set of an `inf_nan_callback`; None of any other."""
    if callback is inf_nan_callback:
        return {}
    is_one = isinstance(callback, functools.partial) and callback.func is inf_nan_callback
    return callback.keywords if is_one else None


@contextmanager
def errstate(inf_or_nan: Any = None) -> Iterator[None]:
    """A block in which `seterr(inf_or_nan)` holds; without effect in a graph."""
    if not executing_eagerly():
        yield
        return
    before = seterr(inf_or_nan=inf_or_nan)
    try:
        yield
    finally:
        seterr(**before)
