"""Sessions, and hooks for them, that dump every tensor of their runs to files."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable
from typing import Any

from stillflow.monitored.hook import SessionRunArgs, SessionRunContext, SessionRunHook
from stillflow.monitored.tfdbg.watching import watch_graph

_METADATA = "_tfdbg_"


class WatchOptions:
    """Which tensors are dumped, and by which debug ops; patterns as `watch_graph` takes them."""

    def __init__(
        self,
        debug_ops: Any = None,
        node_name_regex_whitelist: str | None = None,
        op_type_regex_whitelist: str | None = None,
        tensor_dtype_regex_whitelist: str | None = None,
        tolerate_debug_op_creation_failures: bool = False,
    ):
        self.debug_ops = debug_ops or ["DebugIdentity"]
        self.node_name_regex_whitelist = node_name_regex_whitelist
        self.op_type_regex_whitelist = op_type_regex_whitelist
        self.tensor_dtype_regex_whitelist = tensor_dtype_regex_whitelist
        self.tolerate_debug_op_creation_failures = tolerate_debug_op_creation_failures


class _Dumps:
    """A folder for each run below `session_root`.

    Raises:
      ValueError: that is a file, or there is something in it.
    """

    def __init__(self, session_root: str, watch_fn: Callable[..., Any] | None):
        if watch_fn is not None and not callable(watch_fn):
            raise TypeError("watch_fn is not callable")
        root = os.path.expanduser(session_root)
        if os.path.isfile(root):
            raise ValueError(f"session_root path points to a file: {root}")
        if os.path.isdir(root) and os.listdir(root):
            raise ValueError(f"session_root path points to a non-empty directory: {root}")
        os.makedirs(root, exist_ok=True)
        self._root = root
        self._watch_fn = watch_fn
        self._lock = threading.Lock()
        self._runs = 0

    def watch(self, options: Any, graph: Any, fetches: Any, feed_dict: Any) -> None:
        """Has a run with these RunOptions dump its tensors to a new folder."""
        from tensorboard.compat.proto.event_pb2 import Event, LogMessage

        with self._lock:
            folder = os.path.join(self._root, f"run_{time.time_ns() // 1000}_{self._runs}")
            self._runs += 1
        os.mkdir(folder)
        keys = feed_dict.keys() if feed_dict else feed_dict
        for name, told in (("fetches_info_", fetches), ("feed_keys_info_", keys)):
            event = Event(log_message=LogMessage(message=repr(told)))
            with open(os.path.join(folder, _METADATA + name), "wb") as file:
                file.write(event.SerializeToString())
        wanted = self._watch_fn(fetches, feed_dict) if self._watch_fn else WatchOptions()
        if isinstance(wanted, tuple):  # as older programs return it
            wanted = WatchOptions(*wanted)
        watch_graph(options, graph, debug_urls=f"file://{folder}", **vars(wanted))


class DumpingDebugWrapperSession:
    """A session whose runs write every tensor to files, for `DebugDumpDir`.

    Args:
      sess: the session that runs.
      session_root: the folder, which is made, or is empty; each run has one below it.
      watch_fn: from (fetches, feed_dict) to the WatchOptions of a run; all tensors by default.
      thread_name_filter: a pattern; runs of other threads write nothing.
      pass_through_operrors, log_usage: accepted.

    Raises:
      ValueError: the folder is a file or holds something.
    """

    def __init__(
        self,
        sess: Any,
        session_root: str,
        watch_fn: Callable[..., Any] | None = None,
        thread_name_filter: str | None = None,
        pass_through_operrors: bool | None = None,
        log_usage: bool = True,
    ):
        self._sess = sess
        self._dumps = _Dumps(session_root, watch_fn)
        self._threads = re.compile(thread_name_filter) if thread_name_filter else None
        self._session_root = session_root
        self.run_call_count = 0

    @property
    def session(self) -> Any:
        """The session that runs."""
        return self._sess

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """`tf.Session.run`, which writes its tensors."""
        from tensorboard.compat.proto.config_pb2 import RunOptions

        self.run_call_count += 1
        thread = threading.current_thread().name
        if self._threads is None or self._threads.match(thread):
            given, options = options, RunOptions()
            if given is not None:
                options.CopyFrom(given)
            self._dumps.watch(options, self._sess.graph, fetches, feed_dict)
        return self._sess.run(fetches, feed_dict, options=options, run_metadata=run_metadata)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sess, name)

    def __enter__(self) -> DumpingDebugWrapperSession:
        self._sess.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._sess.__exit__(*exception)


class DumpingDebugHook(SessionRunHook):
    """Has the runs of a monitored session write every tensor to files.

    Arguments and errors are those of DumpingDebugWrapperSession.
    """

    def __init__(
        self,
        session_root: str,
        watch_fn: Callable[..., Any] | None = None,
        thread_name_filter: str | None = None,
        log_usage: bool = True,
    ):
        self._arguments = session_root, watch_fn
        self._dumps: _Dumps | None = None

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        from tensorboard.compat.proto.config_pb2 import RunOptions

        if self._dumps is None:
            self._dumps = _Dumps(*self._arguments)
        options, asked = RunOptions(), run_context.original_args
        self._dumps.watch(options, run_context.session.graph, asked.fetches, asked.feed_dict)
        return SessionRunArgs(None, options=options)
