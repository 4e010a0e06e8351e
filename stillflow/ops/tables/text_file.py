"""The entries of a table that a text file holds, one in each line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import OutOfRangeError
from stillflow.graph.text import as_str_any
from stillflow.platform import logging
from stillflow.platform.files import GFile

LINE_NUMBER = -1
WHOLE_LINE = -2

Lines = Iterator[tuple[int, bytes]]


def lines_of(filename: str) -> Lines:
    """Where each line ends in the file, and what it holds."""
    position = 0
    with GFile(filename, "rb") as file:
        for line in file:
            position += len(line)
            line = line.removesuffix(b"\n").removesuffix(b"\r")
            yield position, line


def entries_of(
    filename: str,
    key_dtype: DType,
    key_index: int,
    value_dtype: DType,
    value_index: int,
    count: int,
    delimiter: bytes,
) -> Iterator[tuple[Any, Any]]:
    """Keys and values; `count` says how many there are, -1 that as many as there are lines.

    Raises:
      InvalidArgumentError: a line has no such column, or it is of another type.
      NotFoundError: there is no such file.
      OutOfRangeError: the file is empty.
    """
    _check_index("Key", key_index, key_dtype)
    _check_index("Value", value_index, value_dtype)
    most = max(key_index, value_index)
    found = 0
    for position, line in lines_of(filename):
        if found == count:
            logging.warning("Truncated %s before its end at %d records.", filename, count)
            return
        if not line:
            refuse(f"Invalid content in {filename}: empty line found at position {position}.")
        columns = line.split(delimiter) if most >= 0 else []
        if most >= len(columns) > 0:
            refuse(
                f"Invalid number of columns in {filename} line {found} ({as_str_any(line)}) : "
                f"expected {most} got {len(columns)}"
            )
        key = _content(found, line, columns, key_index, key_dtype)
        yield key, _content(found, line, columns, value_index, value_dtype)
        found += 1
    if count not in (-1, found):
        refuse(f"Invalid vocab_size in {filename}: expected {count} but got {found}")
    if not found:
        raise OutOfRangeError(None, None, "Read less bytes than requested")


def _content(at: int, line: bytes, columns: list[bytes], index: int, dtype: DType) -> Any:
    """What `index` names of a line."""
    if index == LINE_NUMBER:
        return at
    token = line if index == WHOLE_LINE else columns[index]
    convert = _CONVERSIONS.get(dtype)
    if convert is None:
        refuse(f"Data type {dtype.runtime_name} not supported.")
    value = convert(token)
    if value is None:
        refuse(f"Field {as_str_any(token)} in line {at} is not a valid {dtype.runtime_name}.")
    return value


def _integer(bits: int) -> Callable[[bytes], int | None]:
    limit = 1 << (bits - 1)

    def convert(token: bytes) -> int | None:
        if not re.fullmatch(rb"\s*-?[0-9]+\s*", token):
            return None
        value = int(token)
        return value if -limit <= value < limit else None

    return convert


def _float(token: bytes) -> float | None:
    try:
        return None if b"_" in token else float(token)
    except ValueError:
        return None


_CONVERSIONS: dict[DType, Callable[[bytes], Any]] = {
    dtypes.int32: _integer(32),
    dtypes.int64: _integer(64),
    dtypes.float32: _float,
    dtypes.float64: _float,
    dtypes.string: bytes,
}


def _check_index(what: str, index: int, dtype: DType) -> None:
    """Refuses a table whose type cannot be what `index` names."""
    kind = "key" if what == "Key" else "value"
    if index == LINE_NUMBER and dtype is not dtypes.int64:
        _unfit(f"{what} index for line number requires table {kind} dtype of int64", dtype)
    if index == WHOLE_LINE and dtype is not dtypes.string:
        if kind == "value":
            _unfit("Value index for whole line requires table value dtype of string", dtype)
        if not dtype.is_integer:
            _unfit("Key index for whole line requires string or integer table key", dtype)


def _unfit(sentence: str, dtype: DType) -> NoReturn:
    refuse(f"{sentence}, got {dtype.runtime_name}")
