"""`CheckpointReader`: the tensors of a checkpoint by name, whatever its format."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from stillflow.checkpoint import bundle, first_format, slices, tensors
from stillflow.checkpoint.bundle_reader import BundleFiles
from stillflow.checkpoint.slices import Slice
from stillflow.checkpoint.stored import Source, Stored, known_dtype, text
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
        self._source = _source(os.fsdecode(prefix))
        self._index = self._source.index
        self._names = sorted(self._index)

    def has_tensor(self, tensor_str: str | bytes) -> bool:
        return tensors.as_bytes(tensor_str) in self._index

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        return {text(name): list(self._index[name].shape) for name in self._names}

    def get_variable_to_dtype_map(self) -> dict[str, dtypes.DType]:
        return {text(name): self.dtype(name) for name in self._names}

    def debug_string(self) -> bytes:
        """Returns a line for each tensor: its name, type and shape."""
        return b"".join(
            b"%s (%s) [%s]\n"
            % (
                name,
                _enum_name(self._index[name].type_number).encode(),
                ",".join(map(str, self._index[name].shape)).encode(),
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
        stored = self._stored(key)
        if stored.parts:
            return self._assemble(key, slices.whole(stored.shape))
        return self._source.load(key)

    def read_slice(self, name: str | bytes, part: Slice) -> np.ndarray:
        """Returns `part` of a tensor, which may be how it was stored, or not.

        Of a tensor that is stored in parts, those are read that have elements of `part`.
        """
        key = tensors.as_bytes(name)
        stored = self._stored(key)
        if part in stored.parts:
            return self._source.load(key, part)
        if stored.parts:
            return self._assemble(key, part)
        return self._source.load(key)[slices.index(part, stored.shape)].copy()

    def shape(self, name: str | bytes) -> tuple[int, ...]:
        return self._stored(tensors.as_bytes(name)).shape

    def dtype(self, name: str | bytes) -> dtypes.DType:
        key = tensors.as_bytes(name)
        return known_dtype(self._stored(key), self._where(key))

    def _stored(self, key: bytes) -> Stored:
        if key not in self._index:
            raise errors.NotFoundError(None, None, f"Key {text(key)} not found in checkpoint")
        return self._index[key]

    def _assemble(self, key: bytes, wanted: Slice) -> np.ndarray:
        """Returns a slice of a tensor that is stored in parts, each of which is read in turn."""
        stored = self._stored(key)
        if not slices.fit(stored.parts, stored.shape):
            raise self._incomplete(key)
        self._source.check(key)
        if not slices.are_partition(stored.parts, stored.shape):
            raise self._incomplete(key)
        array: np.ndarray = np.empty(
            slices.shape_of(wanted, stored.shape), self.dtype(key).stored_as
        )
        for part in stored.parts:
            shared = slices.overlap(part, wanted, stored.shape)
            if shared is not None:
                in_part, in_wanted = shared
                array[in_wanted] = self._source.load(key, part)[in_part]
        return array

    def _incomplete(self, key: bytes) -> errors.DataLossError:
        what = f"The stored slices do not make up the tensor\n  {self._where(key)}."
        return errors.DataLossError(None, None, what)

    def _where(self, key: bytes) -> str:
        return f"Tensor {text(key)!r} of {self._source.path}"


def _source(prefix: str) -> Source:
    """Opens a bundle or, where there is none, what a checkpoint of the first format is."""
    if os.path.exists(bundle.index_path(prefix)):
        return BundleFiles(prefix)
    return first_format.FirstFormatFiles(prefix)


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
