"""The functions of a graph: bodies that operations call by name."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from stillflow.graph.errors import InvalidArgumentError


@dataclass(frozen=True, slots=True)
class FunctionName:
    """An attribute that names a function, with attributes of its own."""

    name: str
    attrs: dict[str, Any] = field(default_factory=dict)


class FunctionLibrary:
    """The part of a graph that holds functions, by name.

    Each has `name`, `body` (a graph of its own, with `inputs` and `outputs`) and `grad_func_name`.
    """

    _building_function = False

    def __init__(self) -> None:
        super().__init__()
        self._functions: dict[str, Any] = {}
        self._function_numbers = itertools.count(1)

    @property
    def building_function(self) -> bool:
        """Whether the graph is a function's body."""
        return self._building_function

    def capture(self, tensor: Any, name: str | None = None) -> Any:
        """What stands for `tensor` here: itself, but an argument in the body of a function."""
        return tensor

    def _add_function(self, function: Any) -> None:
        """Adds a function.

        Raises:
          InvalidArgumentError: there is another of its name.
        """
        known = self._functions.setdefault(function.name, function)
        if known is not function and known.definition != function.definition:
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot add function '{function.name}' because a different function with the same "
                "name already exists.",
            )

    def _is_function(self, name: str) -> bool:
        return name in self._functions

    def _get_function(self, name: str | bytes) -> Any:
        """The function of that name, or None."""
        return self._functions.get(name.decode() if isinstance(name, bytes) else name)
