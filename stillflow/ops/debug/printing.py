"""Ops that print tensors when they run."""

from __future__ import annotations

import itertools
import os
import pprint
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import is_tensor
from stillflow.declare.opdef import op
from stillflow.declare.value_text import element_text, summary
from stillflow.graph import dtypes
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.text import as_text

_SUMMARIZED = 3  # elements, or at each end of each axis


@op(
    "Print",
    "input: T, data: [U] -> output: T",
    shape=shapes.same,
    host=True,
    kept=lambda: itertools.count(1),
)
def print_op(
    xp, runs, x, *data, message: str = "", first_n: int = -1, summarize: int = _SUMMARIZED
):
    """runs: counts them, x: n[...], data: any -> x, after writing data to stderr"""
    if next(runs) <= first_n or first_n < 0:
        shown = "".join(f"[{summary(value, summarize)}]" for value in data)
        sys.stderr.write(f"{message}{shown}\n")
    return x


@print_op.gradient
def print_gradient(op, dy):
    return [dy] + [None] * (len(op.inputs) - 1)


def Print(
    input_: Any,
    data: Sequence[Any],
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns `input_`; each run that computes it writes `message` and `data` to stderr.

    `first_n` limits how often, `summarize` how many elements of each of `data` are shown.
    """
    return print_op(
        input_,
        list(data),
        message=message or "",
        first_n=-1 if first_n is None else first_n,
        summarize=_SUMMARIZED if summarize is None else summarize,
        name=name,
    )


# tf.print ---------------------------------------------------------------------------------------


@op("StringFormat", "inputs: [T] -> output: string", shape=shapes.scalar, host=True)
def string_format_op(
    xp,
    *inputs,
    template: str = "%s",
    placeholder: str = "%s",
    summarize: int = _SUMMARIZED,
):
    """inputs: any -> string[], `template` with each placeholder replaced by the next of them."""
    literal, *rest = template.split(placeholder)
    shown = [_formatted(value, summarize) for value in inputs]
    text = literal + "".join(a + b for a, b in zip(shown, rest, strict=True))
    return np.array(text.encode(), np.object_)


def _formatted(value: Any, ends: int, indent: int = 1) -> str:
    """`value` in brackets, with `ends` elements at both ends of each axis; negative shows all."""
    if np.ndim(value) == 0:
        item = np.asarray(value)[()]
        return f'"{element_text(item)}"' if isinstance(item, bytes) else element_text(item)
    parts = [_formatted(part, ends, indent + 1) for part in _ends(value, ends)]
    if 0 <= 2 * ends < len(value):
        parts.insert(ends, "...")
    between = " " if value.ndim == 1 else "\n" * (value.ndim - 1) + " " * indent
    return f"[{between.join(parts)}]"


def _ends(value: np.ndarray, ends: int) -> list[Any]:
    rows = list(value)
    return rows if ends < 0 or len(rows) <= 2 * ends else [*rows[:ends], *rows[len(rows) - ends :]]


def string_format(
    template: str,
    inputs: Any,
    placeholder: str = "{}",
    summarize: int = _SUMMARIZED,
    name: str | None = None,
) -> Tensor:
    """Returns `template`, string[], with each placeholder replaced by the next of `inputs`.

    `inputs` is a tensor or a list of them, `summarize` how many elements are shown at both ends.

    Raises:
      ValueError: there are not as many placeholders as inputs.
    """
    values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    found = template.count(placeholder)
    if found != len(values):
        raise ValueError(
            f"{found} placeholder(s) in template does not match {len(values)} tensor(s) provided as"
            " input"
        )
    return string_format_op(
        values, template=template, placeholder=placeholder, summarize=summarize, name=name
    )


@op("PrintV2", "input: string ->", host=True, stateful=True)
def print_v2_op(xp, text, *, output_stream: str = "stderr", end: str = "\n"):
    """text: string[]; writes it to a stream, the log or a file."""
    item: Any = np.asarray(text)[()]
    line: str = item.decode("utf-8", "replace") if isinstance(item, bytes) else as_text(item)
    line += end
    if output_stream in ("stdout", "stderr"):
        stream = getattr(sys, output_stream)
        stream.write(line)
        stream.flush()
    elif output_stream in _LOG_LEVELS:
        _log(_LOG_LEVELS.index(output_stream), line)
    else:
        with open(output_stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            file.write(line)
    return ()


_LOG_LEVELS = ("log(info)", "log(warning)", "log(error)")


def _log(level: int, line: str) -> None:
    """Writes to the log of TensorFlow's C++ side: `tf.logging`'s verbosity is not for it."""
    least = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "")
    if not least.isdigit() or level >= int(least):
        sys.stderr.write(f"{datetime.now()}: {'IWE'[level]} tf.print] {line}\n")
        sys.stderr.flush()


def print_(*inputs: Any, **kwargs: Any) -> Operation:
    """Returns an operation that prints `inputs`: tensors, other values, and nests of both.

    It must run to have an effect: name it in `tf.control_dependencies`.

    Args:
      output_stream: sys.stderr (the default), sys.stdout, tf.logging.info, .warning or .error, or
        "file://" and a path.
      summarize: how many elements are shown at both ends of each axis; negative shows all.
      sep, end: what is printed between the inputs and after them.
      name: of the operation.
    """
    stream = _stream_name(kwargs.pop("output_stream", sys.stderr))
    name, summarize = kwargs.pop("name", None), kwargs.pop("summarize", _SUMMARIZED)
    sep, end = kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    format_name = None if name is None else f"{name}_format"
    line = _line(inputs, sep, summarize, format_name)
    printing: Any = print_v2_op(line, output_stream=stream, end=end, name=name)
    return printing


def _stream_name(stream: Any) -> str:
    if stream is sys.stdout or stream is sys.stderr:
        return "stdout" if stream is sys.stdout else "stderr"
    known = {"info": "log(info)", "warning": "log(warning)", "warn": "log(warning)"}
    known["error"] = "log(error)"
    if isinstance(stream, str) and stream.startswith("file://"):
        return stream
    if callable(stream) and getattr(stream, "__name__", "") in known:
        return known[stream.__name__]
    raise ValueError(
        f"Unsupported output stream, logging level, or file.{stream}. Supported streams are "
        "sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs "
        "to be in the form of 'file://<filepath>'."
    )


class _Shown:
    """Stands for a tensor where `pprint` lays out what is around it."""

    def __init__(self, placeholder: str):
        self.placeholder = placeholder

    def __repr__(self) -> str:
        return self.placeholder


def _line(inputs: Sequence[Any], sep: str, summarize: int, name: str | None) -> Tensor:
    """The text of all `inputs`, string[]."""
    if len(inputs) == 1 and isinstance(inputs[0], Tensor):
        only = inputs[0]
        if only.dtype is dtypes.string and only.shape.ndims == 0:
            return only
    placeholder = "{}"
    while placeholder in _template(inputs, sep, ""):
        placeholder = "{" + placeholder + "}"
    tensors: list[Tensor] = []
    template = _template(inputs, sep, placeholder, tensors)
    return string_format(template, tensors, placeholder, summarize, name)


def _template(
    inputs: Sequence[Any], sep: str, placeholder: str, tensors: list[Tensor] | None = None
) -> str:
    """What is printed, with a placeholder for each tensor, which is added to `tensors`."""

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: replaced(value[key]) for key in sorted(value)}
        if isinstance(value, (list, tuple)):
            items = [replaced(item) for item in value]
            return items if isinstance(value, list) else tuple(items)
        if not is_tensor(value):
            return value
        if getattr(value, "_is_sparse_tensor", False):
            if tensors is not None:
                tensors.extend(value.fetch_parts())
            parts = f"indices={placeholder}, values={placeholder}, shape={placeholder}"
            return f"SparseTensor({parts})"  # which TensorFlow quotes
        if tensors is not None:
            tensors.append(value)
        return _Shown(placeholder)

    return sep.join(x if isinstance(x, str) else pprint.pformat(replaced(x)) for x in inputs)
