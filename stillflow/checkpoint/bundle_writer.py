"""Writes tensors to a bundle: `prefix.index` and `prefix.data-00000-of-00001`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from stillflow.checkpoint import bundle, files, slices, tensors
from stillflow.checkpoint.messages import message_class, set_slice
from stillflow.graph import dtypes, errors
from stillflow.graph.text import local_path
from stillflow.platform import crc32c


class BundleWriter:
    """Writes one bundle, a tensor at a time; the files appear when the `with` block ends.

    >>> with BundleWriter("model/ckpt-1") as writer:  # doctest: +SKIP
    ...     writer.add("weights", weights)

    The directory is created where only its last part is missing. When the block is left by an
    exception, or the process dies at any instant, a bundle that was at `prefix` is still there.

    Raises, all of `tf.errors`: NotFoundError for a missing directory, PermissionDeniedError,
    ResourceExhaustedError for a full disk, ...: what TensorFlow raises for the system's error.
    """

    def __init__(self, prefix: str):
        self._prefix = prefix
        self._index: dict[bytes, Any] = {}
        self._offset = 0
        with files.os_errors_as_tf(prefix):
            create_parent(prefix)
            self._data = files.StagedFile(bundle.data_path(prefix, 0, 1))

    def add(self, name: str | bytes, array: np.ndarray, dtype: dtypes.DType | None = None) -> None:
        """Appends a tensor; `dtype` is needed only for quantized types, which NumPy lacks.

        Raises:
          InvalidArgumentError: when there is a tensor of this name.
        """
        self._append(tensors.as_bytes(name), np.asarray(array), dtype)

    def add_slice(
        self,
        name: str | bytes,
        shape: Sequence[int],
        part: slices.Slice,
        array: np.ndarray,
        dtype: dtypes.DType | None = None,
    ) -> None:
        """Appends `part` of the tensor `name`, which has `shape` in all.

        Raises:
          InvalidArgumentError: when the part is there already, or does not match the others.
        """
        name = tensors.as_bytes(name)
        array = np.asarray(array)
        if array.shape != slices.shape_of(part, shape):
            raise errors.InvalidArgumentError(
                None, None, f"Slice {part} of shape {list(shape)} got shape {list(array.shape)}"
            )
        if slices.is_whole(part, shape):
            self._append(name, array, dtype)
            return
        new = _entry(_dtype_of(array, dtype), shape)
        whole = self._index.get(name, new)
        if whole is not new and (
            not whole.slices or (whole.dtype, whole.shape) != (new.dtype, new.shape)
        ):
            raise errors.InvalidArgumentError(
                None, None, f"Slice {part} differs in type or shape from others of {name.decode()}"
            )
        self._append(slices.key(name, part), array, dtype)
        set_slice(whole.slices.add(), part)
        self._index[name] = whole

    def _append(self, key: bytes, array: np.ndarray, dtype: dtypes.DType | None) -> None:
        if key in self._index:
            raise errors.InvalidArgumentError(
                None, None, f"Adding duplicate key: {key.decode(errors='replace')}"
            )
        dtype = _dtype_of(array, dtype)
        entry = _entry(dtype, array.shape)
        with files.os_errors_as_tf(self._prefix):
            size, crc = tensors.write(self._data.file, array, dtype)
        entry.offset, entry.size, entry.crc32c = self._offset, size, crc32c.mask(crc)
        self._offset += size
        self._index[key] = entry

    def __enter__(self) -> BundleWriter:
        return self

    def __exit__(self, exception_type: type | None, *_: object) -> None:
        try:
            if exception_type is None:
                with files.os_errors_as_tf(self._prefix):
                    self._data.seal()
                    _publish(self._prefix, [self._data.staging], self._index)
        finally:
            self._data.discard()


def _dtype_of(array: np.ndarray, dtype: dtypes.DType | None) -> dtypes.DType:
    return (dtype or dtypes.as_dtype(array.dtype)).base_dtype


def _entry(dtype: dtypes.DType, shape: Sequence[int]) -> Any:
    entry = message_class("BundleEntryProto")(dtype=dtype.as_datatype_enum)
    entry.shape.SetInParent()  # written for a scalar too
    for size in shape:
        entry.shape.dim.add(size=size)
    return entry


def create_parent(path: str) -> None:
    """Creates the directory that is to hold `path`, but none above it."""
    if parent := os.path.dirname(local_path(path)):
        with contextlib.suppress(FileExistsError):
            os.mkdir(parent)


def merge(prefixes: Sequence[str], destination: str) -> None:
    """Makes one bundle of several, whose data files become its shards.

    Raises:
      InvalidArgumentError: when two hold the same tensor, other than as slices of it.
      NotFoundError, DataLossError, ...: when one cannot be read.
    """
    sources: list[str] = []
    merged: dict[bytes, Any] = {}
    for prefix in prefixes:
        num_shards, index = bundle.read_index(prefix)
        for key, entry in index.items():
            _merge_entry(merged, key, entry, first_shard=len(sources))
        sources += [bundle.data_path(prefix, shard, num_shards) for shard in range(num_shards)]
    with files.os_errors_as_tf(destination):
        create_parent(destination)
        _publish(destination, sources, merged)
    for prefix in prefixes:
        files.remove_leftover(bundle.index_path(prefix))


def _merge_entry(merged: dict[bytes, Any], key: bytes, entry: Any, first_shard: int) -> None:
    if not entry.slices:
        entry.shard_id += first_shard
    if key not in merged:
        merged[key] = entry
    elif entry.slices and (entry.dtype, entry.shape) == (merged[key].dtype, merged[key].shape):
        merged[key].slices.extend(entry.slices)
    else:
        raise errors.InvalidArgumentError(
            None, None, f"Duplicate tensor keyed by {key.decode(errors='replace')} encountered"
        )


def _publish(prefix: str, sources: Sequence[str], index: Mapping[bytes, Any]) -> None:
    """Moves data files, and writes their index, in place of the bundle at `prefix`, if any.

    Replacing the index file is the step that counts: until then no file of the present bundle is
    touched, and a failure removes the new data. Where the new data files are to have the names of
    the present ones, they first go by those of a bundle of one shard more.
    """
    final = len(sources)
    present = _num_shards(prefix)
    interim = final + 1 if present == final else final
    _publish_as(prefix, interim, sources, index, replaces=present is not None)
    if interim != final and _link_data(prefix, interim, final):
        try:
            files.write_atomically(bundle.index_path(prefix), bundle.encode_index(final, index))
        except OSError:
            return  # the bundle is whole by either index, for its data has the names of both
        present = interim
    if present is not None:
        _remove_data(prefix, present)


def _publish_as(
    prefix: str, shards: int, sources: Sequence[str], index: Mapping[bytes, Any], *, replaces: bool
) -> None:
    """Makes a bundle of data files, whose names count `shards`. When it fails, there is none."""
    staged = files.StagedFile(bundle.index_path(prefix))
    moved: list[str] = []
    try:
        staged.file.write(bundle.encode_index(shards, index))
        staged.seal()
        for shard, source in enumerate(sources):
            path = bundle.data_path(prefix, shard, shards)
            os.replace(source, path)
            moved.append(path)
        if replaces:
            files.sync_directory(prefix)  # the new data is there before the old index is gone
        staged.publish()
    except BaseException:
        for path in moved:
            files.remove_leftover(path)
        raise
    finally:
        staged.discard()
    files.sync_directory(prefix)


def _remove_data(prefix: str, num_shards: int) -> None:
    """Removes the data files of the bundle that was replaced."""
    for shard in range(num_shards):
        files.remove_leftover(bundle.data_path(prefix, shard, num_shards))


def _num_shards(prefix: str) -> int | None:
    """Returns how many data files the bundle at `prefix` has; None when there is no sound one."""
    try:
        return bundle.read_index(prefix)[0]
    except errors.OpError:
        return None


def _link_data(prefix: str, interim: int, final: int) -> bool:
    """Gives the data files their final names too. Returns False where there are no hard links."""
    try:
        for shard in range(final):
            files.link_over(
                bundle.data_path(prefix, shard, interim), bundle.data_path(prefix, shard, final)
            )
    except OSError:
        return False
    files.sync_directory(prefix)
    return True
