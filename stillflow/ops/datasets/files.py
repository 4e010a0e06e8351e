"""Datasets of what files hold: lines, records, pieces of one length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes
from stillflow.graph import dtypes
from stillflow.graph.errors import OpError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.file_sources import BUFFER_SIZE, Lines, Pieces, Records, Source
from stillflow.ops.datasets.state import State
from stillflow.ops.strings.each import as_strings
from stillflow.platform.compression import WINDOW_BITS


class FileDataset(Dataset):
    """What a source gives of each of several files: string[].

    `opened(name, position)` is the source of a file, from where it was, or from its beginning.
    """

    gives_blocks = True

    def __init__(self, names: Sequence[bytes], opened: Callable[[bytes, int], Source], kind: str):
        super().__init__((), [dtypes.string], [TensorShape([])])
        self.kind = kind
        self.names = names
        self.opened = opened

    def iterator(self, place: Place) -> ElementIterator:
        return _OfFiles(self)


class _OfFiles(ElementIterator):
    def __init__(self, dataset: FileDataset):
        self.kind = dataset.kind
        self._dataset = dataset
        self._number = 0
        self._source: Source | None = None

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        source, self._source = self._source, None
        if source is not None:
            source.close()

    def next(self) -> Element:
        while not (taken := self._taken(1)):
            pass
        return (np.array(taken[0], np.object_),)

    def block(self, count: int) -> Element:
        taken: list[bytes] = []
        try:
            while len(taken) < count:
                taken += self._taken(count - len(taken))
        except End:
            pass
        return (as_strings(taken),) if taken else ()

    def _taken(self, count: int) -> list[bytes]:
        """What is there of at most `count` in the current file; raises End behind the last one."""
        if self._source is None:
            if self._number == len(self._dataset.names):
                raise End
            self._source = self._dataset.opened(self._dataset.names[self._number], 0)
        try:
            taken = self._source.take(count)
        except OpError:
            self._close()
            self._number += 1  # whoever ignores the error goes on with the next file
            raise
        if len(taken) < count:
            self._close()
            self._number += 1
        return taken

    def save(self, state: State) -> None:
        state["current_file_index"] = self._number
        if self._source is not None:
            state[self._place] = self._source.position
        elif self.kind.startswith("Fixed"):
            state[self._place] = -1

    def restore(self, state: State) -> None:
        self._close()
        self._number = state.number("current_file_index")
        place = state.number(self._place) if self._place in state else -1
        if place >= 0:
            self._source = self._dataset.opened(self._dataset.names[self._number], place)

    @property
    def _place(self) -> str:
        return "offset" if self.kind == "TFRecord" else "current_pos"


def _one_dataset(ctx: ShapeContext) -> Sizes:
    first, *others = ctx.shapes()
    shapes.with_rank_at_most(first, 1)
    for sizes in others:
        shapes.with_rank(sizes, 0)
    return ()


_OPTIONS: dict[str, Any] = {"shape": _one_dataset, "host": True, "stateful": True}


def _names(filenames: np.ndarray) -> list[bytes]:
    if filenames.ndim > 1:
        refuse("`filenames` must be a scalar or a vector.")
    return [as_bytes(name) for name in filenames.ravel()]


def _kind(compression_type: np.ndarray) -> str:
    kind = as_bytes(compression_type.item()).decode()
    if kind and kind not in WINDOW_BITS:
        refuse("Unsupported compression_type.")
    return kind


def _size(buffer_size: np.ndarray, meaning: str = "") -> int:
    if int(buffer_size) < 0:
        refuse(f"`buffer_size` must be >= 0{meaning}")
    return int(buffer_size) or BUFFER_SIZE


@op(
    "TextLineDataset",
    "filenames: string, compression_type: string, buffer_size: int64 -> handle: variant",
    **_OPTIONS,
)
def text_line_dataset_op(xp, filenames, compression_type, buffer_size):
    """filenames: string[n] or string[] -> variant[], a dataset of the lines of files"""
    kind = _kind(compression_type)
    size = _size(buffer_size, " (0 == default)")
    return FileDataset(_names(filenames), lambda name, at: Lines(name, kind, size, at), "TextLine")


@op(
    "TFRecordDataset",
    "filenames: string, compression_type: string, buffer_size: int64 -> handle: variant",
    **_OPTIONS,
)
def tf_record_dataset_op(xp, filenames, compression_type, buffer_size):
    """filenames: string[n] or string[] -> variant[], a dataset of the records of files"""
    kind = as_bytes(compression_type.item()).decode()
    kind = kind if kind in WINDOW_BITS else ""
    size = _size(buffer_size, " (0 == no buffering)")
    return FileDataset(
        _names(filenames), lambda name, at: Records(name, kind, size, at), "TFRecord"
    )


def _pieces(filenames: Any, sizes: Sequence[Any], buffer_size: Any, kind: str) -> FileDataset:
    names = _names(filenames)
    header, size, footer = map(int, sizes)
    if header < 0:
        refuse("`header_bytes` must be >= 0")
    if size <= 0:
        refuse("`record_bytes` must be > 0")
    if footer < 0:
        refuse("`footer_bytes` must be >= 0")
    buffer = _size(buffer_size)

    def opened(name: bytes, at: int) -> Pieces:
        return Pieces(name, kind, buffer, header, size, footer, at)

    return FileDataset(names, opened, "FixedLengthRecordV2")


_SIZES = "filenames: string, header_bytes: int64, record_bytes: int64, footer_bytes: int64"


@op("FixedLengthRecordDataset", f"{_SIZES}, buffer_size: int64 -> handle: variant", **_OPTIONS)
def fixed_length_record_dataset_op(
    xp, filenames, header_bytes, record_bytes, footer_bytes, buffer_size
):
    """filenames: string[n] or string[] -> variant[], a dataset of pieces of files"""
    dataset = _pieces(filenames, (header_bytes, record_bytes, footer_bytes), buffer_size, "")
    dataset.kind = "FixedLengthRecord"
    return dataset


@op(
    "FixedLengthRecordDatasetV2",
    f"{_SIZES}, buffer_size: int64, compression_type: string -> handle: variant",
    **_OPTIONS,
)
def fixed_length_record_dataset_v2_op(
    xp, filenames, header_bytes, record_bytes, footer_bytes, buffer_size, compression_type
):
    """filenames: string[n] or string[] -> variant[], a dataset of pieces of files"""
    sizes = header_bytes, record_bytes, footer_bytes
    return _pieces(filenames, sizes, buffer_size, _kind(compression_type))


for _declared in (text_line_dataset_op, tf_record_dataset_op):
    _declared.not_differentiable()
for _declared in (fixed_length_record_dataset_op, fixed_length_record_dataset_v2_op):
    _declared.not_differentiable()
