"""What checks of tensors say in eager mode, where their values are known."""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor

_ALL = 10**9


def raise_difference(
    sign: str, x: Any, y: Any, holds: Any, data: Any, summarize: int, message: str | None
) -> NoReturn:
    """Fails because `x sign y` does not hold everywhere; `holds` says where it does."""
    shown = _ALL if summarize < 0 else summarize
    lines = list(_lines(sign, x.numpy(), y.numpy(), holds.numpy(), shown) if data is None else data)
    if message is not None:
        lines.insert(0, message)
    raise InvalidArgumentError(None, None, "\n".join(_text(line, shown) for line in lines))


def _lines(sign: str, x: Any, y: Any, holds: Any, shown: int) -> list[Any]:
    """What is shown where the program gave no data."""
    lines: list[Any] = [f"Condition x {sign} y did not hold."]
    x, y = np.asarray(x), np.asarray(y)
    if shown > 0:
        if x.shape == y.shape and x.shape:
            places = np.argwhere(~holds)
            count = min(shown, len(places))
            lines += [f"Indices of first {count} different values:", places[:count]]
            lines += ["Corresponding x values:", x[~holds].ravel()[:count]]
            lines += ["Corresponding y values:", y[~holds].ravel()[:count]]
        for name, value in (("x", x), ("y", y)):
            lines += [f"First {min(value.size, shown)} elements of {name}:", value.ravel()[:shown]]
    return lines


def _text(line: Any, shown: int) -> str:
    if isinstance(line, Tensor):
        line = np.ravel(line.numpy())[:shown]  # type: ignore[attr-defined]
    return str(line)
