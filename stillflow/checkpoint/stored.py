"""What the readers of the two formats tell of a tensor, and the errors that they share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stillflow.checkpoint.slices import Shape, Slice
from stillflow.graph import dtypes, errors


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor by its index entry, which may be wrong: `Source.check` says whether it is."""

    type_number: int
    shape: Shape
    parts: tuple[Slice, ...]  # in which it is stored; none when it is in one piece


class Source(Protocol):
    """The files of a checkpoint, of either format."""

    path: str  # the file that lists the tensors
    index: dict[bytes, Stored]

    def check(self, name: bytes) -> None:
        """Raises unless the files can hold the tensor: before memory is taken for it.

        DataLossError for a damaged entry, UnimplementedError for a type that is not read.
        """

    def load(self, name: bytes, part: Slice | None = None) -> np.ndarray:
        """Returns a tensor in one piece, or one of its parts, checksum and shape verified."""


def text(name: bytes) -> str:
    return name.decode(errors="surrogateescape")


def readable_dtype(stored: Stored, where: str) -> dtypes.DType:
    """Returns the element type of a tensor; UnimplementedError for one that is not read."""
    dtype = known_dtype(stored, where)
    if not (dtype.is_numpy_compatible or dtype is dtypes.variant):
        raise errors.UnimplementedError(
            None, None, f"{where} is of type {dtype.name}, which is not read."
        )
    return dtype


def known_dtype(stored: Stored, where: str) -> dtypes.DType:
    try:
        return dtypes.as_dtype(stored.type_number)
    except TypeError:
        raise errors.UnimplementedError(
            None, None, f"{where} has the unknown element type number {stored.type_number}."
        ) from None
