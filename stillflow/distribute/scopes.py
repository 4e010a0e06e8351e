"""`with strategy.scope()`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from stillflow.distribute import context
from stillflow.graph.distribution import in_mode
from stillflow.graph.scopes import device
from stillflow.ops.variables.creators import variable_creator_scope
from stillflow.ops.variables.scope import get_variable_scope, variable_scope

_OUT_OF = "move call to tf.distribute.set_strategy() out of `with` scope."


class StrategyScope:
    """A block in which variables are the strategy's; within its own it changes nothing.

    Args:
      create: makes variables, as `tf.variable_creator_scope` says.
      custom_getter: asked by `tf.get_variable`.
      default_device: where the block is.
    """

    def __init__(
        self,
        strategy: Any,
        create: Callable[..., Any],
        custom_getter: Callable[..., Any] | None,
        default_device: str | None,
    ):
        self._strategy = strategy
        self._create = create
        self._custom_getter = custom_getter
        self._default_device = default_device
        self._blocks: list[tuple[str, AbstractContextManager[Any]]] = []
        self._times_again = 0

    def __enter__(self) -> Any:
        if context.has_strategy():
            context.require_cross_replica(self._strategy.extended)
            self._times_again += 1
            return self._strategy
        self._enter("", in_mode(self._strategy, None))
        if self._custom_getter is not None:
            block = variable_scope(get_variable_scope(), custom_getter=self._custom_getter)
            self._enter("Variable scope", block)
        self._enter("Variable creator scope", variable_creator_scope(self._create))
        if self._default_device:
            self._enter("Device scope", device(self._default_device))
        return self._strategy

    def _enter(self, what: str, block: AbstractContextManager[Any]) -> None:
        block.__enter__()
        self._blocks.append((what, block))

    def __exit__(self, *exc: Any) -> None:
        if self._times_again:
            self._times_again -= 1
            return
        while self._blocks:
            what, block = self._blocks.pop()
            try:
                block.__exit__(*exc)
            except RuntimeError as error:
                if error is exc[1]:
                    raise
                raise RuntimeError(f"{what} nesting error: {_OUT_OF}") from error


class DefaultScope:
    """The block of the default strategy, in which those of others make no variables.

    Raises:
      RuntimeError: it is opened in that of another one.
    """

    def __init__(self, strategy: Any):
        self._strategy = strategy
        self._depth = 0
        self._block: Any = None

    def __enter__(self) -> Any:
        if context.has_strategy():
            raise RuntimeError("Must not nest tf.distribute.Strategy scopes.")
        if self._depth == 0:
            self._block = variable_creator_scope(self._create)
            self._block.__enter__()
        self._depth += 1
        return self._strategy

    def _create(self, next_creator: Callable[..., Any], **kwargs: Any) -> Any:
        context.require_scope(self._strategy)
        return next_creator(**kwargs)

    def __exit__(self, *exc: Any) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._block.__exit__(*exc)
