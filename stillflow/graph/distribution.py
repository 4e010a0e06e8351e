"""Under which distribution strategy, and on which side of it, a graph's nodes are being built.

What a strategy is, `distribute` says. Lower stages ask here whether there is one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from stillflow.graph.context import get_default_graph


class Mode(NamedTuple):
    """Where the code that builds nodes stands.

    Attributes:
      strategy: the tf.distribute.Strategy.
      replica_context: that of the replica that it builds; None where it builds for all together.
    """

    strategy: Any
    replica_context: Any


class ModeStack(threading.local):
    """The modes that a thread has entered, the innermost last."""

    def __init__(self) -> None:
        self.modes: list[Mode] = []


class Distribution:
    """The part of a graph that knows them."""

    def __init__(self) -> None:
        super().__init__()
        self._distribution = ModeStack()
        self._last_loss_reduction: Any = None  # how the loss built last sums up its elements
        self._is_loss_scaled_by_optimizer = False  # to the share of one replica

    @property
    def _distribution_strategy_stack(self) -> list[Mode]:
        return self._distribution.modes


def current_mode() -> Mode | None:
    """The innermost mode of the default graph; None where nothing is said."""
    modes = get_default_graph()._distribution_strategy_stack
    return modes[-1] if modes else None


@contextmanager
def in_mode(strategy: Any, replica_context: Any) -> Iterator[None]:
    """A block of this mode in the default graph."""
    modes = get_default_graph()._distribution_strategy_stack
    modes.append(Mode(strategy, replica_context))
    try:
        yield
    finally:
        modes.pop()


def strategy_around() -> Any:
    """The strategy in whose scope the code is; None for the default one."""
    mode = current_mode()
    return None if mode is None or mode.strategy.is_default else mode.strategy


def replica_context_around() -> Any:
    """That of the replica which is being built under a strategy that is not the default one."""
    return None if strategy_around() is None else current_mode().replica_context  # type: ignore[union-attr]


def for_all_replicas(build: Callable[..., Any], *args: Any) -> Any:
    """What `build(strategy, *args)` builds, once for all replicas; without a strategy, for None.

    In a replica, the arguments of all replicas are brought together.
    """
    replica_context = replica_context_around()
    if replica_context is None:
        return build(strategy_around(), *args)
    return replica_context.merge_call(build, args=args)
