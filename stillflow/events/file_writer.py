"""`tf.summary.FileWriter`: writes summaries and graphs for TensorBoard."""

from __future__ import annotations

import os
import threading
import time
import warnings
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from stillflow.events.plugin_assets import write_plugin_assets
from stillflow.graph.context import check_not_eager
from stillflow.graph.graph import Graph
from stillflow.graph.text import local_path
from stillflow.platform.event_file import EventFile
from stillflow.platform.os_errors import os_errors_as_tf
from stillflow.train.meta_graph import export_meta_graph


class FileWriter:
    """Adds events to a new file in the folder `logdir`. Threads may share it.

    Args:
      logdir: is made when it does not exist; TensorBoard shows what lies in it and below.
      graph: is written at once, as by `add_graph`, and its collections as by `add_meta_graph`.
      max_queue: accepted; events wait for nothing but the file's buffer.
      flush_secs: how often, at least, events reach the disk while more come.
      graph_def: the older form of `graph`.
      filename_suffix: the end of the file's name.
      session: all writers of a session to one folder share a file.

    Raises:
      tf.errors.OpError: the folder cannot be made.
    """

    def __init__(
        self,
        logdir: str,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ):
        check_not_eager(
            "tf.summary.FileWriter is not compatible with eager execution. Use tf.contrib.summary "
            "instead."
        )
        del max_queue
        self._logdir = os.fspath(logdir)
        folder = local_path(self._logdir)
        with os_errors_as_tf(folder):
            os.makedirs(folder or ".", exist_ok=True)
        self._file = _file_of(session, folder, flush_secs, filename_suffix or "")
        self._lock = threading.Lock()
        self._closed = False
        self._described: set[str] = set()  # tags whose metadata have been written
        self._run_tags: set[str] = set()
        if graph is not None or graph_def is not None:
            self.add_graph(graph, graph_def=graph_def)
            whole = graph if isinstance(graph, Graph) else None
            definition = whole.as_graph_def(add_shapes=True) if whole else graph or graph_def
            self.add_meta_graph(export_meta_graph(graph_def=definition, graph=whole))

    def get_logdir(self) -> str:
        return self._logdir

    def add_summary(self, summary: Any, global_step: int | None = None) -> None:
        """Adds a Summary, which may be serialized: what running a `tf.summary` op returned."""
        from tensorboard.compat.proto.summary_pb2 import Summary

        given = Summary.FromString(summary) if isinstance(summary, bytes) else summary
        event = _event(global_step)
        for value in given.value:
            added = event.summary.value.add()
            added.CopyFrom(value)
            if value.HasField("metadata"):
                if value.tag in self._described:
                    added.ClearField("metadata")
                self._described.add(value.tag)
        self.add_event(event)

    def add_graph(self, graph: Any, global_step: int | None = None, graph_def: Any = None) -> None:
        """Adds a Graph or a GraphDef; a Graph's files for TensorBoard's plugins are written too.

        Raises:
          ValueError: both `graph` and `graph_def` are given.
          TypeError: it is neither a Graph nor a GraphDef.
        """
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        given = graph_def if graph is None else graph
        if isinstance(given, Graph):
            definition = given.as_graph_def(add_shapes=True)
            write_plugin_assets(given, local_path(self._logdir))
        elif hasattr(given, "node") and hasattr(given, "SerializeToString"):
            definition = given
        else:
            raise TypeError(
                "The passed graph must be an instance of `Graph` or the deprecated `GraphDef`"
                f"\n  It is a {type(given).__name__}."
            )
        self.add_event(_event(global_step, graph_def=definition.SerializeToString()))

    def add_meta_graph(self, meta_graph_def: Any, global_step: int | None = None) -> None:
        """Adds a MetaGraphDef; TypeError for anything else."""
        from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

        if not isinstance(meta_graph_def, MetaGraphDef):
            raise TypeError(
                f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}"
            )
        self.add_event(_event(global_step, meta_graph_def=meta_graph_def.SerializeToString()))

    def add_session_log(self, session_log: Any, global_step: int | None = None) -> None:
        """Adds a SessionLog: that a session started, stopped or was saved."""
        self.add_event(_event(global_step, session_log=session_log))

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: int | None = None) -> None:
        """Adds a RunMetadata under the name `tag`; ValueError when the name was used before."""
        from tensorboard.compat.proto.event_pb2 import TaggedRunMetadata

        if tag in self._run_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._run_tags.add(tag)
        tagged = TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self.add_event(_event(global_step, tagged_run_metadata=tagged))

    def add_event(self, event: Any) -> None:
        """Adds an Event as it is."""
        with self._lock:
            if not self._closed:
                self._file.write(event)
                return
        warnings.warn(
            "Attempting to use a closed FileWriter. The operation will be a noop unless the "
            "FileWriter is explicitly reopened.",
            stacklevel=3,
        )

    def flush(self) -> None:
        """Hands all that was added to the operating system."""
        with self._lock:
            self._file.flush()

    def close(self) -> None:
        """Flushes and closes the file; what is added later is lost, with a warning."""
        with self._lock:
            self._file.close()
            self._closed = True

    def reopen(self) -> None:
        """Makes a closed writer take events again, in a new file of the same folder."""
        with self._lock:
            self._closed = False

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()


class FileWriterCache:
    """One FileWriter for each folder, shared by those who ask for it."""

    _cache: ClassVar[dict[str, FileWriter]] = {}
    _lock = threading.Lock()

    @staticmethod
    def get(logdir: str) -> FileWriter:
        """The writer of `logdir`; a new one the first time, which writes the default graph."""
        from stillflow.graph.context import get_default_graph

        with FileWriterCache._lock:
            if logdir not in FileWriterCache._cache:
                FileWriterCache._cache[logdir] = FileWriter(logdir, graph=get_default_graph())
            return FileWriterCache._cache[logdir]

    @staticmethod
    def clear() -> None:
        """Closes and forgets all writers."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._cache.values():
                writer.close()
            FileWriterCache._cache.clear()


# Of each session, by folder and suffix.
_shared: WeakKeyDictionary[Any, dict[tuple[str, str], EventFile]] = WeakKeyDictionary()


def _file_of(session: Any, folder: str, flush_secs: float, suffix: str) -> EventFile:
    """A new file, or the one that other writers of the session write to."""
    if session is None:
        return EventFile(folder, flush_secs, suffix)
    files = _shared.setdefault(session, {})
    key = folder, suffix
    if key not in files:
        files[key] = EventFile(folder, flush_secs, suffix)
    return files[key]


def _event(global_step: int | None, **content: Any) -> Any:
    from tensorboard.compat.proto.event_pb2 import Event

    step = None if global_step is None else int(global_step)
    return Event(wall_time=time.time(), step=step, **content)
