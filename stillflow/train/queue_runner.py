"""`tf.train.QueueRunner`: threads that keep a queue filled."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any

from stillflow.graph import context
from stillflow.graph.context import check_not_eager
from stillflow.graph.errors import (
    OpError,
    OutOfRangeError,
    error_code_from_exception_type,
    exception_type_from_error_code,
)
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.names import prepend_name_scope, strip_name_scope
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.runtime.session import BaseSession
from stillflow.train.coordinator import Coordinator

_INSTRUCTIONS = "To construct input pipelines, use the `tf.data` module."
# Sessions of other kinds, which start the runners themselves.
_STARTS_RUNNERS = ("MonitoredSession", "SingularMonitoredSession")


class QueueRunner:
    """Operations that fill a queue, each to be run again and again by a thread of its own.

    The threads end when one of the exceptions comes that say there is no more; the last of them
    then closes the queue. What else goes wrong is told the coordinator, or kept.
    """

    @deprecated(None, _INSTRUCTIONS)
    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: tuple[type[OpError], ...] | None = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ):
        """A runner for `queue`, or the one that a QueueRunnerDef describes.

        Args:
          enqueue_ops: one for each thread; one that is there twice is run by two.
          close_op: closes the queue when there is no more; by default what `queue.close` builds.
          cancel_op: closes it when the coordinator stops; by default it cancels what waits.
          queue_closed_exception_types: say that there is no more; OutOfRangeError by default.

        Raises:
          ValueError: the queue or its operations are missing, or both forms are given.
          TypeError: `queue_closed_exception_types` is no tuple of tf.errors classes.
        """
        if queue_runner_def:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._describe(queue_runner_def, import_scope)
        else:
            _check(queue, enqueue_ops, queue_closed_exception_types)
            self._queue = queue
            self._enqueue_ops = enqueue_ops
            self._close_op = queue.close() if close_op is None else close_op
            self._cancel_op = cancel_op
            if cancel_op is None:
                self._cancel_op = queue.close(cancel_pending_enqueues=True)
            self._queue_closed_exception_types = queue_closed_exception_types or (OutOfRangeError,)
        self._lock = threading.Lock()
        self._runs_per_session: Any = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[Exception] = []

    def _describe(self, proto: Any, scope: str | None) -> None:
        def element(name: str) -> Any:
            return get_default_graph().as_graph_element(prepend_name_scope(name, scope))

        self._queue = element(proto.queue_name)
        self._enqueue_ops = [element(name) for name in proto.enqueue_op_name]
        self._close_op = element(proto.close_op_name)
        self._cancel_op = element(proto.cancel_op_name)
        codes = proto.queue_closed_exception_types
        types = tuple(exception_type_from_error_code(code) for code in codes)
        self._queue_closed_exception_types = types or (OutOfRangeError,)

    @property
    def queue(self) -> Any:
        return self._queue

    @property
    def enqueue_ops(self) -> Any:
        return self._enqueue_ops

    @property
    def close_op(self) -> Any:
        return self._close_op

    @property
    def cancel_op(self) -> Any:
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> tuple[type[OpError], ...]:
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self) -> list[Exception]:
        """What threads that no coordinator had ended with."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        """The name of the queue."""
        return self._queue.name

    def create_threads(
        self, sess: Any, coord: Coordinator | None = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """Returns a thread for each operation; none while earlier ones for `sess` run.

        With a coordinator there is one more, which runs `cancel_op` once a stop is requested.

        Args:
          daemon: the threads do not keep the process alive.
          start: starts them.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        name = f"QueueRunnerThread-{self.name}"
        threads = [
            threading.Thread(target=self._run, args=(sess, op, coord), name=f"{name}-{op.name}")
            for op in self._enqueue_ops
        ]
        if coord:
            arguments = sess, self._cancel_op, coord
            name = f"{name}-close_on_stop"
            threads.append(threading.Thread(target=self._close_on_stop, args=arguments, name=name))
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            thread.daemon = daemon or thread.daemon
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns a QueueRunnerDef; None where the queue is outside of `export_scope`."""
        from stillflow.graph.protos.queue_runner import queue_runner_def_class

        if export_scope is not None and not self.name.startswith(export_scope):
            return None
        return queue_runner_def_class()(
            queue_name=strip_name_scope(self.name, export_scope),
            enqueue_op_name=[strip_name_scope(op.name, export_scope) for op in self._enqueue_ops],
            close_op_name=strip_name_scope(self._close_op.name, export_scope),
            cancel_op_name=strip_name_scope(self._cancel_op.name, export_scope),
            queue_closed_exception_types=[
                error_code_from_exception_type(cls) for cls in self._queue_closed_exception_types
            ],
        )

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> QueueRunner:
        """Returns the runner of nodes in the default graph that a QueueRunnerDef describes."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)

    def _run(self, sess: Any, enqueue_op: Any, coord: Coordinator | None = None) -> None:
        """What a thread does."""
        is_counted = True
        try:
            enqueue = self._enqueuing(sess, enqueue_op)
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    is_counted = False
                    self._end(sess)
                    return
        except Exception as error:
            if coord:
                coord.request_stop(error)
                return
            logging.error("Exception in QueueRunner: %s", str(error))
            with self._lock:
                self._exceptions_raised.append(error)
            raise
        finally:
            if is_counted:
                with self._lock:
                    self._runs_per_session[sess] -= 1

    def _enqueuing(self, sess: Any, enqueue_op: Any) -> Callable[[], Any]:
        """What a thread calls again and again."""
        return getattr(sess, "make_turns", sess.make_callable)(enqueue_op)

    def _end(self, sess: Any) -> None:
        """There is no more; the last thread closes the queue."""
        with self._lock:
            self._runs_per_session[sess] -= 1
            if self._runs_per_session[sess] == 0:
                _run_quietly(sess, self._close_op)

    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Coordinator) -> None:
        """What the thread for the coordinator does; programs' own runners start it too."""
        coord.wait_for_stop()
        _run_quietly(sess, cancel_op)


def _run_quietly(sess: Any, op: Any) -> None:
    try:
        sess.run(op)
    except Exception as error:
        logging.vlog(1, "Ignored exception: %s", str(error))


def _check(queue: Any, enqueue_ops: Any, exception_types: Any) -> None:
    if not queue or not enqueue_ops:
        raise ValueError("Must provide queue and enqueue_ops.")
    if exception_types is not None and not (
        isinstance(exception_types, tuple)
        and exception_types
        and all(isinstance(t, type) and issubclass(t, OpError) for t in exception_types)
    ):
        raise TypeError(
            "queue_closed_exception_types, when provided, must be a tuple of tf.error types, but "
            f"saw: {exception_types}"
        )


@deprecated(None, _INSTRUCTIONS)
def add_queue_runner(qr: QueueRunner, collection: str = GraphKeys.QUEUE_RUNNERS) -> None:
    """Adds a runner to those that `start_queue_runners` starts."""
    get_default_graph().add_to_collection(collection, qr)


@deprecated(None, _INSTRUCTIONS)
def start_queue_runners(
    sess: Any = None,
    coord: Coordinator | None = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = GraphKeys.QUEUE_RUNNERS,
) -> list[threading.Thread]:
    """Starts the runners of the default graph's collection; returns their threads.

    Args:
      sess: the default session when None.
      coord: stops the threads, and is told what they fail with.
      daemon: the threads do not keep the process alive.
      start: False leaves that to the caller.

    Raises:
      ValueError: there is no session.
      TypeError: `sess` is no tf.Session.
    """
    check_not_eager("Queues are not compatible with eager execution.")
    if sess is None:
        sess = context.get_default_session()
        if sess is None:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with "
                "sess.as_default()` or pass an explicit session to "
                "tf.start_queue_runners(sess=sess)"
            )
    if not isinstance(sess, BaseSession):
        if type(sess).__name__ in _STARTS_RUNNERS:
            return []
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {type(sess)}")
    runners: Iterable[Any] = get_default_graph().get_collection(collection)
    if not runners:
        logging.warning(
            "`tf.train.start_queue_runners()` was called when no queue runners were defined. You "
            "can safely remove the call to this deprecated function."
        )
    with sess.graph.as_default():
        threads: list[threading.Thread] = []
        for runner in get_default_graph().get_collection(collection):
            threads += runner.create_threads(sess, coord=coord, daemon=daemon, start=start)
    return threads
