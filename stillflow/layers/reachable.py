"""What of a graph depends on given tensors."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from stillflow.graph import nest
from stillflow.graph.operation import Operation, Tensor


def reachable_from(inputs: Any, targets: Iterable[Any] = ()) -> set[Any]:
    """The tensors and operations that depend on the tensors in `inputs`, which are among them.

    Args:
      targets: looking ends when all of these are found.

    Raises:
      TypeError: something in `inputs` is of no graph.
    """
    waiting = deque(nest.flatten(inputs, expand_composites=True))
    reached, missing = set(waiting), set(targets)
    ends = bool(missing)
    while waiting and not (ends and not missing):
        new = [each for each in _users(waiting.popleft()) if each not in reached]
        reached.update(new)
        missing.difference_update(new)
        waiting.extend(new)
    return reached


def _users(element: Any) -> list[Any]:
    if isinstance(element, Operation):
        return [*element.outputs, *element._control_outputs]
    if isinstance(element, Tensor):
        return element.consumers()
    if hasattr(element, "op"):  # a variable
        return [element.op]
    raise TypeError(f"Expected Operation, Variable, or Tensor, got {element}")
