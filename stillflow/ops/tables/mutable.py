"""`tf.contrib.lookup.MutableHashTable`: tables that runs change, and checkpoints hold."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, name_scope
from stillflow.ops.saving.saveable import SaveableObject, SaveSpec
from stillflow.ops.tables import declared, making
from stillflow.ops.tables.interface import LookupInterface


class MutableTableBase(LookupInterface):
    """What the two kinds have in common."""

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Tensor, name: str, checkpoint: bool
    ):
        super().__init__(key_dtype, value_dtype)
        self._default_value = default_value
        self._name = name
        self._checkpoint = checkpoint
        handle = self._create_resource()
        self._resource_handle = handle
        self._table_name = self._name_in_graph(handle)
        if checkpoint and not executing_eagerly():
            saveable = TableSaveable(self, name)
            get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, saveable)

    def _create_resource(self) -> Tensor:
        raise NotImplementedError

    def _gather_saveables_for_checkpoint(self) -> dict[str, Callable[..., TableSaveable]]:
        """What makes the objects by which a Saver saves a table that it is given itself."""
        return {"table": functools.partial(TableSaveable, self, name=self._name)}

    @property
    def name(self) -> str | None:
        return self._table_name

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many keys there are, i64[]."""
        handle = self.resource_handle
        with name_scope(name, f"{self.name}_Size", [handle]), colocate_with(handle):
            return declared.size_op(handle)

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """Returns the value of each of `keys`; the default for keys that are not there."""
        with name_scope(name, f"{self.name}_lookup_table_find", [self.resource_handle]):
            asked = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            with colocate_with(self.resource_handle):
                return declared.find_op(self.resource_handle, asked, self._default_value)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """Returns the operation that gives each of `keys` one of `values`."""
        scoped = [self.resource_handle, keys, values]
        with name_scope(name, f"{self.name}_lookup_table_insert", scoped):
            new_keys = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            new_values = convert_to_tensor(values, dtype=self._value_dtype, name="values")
            with colocate_with(self.resource_handle):
                inserting: Any = declared.insert_op(self.resource_handle, new_keys, new_values)
                return inserting

    def remove(self, keys: Tensor, name: str | None = None) -> Operation:
        """Returns the operation that takes `keys` away; those that are not there do not matter.

        Raises:
          TypeError: they are of another type than the table's.
        """
        self._check_key_type(keys, keys.dtype)
        with name_scope(name, f"{self.name}_lookup_table_remove", [self.resource_handle]):
            removing: Any = declared.remove_op(self.resource_handle, keys)
            return removing

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """Returns all keys, k[n, ...], and their values, v[n, ...], in no particular order."""
        handle, default_name = self.resource_handle, f"{self.name}_lookup_table_export_values"
        with name_scope(name, default_name, [handle]), colocate_with(handle):
            exported: Any = declared.export_op(
                handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype
            )
            return exported


class MutableHashTable(MutableTableBase):
    """A table of scalars, or of vectors of one length, to which runs add."""

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
    ):
        """An empty table.

        Args:
          default_value: what is found for keys that are not there; its shape is that of values.
          checkpoint: Savers save and restore it, under its node's name.
        """
        default = convert_to_tensor(default_value, dtype=value_dtype)
        super().__init__(key_dtype, value_dtype, default, name, checkpoint)

    def _create_resource(self) -> Tensor:
        options = {
            "use_node_name_sharing": self._checkpoint,
            "key_dtype": self._key_dtype,
            "value_dtype": self._value_dtype,
            "name": self._name,
        }
        shape = self._default_value.shape
        if shape.ndims == 0:
            return making.mutable_hash_table_op(**options)
        return making.mutable_hash_table_of_tensors_op(**options, value_shape=shape)


class DenseHashTable(MutableTableBase):
    """A table in arrays of buckets, which a checkpoint holds as they are; keys may be vectors."""

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
    ):
        """An empty table.

        Args:
          default_value: what is found for keys that are not there; its shape is that of values.
          empty_key, deleted_key: two keys that no program uses, for buckets that are free, and for
            such as were used before; their shape is that of keys.
          initial_num_buckets: a power of two, at least 4; 131,072 by default.
          checkpoint: Savers save and restore it, under its node's name.
        """
        default = convert_to_tensor(default_value, dtype=value_dtype, name="default_value")
        self._buckets = (
            {} if initial_num_buckets is None else {"initial_num_buckets": initial_num_buckets}
        )
        self._empty_key = convert_to_tensor(empty_key, dtype=key_dtype, name="empty_key")
        self._deleted_key = convert_to_tensor(deleted_key, dtype=key_dtype, name="deleted_key")
        super().__init__(key_dtype, value_dtype, default, name, checkpoint)

    def _create_resource(self) -> Tensor:
        return making.mutable_dense_hash_table_op(
            self._empty_key,
            self._deleted_key,
            use_node_name_sharing=self._checkpoint,
            value_dtype=self._value_dtype,
            value_shape=self._default_value.shape,
            name=self._name,
            **self._buckets,
        )

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """The newer name of `insert`."""
        return self.insert(keys, values, name)

    def erase(self, keys: Tensor, name: str | None = None) -> Operation:
        """The newer name of `remove`."""
        return self.remove(keys, name)


class TableSaveable(SaveableObject):
    """A table as checkpoints hold it: all keys and all values."""

    def __init__(self, table: MutableTableBase, name: str):
        keys, values = table.export()
        super().__init__(
            table,
            [SaveSpec(keys, "", f"{name}-keys"), SaveSpec(values, "", f"{name}-values")],
            name,
        )

    def restore(self, restored_tensors: Any, restored_shapes: Any, name: str | None = None) -> Any:
        """Returns the operation after which the table holds what was saved, and no more."""
        keys, values = restored_tensors
        handle = self.op.resource_handle
        with name_scope(name, f"{self.name}_table_restore"), colocate_with(handle):
            return declared.import_op(handle, keys, values)
