"""What stands for the default graph where operations run at once. It never has a node."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, NoReturn

from stillflow.graph import context
from stillflow.graph.graph import Graph
from stillflow.graph.names import strip_scope_slash
from stillflow.graph.stacks import NameStack, ThreadStacks

_MAX_INT32 = 2**31 - 1


def eager_mode() -> AbstractContextManager:
    """A `with` block in which this thread's operations run at once."""
    return context.graphs.entered(context.eager_graph())


class ScopeBlock:
    """A `with` block of a name scope; None is the scope that is open."""

    __slots__ = ("_name", "_names", "_outer")

    def __init__(self, names: NameStack, name: str | None):
        self._names = names
        self._name = name

    def __enter__(self) -> str:
        names, name = self._names, self._name
        self._outer = outer = names.scope
        if not name:
            names.scope = ""
            return ""
        if name[-1] == "/":
            names.scope = name[:-1]
            return name
        names.scope = f"{outer}/{name}" if outer else name
        return f"{names.scope}/"

    def __exit__(self, *error: object) -> None:
        self._names.scope = self._outer


class Era:
    """Of eager mode: what lies between two resets of the default graph."""


class EagerGraph(Graph):
    """The default graph of eager mode: name scopes and devices of each thread, functions, seeds.

    A random op without a seed of its own takes the next of a sequence that the seed begins.

    Entering it (`as_default`) enters eager mode.

    Attributes:
      era: by which names are counted that would be counted by graph.
    """

    is_eager = True

    def __init__(self) -> None:
        self.seeds_set = 0  # how often a seed was set
        self.era = Era()
        super().__init__()
        self.stacks = ThreadStacks([])

    @property
    def seed(self) -> Any:
        return self._seed

    @seed.setter
    def seed(self, value: Any) -> None:
        self._seed = value
        self.seeds_set += 1
        self._op_seeds = random.Random(None if value is None else int(value))

    def _next_op_seed(self) -> int:
        return self._op_seeds.randint(0, _MAX_INT32)

    def add_operation(self, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError("Eager execution builds no operation.")

    def _scope_of(self, name: str | None) -> str:
        """The full name of the scope: names are as they are given, and never made unique."""
        if not name:
            return ""
        if name.endswith("/"):
            return strip_scope_slash(name)
        scope = self._name_stack.scope
        return f"{scope}/{name}" if scope else name

    def forget(self) -> None:
        """Has its collections be empty, as those of a new graph, and a new era begin."""
        self._collections.clear()
        self.era = Era()

    def scope_block(self, name: str | None) -> ScopeBlock:
        return ScopeBlock(self._name_stack, name)

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        return self._within_scope(name)

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager:  # type: ignore[override]
        """A block of no effect: operations run in the order in which they are called."""
        if callable(control_inputs):
            control_inputs()
        return nullcontext()

    def colocate_with(  # type: ignore[override]
        self, op: Any, ignore_existing: bool = False
    ) -> AbstractContextManager:
        return nullcontext()

    def colocate_with_future(  # type: ignore[override]
        self, name: str
    ) -> AbstractContextManager:
        return nullcontext()

    def device(  # type: ignore[override]
        self, device_name_or_function: str | Callable | None
    ) -> AbstractContextManager[None]:
        """A `with` block of that device; ValueError for a function."""
        if callable(device_name_or_function):
            raise ValueError(
                "tf.device does not support functions when eager execution is enabled."
            )
        return super().device(device_name_or_function)

    def building(self, name: str) -> AbstractContextManager:  # type: ignore[override]
        return nullcontext(name if name.endswith("/") else f"{name}/")

    def alone(self) -> AbstractContextManager[Any]:
        return nullcontext()
