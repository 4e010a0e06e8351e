"""What `tf.compat.v2.summary` has of its own: summaries are tensors, which plugins explain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.declare.constants import constant
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import control_dependencies, device, name_scope
from stillflow.graph.summary_state import open_now
from stillflow.ops.control.ordering import identity
from stillflow.ops.summaries import writer_ops
from stillflow.train.recording.conditions import get_step
from stillflow.train.recording.writing import written

_ILLEGAL = re.compile(r"[^-_/.A-Za-z0-9]")


@contextmanager
def summary_scope(
    name: str, default_name: str = "summary", values: Iterable[Any] | None = None
) -> Iterator[tuple[str, str]]:
    """Opens the scope of a summary; gives (its tag, the scope)."""
    name = name or default_name
    outer = get_default_graph().get_name_scope()
    with name_scope(_ILLEGAL.sub("", name) or None, default_name, values) as scope:
        yield (f"{outer}/{name}" if outer else name), scope


def write(tag: Any, tensor: Any, step: Any = None, metadata: Any = None, name: Any = None) -> Any:
    """Returns what writes a tensor under a tag, bool[]: whether it did.

    Args:
      step: i64[]; what `set_step` has set when None.
      metadata: a SummaryMetadata, which may be serialized.

    Raises:
      ValueError: there is no step.
    """

    def record(writer: Any, of_step: Any, scope: str) -> Any:
        described = metadata or b""
        if hasattr(metadata, "SerializeToString"):
            described = metadata.SerializeToString()
        return writer_ops.write_summary_op(
            writer, of_step, identity(tensor), tag, described, name=scope
        )

    return _written(record, step, name, "write_summary")


def write_raw_pb(tensor: Any, step: Any = None, name: str | None = None) -> Any:
    """Returns what writes serialized Summary messages, string[...], bool[]: whether it did."""

    def record(writer: Any, of_step: Any, scope: str) -> Any:
        return writer_ops.write_raw_proto_summary_op(writer, of_step, identity(tensor), name=scope)

    return _written(record, step, name, "write_raw_pb")


def _written(
    build: Callable[[Any, Any, str], Any], step: Any, name: str | None, default_name: str
) -> Any:
    with name_scope(name, default_name) as scope:
        writer = open_now.writer
        if writer is None:
            return constant(False)
        step = get_step() if step is None else step
        if step is None:
            raise ValueError(
                "No step set via 'step' argument or tf.summary.experimental.set_step()"
            )

        def record() -> Tensor:
            with device("cpu:0"), control_dependencies([build(writer._resource, step, scope)]):
                return constant(True)

        return written(True, record, name="summary_cond")
