"""A session in layers: hooks around runs, threads that end with it, another one when it is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from stillflow.graph.errors import AbortedError, UnavailableError
from stillflow.monitored.creators import SessionCreator
from stillflow.monitored.hook import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from stillflow.platform import logging

# A task went away; its work is begun again from the last checkpoint.
PREEMPTION_ERRORS = (AbortedError, UnavailableError)
_CAUSE = (
    "This may be due to a preemption in a connected worker or parameter server. The current "
    "session will be closed and a new session will be created. Error: %s"
)


class StepContext:
    """What a function given to `run_step_fn` works with.

    Attributes:
      session: the bare session, around which no hook is called.
    """

    def __init__(self, session: Any, run_with_hooks_fn: Callable[..., Any]):
        self.session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """`session.run` as the monitored session does it."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self) -> None:
        """Leaves the function; the session stops."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class WrappedSession:
    """A session in another one, which closes it; what it says of stopping counts too."""

    def __init__(self, sess: Any):
        self._sess = sess

    @property
    def graph(self) -> Any:
        return self._sess.graph

    @property
    def sess_str(self) -> str:
        return self._sess.sess_str

    def should_stop(self) -> bool:
        """Whether no more runs shall be made: closed, or a layer says so."""
        if self._check_stop() or not self._sess:
            return True
        return isinstance(self._sess, WrappedSession) and self._sess.should_stop()

    def _check_stop(self) -> bool:
        return False

    def close(self) -> None:
        if not self._sess:
            return
        try:
            self._sess.close()
        except PREEMPTION_ERRORS as error:
            logging.warning(
                "An error occurred when attempting to close the session. This may be due to a "
                "preemption in a connected worker or parameter server. Error: %s",
                error,
            )
        finally:
            self._sess = None

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._sess.run(*args, **kwargs)

    def run_step_fn(
        self, step_fn: Callable[..., Any], raw_session: Any, run_with_hooks: Any
    ) -> Any:
        return step_fn(StepContext(raw_session, run_with_hooks or self.run))


class RecoverableSession(WrappedSession):
    """Makes another session, and runs again, when the one that it has is lost."""

    def __init__(self, sess_creator: SessionCreator):
        self._sess_creator = sess_creator
        super().__init__(self._create_session())

    def _create_session(self) -> Any:
        while True:
            try:
                return self._sess_creator.create_session()
            except PREEMPTION_ERRORS as error:
                logging.info(
                    "An error was raised while a session was being created. This may be due to a "
                    "preemption of a connected worker or parameter server. A new session will be "
                    "created. Error: %s",
                    error,
                )

    def _check_stop(self) -> bool:
        try:
            return self._sess._check_stop() if self._sess else True
        except PREEMPTION_ERRORS as error:
            logging.info(
                f"An error was raised while considering whether the session is complete. {_CAUSE}",
                error,
            )
            self.close()
            self._sess = self._create_session()
            return False
        except Exception:
            return True

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._until_done(lambda: self._sess.run(*args, **kwargs))

    def run_step_fn(
        self, step_fn: Callable[..., Any], raw_session: Any, run_with_hooks: Any
    ) -> Any:
        return self._until_done(
            lambda: self._sess.run_step_fn(step_fn, raw_session, self._sess.run)
        )

    def _until_done(self, call: Callable[[], Any]) -> Any:
        while True:
            try:
                if not self._sess:
                    self._sess = self._create_session()
                return call()
            except PREEMPTION_ERRORS as error:
                logging.info(f"An error was raised. {_CAUSE}", error)
                self.close()


class CoordinatedSession(WrappedSession):
    """Stops when a coordinator says so, and ends its threads when it is closed."""

    def __init__(self, sess: Any, coord: Any, stop_grace_period_secs: float = 120):
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self) -> bool:
        self._coord.raise_requested_exception()
        return self._coord.should_stop()

    def close(self) -> None:
        self._coord.request_stop()
        try:
            self._coord.join(
                stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True
            )
        finally:
            with suppress(Exception):  # what a thread raised tells more
                super().close()

    def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._sess.run(*args, **kwargs)
        except PREEMPTION_ERRORS:
            raise
        except Exception:
            # A thread's loss of its task may be why the run failed; what else it raised is not.
            try:
                self._coord.raise_requested_exception()
            except PREEMPTION_ERRORS:
                raise
            except Exception:
                pass
            raise


class HookedSession(WrappedSession):
    """Calls hooks before and after each run."""

    def __init__(self, sess: Any, hooks: Sequence[SessionRunHook]):
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self) -> bool:
        return self._should_stop

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Raises RuntimeError after a requested stop, and where feeds are given twice."""
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        from tensorboard.compat.proto.config_pb2 import RunMetadata, RunOptions

        options, run_metadata = options or RunOptions(), run_metadata or RunMetadata()
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._sess)
        wanted: dict[Any, Any] = {"caller": fetches}
        feeds = self._ask_hooks(context, wanted, feed_dict, options)
        results = self._sess.run(
            fetches=wanted, feed_dict=feeds, options=options, run_metadata=run_metadata
        )
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(results.get(hook), options, run_metadata))
        self._should_stop = self._should_stop or context.stop_requested
        return results["caller"]

    def _ask_hooks(
        self, context: SessionRunContext, wanted: dict[Any, Any], feeds: Any, options: Any
    ) -> Any:
        """Adds what the hooks fetch to `wanted`, their options; returns all feeds."""
        added: dict[Any, Any] = {}
        for hook in self._hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                wanted[hook] = request.fetches
            if request.feed_dict:
                _refuse_common(added, request.feed_dict, "Same tensor is fed by two hooks.")
                added.update(request.feed_dict)
            if request.options:
                _merge_options(options, request.options)
        if not added or not feeds:
            return added or feeds
        _refuse_common(feeds, added, "Same tensor is fed by a SessionRunHook and user.")
        return {**added, **feeds}


def _refuse_common(a: Mapping[Any, Any], b: Mapping[Any, Any], message: str) -> None:
    common = set(a) & set(b)
    if common:
        raise RuntimeError(f"{message} Conflict(s): {list(common)}")


def _merge_options(options: Any, more: Any) -> None:
    """Has `options` ask for all that `more` asks for."""
    for name in ("trace_level", "timeout_in_ms", "inter_op_thread_pool", "output_partition_graphs"):
        setattr(options, name, max(getattr(options, name), getattr(more, name)))
    debug, other = options.debug_options, more.debug_options
    debug.debug_tensor_watch_opts.extend(other.debug_tensor_watch_opts)
    debug.reset_disk_byte_usage = debug.reset_disk_byte_usage or other.reset_disk_byte_usage
    options.report_tensor_allocations_upon_oom = (
        options.report_tensor_allocations_upon_oom or more.report_tensor_allocations_upon_oom
    )
