"""`tf.debugging.assert_shapes`: tensors whose axes have sizes by number or by name."""

from __future__ import annotations

from typing import Any, NamedTuple

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.array import shape_of
from stillflow.ops.control.ordering import group
from stillflow.ops.debug import checks
from stillflow.ops.debug.asserting import assert_that
from stillflow.ops.math import comparison


class _Named(NamedTuple):
    """A tensor and what its innermost axes, or all of them, are called."""

    tensor: Tensor
    symbols: tuple[Any, ...]
    is_innermost: bool

    def axis(self, place: int) -> int:
        return place - len(self.symbols) if self.is_innermost else place

    def size(self, place: int) -> Any:
        """An int where it is known, else i[]."""
        sizes = self.tensor.shape.sizes
        if sizes == ():  # which counts as a vector of one
            return 1
        known = None if sizes is None else sizes[self.axis(place)]
        return shape_of.shape(self.tensor)[self.axis(place)] if known is None else known


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Any:
    """An operation that fails unless axes of one name have one size, of all of `shapes`.

    Args:
      shapes: a dict, or (tensor, shape) pairs. A shape has for each axis a size, a name, or None or
        "." for any size; it may begin with "..." or "*" for any number of axes.
      data: what the error shows; by default which sizes differ.
      message: what the error begins with.

    Raises:
      ValueError: it is known now that sizes differ, or a shape is none.
    """
    pairs = shapes.items() if isinstance(shapes, dict) else shapes
    message = message or ""
    with name_scope(name, "assert_shapes", [shapes, data]):
        named = [
            _named(convert_to_tensor(x), shape, message) for x, shape in pairs if shape is not None
        ]
        of_ranks = [_check_rank(one, data, summarize, message, name) for one in named]
        of_sizes = _check_sizes(named, data, summarize, message)
        with control_dependencies([check for check in of_ranks if check is not None]):
            return group(*of_sizes)


def _named(tensor: Tensor, shape: Any, message: str) -> _Named:
    if not hasattr(shape, "__iter__"):
        raise ValueError(
            f"{message}.  Tensor {_shown(tensor)}.  Specified shape must be an iterable.  An "
            "iterable has the attribute `__iter__` or `__getitem__`.  "
            f"Received specified shape: {shape}"
        )
    symbols = tuple(shape)
    for place, symbol in enumerate(symbols):
        if symbol in (Ellipsis, "*") and place:
            raise ValueError(
                f"{message}.  Tensor {_shown(tensor)} specified shape index {place}.  Symbol `...` "
                "or `*` for a variable number of unspecified dimensions is only allowed as the "
                "first entry"
            )
    is_innermost = bool(symbols) and symbols[0] in (Ellipsis, "*")
    return _Named(tensor, symbols[1:] if is_innermost else symbols, is_innermost)


def _shown(tensor: Tensor) -> str:
    if not executing_eagerly():
        return tensor.name
    return f"shape={tensor.shape} dtype={tensor.dtype.name}"


def _check_rank(named: _Named, data: Any, summarize: Any, message: str, name: Any) -> Any:
    rank, more = len(named.symbols), {"data": data, "summarize": summarize, "name": name}
    if named.is_innermost:
        if rank < 2:
            return None
        return checks.assert_rank_at_least(named.tensor, rank, message=message, **more)
    if rank < 2:  # a scalar may be given for a vector
        return checks.assert_rank_in(named.tensor, [0, 1], message=message, **more)
    return checks.assert_rank(named.tensor, rank, message=message, **more)


def _check_sizes(named: list[_Named], data: Any, summarize: Any, message: str) -> list[Any]:
    found: dict[Any, tuple[Any, str]] = {}
    tests = []
    for one in named:
        for place, symbol in enumerate(one.symbols):
            if symbol is None or symbol == ".":
                continue
            number = _as_number(symbol)
            if number is None and symbol not in found:
                by = f"Specified by tensor {_shown(one.tensor)} dimension {one.axis(place)}"
                found[symbol] = one.size(place), by
                continue
            wanted, by = found[symbol] if number is None else (number, "Specified explicitly")
            test = _check_size(one, place, wanted, (message, by), data, summarize)
            tests += [] if test is None else [test]
    return tests


def _as_number(symbol: Any) -> int | None:
    try:
        return int(symbol)
    except (TypeError, ValueError):
        return None


def _check_size(
    named: _Named, place: int, wanted: Any, words: tuple[str, str], data: Any, summarize: Any
) -> Any:
    size, axis = named.size(place), named.axis(place)
    message, by = words
    if isinstance(size, int) and isinstance(wanted, int):
        if size != wanted:
            raise ValueError(
                f"{message}.  {by}.  Tensor {_shown(named.tensor)} dimension {axis} must have size "
                f"{wanted}.  Received size {size}, shape {named.tensor.shape}"
            )
        return None
    shown = data or [
        *(message, by, f"Tensor {_shown(named.tensor)} dimension", axis, "must have size", wanted),
        *("Received shape: ", shape_of.shape(named.tensor)),
    ]
    return assert_that(comparison.equal(size, wanted), shown, summarize=summarize)
