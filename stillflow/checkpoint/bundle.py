"""What the writer and the reader of a tensor bundle share: file names, and the index file."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from typing import Any, BinaryIO

from stillflow.checkpoint import files, slices
from stillflow.checkpoint.messages import message_class
from stillflow.checkpoint.table import TableWriter
from stillflow.checkpoint.table_reader import CorruptTable, Table, Unsupported
from stillflow.graph import errors

_HEADER_KEY = b""
_VERSION = 1  # of the bundle format
_LITTLE_ENDIAN = 0


def index_path(prefix: str) -> str:
    return f"{prefix}.index"


def data_path(prefix: str, shard: int, num_shards: int) -> str:
    return f"{prefix}.data-{shard:05d}-of-{num_shards:05d}"


def encode_index(num_shards: int, index: Mapping[bytes, Any]) -> bytes:
    """Returns the index file of `index`, which maps table keys to BundleEntryProtos."""
    header = message_class("BundleHeaderProto")(num_shards=num_shards)
    header.version.producer = _VERSION
    file = io.BytesIO()
    table = TableWriter(file)
    table.add(_HEADER_KEY, header.SerializeToString())
    for key in sorted(index):
        table.add(key, index[key].SerializeToString())
    table.finish()
    return file.getvalue()


def read_index(prefix: str) -> tuple[int, dict[bytes, Any]]:
    """Returns the number of data files, and the BundleEntryProto of each table key.

    Raises:
      NotFoundError: when there is no index file, nor a file at `prefix` itself.
      DataLossError: when the file is damaged, or is no checkpoint.
      UnimplementedError: for a sound index of a kind that is not read.
    """
    path = index_path(prefix)
    if not os.path.exists(path):
        raise _not_a_bundle(prefix)
    try:
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            return _decode_index(file)
    except Unsupported as error:
        raise errors.UnimplementedError(
            None, None, f"Unable to read file ({path}): {error}"
        ) from None
    except CorruptTable as error:
        raise errors.DataLossError(
            None,
            None,
            f"Unable to read file ({path}). Perhaps the file is corrupt or was produced by "
            f"a newer version of TensorFlow with format changes: {error}",
        ) from None


def _decode_index(file: BinaryIO) -> tuple[int, dict[bytes, Any]]:
    rows = dict(Table(file).entries())
    if _HEADER_KEY not in rows:
        raise CorruptTable("there is no bundle header")
    header = _parse("BundleHeaderProto", rows.pop(_HEADER_KEY))
    if header.num_shards < 1:
        raise CorruptTable(f"the bundle header counts {header.num_shards} data files")
    if header.endianness != _LITTLE_ENDIAN:
        raise Unsupported("its numbers are big-endian")
    if header.version.min_consumer > _VERSION:
        raise Unsupported(
            f"it needs a reader of version {header.version.min_consumer}; this is {_VERSION}"
        )
    return header.num_shards, {key: _parse("BundleEntryProto", row) for key, row in rows.items()}


def _parse(name: str, data: bytes) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return message_class(name).FromString(data)
    except DecodeError as error:
        raise CorruptTable(f"malformed {name}: {error}") from None


def _not_a_bundle(prefix: str) -> errors.OpError:
    """Returns an error that says what is at `prefix` instead of a bundle."""
    if not os.path.exists(prefix):
        return errors.NotFoundError(
            None,
            None,
            "Unsuccessful TensorSliceReader constructor: "
            f"Failed to find any matching files for {prefix}",
        )
    hint = "is a directory" if os.path.isdir(prefix) else "has no .index file beside it"
    if (whole := re.match(r"(.+)\.(index|meta|data-\d{5}-of-\d{5})$", prefix)) is not None:
        hint = f"is one file of a checkpoint; to name the checkpoint, pass {whole[1]!r}"
    return errors.DataLossError(
        None,
        None,
        f"Unable to open table file {prefix}: perhaps your file is in a different file format "
        f"and you need to use a different restore operator?\n  {prefix!r} {hint}. "
        "Checkpoints of TensorFlow's first format (V1) are not read.",
    )


def shape_of(entry: Any) -> tuple[int, ...]:
    return tuple(dim.size for dim in entry.shape.dim)


def slices_of(entry: Any) -> list[slices.Slice]:
    """Returns the parts in which a partitioned tensor is stored; none for any other."""
    return [
        tuple(
            (extent.start, extent.length if extent.HasField("length") else None)
            for extent in part.extent
        )
        for part in entry.slices
    ]


def slice_message(part: slices.Slice) -> Any:
    """The inverse of `slices_of`, for one part."""
    message = message_class("TensorSliceProto")()
    for start, length in part:
        message.extent.add(**({} if length is None else {"start": start, "length": length}))
    return message
