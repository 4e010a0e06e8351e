"""Writes TensorFlow's first checkpoint format (V1): all tensors in one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.checkpoint import files, first_format_values, slices, tensors
from stillflow.checkpoint.messages import message_class, set_slice, shape_of
from stillflow.checkpoint.table import TableWriter
from stillflow.graph import dtypes, errors
from stillflow.graph.text import local_path

_VERSION = 1  # of the format


class FirstFormatWriter:
    """Writes one file; it appears, in one step, when the `with` block ends without an exception.

    Raises, all of `tf.errors`: what TensorFlow raises for the system's error.
    """

    def __init__(self, path: str):
        self._path = path = local_path(path)
        self._listed: dict[bytes, Any] = {}  # a SavedSliceMeta for each tensor
        self._parts: dict[bytes, tuple[bytes, slices.Slice, np.ndarray, dtypes.DType]] = {}
        with files.os_errors_as_tf(path):
            self._staged = files.StagedFile(path)

    def add(
        self,
        name: str | bytes,
        shape: Sequence[int],
        part: slices.Slice,
        array: np.ndarray,
        dtype: dtypes.DType,
    ) -> None:
        """Adds `part` of a tensor, which has `shape` in all; `slices.whole(shape)` is all of it.

        Raises:
          InvalidArgumentError: the part is there already or has another shape, or the format has
            no such type.
        """
        name, dtype = tensors.as_bytes(name), dtype.base_dtype
        key = slices.key(name, part)
        if key in self._parts:
            raise _invalid(f"Adding duplicate key: {name.decode(errors='replace')}")
        if array.shape != slices.shape_of(part, shape):
            raise _invalid(f"Slice {part} of shape {list(shape)} got shape {list(array.shape)}")
        if not first_format_values.holds(dtype):
            raise _invalid(
                f"The first checkpoint format has no elements of type {dtype.name}, as "
                f"{name.decode(errors='replace')!r} has\n  Leave out write_version: the second "
                "format, which is the default, has them."
            )
        listed = self._listed.get(name) or _meta(name, shape, dtype)
        if (listed.type, shape_of(listed)) != (dtype.as_datatype_enum, tuple(shape)):
            raise _invalid(f"Slice {part} differs in type or shape from others of {name!r}")
        set_slice(listed.slice.add(), part)
        self._listed[name] = listed
        self._parts[key] = name, part, array, dtype

    def __enter__(self) -> FirstFormatWriter:
        return self

    def __exit__(self, exception_type: type | None, *_: object) -> None:
        try:
            if exception_type is None:
                with files.os_errors_as_tf(self._path):
                    self._write()
                    self._staged.seal()
                    self._staged.publish()
                    files.sync_directory(self._path)
        finally:
            self._staged.discard()

    def _write(self) -> None:
        table = TableWriter(self._staged.file)
        table.add(b"", self._list().SerializeToString())
        for key in sorted(self._parts):
            name, part, array, dtype = self._parts[key]
            row = message_class("SavedTensorSlices")()
            row.data.name = name
            set_slice(row.data.slice, part)
            row.data.data.CopyFrom(first_format_values.encode(array, dtype))
            table.add(key, row.SerializeToString())
        table.finish()

    def _list(self) -> Any:
        message = message_class("SavedTensorSlices")()
        message.meta.versions.producer = _VERSION
        message.meta.tensor.extend(self._listed[name] for name in sorted(self._listed))
        return message


def _meta(name: bytes, shape: Sequence[int], dtype: dtypes.DType) -> Any:
    meta = message_class("SavedSliceMeta")(name=name, type=dtype.as_datatype_enum)
    meta.shape.SetInParent()  # written for a scalar too
    for size in shape:
        meta.shape.dim.add(size=size)
    return meta


def _invalid(what: str) -> errors.InvalidArgumentError:
    return errors.InvalidArgumentError(None, None, what)
