"""Datasets whose elements are kept, in memory or in files, for further iterations."""

from __future__ import annotations

import os
from typing import Any

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import AlreadyExistsError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.datasets import cache_files
from stillflow.ops.datasets.arguments import of_scalars
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place, dataset_of
from stillflow.ops.datasets.state import State
from stillflow.ops.datasets.tables import Moving

_READING, _WRITING = 0, 1  # modes of a cache


class MemoryCacheDataset(Moving):
    """Its input's elements; once one iteration has come to the end, they are those of that."""

    columns = None

    def iterator(self, place: Place) -> ElementIterator:
        return _Remembering(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Memory:
    """The elements of an iteration that has come to the end, if one has."""

    def __init__(self) -> None:
        self.elements: list[Element] | None = None


class _Remembering(ElementIterator):
    kind = "MemoryCache"

    def __init__(self, dataset: MemoryCacheDataset, place: Place):
        self._memory: _Memory = place.pass_.shared((place.way, "cache"), _Memory)
        self._source, self._place = dataset.inputs[0], place
        self._next = 0
        self._seen: list[Element] = []
        self._input: ElementIterator | None = None
        if self._memory.elements is None:
            self._input = self._new()

    def _new(self) -> ElementIterator:
        return self._source.iterator(self._place.below("Cache"))

    def next(self) -> Element:
        if self._input is None:
            elements = self._memory.elements or []
            if self._next >= len(elements):
                raise End
            self._next += 1
            return elements[self._next - 1]
        try:
            element = self._input.next()
        except End:
            if self._memory.elements is None:
                self._memory.elements = self._seen
            self._input, self._next = None, len(self._memory.elements)
            raise
        self._seen.append(element)
        return element

    def save(self, state: State) -> None:
        is_whole = self._input is None
        seen = self._memory.elements or [] if is_whole else self._seen
        state["Mode"] = _READING if is_whole else _WRITING
        state.mark("cache_claimed")
        state["cache_size"] = len(seen)
        for number, element in enumerate(seen):
            state.put_element(f"cache[{number}].size", f"cache[{number}][{{}}]", element)
        state.mark("cache_completed", is_whole)
        if self._input is None:
            state.beside("Impl")["index"] = self._next
        else:
            self._input.write(state.beside("Impl"))

    def restore(self, state: State) -> None:
        count = state.number("cache_size") if "cache_size" in state else 0
        names = [(f"cache[{number}].size", f"cache[{number}][{{}}]") for number in range(count)]
        self._seen = [state.element(*own) for own in names]
        if state.number("Mode") == _READING:
            self._next = state.beside("Impl").number("index")
            self._memory.elements, self._input = self._seen, None
        else:
            self._input = self._new()
            self._input.read(state.beside("Impl"))


class FileCacheDataset(Moving):
    """Its input's elements, which an iteration that comes to the end writes to files."""

    columns = None

    def __init__(self, source: Dataset, filename: str, *structure: Any):
        super().__init__(source, *structure)
        self.filename = filename

    def iterator(self, place: Place) -> ElementIterator:
        if cache_files.exist(self.filename):
            return _Reading(self)
        return _Writing(self, place)

    def cardinality(self) -> int:
        return self.inputs[0].cardinality()


class _Reading(ElementIterator):
    kind = "FileCache"

    def __init__(self, dataset: FileCacheDataset):
        self._reader = cache_files.Reader(dataset.filename)
        self._next = 0

    def next(self) -> Element:
        if self._next == len(self._reader):
            raise End
        self._next += 1
        return self._reader.element(self._next - 1)

    def save(self, state: State) -> None:
        state["Mode"] = _READING
        state.beside("Impl")["cur_index"] = self._next

    def restore(self, state: State) -> None:
        """Also from what was saved while the files were written."""
        self._next = state.beside("Impl").number("cur_index")


class _Writing(ElementIterator):
    """What is saved of it stands in files of its own until all is written."""

    kind = "FileCache"

    def __init__(self, dataset: FileCacheDataset, place: Place):
        self._dataset = dataset
        self._input = dataset.inputs[0].iterator(place.below("Cache"))
        self._writer: cache_files.Writer | None = None
        self._at = [0, 0]  # files and elements in them, where it was restored
        self._is_over = False
        self._reading: _Reading | None = None

    def next(self) -> Element:
        if self._reading is not None:
            return self._reading.next()
        if self._is_over:
            raise End
        writer = self._begun()
        try:
            element = self._input.next()
        except End:
            self._is_over = True
            writer.finish()
            self._at[1] = writer.count
            raise
        writer.add(element)
        return element

    def _begun(self) -> cache_files.Writer:
        if self._writer is None:
            filename = self._dataset.filename
            for path in (filename, *([] if self._at[0] else [f"{filename}_0"])):
                if cache_files.exist(path):
                    raise AlreadyExistsError(
                        None,
                        None,
                        f"Existing cache files found: \n{path}.index\n"
                        "To continue delete the above files.",
                    )
            self._writer = cache_files.Writer(filename, *self._at)
        return self._writer

    def save(self, state: State) -> None:
        if self._reading is not None:
            self._reading.save(state)
            return
        if self._writer is not None and not self._is_over:
            self._at = self._writer.cut()
        state["Mode"] = _WRITING
        own = state.beside("Impl")
        own["cur_index"] = self._at[1]
        if self._is_over:
            own.mark("iteration_completed")
        else:
            self._input.write(own)
            own["shard_id"] = self._at[0]

    def restore(self, state: State) -> None:
        self._writer = None
        if cache_files.exist(self._dataset.filename):
            self._reading = _Reading(self._dataset)
            self._reading.restore(state)
            return
        if state.number("Mode") == _READING:
            refuse(f"The files of the cache {self._dataset.filename!r} are gone.")
        own = state.beside("Impl")
        self._is_over = "iteration_completed" in own
        self._at = [0, own.number("cur_index")]
        if not self._is_over:
            self._at[0] = own.number("shard_id")
            self._input.read(own)


@op(
    "CacheDataset",
    "input_dataset: variant, filename: string -> handle: variant",
    shape=of_scalars,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
)
def cache_dataset_op(
    xp, input_dataset, filename, *, output_types: list[DType], output_shapes: list[TensorShape]
):
    """filename: string[], empty for memory -> variant[]"""
    source, path = dataset_of(input_dataset), os.fsdecode(filename.item())
    if not path:
        return MemoryCacheDataset(source, output_types, output_shapes)
    return FileCacheDataset(source, path, output_types, output_shapes)


cache_dataset_op.not_differentiable()
