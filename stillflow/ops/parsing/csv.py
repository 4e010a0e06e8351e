"""`tf.decode_csv`. The op runs on the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.rows import Rows
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes
from stillflow.declare.type_sets import types
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InvalidArgumentError
from stillflow.graph.operation import Tensor
from stillflow.graph.text import as_bytes
from stillflow.ops.parsing.outputs import outputs
from stillflow.ops.strings.each import as_strings
from stillflow.ops.strings.numbers import plain_numbers, reader_of

_QUOTE, _ENDS = b'"', (b"\n", b"\r")
NUMBERS = {
    dtypes.float32: "float",
    dtypes.float64: "double",
    dtypes.int32: "int32",
    dtypes.int64: "int64",
}


def _of_records(ctx: ShapeContext) -> list[Sizes]:
    for sizes in ctx.shapes()[1:]:
        if shapes.with_rank_at_most(sizes, 1) not in (None, (), (None,), (0,), (1,)):
            raise ShapeError(
                "Shape of a default must be a length-0 or length-1 vector, or a scalar."
            )
    return [ctx.shape(0)] * len(ctx.attrs["OUT_TYPE"])


def _rows_decoded(rows: Rows) -> Any:
    return rows.call(*rows.inputs) if rows.only_first else NotImplemented


@op(
    "DecodeCSV",
    "records: string, record_defaults: [OUT_TYPE] -> output: [OUT_TYPE]",
    shape=_of_records,
    types={"OUT_TYPE": types("float32 float64 int32 int64 string")},
    host=True,
    rows=_rows_decoded,
)
def decode_csv_op(
    xp,
    records,
    *record_defaults,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: list[int] = [],  # noqa: B006  a default that nobody changes
):
    """records: string[...], record_defaults: n[], n[1] or n[0] -> for each default n[...], a column

    Raises:
      InvalidArgumentError: in a run, a record has another number of fields, or a field is missing
        that has no default, or is no number.
    """
    delimiter = as_bytes(field_delim)
    _check(record_defaults, delimiter, select_cols)
    rows, last = [], select_cols[-1] if select_cols else None
    for index, record in enumerate(records.ravel()):
        fields = _fields(as_bytes(record), delimiter, use_quote_delim, last)
        if select_cols:
            fields = [fields[column] for column in select_cols if column < len(fields)]
        if len(fields) != len(record_defaults):
            refuse(f"Expect {len(record_defaults)} fields but have {len(fields)} in record {index}")
        rows.append(fields)
    columns = zip(*rows, strict=True) if rows else [()] * len(record_defaults)
    missing = b"", as_bytes(na_value)
    return outputs(
        [
            _column(number, texts, default, missing).reshape(records.shape)
            for number, (texts, default) in enumerate(zip(columns, record_defaults, strict=True))
        ]
    )


def _check(defaults: Sequence[np.ndarray], delimiter: bytes, select_cols: Sequence[int]) -> None:
    if select_cols and len(select_cols) != len(defaults):
        refuse("select_cols should match output size")
    if any(a >= b for a, b in pairwise(select_cols)):
        refuse("select_cols should be strictly increasing indices")
    if select_cols and select_cols[0] < 0:
        refuse("select_cols should be non-negative indices")
    if len(delimiter) != 1:
        refuse("field_delim should be only 1 char")
    for index, default in enumerate(defaults):
        if default.ndim > 1:
            refuse("Each record default should be at most rank 1")
        if default.size > 1:
            refuse(f"There should only be 1 default per field but field {index} has {default.size}")


def _fields(record: bytes, delimiter: bytes, uses_quotes: bool, last: int | None) -> list[bytes]:
    """The fields of a record, as RFC 4180 has them; those after `last` may be left out."""
    if (uses_quotes and _QUOTE in record) or b"\n" in record or b"\r" in record:
        return _quoted_fields(record, delimiter, uses_quotes, last)
    return record.split(delimiter) if record else []


def _quoted_fields(
    record: bytes, delimiter: bytes, uses_quotes: bool, last: int | None
) -> list[bytes]:
    fields: list[bytes] = []
    position, end = 0, len(record)
    while position < end:
        first = record[position : position + 1]
        if first in _ENDS:
            position += 1
            continue
        read = _quoted if uses_quotes and first == _QUOTE else _plain
        field, position = read(record, position, delimiter, uses_quotes)
        fields.append(field)
        if len(fields) - 1 == last:
            return fields  # TensorFlow looks no further
    if record.endswith(delimiter):
        fields.append(b"")
    return fields


def _plain(record: bytes, start: int, delimiter: bytes, uses_quotes: bool) -> tuple[bytes, int]:
    """A field, and where the next one begins."""
    stop = record.find(delimiter, start)
    field = record[start : len(record) if stop < 0 else stop]
    if (uses_quotes and _QUOTE in field) or any(end in field for end in _ENDS):
        refuse("Unquoted fields cannot have quotes/CRLFs inside")
    return field, start + len(field) + 1


def _quoted(record: bytes, start: int, delimiter: bytes, uses_quotes: bool) -> tuple[bytes, int]:
    parts, position = [], start + 1
    while True:
        stop = record.find(_QUOTE, position)
        if stop < 0:
            refuse("Quoted field has to end with quote followed by delim or end")
        parts.append(record[position:stop])
        follower = record[stop + 1 : stop + 2]
        if follower in (b"", delimiter):
            return b"".join(parts), stop + 2
        if follower != _QUOTE:
            refuse("Quote inside a string has to be escaped by another quote")
        parts.append(_QUOTE)
        position = stop + 2


def _column(
    number: int, texts: Sequence[bytes], default: np.ndarray, missing: tuple[bytes, bytes]
) -> np.ndarray:
    dtype = dtypes.as_dtype(default.dtype)
    if missing[0] not in texts and missing[1] not in texts:
        plain = as_strings([*texts]) if dtype == dtypes.string else plain_numbers(texts, dtype)
        if plain is not None:
            return plain
    found: Any = np.empty(len(texts), default.dtype)
    read = None if dtype == dtypes.string else _reader(number, dtype)
    for index, text in enumerate(texts):
        if text in missing:
            if not default.size:
                refuse(f"Field {number} is required but missing in record {index}!")
            found[index] = default.item()
        else:
            found[index] = text if read is None else read(text, index)
    return found


def _reader(number: int, dtype: DType) -> Callable[[bytes, int], Any]:
    parse = reader_of(dtype)

    def read(text: bytes, index: int) -> Any:
        try:
            return parse(text)
        except InvalidArgumentError:
            shown = text.decode("utf-8", "replace")
            refuse(f"Field {number} in record {index} is not a valid {NUMBERS[dtype]}: {shown}")

    return read


def decode_csv(
    records: Any,
    record_defaults: Sequence[Any],
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Sequence[int] | None = None,
) -> list[Tensor]:
    """The columns of records of comma-separated values (RFC 4180), which may be quoted.

    Args:
      records: string[...], each of them a record.
      record_defaults: for each column a value of its type, float32, float64, int32, int64 or
        string: what a missing field is. An empty vector says that there must be one.
      use_quote_delim: False makes quotes ordinary letters.
      na_value: what stands for a missing field beside nothing.
      select_cols: the numbers of the columns that are asked for, in order; all by default.

    Returns:
      A tensor of the shape of `records` for each column.

    Raises:
      ValueError: `select_cols` are not in order, or not as many as `record_defaults`.
      InvalidArgumentError: in a run, a record has another number of fields, or a field is missing
        that has no default, or is no number.
    """
    if select_cols is not None:
        if any(a >= b for a, b in pairwise(select_cols)):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    columns: Any = decode_csv_op(
        records,
        record_defaults,
        field_delim=field_delim,
        use_quote_delim=use_quote_delim,
        na_value=na_value,
        select_cols=select_cols or [],
        name=name,
    )
    return columns
