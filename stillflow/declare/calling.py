"""What kernels call functions of a graph by, while a run goes on.

An op whose declaration `calls` gets a Caller before its inputs. Of that it asks for the function
that an attribute names, with the values that its body takes from outside, and makes instances of
it: each has random streams of its own, as if it were a program by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from stillflow.declare.resources import Handle, Resource
from stillflow.graph.dtypes import DType
from stillflow.graph.function_library import FunctionName
from stillflow.graph.operation import Operation


class VariableName(Handle):
    """The value of what names a variable, or is read of it, where a function is to have it."""

    def __init__(self, variable: Operation):
        self.variable = variable


class Instance(Protocol):
    """A function with random streams of its own."""

    def __call__(self, *arguments: Any) -> list[Any]:
        """What the function gives for these arguments, which are not to be changed."""

    def rows(self, columns: Sequence[Any], count: int) -> list[Any] | None:
        """What it gives for each of `count` rows, 1 or more, stacked: bit for bit the same.

        None where it cannot: a row is refused, say.

        columns: n[count, ...] for each argument.
        """


class Function(Protocol):
    """A function of a graph, with the values that its body takes from outside."""

    @property
    def body(self) -> Any:
        """The graph of it: the same for all values that are taken from outside."""

    @property
    def waits(self) -> bool:
        """Whether a call may wait: for the program's own code, files or other threads."""

    @property
    def is_stateful(self) -> bool:
        """Whether it reads or changes what is not its own: variables, tables, random streams."""

    @property
    def gives_rows(self) -> bool:
        """Whether instances give many rows at once."""

    def memory(self) -> Any:
        """New random streams, and what else it remembers from call to call."""

    def instance(self, memory: Any = None) -> Instance:
        """It with what it remembers; nothing by default."""


class Caller(Protocol):
    """What an operation calls functions by, in one session."""

    @property
    def resource(self) -> Any:
        """The resource that the operation stands for, if it declares one."""

    def types(self, attr: str) -> Sequence[DType]:
        """Those of the operation's inputs that this attribute tells."""

    def holding(self, resource: Resource) -> AbstractContextManager[None]:
        """A `with` block in which `resource` is cancelled if the session is closed."""

    def function(self, name: FunctionName, captured: Sequence[Any] = ()) -> Function:
        """The function of the graph that `name` names; NotFoundError where there is none."""
