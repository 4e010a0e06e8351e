"""Which strategy is in scope, and whether it is a replica that is being built."""

from __future__ import annotations

import functools
from typing import Any

from stillflow.graph.distribution import Mode, current_mode, strategy_around
from stillflow.graph.graph import get_default_graph


@functools.cache
def default_strategy() -> Any:
    """What is in scope where no other strategy is: one replica, wherever the program says."""
    from stillflow.distribute.default_strategy import (
        DefaultStrategy,
    )  # a strategy, all of which ask

    return DefaultStrategy()


@functools.cache
def default_replica_context() -> Any:
    """That of the one replica of the default strategy."""
    from stillflow.distribute.replica_context import ReplicaContext  # whose methods ask

    return ReplicaContext(default_strategy(), replica_id_in_sync_group=0)


@functools.cache
def _default_mode() -> Mode:
    return Mode(default_strategy(), default_replica_context())


def mode() -> Mode:
    """The mode in which nodes are being built."""
    return current_mode() or _default_mode()


def is_default(found: Mode) -> bool:
    """Whether nothing was said of strategies."""
    return found is _default_mode()


def get_strategy() -> Any:
    """Returns the strategy in scope; the default one where there is no other."""
    return mode().strategy


def has_strategy() -> bool:
    """Returns whether another strategy than the default one is in scope."""
    return strategy_around() is not None


def get_replica_context() -> Any:
    """Returns the ReplicaContext of the replica that is being built.

    None outside of replicas: in `with strategy.scope()`, in a `merge_call`, in an `update`.
    """
    return mode().replica_context


def get_cross_replica_context() -> Any:
    """Returns the strategy where code is built for all replicas together; None in a replica."""
    found = mode()
    return found.strategy if found.replica_context is None else None


def in_cross_replica_context() -> bool:
    """Returns whether code is built for all replicas together."""
    return get_cross_replica_context() is not None


_GLOBAL_SCOPE = ("stillflow", "the scope of the strategy that was set")


def experimental_set_strategy(strategy: Any) -> None:
    """Puts what follows in the default graph into the scope of `strategy`; None ends that.

    Raises:
      RuntimeError: the code is in the scope of a strategy.
    """
    holder = get_default_graph().get_collection_ref(_GLOBAL_SCOPE)
    if holder:
        holder.pop().__exit__(None, None, None)
    if has_strategy():
        raise RuntimeError("Must not be called inside a `tf.distribute.Strategy` scope.")
    if strategy is not None:
        scope = strategy.scope()
        scope.__enter__()
        holder.append(scope)


# What must be so ----------------------------------------------------------------------------------


def require_cross_replica(extended: Any) -> None:
    """RuntimeError in a replica, or in the scope of another strategy than that of `extended`."""
    found = mode()
    if found.replica_context is None and found.strategy.extended is extended:
        return
    if is_default(found):
        return
    strategy = extended._container_strategy()
    if found.strategy is not strategy:
        _refuse_scope(strategy, found.strategy)
    raise RuntimeError(
        "Method requires being in cross-replica context, use get_replica_context().merge_call()"
    )


def require_replica_context(replica_context: Any) -> None:
    """RuntimeError where the code builds something else than this replica."""
    found = mode()
    if found.replica_context is replica_context:
        return
    if found.replica_context is None:
        raise RuntimeError("Need to be inside `call_for_each_replica()`")
    if found.strategy is replica_context.strategy:
        raise RuntimeError("Mismatching ReplicaContext.")
    raise RuntimeError(
        "Mismatching tf.distribute.Strategy objects: "
        f"{found.strategy} is not {replica_context.strategy}."
    )


def require_scope(strategy: Any) -> None:
    """RuntimeError outside of the scope of `strategy`."""
    found = mode()
    if found.strategy is not strategy:
        _refuse_scope(strategy, found.strategy)


def _refuse_scope(strategy: Any, around: Any) -> None:
    if not has_strategy():
        raise RuntimeError(f'Need to be inside "with strategy.scope()" for {strategy}')
    raise RuntimeError(
        f"Mixing different tf.distribute.Strategy objects: {around} is not {strategy}"
    )
