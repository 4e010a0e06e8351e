"""Reads tensors from a bundle: `CheckpointReader`."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.checkpoint import bundle, crc32c, files, slices, tensors
from stillflow.graph import dtypes, errors


class CheckpointReader:
    """The tensors of one checkpoint, by name. Opening it reads and verifies the whole index.

    Raises, all of `tf.errors`:
      NotFoundError: when there is no checkpoint at `prefix`, or no tensor of a name.
      DataLossError: when a file is damaged or truncated; the message names the file and what
        failed. A damaged file never gives a tensor with wrong values.
      UnimplementedError: for a kind of checkpoint or tensor that is not read.
    """

    def __init__(self, prefix: str | os.PathLike):
        self._prefix = os.fspath(prefix)
        if not isinstance(self._prefix, str):
            self._prefix = os.fsdecode(self._prefix)
        self._num_shards, self._index = bundle.read_index(self._prefix)
        parts = {
            slices.key(name, part)
            for name, entry in self._index.items()
            for part in bundle.slices_of(entry)
        }
        self._names = sorted(self._index.keys() - parts)

    def has_tensor(self, tensor_str: str | bytes) -> bool:
        return tensors.as_bytes(tensor_str) in self._index

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        return {_text(name): list(bundle.shape_of(self._index[name])) for name in self._names}

    def get_variable_to_dtype_map(self) -> dict[str, dtypes.DType]:
        return {_text(name): self._dtype(name) for name in self._names}

    def debug_string(self) -> bytes:
        """Returns a line for each tensor: its name, type and shape."""
        return b"".join(
            b"%s (%s) [%s]\n"
            % (
                name,
                _enum_name(self._index[name].dtype).encode(),
                ",".join(map(str, bundle.shape_of(self._index[name]))).encode(),
            )
            for name in self._names
        )

    def get_tensor(self, tensor_str: str | bytes) -> Any:
        """Returns a new array; for a tensor without axes, a NumPy scalar or `bytes`.

        A tensor that was saved in parts is put together.
        """
        array = self.read(tensor_str)
        return array if array.ndim else array[()]

    def read(self, name: str | bytes) -> np.ndarray:
        """Returns a tensor as a new array, also when it has no axes."""
        key = tensors.as_bytes(name)
        entry = self._entry(key)
        return self._assemble(key, entry) if entry.slices else self._load(key, entry)

    def read_slice(self, name: str | bytes, part: slices.Slice) -> np.ndarray:
        """Returns `part` of a tensor, which may be how it was stored, or not."""
        key = tensors.as_bytes(name)
        entry = self._entry(key)
        if part in bundle.slices_of(entry):
            stored = slices.key(key, part)
            return self._load(stored, self._entry(stored))
        return self.read(key)[slices.index(part, bundle.shape_of(entry))].copy()

    def shape(self, name: str | bytes) -> tuple[int, ...]:
        return bundle.shape_of(self._entry(tensors.as_bytes(name)))

    def dtype(self, name: str | bytes) -> dtypes.DType:
        return self._dtype(tensors.as_bytes(name))

    def _entry(self, key: bytes) -> Any:
        if key not in self._index:
            raise errors.NotFoundError(None, None, f"Key {_text(key)} not found in checkpoint")
        return self._index[key]

    def _dtype(self, key: bytes) -> dtypes.DType:
        number = self._entry(key).dtype
        try:
            return dtypes.as_dtype(number)
        except TypeError:
            raise errors.UnimplementedError(
                None, None, f"{self._where(key)} has the unknown element type number {number}."
            ) from None

    def _load(self, key: bytes, entry: Any) -> np.ndarray:
        """Returns a tensor that is stored in one piece."""
        dtype, shape = self._checked(key, entry)
        path = self._data_path(entry)
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            stored = os.fstat(file.fileno()).st_size
            if entry.offset + entry.size > stored:
                raise self._data_loss(key, f"Read less bytes than requested: it has {stored} bytes")
            data = np.empty(entry.size, np.uint8)
            file.seek(entry.offset)
            got = file.readinto(data.data)
        if got != entry.size:
            raise self._data_loss(key, f"Read less bytes than requested: {got} bytes")
        try:
            return tensors.decode(data, dtype, shape, crc32c.unmask(entry.crc32c))
        except tensors.CorruptTensor as error:
            raise self._data_loss(key, str(error)) from None

    def _checked(self, key: bytes, entry: Any) -> tuple[dtypes.DType, tuple[int, ...]]:
        """Returns the type and shape of a tensor whose entry makes sense, whatever the data."""
        dtype, shape = self._dtype(key), bundle.shape_of(entry)
        if not dtype.is_numpy_compatible:
            raise errors.UnimplementedError(
                None, None, f"{self._where(key)} is of type {dtype.name}, which is not read."
            )
        try:
            if min(entry.offset, entry.size, entry.shard_id, *shape) < 0:
                raise tensors.CorruptTensor("Negative number in bundle entry")
            np.broadcast_to(np.uint8(0), shape)  # raises for a shape that NumPy cannot have
            tensors.check_size(entry.size, dtype, shape)
        except (tensors.CorruptTensor, ValueError) as error:
            raise self._data_loss(key, f"Invalid bundle entry: {error}") from None
        return dtype, shape

    def _assemble(self, key: bytes, entry: Any) -> np.ndarray:
        """Returns a tensor that is stored in parts."""
        shape, parts = bundle.shape_of(entry), bundle.slices_of(entry)
        if any(len(part) != len(shape) for part in parts) or not slices.are_partition(parts, shape):
            raise self._data_loss(key, "The stored slices do not make up the tensor")
        stored = [self._load(k, self._entry(k)) for k in (slices.key(key, p) for p in parts)]
        whole: np.ndarray = np.empty(shape, self._dtype(key).as_numpy_dtype)
        for part, array in zip(parts, stored, strict=True):
            if array.shape != slices.shape_of(part, shape) or array.dtype != whole.dtype:
                raise self._data_loss(key, "A stored slice differs in shape or type")
            whole[slices.index(part, shape)] = array
        return whole

    def _data_path(self, entry: Any) -> str:
        return bundle.data_path(self._prefix, entry.shard_id, self._num_shards)

    def _where(self, key: bytes) -> str:
        return f"Tensor {_text(key)!r} of {bundle.index_path(self._prefix)}"

    def _data_loss(self, key: bytes, what: str) -> errors.DataLossError:
        entry = self._index[key]
        return errors.DataLossError(
            None,
            None,
            f"{what}\n  {self._where(key)}: bytes {entry.offset} to {entry.offset + entry.size} "
            f"of {self._data_path(entry)}.",
        )


def _text(key: bytes) -> str:
    return key.decode(errors="surrogateescape")


def _enum_name(number: int) -> str:
    """Returns the name of an element type in TensorFlow's `DataType` enum."""
    try:
        return f"DT_{type_name(dtypes.as_dtype(number)).upper()}"
    except TypeError:
        return str(number)


def type_name(dtype: dtypes.DType) -> str:
    """Returns what TensorFlow's runtime, unlike its Python names, calls an element type."""
    return {"float16": "half", "float32": "float", "float64": "double"}.get(dtype.name, dtype.name)


def new_checkpoint_reader(filepattern: str | os.PathLike) -> CheckpointReader:
    """Opens the checkpoint with the prefix `filepattern`: `tf.train.NewCheckpointReader`."""
    return CheckpointReader(filepattern)
