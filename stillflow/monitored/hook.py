"""`tf.train.SessionRunHook`: what is called around the runs of a monitored session."""

from __future__ import annotations

from typing import Any, NamedTuple


class SessionRunArgs(NamedTuple):
    """What a hook adds to a run: fetches of any structure, feeds, and a tf.RunOptions."""

    fetches: Any
    feed_dict: Any = None
    options: Any = None


class SessionRunValues(NamedTuple):
    """What a run gave a hook: `results` have the structure of the fetches that it asked for."""

    results: Any
    options: Any
    run_metadata: Any


class SessionRunContext:
    """The run that hooks are called around.

    Attributes:
      original_args: what the caller runs, as SessionRunArgs.
      session: a session in which a hook may run something else; no hook is called for that.
    """

    def __init__(self, original_args: SessionRunArgs, session: Any):
        self.original_args = original_args
        self.session = session
        self._stop_requested = False

    @property
    def stop_requested(self) -> bool:
        return self._stop_requested

    def request_stop(self) -> None:
        """Has the session say that it should stop, once this run is done."""
        self._stop_requested = True


class SessionRunHook:
    """Called at every turn of a session's life; each method does nothing by default."""

    def begin(self) -> None:
        """Before the session is made: the last moment to add to the graph."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """The session is there, at first or after a failure; the graph can no more be changed."""

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Returns what to fetch and to feed besides what the caller does."""

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """The run went well; `run_values.results` are those of `before_run`'s fetches."""

    def end(self, session: Any) -> None:
        """The session is about to be closed, and no exception but the end of input was raised."""
