"""Reads tensors from a bundle's files: what `CheckpointReader` does for the second format."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import Any

import numpy as np

from stillflow.checkpoint import bundle, files, slices, tensors
from stillflow.checkpoint.messages import shape_of, slice_of
from stillflow.checkpoint.slices import Slice
from stillflow.checkpoint.stored import Stored, known_dtype, readable_dtype, text
from stillflow.graph import dtypes, errors
from stillflow.platform import crc32c


class BundleFiles:
    """The tensors of the bundle at `prefix`. A `Source`."""

    def __init__(self, prefix: str):
        self.path = bundle.index_path(prefix)
        self._prefix = prefix
        self._num_shards, self._entries = bundle.read_index(prefix)
        parts = {
            slices.key(name, part)
            for name, entry in self._entries.items()
            for part in _parts_of(entry)
        }
        self.index = {
            name: Stored(entry.dtype, shape_of(entry), _parts_of(entry))
            for name, entry in self._entries.items()
            if name not in parts
        }

    def check(self, name: bytes) -> None:
        stored = self.index[name]
        if not stored.parts:
            self._check(name, stored)
            return
        dtype = known_dtype(stored, self._where(name))
        extents = []
        for part in stored.parts:
            key = self._key(name, part)
            piece = self._check(key, self._stored_at(key))
            shape = slices.shape_of(part, stored.shape)
            if (piece, shape_of(self._entries[key])) != (dtype, shape):
                raise self._data_loss(key, "A stored slice differs in shape or type")
            entry = self._entries[key]
            extents.append((entry.shard_id, entry.offset, entry.offset + entry.size))
        if any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(sorted(extents))):
            raise self._data_loss(name, "The stored slices share bytes")

    def load(self, name: bytes, part: Slice | None = None) -> np.ndarray:
        key = name if part is None else self._key(name, part)
        dtype = self._check(key, self._stored_at(key))
        entry = self._entries[key]
        path = self._data_path(entry)
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            data = np.empty(entry.size, np.uint8)
            file.seek(entry.offset)
            got = file.readinto(data.data)
        if got != entry.size:
            raise self._data_loss(key, f"Read less bytes than requested: {got} bytes")
        try:
            crc = crc32c.unmask(entry.crc32c)
            return tensors.decode(data, dtype, shape_of(entry), crc)
        except tensors.CorruptTensor as error:
            raise self._data_loss(key, str(error)) from None

    def _stored_at(self, key: bytes) -> Stored:
        entry = self._entries[key]
        return Stored(entry.dtype, shape_of(entry), ())

    def _key(self, name: bytes, part: Slice) -> bytes:
        key = slices.key(name, part)
        if key not in self._entries:
            raise self._data_loss(name, f"Its slice {list(part)} is missing")
        return key

    def _check(self, key: bytes, stored: Stored) -> dtypes.DType:
        """Returns the type of a tensor in one piece whose entry fits the data file."""
        dtype, entry = readable_dtype(stored, self._where(key)), self._entries[key]
        try:
            if min(entry.offset, entry.size, entry.shard_id, *stored.shape) < 0:
                raise tensors.CorruptTensor("Negative number in bundle entry")
            np.broadcast_to(np.uint8(0), stored.shape)  # raises for a shape no array can have
            tensors.check_size(entry.size, dtype, stored.shape)
        except (tensors.CorruptTensor, ValueError) as error:
            raise self._data_loss(key, f"Invalid bundle entry: {error}") from None
        path = self._data_path(entry)
        with files.os_errors_as_tf(path):
            size = os.stat(path).st_size
        if entry.offset + entry.size > size:
            raise self._data_loss(key, f"Read less bytes than requested: it has {size} bytes")
        return dtype

    def _data_path(self, entry: Any) -> str:
        return bundle.data_path(self._prefix, entry.shard_id, self._num_shards)

    def _where(self, key: bytes) -> str:
        return f"Tensor {text(key)!r} of {self.path}"

    def _data_loss(self, key: bytes, what: str) -> errors.DataLossError:
        entry = self._entries[key]
        return errors.DataLossError(
            None,
            None,
            f"{what}\n  {self._where(key)}: bytes {entry.offset} to {entry.offset + entry.size} "
            f"of {self._data_path(entry)}.",
        )


def _parts_of(entry: Any) -> tuple[Slice, ...]:
    return tuple(map(slice_of, entry.slices))
