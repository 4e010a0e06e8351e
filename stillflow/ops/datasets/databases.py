"""Datasets of the rows that a query of a database gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import UnknownError
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.text import as_text
from stillflow.ops.datasets.dataset import Dataset, Element, ElementIterator, End, Place
from stillflow.ops.datasets.state import State


class SqlDataset(Dataset):
    """The rows of a query of a SQLite database, a scalar for each column."""

    def __init__(self, source: str, query: str, *structure: Any):
        super().__init__((), *structure)
        self.source = source
        self.query = query

    def iterator(self, place: Place) -> ElementIterator:
        return _Rows(self)


class _Rows(ElementIterator):
    """The query is made when the first row is wanted."""

    kind = "Sql"

    def __init__(self, dataset: SqlDataset):
        self._dataset = dataset
        self._read = [_reader(dtype) for dtype in dataset.types]
        self._connection: sqlite3.Connection | None = None
        self._cursor: Any = None
        self._done = 0
        self._is_over = False

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def next(self) -> Element:
        if self._is_over:
            raise End
        with _errors_as_tf(self._dataset):
            if self._connection is None:
                self._open()
            row = self._cursor.fetchone()
        if row is None:
            self._is_over = True
            self._close()
            raise End
        self._done += 1
        return tuple([read(value) for read, value in zip(self._read, row, strict=True)])

    def _open(self) -> None:
        # One thread at a time uses an iterator, but not always the same.
        self._connection = sqlite3.connect(self._dataset.source, check_same_thread=False)
        self._connection.text_factory = bytes
        self._cursor = self._connection.execute(self._dataset.query)
        columns, wanted = len(self._cursor.description or ()), len(self._dataset.types)
        if columns != wanted:
            self._close()
            refuse(
                f"The number of columns in query ({columns}) must match the number of elements in "
                f"output_types ({wanted})."
            )

    def save(self, state: State) -> None:
        if self._connection is not None or self._is_over:
            state["next_calls"] = self._done + self._is_over

    def restore(self, state: State) -> None:
        self._close()
        self._done, self._is_over = 0, False
        calls = state.number("next_calls") if "next_calls" in state else 0
        try:
            for _ in range(calls):
                self.next()
        except End:
            pass


@contextmanager
def _errors_as_tf(dataset: SqlDataset):
    try:
        yield
    except sqlite3.Error as error:
        message = f"{error}: {dataset.query}\n  Database: {dataset.source}"
        raise UnknownError(None, None, message) from error


def _reader(dtype: DType) -> Callable[[Any], np.ndarray]:
    """What makes a scalar of a value, as SQLite itself converts it."""
    if dtype == dtypes.string:
        return lambda value: np.array(_text(value), np.object_)
    kept = dtype.as_numpy_dtype
    if dtype == dtypes.bool:
        return lambda value: np.array(_integer(value) != 0)
    if dtype.is_integer:
        return lambda value: np.array(_integer(value), np.int64).astype(kept)
    return lambda value: np.array(_real(value), kept)


def _text(value: Any) -> bytes:
    if value is None:
        return b""
    return value if isinstance(value, bytes) else str(value).encode()


def _integer(value: Any) -> int:
    if isinstance(value, bytes):
        return _leading(value, int)
    return int(value or 0)


def _real(value: Any) -> float:
    return _leading(value, float) if isinstance(value, bytes) else float(value or 0)


def _leading(text: bytes, kind: Callable[[bytes], Any]) -> Any:
    """The number that a text begins with, 0 without one."""
    for stop in range(len(text), 0, -1):
        try:
            return kind(text[:stop])
        except ValueError:
            continue
    return kind(b"0")


_TYPES = (
    *(dtypes.string, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8),
    *(dtypes.uint16, dtypes.bool, dtypes.float64),
)


@op(
    "SqlDataset",
    "driver_name: string, data_source_name: string, query: string -> handle: variant",
    shape=shapes.scalar,
    limits={"output_types": 1, "output_shapes": 1},
    host=True,
    stateful=True,
)
def sql_dataset_op(
    xp,
    driver_name,
    data_source_name,
    query,
    *,
    output_types: list[DType],
    output_shapes: list[TensorShape],
):
    """driver_name, data_source_name, query: string[] each -> variant[]"""
    for dtype in output_types:
        if dtype not in _TYPES:
            refuse(
                "Each element of `output_types_` must be one of: DT_STRING, DT_INT8, DT_INT16, "
                "DT_INT32, DT_INT64, DT_UINT8, DT_UINT16, DT_BOOL, DT_DOUBLE "
            )
    for shape in output_shapes:
        if shape.ndims != 0:
            refuse("Each element of `output_shapes_` must be a scalar.")
    driver = as_text(driver_name.item())
    if driver != "sqlite":
        refuse(
            f"The database type, {driver}, is not supported by SqlDataset. The set of supported "
            "databases is: {'sqlite'}."
        )
    source, text = as_text(data_source_name.item()), as_text(query.item())
    return SqlDataset(source, text, output_types, output_shapes)


sql_dataset_op.not_differentiable()
