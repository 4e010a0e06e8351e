"""What all tables have in common as programs hold them. The entries are in sessions."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.graph import dtypes
from stillflow.graph.context import executing_eagerly
from stillflow.graph.dtypes import DType
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import init_scope, name_scope
from stillflow.ops.sparse.sparse_tensor import SparseTensor
from stillflow.ops.tables import declared
from stillflow.tracking.trackable import Trackable


class LookupInterface(Trackable):
    """Base of tables. What the methods build runs in sessions; each has the table for itself."""

    _resource_handle: Tensor | None = None

    def __init__(self, key_dtype: Any, value_dtype: Any):
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        return self._value_dtype

    @property
    def resource_handle(self) -> Any:
        """The handle of the table, resource[]."""
        return self._resource_handle

    @property
    def name(self) -> str | None:
        raise NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many keys there are, i64[]."""
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Returns the value of each of `keys`."""
        raise NotImplementedError

    def _name_in_graph(self, handle: Any) -> str | None:
        """The last part of the name of the node of its handle; eagerly there is none."""
        return None if executing_eagerly() else handle.op.name.rsplit("/", 1)[-1]

    def _check_key_type(self, keys: Any, dtype: DType) -> None:
        if dtype is not self._key_dtype:
            raise TypeError(
                f"Signature mismatch. Keys must be dtype {self._key_dtype}, got {keys.dtype}."
            )


class InitializableLookupTableBase(LookupInterface):
    """A table that an initializer fills, once in each session; it does not change then."""

    def __init__(self, default_value: Any, initializer: Any):
        """`default_value` is found for keys that are not in the table."""
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.shape.merge_with([])
        self._initializer = initializer
        if isinstance(initializer, Trackable):
            self._track_trackable(initializer, name="_initializer")
        with init_scope():
            self._resource_handle = self._create_resource()
        if get_default_graph()._get_control_flow_context() is None:
            self._init_op = self._initialize()
        else:
            with init_scope():
                self._init_op = self._initialize()

    def _create_resource(self) -> Tensor:
        raise NotImplementedError

    def _initialize(self) -> Operation:
        return self._initializer.initialize(self)

    @property
    def default_value(self) -> Tensor:
        return self._default_value

    def size(self, name: str | None = None) -> Tensor:
        """Returns how many keys there are, i64[]; 0 before the table is initialized."""
        with name_scope(name, f"{self.name}_Size", [self.resource_handle]):
            return declared.size_op(self.resource_handle)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Returns the value of each of `keys`, a tensor or a SparseTensor of any shape.

        A run fails with FailedPreconditionError before the table is initialized.

        Raises:
          TypeError: `keys` are of another type than the table's.
        """
        self._check_key_type(keys, keys.dtype.base_dtype)
        asked = keys.values if isinstance(keys, SparseTensor) else keys
        scoped = (self.resource_handle, asked, self._default_value)
        with name_scope(name, f"{self.name}_Lookup", scoped):
            values = declared.find_op(*scoped)
        values.set_shape(asked.get_shape())
        return like_keys(keys, values)


class InitializableLookupTableBaseV1(InitializableLookupTableBase):
    """The same, with the operation that fills it."""

    @property
    def initializer(self) -> Operation:
        return self._init_op


def like_keys(keys: Any, values: Tensor) -> Any:
    """`values` in the places of sparse `keys`, or as they are."""
    if isinstance(keys, SparseTensor):
        return SparseTensor(keys.indices, values, keys.dense_shape)
    return values
