"""Writers of summaries that runs write themselves."""

from __future__ import annotations

import abc
import itertools
import os
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.resources import resource_of
from stillflow.graph import context, dtypes
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import (
    add_to_collection,
    control_dependencies,
    device,
    get_collection,
    init_scope,
    name_scope,
)
from stillflow.graph.summary_state import open_now
from stillflow.ops.control.ordering import no_op, placeholder
from stillflow.ops.summaries.writer import Writer
from stillflow.ops.summaries.writer_ops import (
    close_summary_writer_op,
    create_summary_file_writer_op,
    flush_summary_writer_op,
    summary_writer_op,
    write_graph_summary_op,
)
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated

_INITIALIZERS = "_SUMMARY_WRITER_V2"  # the collection
_SUFFIX = ".v2"
_numbers = itertools.count()


class SummaryWriter(abc.ABC):
    """Where runs write summaries. It is made by `create_file_writer`."""

    @abc.abstractmethod
    def set_as_default(self) -> None:
        """From here on summaries of this thread are written to it."""

    @abc.abstractmethod
    def as_default(self) -> Any:
        """A block whose summaries are written to it."""

    @abc.abstractmethod
    def init(self) -> Operation | None:
        """The operation that opens it in a session; without effect where it is open."""

    @abc.abstractmethod
    def flush(self) -> Operation | None:
        """The operation that hands what was written to the operating system."""

    @abc.abstractmethod
    def close(self) -> Operation | None:
        """The operation that flushes and closes it, so that `init` begins another file."""


class ResourceSummaryWriter(SummaryWriter):
    """One that a session holds: `init_op_fn(handle)` builds what opens it."""

    def __init__(
        self,
        shared_name: str,
        init_op_fn: Callable[[Tensor], Any],
        name: str | None = None,
        v2: bool = False,
    ):
        self._resource: Any = _handle(shared_name, name)
        self._init_op_fn = init_op_fn
        self._init_op = init_op_fn(self._resource)
        self._is_of_version_2 = v2
        if not context.executing_eagerly():
            add_to_collection(_INITIALIZERS, self._init_op)

    def set_as_default(self) -> None:
        open_now.writer = self

    @contextmanager
    def as_default(self) -> Iterator[ResourceSummaryWriter]:
        before, open_now.writer = open_now.writer, self
        try:
            yield self
            self.flush()
        finally:
            open_now.writer = before

    def init(self) -> Operation:
        return self._init_op if self._is_of_version_2 else self._init_op_fn(self._resource)

    def flush(self) -> Operation:
        return flush(writer=self)

    def close(self) -> Operation:
        with control_dependencies([self.flush()]), device("cpu:0"):
            closed: Any = close_summary_writer_op(self._resource)
            return closed


_eager_handles: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary()


def _handle(shared_name: str, name: str | None) -> Any:
    """The handle of the writer of that name; eagerly the writer is closed with its last handle."""
    if not context.executing_eagerly():
        return summary_writer_op(shared_name=shared_name, name=name)
    handle: Any = _eager_handles.get(shared_name)
    if handle is None:
        handle = _eager_handles[shared_name] = summary_writer_op(name=name)
        weakref.finalize(handle, resource_of(handle._value, Writer).cancel)
    return handle


class NoopSummaryWriter(SummaryWriter):
    """One that writes nothing."""

    def set_as_default(self) -> None:
        """No writer is the default one then either."""

    @contextmanager
    def as_default(self) -> Iterator[None]:
        yield

    def init(self) -> None:
        """Nothing is to be opened."""

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


def create_file_writer(
    logdir: str | None,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
) -> SummaryWriter:
    """Returns a writer to a new event file.

    Args:
      logdir: the folder, which is made where it does not exist; None writes nothing.
      max_queue: how many summaries may wait, i32[]; 10 by default.
      flush_millis: how long they may, i32[]; 2 minutes by default.
      filename_suffix: the end of the file's name, string[]; ".v2" by default.
      name: writers of one name are one in a session; by default those of one folder.
    """
    if logdir is None:
        return NoopSummaryWriter()
    logdir = str(logdir)
    with device("cpu:0"):
        opened = partial(
            create_summary_file_writer_op,
            logdir=logdir,
            **_settings(max_queue, flush_millis, filename_suffix),
        )
        return ResourceSummaryWriter(name or f"logdir:{logdir}", opened)


def _settings(max_queue: Any, flush_millis: Any, filename_suffix: Any) -> dict[str, Any]:
    return {
        "max_queue": constant(10) if max_queue is None else max_queue,
        "flush_millis": constant(2 * 60 * 1000) if flush_millis is None else flush_millis,
        "filename_suffix": constant(_SUFFIX) if filename_suffix is None else filename_suffix,
    }


@deprecated(None, "Renamed to create_file_writer().")
def create_summary_file_writer(*args: Any, **kwargs: Any) -> SummaryWriter:
    """The older name of `create_file_writer`."""
    logging.warning(
        "Deprecation Warning: create_summary_file_writer was renamed to create_file_writer"
    )
    return create_file_writer(*args, **kwargs)


def create_file_writer_v2(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
) -> SummaryWriter:
    """`create_file_writer`, of which each call makes a writer and a file of its own.

    Raises:
      ValueError: `logdir` is None.
    """
    if logdir is None:
        raise ValueError("logdir cannot be None")
    with name_scope(name, "create_file_writer") as scope, device("cpu:0"), init_scope():
        logdir = convert_to_tensor(logdir, dtype=dtypes.string)
        settings = _settings(max_queue, flush_millis, filename_suffix)
        number = next(_numbers)
        unique = constant(f".{os.getpid()}.{number}")
        settings["filename_suffix"] = unique + settings["filename_suffix"]
        opened = partial(create_summary_file_writer_op, logdir=logdir, **settings)
        # Scopes differ in graphs; eagerly the number tells writers apart.
        shared = f"{scope}{number}" if context.executing_eagerly() else scope.rstrip("/")
        return ResourceSummaryWriter(shared, opened, name=name, v2=True)


def create_noop_writer() -> SummaryWriter:
    """Returns a writer that writes nothing."""
    return NoopSummaryWriter()


def summary_writer_initializer_op() -> list[Operation]:
    """Returns the operations that open the writers of the default graph, for a run at the start.

    RuntimeError eagerly, where they are open.
    """
    context.check_not_eager(
        "tf.contrib.summary.summary_writer_initializer_op is only supported in graph mode."
    )
    initializers: list[Operation] = get_collection(_INITIALIZERS)
    return initializers


def flush(writer: Any = None, name: str | None = None) -> Operation:
    """Returns the operation that hands what was written to the operating system.

    Args:
      writer: a writer, or its handle; the default one when None.
    """
    writer = open_now.writer if writer is None else writer
    if writer is None:
        return no_op()
    handle = writer._resource if isinstance(writer, ResourceSummaryWriter) else writer
    with device("cpu:0"):
        flushed: Any = flush_summary_writer_op(handle, name=name)
        return flushed


def initialize(graph: Graph | None = None, session: Any = None) -> None:
    """Opens the writers of the default graph in a session, by default the one that is open.

    Eagerly they are open, and this does nothing.

    Args:
      graph: is written to the default writer, for TensorBoard to show.

    Raises:
      RuntimeError: no writer is the default one.
      ValueError: there is no session.
    """
    if context.executing_eagerly():
        return
    if open_now.writer is None:
        raise RuntimeError("No default tf.contrib.summary.SummaryWriter found")
    session = context.get_default_session() if session is None else session
    if session is None:
        raise ValueError("session must be passed if no default session exists")
    session.run(summary_writer_initializer_op())
    if graph is not None:
        fed = placeholder(dtypes.string)
        with device("cpu:0"):
            written: Any = write_graph_summary_op(open_now.writer._resource, 0, fed)
        session.run(written, {fed: serialized_graph(graph)})


def serialized_graph(graph: Any) -> bytes:
    """A Graph or a GraphDef as bytes."""
    definition = graph.as_graph_def(add_shapes=True) if isinstance(graph, Graph) else graph
    serialized: bytes = definition.SerializeToString()
    return serialized


def eval_dir(model_dir: str, name: str | None = None) -> str:
    """Returns the folder for summaries of evaluations of a model."""
    return os.path.join(model_dir, f"eval_{name}" if name else "eval")
