"""`tf.distribute` without a strategy: one replica, in sync with itself.

Libraries ask whether there is a strategy, and take what they do in each replica through here.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class ReduceOp(enum.Enum):
    """How the values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"


class DefaultStrategy:
    """What `get_strategy` gives where none is entered."""

    num_replicas_in_sync = 1

    @contextmanager
    def scope(self) -> Iterator[DefaultStrategy]:
        yield self

    def experimental_run_v2(
        self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None
    ) -> Any:
        """Calls `fn` in the one replica."""
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: ReduceOp, value: Any, axis: int | None = None) -> Any:
        """The value of the one replica.

        Raises:
          NotImplementedError: an axis is to be reduced too.
        """
        if axis is not None:
            raise NotImplementedError("Stillflow reduces no axis of a replica's value yet.")
        return value

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        return (value,)


class ReplicaContext:
    """What code that runs in a replica may ask for."""

    num_replicas_in_sync = 1
    replica_id_in_sync_group = 0

    @property
    def strategy(self) -> DefaultStrategy:
        return _STRATEGY

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """Calls `merge_fn(strategy, *args, **kwargs)` outside of replicas."""
        with _outside_replicas():
            return merge_fn(_STRATEGY, *args, **(kwargs or {}))

    def all_reduce(self, reduce_op: ReduceOp, value: Any) -> Any:
        """`value`: there is no other replica's."""
        return value


class _Place(threading.local):
    outside = 0


_STRATEGY = DefaultStrategy()
_CONTEXT = ReplicaContext()
_place = _Place()


@contextmanager
def _outside_replicas() -> Iterator[None]:
    _place.outside += 1
    try:
        yield
    finally:
        _place.outside -= 1


def has_strategy() -> bool:
    """Whether a strategy is entered: there is none to enter."""
    return False


def get_strategy() -> DefaultStrategy:
    """The strategy of one replica."""
    return _STRATEGY


def get_replica_context() -> ReplicaContext | None:
    """The replica that calls; None inside of `merge_call`."""
    return None if _place.outside else _CONTEXT


def in_cross_replica_context() -> bool:
    """Whether a `merge_call` is running."""
    return bool(_place.outside)
