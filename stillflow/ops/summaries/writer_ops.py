"""The ops on writers of summaries. A handle's value is the writer itself."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.resources import resource_of
from stillflow.declare.type_sets import REAL_NUMBERS, types
from stillflow.graph import dtypes
from stillflow.graph.errors import DataLossError
from stillflow.ops.summaries.audio import audio_summary_op
from stillflow.ops.summaries.common import text_of
from stillflow.ops.summaries.histogram import histogram_summary_op
from stillflow.ops.summaries.image import image_summary_op
from stillflow.ops.summaries.tensors import proto_of
from stillflow.ops.summaries.writer import Writer


def _new_writer(name: str, attrs: dict[str, Any]) -> Writer:
    return Writer(name, attrs["container"])


@op("SummaryWriter", "-> writer: resource", shape=shapes.scalar, host=True, resource=_new_writer)
def summary_writer_op(xp, writer, *, shared_name: str = "", container: str = ""):
    return writer


def _declare(type_name: str, rest: str = "", **options: Any) -> Callable[[Callable], OpDef]:
    """Declares an op on a writer; `rest` are its inputs after the handle."""

    def declare(fn: Callable) -> OpDef:
        signature = f"writer: resource{rest} ->"
        declared = op(type_name, signature, host=True, stateful=True, **options)(fn)
        return declared.not_differentiable()

    return declare


def _writer(handle: Any) -> Writer:
    return resource_of(handle, Writer)


def _event(step: Any) -> Any:
    from tensorboard.compat.proto.event_pb2 import Event

    return Event(wall_time=time.time(), step=int(_first(step)))


def _parsed(message: Any, content: Any, what: str) -> Any:
    """content: string[], serialized, which `message` becomes"""
    from google.protobuf.message import DecodeError

    value: Any = np.asarray(content)[()]
    try:
        message.ParseFromString(value)
    except (DecodeError, TypeError):
        raise DataLossError(
            None, None, f"Bad {what}\n  It is no serialized message of that kind."
        ) from None
    return message


def _first(value: Any) -> Any:
    """What TensorFlow takes for the scalar that a value should be."""
    return np.asarray(value).ravel()[0]


@_declare(
    "CreateSummaryFileWriter",
    ", logdir: string, max_queue: int32, flush_millis: int32, filename_suffix: string",
)
def create_summary_file_writer_op(xp, writer, logdir, max_queue, flush_millis, filename_suffix):
    """All are scalars; the file begins, unless the writer has one."""
    _writer(writer).open(
        text_of(logdir), int(max_queue), int(flush_millis), text_of(filename_suffix)
    )
    return ()


@_declare("FlushSummaryWriter")
def flush_summary_writer_op(xp, writer):
    _writer(writer).flush()
    return ()


@_declare("CloseSummaryWriter")
def close_summary_writer_op(xp, writer):
    _writer(writer).close()
    return ()


@_declare("WriteSummary", ", step: int64, tensor: T, tag: string, summary_metadata: string")
def write_summary_op(xp, writer, step, tensor, tag, summary_metadata):
    """step: i64[], tensor: any, tag: string[], summary_metadata: string[], a SummaryMetadata"""
    event = _event(step)
    value = event.summary.value.add(tag=text_of(tag))
    value.tensor.CopyFrom(proto_of(np.asarray(tensor)))
    if np.asarray(summary_metadata)[()]:
        _describe(value.metadata, np.asarray(summary_metadata)[()])
    _writer(writer).write(event)
    return ()


def _describe(metadata: Any, content: bytes) -> None:
    """What cannot be read is left out, as TensorFlow does."""
    from google.protobuf.message import DecodeError

    with contextlib.suppress(DecodeError):
        metadata.ParseFromString(content)


@_declare("WriteRawProtoSummary", ", step: int64, tensor: string")
def write_raw_proto_summary_op(xp, writer, step, tensor):
    """tensor: string[...], Summary messages that become one"""
    event = _event(step)
    for number, content in enumerate(np.asarray(tensor).ravel()):
        kind = f"tf.compat.v1.Summary binary proto tensor string at index {number}"
        event.summary.MergeFrom(_parsed(type(event.summary)(), content, kind))
    _writer(writer).write(event)
    return ()


@_declare("WriteScalarSummary", ", step: int64, tag: string, value: T", types={"T": REAL_NUMBERS})
def write_scalar_summary_op(xp, writer, step, tag, value):
    """value: n[]"""
    event = _event(step)
    event.summary.value.add(tag=text_of(tag), simple_value=float(_first(value)))
    _writer(writer).write(event)
    return ()


@_declare(
    "WriteHistogramSummary",
    ", step: int64, tag: string, values: T",
    types={"T": REAL_NUMBERS},
    defaults={"T": dtypes.float32},
)
def write_histogram_summary_op(xp, writer, step, tag, values):
    """values: n[...]"""
    event = _event(step)
    _parsed(event.summary, histogram_summary_op.fn(xp, tag, values), "tf.compat.v1.Summary")
    _writer(writer).write(event)
    return ()


@_declare(
    "WriteImageSummary",
    ", step: int64, tag: string, tensor: T, bad_color: uint8",
    types={"T": types("uint8 float32 float16")},
    limits={"max_images": 1},
    defaults={"T": dtypes.float32},
)
def write_image_summary_op(xp, writer, step, tag, tensor, bad_color, *, max_images: int = 3):
    """tensor: n[count, height, width, 1, 3 or 4], bad_color: u8[at least so many]"""
    event = _event(step)
    summary = image_summary_op.fn(
        xp, tag, tensor, max_images=max_images, bad_color=np.asarray(bad_color)
    )
    _parsed(event.summary, summary, "tf.compat.v1.Summary")
    _writer(writer).write(event)
    return ()


@_declare(
    "WriteAudioSummary",
    ", step: int64, tag: string, tensor: float32, sample_rate: float32",
    limits={"max_outputs": 1},
)
def write_audio_summary_op(xp, writer, step, tag, tensor, sample_rate, *, max_outputs: int = 3):
    """tensor: f32[count, frames] or f32[count, frames, channels] in [-1, 1]"""
    event = _event(step)
    summary = audio_summary_op.fn(xp, tag, tensor, sample_rate, max_outputs=max_outputs)
    _parsed(event.summary, summary, "tf.compat.v1.Summary")
    _writer(writer).write(event)
    return ()


@_declare("WriteGraphSummary", ", step: int64, tensor: string")
def write_graph_summary_op(xp, writer, step, tensor):
    """tensor: string[], a GraphDef"""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    event = _event(step)
    event.graph_def = _parsed(
        GraphDef(), tensor, "tf.GraphDef binary proto tensor string"
    ).SerializeToString()
    _writer(writer).write(event)
    return ()


@_declare("ImportEvent", ", event: string")
def import_event_op(xp, writer, event):
    """event: string[], an Event, which is written as it is"""
    from tensorboard.compat.proto.event_pb2 import Event

    _writer(writer).write(_parsed(Event(), event, "tf.Event binary proto tensor string"))
    return ()
