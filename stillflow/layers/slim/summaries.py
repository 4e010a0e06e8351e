"""`tf.contrib.slim.summaries`: summaries of tensors, named after them.

Common arguments:
  name: of the summary; None for that of the tensor's op.
  prefix: before the name, with a slash.
  print_summary: whether each run prints the tensor, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import add_to_collection
from stillflow.ops.debug.printing import Print
from stillflow.ops.nn.moments import zero_fraction
from stillflow.ops.summaries import histogram, image, scalar


def _name(tensor: Any, name: str | None, prefix: str | None, postfix: str | None = None) -> str:
    return "/".join(filter(None, [prefix, name or tensor.op.name, postfix]))


def add_histogram_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None
) -> Tensor:
    """Adds a histogram."""
    return histogram.histogram(_name(tensor, name, prefix), tensor)


def add_image_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Tensor:
    """Adds pictures, f[n, h, w, c]."""
    tag = _name(tensor, name, prefix)
    summary = image.image(tag, tensor, collections=[] if print_summary else None)
    return _printing(summary, tensor, tag) if print_summary else summary


def add_scalar_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Tensor:
    """Adds a number."""
    tag = _name(tensor, name, prefix)
    summary = scalar.scalar(tag, tensor, collections=[] if print_summary else None)
    return _printing(summary, tensor, tag) if print_summary else summary


def _printing(summary: Tensor, tensor: Any, tag: str) -> Tensor:
    printing = Print(summary, [tensor], tag)
    add_to_collection(GraphKeys.SUMMARIES, printing)
    return printing


def add_zero_fraction_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Tensor:
    """Adds the share of a tensor's elements that are 0."""
    tag = _name(tensor, name, prefix, "Fraction_of_Zero_Values")
    return add_scalar_summary(zero_fraction(tensor), tag, print_summary=print_summary)


def add_histogram_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Tensor]:
    return [add_histogram_summary(tensor, prefix=prefix) for tensor in tensors]


def add_image_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Tensor]:
    return [add_image_summary(tensor, prefix=prefix) for tensor in tensors]


def add_scalar_summaries(
    tensors: Iterable[Any], prefix: str | None = None, print_summary: bool = False
) -> list[Tensor]:
    return [
        add_scalar_summary(tensor, prefix=prefix, print_summary=print_summary) for tensor in tensors
    ]


def add_zero_fraction_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Tensor]:
    return [add_zero_fraction_summary(tensor, prefix=prefix) for tensor in tensors]
