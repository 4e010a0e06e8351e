"""`tf.contrib.slim.model_analyzer`: how large a graph's tensors and variables are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def tensor_description(var: Any) -> str:
    """A tensor's type and sizes, such as "(float32 5x3)"."""
    return f"({var.dtype.name} {'x'.join(str(size) for size in var.get_shape())})"


def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """Returns how many elements the outputs of a graph's operations have, as far as known.

    With `print_info` the operations are listed.
    """
    if print_info:
        _print_title("Operations: name -> (type shapes) [size]")
    total = 0
    for op in graph.get_operations():
        size = sum(output.get_shape().num_elements() or 0 for output in op.outputs)
        if print_info:
            shaped = [output for output in op.outputs if output.get_shape()]
            shapes = ", ".join(tensor_description(output) for output in shaped)
            print(f"{op.name} \t-> {shapes} [{size}]")
        total += size
    return total


def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """Returns how many elements variables have, and how many bytes.

    With `print_info` the variables are listed.
    """
    if print_info:
        _print_title("Variables: name (type shape) [size]")
    elements = size = 0
    for var in variables:
        count = var.get_shape().num_elements() or 0
        if print_info:
            described = f"{var.name} {tensor_description(var)}"
            print(f"{described} [{count}, bytes: {count * var.dtype.size}]")
        elements += count
        size += count * var.dtype.size
    if print_info:
        print(f"Total size of variables: {elements}")
        print(f"Total bytes of variables: {size}")
    return elements, size


def _print_title(title: str) -> None:
    print("---------")
    print(title)
    print("---------")
