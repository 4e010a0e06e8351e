"""The block around the body of a converted function."""

from __future__ import annotations

from typing import Any

from stillflow.autograph.options import ConversionOptions, Feature
from stillflow.graph import nest
from stillflow.graph.conversion import ControlStatusCtx, Status
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.effects import AutomaticControlDependencies


class FunctionScope:
    """What holds while a converted function runs: its options, and what these switch on.

    Attributes:
      callopts: the options for functions that it calls.
    """

    def __init__(self, function_name: str, scope_name: str, options: ConversionOptions):
        self.name = scope_name
        self.options = options
        self.callopts = options.call_options()
        self._blocks: list[Any] = []
        if options.user_requested:
            self._blocks.append(ControlStatusCtx(Status.ENABLED, options))
        if options.uses(Feature.NAME_SCOPES):
            # A scope cannot start with an underscore.
            scope = f"fn{function_name}" if function_name.startswith("_") else function_name
            self._blocks.append(name_scope(scope))
        self._order: Any = None
        if options.uses(Feature.AUTO_CONTROL_DEPS):
            self._order = AutomaticControlDependencies()
            self._blocks.append(self._order)

    def __enter__(self) -> FunctionScope:
        for block in self._blocks:
            block.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        for block in reversed(self._blocks):
            block.__exit__(*error)

    def mark_return_value(self, value: Any) -> Any:
        """What the function returns, which is to wait for what has effects."""
        if self._order is None or value is None:
            return value
        return nest.map_structure(
            lambda part: self._order.mark_as_return(part) if isinstance(part, Tensor) else part,
            value,
        )
