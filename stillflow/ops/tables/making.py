"""The ops that give a table. A handle's value is the table itself, which the session holds.

Nearly each is there twice: as programs build it, and with a handle of strings, as in old graphs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare import shapes
from stillflow.declare.opdef import OpDef, op
from stillflow.declare.refusing import refuse
from stillflow.declare.shapes import ShapeContext, Sizes, format_sizes
from stillflow.graph import dtypes
from stillflow.graph.dtypes import DType, as_dtype
from stillflow.graph.tensor_shape import TensorShape
from stillflow.ops.tables.dense import DenseTable
from stillflow.ops.tables.table import HashTable, MutableTable, Table

_SCALAR = TensorShape([])

# The types that values may have, by that of keys.
_INT32 = (dtypes.float64, dtypes.float32, dtypes.int32)
_INT64 = (*_INT32, dtypes.int64, dtypes.string)
_STRING = (dtypes.bool, *_INT32, dtypes.int64)
_OF_STATIC = {
    dtypes.int32: (*_INT32, dtypes.string),
    dtypes.int64: _INT64,
    dtypes.string: (*_STRING, dtypes.string),
}
_OF_MUTABLE = {dtypes.int32: _INT32, dtypes.int64: _INT64, dtypes.string: _STRING}
_OF_DENSE = {
    dtypes.int32: _INT32,
    dtypes.int64: (dtypes.bool, *_INT32, dtypes.int64),
    dtypes.string: _STRING,
}


def _types(op_type: str, attrs: dict[str, Any], kernels: Any) -> tuple[DType, DType]:
    """The types of keys and values; refuses those that TensorFlow has no kernel for."""
    key_dtype, value_dtype = attrs["key_dtype"], attrs["value_dtype"]
    if value_dtype not in kernels.get(key_dtype, ()):
        refuse(
            f"No OpKernel was registered to support Op '{op_type}' with keys of "
            f"{key_dtype.runtime_name} and values of {value_dtype.runtime_name}."
        )
    return key_dtype, value_dtype


def _hash_table(name: str, attrs: dict[str, Any]) -> Table:
    return HashTable(name, *_types("HashTableV2", attrs, _OF_STATIC))


def _mutable_table(name: str, attrs: dict[str, Any]) -> Table:
    return MutableTable(name, *_types("MutableHashTableV2", attrs, _OF_MUTABLE))


def _mutable_table_of_tensors(name: str, attrs: dict[str, Any]) -> Table:
    types = _types("MutableHashTableOfTensorsV2", attrs, _OF_MUTABLE)
    sizes = attrs["value_shape"].sizes
    if sizes is None or len(sizes) != 1:
        refuse(f"Default value must be a vector, got shape {format_sizes(sizes)}")
    return MutableTable(name, *types, tuple(sizes))


def _dense_table(name: str, attrs: dict[str, Any]) -> Table:
    types = _types("MutableDenseHashTableV2", attrs, _OF_DENSE)
    most = attrs["max_load_factor"]
    if not 0 < most < 1:
        refuse(f"max_load_factor must be between 0 and 1, got: {most:g}")
    sizes = attrs["value_shape"].sizes
    if sizes is None or len(sizes) > 1:
        refuse(f"Empty value must be a scalar or a vector, got shape {format_sizes(sizes)}")
    return DenseTable(name, *types, tuple(sizes), attrs["initial_num_buckets"], most)


def _declare_table(type_name: str, make: Callable) -> Callable[[Callable], OpDef]:
    """Declares an op that gives a table, which `make(name, attributes)` makes."""
    options = {"host": True, "resource": make}

    def declare(fn: Callable) -> OpDef:
        op(type_name, "-> table_handle: ref string", shape=_two_strings, **options)(
            fn
        ).not_differentiable()
        v2 = op(f"{type_name}V2", "-> table_handle: resource", shape=shapes.scalar, **options)(fn)
        return v2.not_differentiable()

    return declare


def _two_strings(ctx: ShapeContext) -> Sizes:
    return (2,)


def _dense_handle(ctx: ShapeContext) -> Sizes:
    shapes.with_rank_at_most(ctx.shape(0), 1)
    return ()


@_declare_table("HashTable", _hash_table)
def hash_table_op(
    xp,
    table,
    *,
    key_dtype: DType,
    value_dtype: DType,
    container: str = "",
    shared_name: str = "",
    use_node_name_sharing: bool = False,
):
    """-> the table of this node, or of its name, in the session; it is initialized once"""
    table.check_node(key_dtype, value_dtype)
    return table


@_declare_table("MutableHashTable", _mutable_table)
def mutable_hash_table_op(
    xp,
    table,
    *,
    key_dtype: DType,
    value_dtype: DType,
    container: str = "",
    shared_name: str = "",
    use_node_name_sharing: bool = False,
):
    """-> a table of scalars"""
    table.check_node(key_dtype, value_dtype)
    return table


@_declare_table("MutableHashTableOfTensors", _mutable_table_of_tensors)
def mutable_hash_table_of_tensors_op(
    xp,
    table,
    *,
    key_dtype: DType,
    value_dtype: DType,
    container: str = "",
    shared_name: str = "",
    use_node_name_sharing: bool = False,
    value_shape: TensorShape = _SCALAR,
):
    """-> a table of vectors"""
    table.check_node(key_dtype, value_dtype)
    return table


@op(
    "MutableDenseHashTableV2",
    "empty_key: key_dtype, deleted_key: key_dtype -> table_handle: resource",
    resource=_dense_table,
    shape=_dense_handle,
    host=True,
)
def mutable_dense_hash_table_op(
    xp,
    table,
    empty_key,
    deleted_key,
    *,
    value_dtype: DType,
    container: str = "",
    shared_name: str = "",
    use_node_name_sharing: bool = False,
    value_shape: TensorShape = _SCALAR,
    initial_num_buckets: int = 131072,
    max_load_factor: float = 0.8,
):
    """empty_key: k[*key], deleted_key: k[*key] -> a table that is two arrays of buckets"""
    table.check_node(as_dtype(empty_key.dtype), value_dtype)
    table.set_up(empty_key, deleted_key)
    return table


mutable_dense_hash_table_op.not_differentiable()
