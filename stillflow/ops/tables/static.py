"""`tf.lookup.StaticHashTable` and `tf.contrib.lookup.HashTable`: tables that are filled once."""

from __future__ import annotations

import uuid
from typing import Any

from stillflow.graph.context import executing_eagerly
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.tables import declared, making
from stillflow.ops.tables.interface import InitializableLookupTableBaseV1


class _HashTable(InitializableLookupTableBaseV1):
    def __init__(
        self, initializer: Any, default_value: Any, shared_name: str | None, name: str | None
    ):
        self._shared_name = shared_name
        self._name = name or "hash_table"
        self._table_name: str | None = None
        super().__init__(default_value, initializer)
        self._value_shape = self._default_value.shape

    def _create_resource(self) -> Tensor:
        handle = making.hash_table_op(
            # Eagerly it goes with its handle, and no other is it.
            shared_name="" if executing_eagerly() else self._shared_name or "",
            key_dtype=self._initializer.key_dtype,
            value_dtype=self._initializer.value_dtype,
            name=self._name,
        )
        self._table_name = self._name_in_graph(handle)
        return handle

    @property
    def name(self) -> str | None:
        return self._table_name

    def _export(self, name: str | None) -> tuple[Tensor, Tensor]:
        exported: Any = declared.export_op(
            self.resource_handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype, name=name
        )
        return exported

    def _shaped(self, exported: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
        keys, values = exported
        values.set_shape(keys.shape.concatenate(self._value_shape))
        return keys, values


class StaticHashTable(_HashTable):
    """A table from keys to values that does not change once it is initialized."""

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None):
        """`initializer` says the types, and fills it; `default_value` is that of other keys."""
        # A name of its own, so that copies of the node in other graphs are of the same table.
        shared_name = initializer._shared_name or f"hash_table_{uuid.uuid4()}"
        super().__init__(initializer, default_value, shared_name, name)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """Returns all keys, k[n], and their values, v[n]."""
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]):
            exported = self._export(None)
        return self._shaped(exported)


class HashTable(_HashTable):
    """A table from keys to values that does not change once it is initialized."""

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        shared_name: str | None = None,
        name: str | None = None,
    ):
        """Nodes of one `shared_name` are of one table."""
        super().__init__(initializer, default_value, shared_name, name)

    @property
    def init(self) -> Operation:
        return self.initializer

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """Returns all keys, k[n], and their values, v[n]."""
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]) as scope:
            exported = self._export(scope)
        return self._shaped(exported)
