"""What the writer and the reader of a tensor bundle share: file names, and the index file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, BinaryIO

from stillflow.checkpoint import files
from stillflow.checkpoint.messages import message_class, parse
from stillflow.checkpoint.table import TableWriter
from stillflow.checkpoint.table_reader import CorruptTable, Table, Unsupported
from stillflow.graph import errors
from stillflow.graph.text import local_path

_HEADER_KEY = b""
_VERSION = 1  # of the bundle format
_LITTLE_ENDIAN = 0


def index_path(prefix: str) -> str:
    return f"{local_path(prefix)}.index"


def data_path(prefix: str, shard: int, num_shards: int) -> str:
    return f"{local_path(prefix)}.data-{shard:05d}-of-{num_shards:05d}"


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
      NotFoundError: when there is no index file.
      DataLossError: when the file is damaged, or is no checkpoint.
      UnimplementedError: for a sound index of a kind that is not read.
    """
    path = index_path(prefix)
    try:
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            return _decode_index(file)
    except Unsupported as error:
        raise errors.UnimplementedError(
            None, None, f"Unable to read file ({path}): {error}"
        ) from None
    except (CorruptTable, ValueError) as error:
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
    header = parse("BundleHeaderProto", rows.pop(_HEADER_KEY))
    if header.num_shards < 1:
        raise CorruptTable(f"the bundle header counts {header.num_shards} data files")
    if header.endianness != _LITTLE_ENDIAN:
        raise Unsupported("its numbers are big-endian")
    if header.version.min_consumer > _VERSION:
        raise Unsupported(
            f"it needs a reader of version {header.version.min_consumer}; this is {_VERSION}"
        )
    return header.num_shards, {key: parse("BundleEntryProto", row) for key, row in rows.items()}
