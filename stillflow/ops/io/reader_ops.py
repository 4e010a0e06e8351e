"""The ops on readers. A handle's value is the reader itself, which the session holds.

Each is there twice: as programs build it, and with handles of strings, as old graphs have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import check_scalars
from stillflow.declare.resources import resource_of
from stillflow.declare.shapes import Sizes
from stillflow.ops.io import reader_kinds
from stillflow.ops.io.reading import Reader, Reading
from stillflow.ops.queues.declared import queue_of

_OF_V1 = "reader_handle: ref string"
_OF_V2 = "reader_handle: resource"


def _two_strings(ctx: shapes.ShapeContext) -> Sizes:
    return (2,)


def _old_reader(type_name: str, make: Callable, fn: Callable) -> OpDef:
    declared = op(type_name, f"-> {_OF_V1}", shape=_two_strings, host=True, resource=make)
    return declared(fn).not_differentiable()


def _reader(type_name: str, make: Callable, fn: Callable) -> OpDef:
    declared = op(type_name, f"-> {_OF_V2}", shape=shapes.scalar, host=True, resource=make)
    return declared(fn).not_differentiable()


# Readers ------------------------------------------------------------------------------------------


def _of_session(xp, reader, *, container: str = "", shared_name: str = ""):
    """-> the reader of this node, or of its name, in the session"""
    return reader


def _identity_reader(name: str, attrs: dict[str, Any]) -> Reader:
    return reader_kinds.IdentityReader(name)


identity_reader_v1_op = _old_reader("IdentityReader", _identity_reader, _of_session)
identity_reader_op = _reader("IdentityReaderV2", _identity_reader, _of_session)


def _whole_file_reader(name: str, attrs: dict[str, Any]) -> Reader:
    return reader_kinds.WholeFileReader(name)


whole_file_reader_v1_op = _old_reader("WholeFileReader", _whole_file_reader, _of_session)
whole_file_reader_op = _reader("WholeFileReaderV2", _whole_file_reader, _of_session)


def _of_lines(
    xp, reader, *, skip_header_lines: int = 0, container: str = "", shared_name: str = ""
):
    """-> the reader of this node, or of its name, in the session"""
    return reader


def _text_line_reader(name: str, attrs: dict[str, Any]) -> Reader:
    return reader_kinds.TextLineReader(name, attrs["skip_header_lines"])


text_line_reader_v1_op = _old_reader("TextLineReader", _text_line_reader, _of_lines)
text_line_reader_op = _reader("TextLineReaderV2", _text_line_reader, _of_lines)


def _of_records(
    xp, reader, *, container: str = "", shared_name: str = "", compression_type: str = ""
):
    """-> the reader of this node, or of its name, in the session"""
    return reader


def _tf_record_reader(name: str, attrs: dict[str, Any]) -> Reader:
    return reader_kinds.TFRecordReader(name, attrs["compression_type"])


tf_record_reader_v1_op = _old_reader("TFRecordReader", _tf_record_reader, _of_records)
tf_record_reader_op = _reader("TFRecordReaderV2", _tf_record_reader, _of_records)


def _of_pieces(
    xp,
    reader,
    *,
    record_bytes: int,
    header_bytes: int = 0,
    footer_bytes: int = 0,
    hop_bytes: int = 0,
    container: str = "",
    shared_name: str = "",
    encoding: str = "",
):
    """-> the reader of this node, or of its name, in the session"""
    return reader


def _fixed_length_reader(name: str, attrs: dict[str, Any]) -> Reader:
    return reader_kinds.FixedLengthRecordReader(
        name,
        attrs["header_bytes"],
        attrs["record_bytes"],
        attrs["footer_bytes"],
        attrs["hop_bytes"],
        attrs["encoding"],
    )


fixed_length_record_reader_op = _reader(
    "FixedLengthRecordReaderV2", _fixed_length_reader, _of_pieces
)


@op("FakeQueue", "resource: resource -> handle: ref string", shape=_two_strings, host=True)
def fake_queue_op(xp, resource):
    """-> the queue, under a handle of the old kind"""
    return resource


# What is done with them ---------------------------------------------------------------------------


def _declare(
    type_name: str, rest: str = "->", queue: str = "", **options: Any
) -> Callable[[Callable], OpDef]:
    """Declares an op on a reader; `rest` is its signature after the handles."""
    options = {"host": True, "stateful": True, **options}

    def declare(fn: Callable) -> OpDef:
        for suffix, kind in (("", "ref string"), ("V2", "resource")):
            handles = f"reader_handle: {kind}" + (f", queue_handle: {kind}" if queue else "")
            made = op(f"{type_name}{suffix}", f"{handles}{rest}", **options)(fn)
            made.not_differentiable()
        return made

    return declare


def _one(attempt: Reading) -> tuple[np.ndarray, ...]:
    (record,) = attempt.reader.finish(attempt)
    return tuple(np.array(part, np.object_) for part in record)


def _several(attempt: Reading) -> tuple[np.ndarray, ...]:
    records = list(attempt.reader.finish(attempt))
    return tuple(np.array([r[at] for r in records], np.object_) for at in (0, 1))


@_declare(
    "ReaderRead",
    " -> key: string, value: string",
    queue="queue_handle",
    shape=lambda ctx: [(), ()],
    finish=_one,
)
def reader_read_op(xp, reader_handle, queue_handle):
    """-> the next record and what it is called, string[] each; waits for the name of a file"""
    return Reading(resource_of(reader_handle, Reader), queue_of(queue_handle), 1)


@_declare(
    "ReaderReadUpTo",
    ", num_records: int64 -> keys: string, values: string",
    queue="queue_handle",
    shape=lambda ctx: [(None,), (None,)],
    finish=_several,
)
def reader_read_up_to_op(xp, reader_handle, queue_handle, num_records):
    """num_records: i64[] -> string[k] each; waits for the name of a file"""
    return Reading(resource_of(reader_handle, Reader), queue_of(queue_handle), int(num_records))


@_declare("ReaderNumRecordsProduced", " -> records_produced: int64", shape=shapes.scalar)
def reader_num_records_produced_op(xp, reader_handle):
    """-> i64[]"""
    return np.asarray(resource_of(reader_handle, Reader).produced, np.int64)


@_declare("ReaderNumWorkUnitsCompleted", " -> units_completed: int64", shape=shapes.scalar)
def reader_num_work_units_completed_op(xp, reader_handle):
    """-> i64[], how many files it has read"""
    return np.asarray(resource_of(reader_handle, Reader).completed, np.int64)


@_declare("ReaderSerializeState", " -> state: string", shape=shapes.scalar)
def reader_serialize_state_op(xp, reader_handle):
    """-> string[]"""
    return np.array(resource_of(reader_handle, Reader).state(), np.object_)


def _no_output(ctx: shapes.ShapeContext) -> list:
    shapes.with_rank(ctx.shape(1), 0)
    return []


@_declare("ReaderRestoreState", ", state: string ->", shape=_no_output)
def reader_restore_state_op(xp, reader_handle, state):
    """state: string[]"""
    check_scalars("Reader {} must be scalar, but had shape: {}", state=state)
    resource_of(reader_handle, Reader).restore(state.item())
    return ()


@_declare("ReaderReset")
def reader_reset_op(xp, reader_handle):
    """The reader is as if it had read nothing."""
    resource_of(reader_handle, Reader).reset()
    return ()
