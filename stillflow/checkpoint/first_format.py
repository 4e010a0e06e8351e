"""Reads tensors from TensorFlow's first checkpoint format (V1): one table for each file.

The row of the empty key lists the tensors and their parts; each other row is a part: the proto of
its elements. A tensor in one piece is a part without bounds.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np

from stillflow.checkpoint import files, first_format_values, slices
from stillflow.checkpoint.messages import parse, shape_of, slice_of
from stillflow.checkpoint.slices import Slice
from stillflow.checkpoint.stored import Stored, readable_dtype, text
from stillflow.checkpoint.table_reader import CorruptTable, Table, Unsupported
from stillflow.graph import errors
from stillflow.graph.text import local_path

_LIST_KEY = b""


class FirstFormatFiles:
    """The tensors of the files that `pattern` is or matches: several, if they are shards.

    A `Source`. Reading a part checks the block that it is in.
    """

    def __init__(self, pattern: str):
        self.path = pattern
        self._files: dict[bytes, str] = {}  # by the keys of the parts
        found: dict[bytes, Stored] = {}
        for path in _matching(pattern):
            for listed in _listed(path):
                found[listed.name] = self._with(path, listed, found.get(listed.name))
        self.index = {name: _in_one_piece(stored) for name, stored in found.items()}

    def _with(self, path: str, listed: Any, others: Stored | None) -> Stored:
        """Returns a tensor with the parts of it that the file at `path` lists."""
        name = listed.name
        parts = tuple(slice_of(part) for part in listed.slice)
        for key in (slices.key(name, part) for part in parts):
            if key in self._files:
                raise _data_loss(path, f"a part of {text(name)!r} is there twice")
            self._files[key] = path
        stored = Stored(listed.type, shape_of(listed), parts)
        if others is None:
            return stored
        if (others.type_number, others.shape) != (stored.type_number, stored.shape):
            raise _data_loss(path, f"{text(name)!r} has another type or shape in another file")
        return replace(stored, parts=others.parts + parts)

    def check(self, name: bytes) -> None:
        stored = self.index[name]
        dtype = readable_dtype(stored, self._where(name))
        size = prod(stored.shape) * first_format_values.LEAST_SIZE
        with files.os_errors_as_tf(self.path):
            room = sum(os.path.getsize(path) for path in set(self._files.values()))
        if size > room:
            raise _data_loss(self.path, f"it is too short for {text(name)!r}, a {dtype.name} array")

    def load(self, name: bytes, part: Slice | None = None) -> np.ndarray:
        stored = self.index[name]
        dtype = readable_dtype(stored, self._where(name))
        part = slices.whole(stored.shape) if part is None else part
        if not slices.fit([part], stored.shape):
            raise _data_loss(self.path, f"{text(name)!r} has a part outside its shape")
        key = slices.key(name, part)
        path = self._files.get(key, self.path)
        row = _row(path, key) if key in self._files else None
        if row is None:
            raise _data_loss(path, f"{text(name)!r} is listed but not there")
        try:
            saved = parse("SavedTensorSlices", row).data
            return first_format_values.decode(
                saved.data, dtype, slices.shape_of(part, stored.shape)
            )
        except ValueError as error:
            raise _data_loss(path, f"{text(name)!r}: {error}") from None

    def _where(self, name: bytes) -> str:
        return f"Tensor {text(name)!r} of {self.path}"


def _in_one_piece(stored: Stored) -> Stored:
    """A tensor whose only part has no bounds is not a partitioned one."""
    is_whole = stored.parts == (slices.whole(stored.shape),)
    return replace(stored, parts=()) if is_whole else stored


def _listed(path: str) -> Iterable[Any]:
    """Returns a SavedSliceMeta for each tensor that a file has parts of."""
    row = _row(path, _LIST_KEY)
    if row is None:
        raise _data_loss(path, "it has no list of tensors")
    try:
        return parse("SavedTensorSlices", row).meta.tensor
    except ValueError as error:
        raise _data_loss(path, str(error)) from None


def _row(path: str, key: bytes) -> bytes | None:
    try:
        with files.os_errors_as_tf(path), open(path, "rb") as file:
            return Table(file).get(key)
    except Unsupported as error:
        raise errors.UnimplementedError(
            None, None, f"Unable to read file ({path}): {error}"
        ) from None
    except CorruptTable as error:
        raise _data_loss(path, str(error)) from None


def _data_loss(path: str, what: str) -> errors.DataLossError:
    return errors.DataLossError(
        None,
        None,
        f"Unable to open table file {path}: Data loss: {what}: perhaps your file is in a different "
        "file format and you need to use a different restore operator?",
    )


def _matching(pattern: str) -> list[str]:
    """Returns the files of a checkpoint; raises what says what is there instead."""
    pattern = local_path(pattern)
    paths = [pattern] if os.path.exists(pattern) else sorted(glob.glob(pattern))
    if not paths:
        raise errors.NotFoundError(
            None,
            None,
            "Unsuccessful TensorSliceReader constructor: "
            f"Failed to find any matching files for {pattern}",
        )
    if os.path.isdir(pattern):
        raise _data_loss(pattern, "it is a directory")
    if (whole := re.match(r"(.+)\.(index|meta|data-\d{5}-of-\d{5})$", pattern)) is not None:
        raise _data_loss(
            pattern,
            f"it is one file of a checkpoint (to name the checkpoint, pass {whole[1]!r})",
        )
    return paths
