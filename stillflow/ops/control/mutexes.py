"""Locks that live in a session: what `tf.CriticalSection` is made of."""

from __future__ import annotations

import threading
from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.resources import Handle, Resource, resource_of
from stillflow.declare.taking import note_held


class Mutex(Resource):
    """A lock that one run holds at a time.

    The operations of a run go one after another, so that a thread never waits for itself: it takes
    over what it holds already.
    """

    def __init__(self, name: str):
        super().__init__(name)
        self._holder: Lock | None = None

    def is_free_for(self, lock: Lock) -> bool:
        """Whether `lock` has it now; takes it if it can."""
        if self._holder is None or self._holder.thread == lock.thread:
            self._holder = lock
        return self._holder is lock

    def release(self, lock: Lock) -> None:
        with self.changed:
            if self._holder is lock:
                self._holder = None
                self.changed.notify_all()


class Lock(Handle):
    """That a run holds a mutex: until it is consumed, or the run is over."""

    def __init__(self, mutex: Mutex):
        self._mutex = mutex
        self.thread = threading.get_ident()

    @property
    def watched(self) -> tuple[Mutex, ...]:
        return (self._mutex,)

    def is_ready(self) -> bool:
        with self._mutex.lock:
            return self._mutex.is_free_for(self) or self._mutex.is_cancelled

    def taken(self) -> Lock:
        """It, once the mutex is held."""
        with self._mutex.lock:
            self._mutex.wait_until(lambda: self._mutex.is_free_for(self), "Mutex lock")
        return self

    def release(self) -> None:
        self._mutex.release(self)

    give_up = release


@op(
    "MutexV2",
    "-> resource: resource",
    shape=lambda ctx: (),
    resource=lambda name, attrs: Mutex(name),
    host=True,
)
def mutex_op(xp, mutex, *, container: str = "", shared_name: str = ""):
    """-> resource[], the mutex of that name in the session"""
    return mutex


@op(
    "MutexLock",
    "mutex: resource -> mutex_lock: variant",
    shape=lambda ctx: (),
    finish=Lock.taken,
    host=True,
    stateful=True,
)
def mutex_lock_op(xp, mutex):
    """mutex: resource[] -> variant[]; waits until no other run holds the mutex"""
    lock = Lock(resource_of(mutex, Mutex))
    note_held(lock)
    return lock


@op("ConsumeMutexLock", "mutex_lock: variant ->", host=True, stateful=True)
def consume_mutex_lock_op(xp, lock):
    """lock: variant[]; gives the mutex back."""
    held: Any = lock
    held.release()
    return ()


for _defn in (mutex_op, mutex_lock_op, consume_mutex_lock_op):
    _defn.not_differentiable()
