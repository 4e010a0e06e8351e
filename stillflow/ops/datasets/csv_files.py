"""Datasets of the records of CSV files, of which a quoted field may go over several lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_bytes
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.file_sources import Stream
from stillflow.ops.datasets.state import State
from stillflow.ops.parsing.csv import NUMBERS
from stillflow.ops.strings.numbers import reader_of
from stillflow.platform.compression import WINDOW_BITS

_QUOTE = ord('"')
_LINE_END = re.compile(rb"\r\n?|\n")


class Refused(str):
    """What is wrong with a field."""

    __slots__ = ()


Field = bytes | Refused


class Form(NamedTuple):
    """How records are written, and what is wanted of them."""

    delimiter: bytes
    uses_quotes: bool
    missing: bytes
    columns: Sequence[int]  # all where there are none
    defaults: Sequence[np.ndarray]


class CsvFile:
    """The records of one file, from `position` on."""

    def __init__(self, path: bytes, kind: str, buffer_size: int, form: Form, position: int = 0):
        self._stream = Stream(path, kind, buffer_size, position)
        self._form = form
        self._ends = re.compile(b"[\r\n" + re.escape(form.delimiter) + b"]")
        self._data = b""
        self._at = 0
        self._is_read = False
        self._start = position

    @property
    def position(self) -> int:
        return self._start + self._at

    def close(self) -> None:
        self._stream.close()

    def record(self) -> list[Field] | None:
        """The fields of the next record; None at the end of the file."""
        while True:
            found = self._whole_record()
            if found is not None:
                return found
            if self._is_read:
                return None
            more = self._stream.some()
            self._is_read = not more
            self._start += self._at
            self._data, self._at = self._data[self._at :] + more, 0

    def _whole_record(self) -> list[Field] | None:
        """The next record, if its end is there."""
        data, start = self._data, self._at
        if start >= len(data):
            return None
        fields: list[Field] = []
        is_over = False
        while not is_over:
            if start >= len(data):  # a delimiter is the last that there is
                if not self._is_read:
                    return None
                fields.append(b"")
                break
            quoted = self._form.uses_quotes and data[start] == _QUOTE
            found = self._quoted(start) if quoted else self._plain(start)
            if found is None:
                return None
            field, start, is_over = found
            fields.append(field)
        self._at = start
        return fields

    def _plain(self, start: int) -> tuple[Field, int, bool] | None:
        """A field, where the next one begins, and whether this is the last of its record."""
        found = self._ends.search(self._data, start)
        if found is None and not self._is_read:
            return None
        stop = found.start() if found else len(self._data)
        field: Field = self._data[start:stop]
        if self._form.uses_quotes and b'"' in field:
            field = Refused("Unquoted fields cannot have quotes inside")
        ended = self._ended(stop)
        return None if ended is None else (field, *ended)

    def _quoted(self, start: int) -> tuple[Field, int, bool] | None:
        data, place, refused = self._data, start + 1, None
        while True:
            stop = data.find(b'"', place)
            if stop < 0 and self._is_read:
                unclosed = "Reached end of file without closing quoted field in record"
                return Refused(unclosed), len(data), True
            if stop < 0 or (stop + 1 >= len(data) and not self._is_read):
                return None
            follower = data[stop + 1 : stop + 2]
            if follower in (b"", b"\n", b"\r", self._form.delimiter):
                break
            if follower != b'"':
                refused = Refused("Quote inside a string has to be escaped by another quote")
            place = stop + 2
        ended = self._ended(stop + 1)
        field = refused or data[start + 1 : stop].replace(b'""', b'"')
        return None if ended is None else (field, *ended)

    def _ended(self, stop: int) -> tuple[int, bool] | None:
        """Behind what ends a field at `stop`, and whether that ends the record."""
        data = self._data
        if data[stop : stop + 1] == self._form.delimiter:
            return stop + 1, False
        line_end = _LINE_END.match(data, stop)
        if line_end is None:
            return stop, True
        if line_end.end() >= len(data) and line_end[0] == b"\r" and not self._is_read:
            return None
        return line_end.end(), True


class CsvDataset(Dataset):
    """The records of files as scalars of several types."""

    def __init__(self, names: Sequence[bytes], kind: str, size: int, header: bool, form: Form):
        kinds = [dtypes.as_dtype(default.dtype) for default in form.defaults]
        super().__init__((), kinds, [TensorShape([]) for _ in kinds])
        self.names = names
        self.form = form
        self.header = header
        self._options = kind, size
        self.buffer_size = size

    def opened(self, number: int, position: int = 0) -> CsvFile:
        return CsvFile(self.names[number], *self._options, self.form, position)

    def iterator(self, place: Place) -> ElementIterator:
        return _CsvRecords(self)


class _CsvRecords(ElementIterator):
    kind = "CSV"

    def __init__(self, dataset: CsvDataset):
        self._dataset = dataset
        self._number = 0
        self._file: CsvFile | None = None
        self._readers = [
            None if dtype == dtypes.string else reader_of(dtype) for dtype in dataset.types
        ]

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def next(self) -> Element:
        while True:
            if self._file is None:
                if self._number == len(self._dataset.names):
                    raise End
                self._file = self._dataset.opened(self._number)
                if self._dataset.header and self._file.record() is None:
                    self._close()
                    refuse("Can't read header of file")
            fields = self._file.record()
            if fields is not None:
                return self._element(fields)
            self._close()
            self._number += 1

    def _element(self, fields: list[Field]) -> Element:
        columns, defaults = self._dataset.form.columns, self._dataset.form.defaults
        wanted = set(columns) if columns else range(len(fields))
        values: list[Any] = []
        for number, field in enumerate(fields):
            if isinstance(field, Refused):
                refuse(field)
            if number in wanted:
                if len(values) == len(defaults):
                    refuse(f"Expect {len(defaults)} fields but have more in record")
                values.append(self._value(field, len(values)))
        if len(values) != len(defaults):
            refuse(f"Expect {len(defaults)} fields but have {len(values)} in record")
        return tuple(values)

    def _value(self, field: bytes, column: int) -> np.ndarray:
        default, read = self._dataset.form.defaults[column], self._readers[column]
        if not field or field == self._dataset.form.missing:
            if not default.size:
                refuse(f"Field {column} is required but missing in record!")
            return default.reshape(())
        if read is None:
            return np.array(field, np.object_)
        try:
            return np.array(read(field), default.dtype)
        except InvalidArgumentError:
            kind = NUMBERS[dtypes.as_dtype(default.dtype)]
            shown = field.decode("utf-8", "replace")
            refuse(f"Field {column} in record is not a valid {kind}: {shown}")

    def save(self, state: State) -> None:
        state["current_file_index"] = self._number
        if self._file is not None:
            buffers, place = divmod(self._file.position, self._dataset.buffer_size)
            state["pos"], state["num_buffer_reads"] = place, buffers + 1

    def restore(self, state: State) -> None:
        self._close()
        self._number = state.number("current_file_index")
        if "pos" in state:
            buffers = state.number("num_buffer_reads") - 1
            place = buffers * self._dataset.buffer_size + state.number("pos")
            self._file = self._dataset.opened(self._number, place)


def _one_dataset(ctx: ShapeContext) -> Sizes:
    names, *scalars = ctx.shapes()[:7]
    shapes.with_rank_at_most(names, 1)
    for sizes in scalars:
        shapes.with_rank(sizes, 0)
    shapes.with_rank(ctx.shape(7), 1)
    for sizes in ctx.shapes()[8:]:
        if shapes.with_rank_at_most(sizes, 1) not in (None, (), (None,), (0,), (1,)):
            raise ShapeError(
                "Shape of a default must be a length-0 or length-1 vector, or a scalar."
            )
    return ()


@op(
    "CSVDataset",
    "filenames: string, compression_type: string, buffer_size: int64, header: bool, "
    "field_delim: string, use_quote_delim: bool, na_value: string, select_cols: int64, "
    "record_defaults: [output_types] -> handle: variant",
    shape=_one_dataset,
    types={"output_types": types("float32 float64 int32 int64 string")},
    limits={"output_shapes": 1},
    host=True,
    stateful=True,
)
def csv_dataset_op(
    xp,
    filenames,
    compression_type,
    buffer_size,
    header,
    field_delim,
    use_quote_delim,
    na_value,
    select_cols,
    *record_defaults,
    output_shapes: list[TensorShape],
):
    """filenames: string[n] or string[] -> variant[], a dataset of the records of CSV files"""
    if filenames.ndim > 1:
        refuse("`filenames` must be a scalar or a vector.")
    delimiter, kind = as_bytes(field_delim.item()), as_bytes(compression_type.item()).decode()
    columns = [int(column) for column in select_cols]
    _check(record_defaults, delimiter, columns)
    if int(buffer_size) <= 0:
        refuse("buffer_size should be positive")
    if kind and kind not in WINDOW_BITS:
        refuse(f"Unsupported compression_type: {kind}.")
    missing = as_bytes(na_value.item())
    form = Form(delimiter, bool(use_quote_delim), missing, columns, record_defaults)
    names = [as_bytes(name) for name in filenames.ravel()]
    return CsvDataset(names, kind, int(buffer_size), bool(header), form)


def _check(defaults: Sequence[np.ndarray], delimiter: bytes, columns: Sequence[int]) -> None:
    for index, default in enumerate(defaults):
        if default.ndim > 1:
            refuse("Each record default should be at most rank 1")
        if default.size > 1:
            refuse(f"There should only be 1 default per field but field {index} has {default.size}")
    if len(delimiter) != 1:
        refuse("field_delim should be only 1 char")
    if columns and len(columns) != len(defaults):
        refuse("select_cols should match output size")
    if sorted(set(columns)) != list(columns):
        refuse("select_cols should be strictly increasing indices")
    if columns and columns[0] < 0:
        refuse("select_cols should be non-negative indices")


csv_dataset_op.not_differentiable()
