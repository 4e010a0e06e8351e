"""Summaries that runs write to the default writer, where recording is on.

Without a default writer each function returns an operation that does nothing. What they return is
in the collection that `all_summary_ops` gives; whoever runs it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import (
    add_to_collection,
    control_dependencies,
    device,
    get_collection,
    name_scope,
)
from stillflow.graph.summary_state import open_now
from stillflow.ops.control.cond import cond
from stillflow.ops.control.ordering import identity, no_op
from stillflow.ops.summaries import writer_ops
from stillflow.ops.summaries.common import summary_scope
from stillflow.train.recording.conditions import should_record
from stillflow.train.training_util import get_or_create_global_step


def all_summary_ops() -> list[Any] | None:
    """Returns what writes the summaries of the default graph, for runs to fetch; eagerly, None."""
    if executing_eagerly():
        return None
    return get_collection(GraphKeys._SUMMARY_COLLECTION)


def written(by_default: bool, record: Callable[[], Any], name: str) -> Any:
    """What `record` builds, in a run in which summaries are recorded; joins the collection."""
    with device("cpu:0"):
        condition, known = should_record(by_default)
        if known is None:
            op = cond(condition, record, _nothing, name=name)
        else:
            op = record() if known else _nothing()
        if not executing_eagerly():
            add_to_collection(GraphKeys._SUMMARY_COLLECTION, op)
    return op


def _nothing() -> Tensor:
    return constant(False)


def _summary(
    name: str, tensor: Any, family: str | None, write: Callable[[Any, str, str], Any]
) -> Any:
    """What `write(writer's handle, tag, scope)` builds, with all that summaries have in common."""
    writer = open_now.writer
    if writer is None:
        return no_op()
    outer = get_default_graph().get_name_scope()

    def record() -> Tensor:
        with (
            name_scope(f"{outer}/" if outer else ""),
            summary_scope(name, family, [tensor]) as (tag, scope),
            control_dependencies([write(writer._resource, tag, scope)]),
        ):
            return constant(True)

    return written(False, record, name="")


def _step_or_global(step: Any) -> Any:
    if step is None:
        return get_or_create_global_step()
    return step if isinstance(step, Tensor) else convert_to_tensor(step, dtypes.int64)


def scalar(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Returns what writes one number.

    Args:
      tensor: n[].
      family: the first part of the tag, by which TensorBoard groups.
      step: i64[]; the global step when None.
    """

    def write(writer: Any, tag: str, scope: str) -> Any:
        of_step = _step_or_global(step)
        return writer_ops.write_scalar_summary_op(
            writer, of_step, tag, identity(tensor), name=scope
        )

    return _summary(name, tensor, family, write)


def histogram(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Returns what writes how the numbers of a tensor, n[...], are distributed; else `scalar`."""

    def write(writer: Any, tag: str, scope: str) -> Any:
        of_step = _step_or_global(step)
        return writer_ops.write_histogram_summary_op(
            writer, of_step, tag, identity(tensor), name=scope
        )

    return _summary(name, tensor, family, write)


def image(
    name: str,
    tensor: Any,
    bad_color: Any = None,
    max_images: int = 3,
    family: str | None = None,
    step: Any = None,
) -> Any:
    """Returns what writes the first `max_images` pictures; else `scalar`.

    Args:
      tensor: u8 or f[count, height, width, 1, 3 or 4]
      bad_color: u8[channels], of pixels that are not finite; red by default.
    """

    def write(writer: Any, tag: str, scope: str) -> Any:
        red = [255, 0, 0, 255]
        color = constant(red, dtypes.uint8) if bad_color is None else bad_color
        of_step = _step_or_global(step)
        return writer_ops.write_image_summary_op(
            writer, of_step, tag, identity(tensor), color, max_images=max_images, name=scope
        )

    return _summary(name, tensor, family, write)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int,
    family: str | None = None,
    step: Any = None,
) -> Any:
    """Returns what writes the first `max_outputs` sounds; else `scalar`.

    Args:
      tensor: f32[count, frames] or f32[count, frames, channels] in [-1, 1]
      sample_rate: f32[], how many frames are in a second.
    """

    def write(writer: Any, tag: str, scope: str) -> Any:
        of_step = _step_or_global(step)
        return writer_ops.write_audio_summary_op(
            writer,
            of_step,
            tag,
            identity(tensor),
            sample_rate,
            max_outputs=max_outputs,
            name=scope,
        )

    return _summary(name, tensor, family, write)


def generic(
    name: str, tensor: Any, metadata: Any = None, family: str | None = None, step: Any = None
) -> Any:
    """Returns what writes a tensor as it is, with a SummaryMetadata if any; else `scalar`."""

    def write(writer: Any, tag: str, scope: str) -> Any:
        described: Any = metadata
        if metadata is None:
            described = constant("")
        elif hasattr(metadata, "SerializeToString"):
            described = constant(metadata.SerializeToString())
        of_step = _step_or_global(step)
        return writer_ops.write_summary_op(
            writer, of_step, identity(tensor), tag, described, name=scope
        )

    return _summary(name, tensor, family, write)


def graph(param: Any, step: Any = None, name: str | None = None) -> Operation:
    """Returns what writes a graph: `param` is a serialized GraphDef, string[].

    Raises:
      TypeError: it is no tensor, so that a graph never holds a copy of itself.
    """
    if not executing_eagerly() and not isinstance(param, Tensor):
        raise TypeError(
            f"graph() needs a tf.Tensor (e.g. tf.placeholder) in graph mode, but was: {type(param)}"
        )
    writer = open_now.writer
    if writer is None:
        return no_op()
    with device("cpu:0"):
        serialized = identity(param)
        of_step = _step_or_global(step)
        op: Any = writer_ops.write_graph_summary_op(
            writer._resource, of_step, serialized, name=name
        )
        return op


def import_event(tensor: Any, name: str | None = None) -> Operation:
    """Returns what writes a serialized Event, string[], as it is."""
    op: Any = writer_ops.import_event_op(open_now.writer._resource, tensor, name=name)
    return op
