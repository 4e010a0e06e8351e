"""The ops on tables. A handle's value is the table itself, which the session holds.

Nearly each is there twice: as programs build it, and with a handle of strings, as in old graphs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.handles import is_handle, maker_of_handle
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import resource_of
from stillflow.declare.shapes import ShapeContext, ShapeError, Sizes, format_sizes
from stillflow.graph.dtypes import DType, as_dtype
from stillflow.graph.errors import FailedPreconditionError
from stillflow.graph.text import as_text
from stillflow.ops.tables.table import HashTable, Table
from stillflow.ops.tables.text_file import entries_of


def _declare(type_name: str, rest: str, shape: Callable, **options: Any) -> Callable:
    """Declares an op on a table; `rest` is its signature after the handle."""
    options = {"host": True, "stateful": True, **options}

    def declare(fn: Callable) -> OpDef:
        v1 = op(type_name, f"table_handle: ref string{rest}", shape=shape, **options)(fn)
        v2 = op(f"{type_name}V2", f"table_handle: resource{rest}", shape=shape, **options)(fn)
        v1.not_differentiable()
        return v2.not_differentiable()

    return declare


def _check_handle(ctx: ShapeContext) -> None:
    shapes.with_rank(ctx.shape(0), 0 if is_handle(ctx.inputs[0]) else 1)


def _table(handle: Any) -> Table:
    """The table that a handle refers to."""
    return resource_of(handle, Table)


def _check_types(table: Table, *arrays: np.ndarray, gives: bool = False) -> None:
    """Refuses arrays of other types than keys and, if there are two, values."""
    own = [table.key_dtype, table.value_dtype][: len(arrays)]
    there = [as_dtype(array.dtype) for array in arrays]
    if own != there:
        texts = [
            ",".join(["resource", *(dtype.runtime_name for dtype in types)])
            + "->"
            + (types[-1].runtime_name if gives else "")
            for types in (there, own)
        ]
        refuse(f"Signature mismatch, have: {texts[0]} expected: {texts[1]}")


def _shapes_behind(handle: Any) -> tuple[DType, Sizes, DType, Sizes] | None:
    """The types and shapes of a key and a value; None where building does not know them."""
    maker = maker_of_handle(handle)
    if maker is None or not re.fullmatch("Mutable.*V2", maker.type):
        return None
    key = maker.inputs[0].shape.sizes if maker.inputs else ()
    value = maker.attrs["value_shape"].sizes if "value_shape" in maker.attrs else ()
    return maker.attrs["key_dtype"], key, maker.attrs["value_dtype"], value


def _known(ctx: ShapeContext, key_attr: str, value_attr: str) -> tuple[Sizes, Sizes] | None:
    """The shapes of a key and a value, whose types must be those of the node."""
    _check_handle(ctx)
    known = _shapes_behind(ctx.inputs[0])
    if known is None:
        return None
    key_dtype, key, value_dtype, value = known
    for own, attr in ((key_dtype, key_attr), (value_dtype, value_attr)):
        if ctx.attrs[attr] is not own:
            raise ShapeError(
                f"Trying to read value with wrong dtype. Expected {own.runtime_name} got "
                f"{ctx.attrs[attr].runtime_name}"
            )
    return key, value


def _found(ctx: ShapeContext) -> Sizes:
    shapes.with_rank_at_most(ctx.shape(2), 1)
    known, keys = _known(ctx, "Tin", "Tout"), ctx.shape(1)
    key, value = known or (None, None)
    if keys is None or key is None:
        return None
    if len(keys) < len(key):
        raise ShapeError(
            f"Expected keys to have suffix {format_sizes(key)} but saw shape: {format_sizes(keys)}"
        )
    return None if value is None else keys[: len(keys) - len(key)] + value


@_declare(
    "LookupTableFind",
    ", keys: Tin, default_value: Tout -> values: Tout",
    _found,
)
def find_op(xp, table_handle, keys, default_value):
    """keys: k[..., *key] -> v[..., *value], `default_value`, v[*value], where there is none"""
    table = _table(table_handle)
    _check_types(table, keys, default_value, gives=True)
    table.check_keys(keys)
    table.check_default(default_value)
    return table.find(keys, default_value)


def _effect(ctx: ShapeContext) -> list:
    _check_handle(ctx)
    return []


@_declare(
    "LookupTableInsert",
    ", keys: Tin, values: Tout ->",
    _effect,
)
def insert_op(xp, table_handle, keys, values):
    """keys: k[..., *key], values: v[..., *value]; what was there before is replaced"""
    table = _table(table_handle)
    _check_types(table, keys, values)
    table.check_values(keys, values)
    table.insert(keys, values)
    return ()


def _removal(ctx: ShapeContext) -> list:
    shapes.with_rank_at_least(ctx.shape(1), 1)
    return _effect(ctx)


@op(
    "LookupTableRemoveV2",
    "table_handle: resource, keys: Tin ->",
    shape=_removal,
    host=True,
    stateful=True,
)
def remove_op(xp, table_handle, keys):
    """keys: k[n, ...], of which there may be none in the table"""
    table = _table(table_handle)
    _check_types(table, keys)
    table.check_keys(keys)
    table.remove(keys)
    return ()


def _size(ctx: ShapeContext) -> Sizes:
    _check_handle(ctx)
    return ()


remove_op.not_differentiable()


@_declare(
    "LookupTableSize",
    " -> size: int64",
    _size,
)
def size_op(xp, table_handle):
    """-> i64[], how many keys there are"""
    return np.array(_table(table_handle).size(), np.int64)


def _exported(ctx: ShapeContext) -> list[Sizes]:
    known = _known(ctx, "Tkeys", "Tvalues")
    if known is None or known[1] is None:
        return [(None,), None]
    return [(None,), (None, *known[1])]


@_declare(
    "LookupTableExport",
    " -> keys: Tkeys, values: Tvalues",
    _exported,
)
def export_op(xp, table_handle, *, Tkeys: DType, Tvalues: DType):
    """-> k[n, ...], v[n, ...], all that the table holds, in no order that one may rely on"""
    return _table(table_handle).export()


def _pairs(ctx: ShapeContext) -> list:
    _check_handle(ctx)
    if is_handle(ctx.inputs[0]):
        shapes.merge(shapes.with_rank(ctx.shape(1), 1), ctx.shape(2))
    return []


@_declare(
    "LookupTableImport",
    ", keys: Tin, values: Tout ->",
    _pairs,
)
def import_op(xp, table_handle, keys, values):
    """keys: k[n, ...], values: v[n, ...], all that the table holds from now on"""
    table = _table(table_handle)
    _check_types(table, keys, values)
    table.check_import(keys, values)
    table.fill(keys, values)
    return ()


@_declare(
    "InitializeTable",
    ", keys: Tkey, values: Tval ->",
    _pairs,
)
def initialize_op(xp, table_handle, keys, values):
    """keys: k[n], values: v[n]"""
    table = _table(table_handle)
    if not isinstance(table, HashTable):
        table.initialize(())
    _check_types(table, keys, values)
    for what, array in (("Keys", keys), ("Values", values)):
        if array.ndim != 1:
            refuse(f"{what} must be a vector, but received shape{format_sizes(array.shape)}")
    if keys.size != values.size:
        refuse(f"Keys and values must have the same size {keys.size} vs {values.size}")
    table.fill(keys, values)
    return ()


def _file(ctx: ShapeContext) -> list:
    _check_handle(ctx)
    shapes.with_rank(ctx.shape(1), 0)
    return []


@_declare(
    "InitializeTableFromTextFile",
    ", filename: string ->",
    _file,
    limits={"key_index": -2, "value_index": -2, "vocab_size": -1},
)
def initialize_from_text_file_op(
    xp,
    table_handle,
    filename,
    *,
    key_index: int,
    value_index: int,
    vocab_size: int = -1,
    delimiter: str = "\t",
):
    """filename: string[], a text file that has a key and its value in each line"""
    table = _table(table_handle)
    if filename.ndim:
        refuse(f"filename should be a single string, but got {format_sizes(filename.shape)}")
    if not filename.item():
        refuse("filename cannot be empty.")
    separator = delimiter if isinstance(delimiter, bytes) else delimiter.encode()
    if len(separator) != 1:
        refuse("delimiter should be only 1 char")
    types = table.key_dtype, key_index, table.value_dtype, value_index
    entries = entries_of(as_text(filename.item()), *types, vocab_size, separator)
    try:
        table.initialize(entries, None if vocab_size < 0 else vocab_size)
    except FailedPreconditionError:
        if not (isinstance(table, HashTable) and table.is_initialized):
            raise  # a file may be read twice: tables of one file share a name
    return ()
