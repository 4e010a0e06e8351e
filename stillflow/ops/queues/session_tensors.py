"""Tensors that stay in a session from one run to the next: `tf.get_session_handle`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.graph import dtypes
from stillflow.graph.device import canonical_name
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import InternalError
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import colocate_with, device
from stillflow.graph.text import as_text
from stillflow.ops.control.ordering import placeholder

_DEVICE = "/job:localhost/replica:0/task:0/device:CPU:0"
_NP_RESOURCE = np.dtype([("resource", np.uint8)])


class Store(Resource):
    """The tensors that a session keeps, by handle."""

    def __init__(self, name: str):
        super().__init__(name)
        self._tensors: dict[str, np.ndarray] = {}
        self._numbers = itertools.count()

    def for_node(self, name: str) -> NodeStore:
        return NodeStore(self, name)

    def keep(self, value: Any, name: str) -> str:
        handle = f"{name};{next(self._numbers)};{_DEVICE}"
        self._tensors[handle] = np.array(value)
        return handle

    def value(self, handle: str) -> np.ndarray:
        value = self._tensors.get(handle)
        if value is None:
            refuse(
                f"The tensor with handle '{handle}' is not in the session store.\n"
                "  It was deleted, or is of another session."
            )
        return value

    def delete(self, handle: str) -> bool:
        """Whether there was such a tensor. No lock is taken: a finaliser may call it anywhere."""
        return self._tensors.pop(handle, None) is not None


class NodeStore(NamedTuple):
    """The store, and the node that keeps tensors in it."""

    store: Store
    name: str

    def keep(self, value: Any) -> str:
        return self.store.keep(value, self.name)

    def value(self, handle: str) -> np.ndarray:
        return self.store.value(handle)

    def delete(self, handle: str) -> bool:
        return self.store.delete(handle)


_IN_STORE: dict[str, Any] = {
    "resource": lambda name, attrs: Store(name),
    "shared_as": "session_tensors",
    "host": True,
}


class TensorHandle:
    """A tensor that a session keeps for as long as this object, or what it is told of, lives.

    In `feed_dict` it is the value of any tensor of its type.
    """

    def __init__(self, handle: Any, dtype: DType, session: Any, store: Store):
        self._handle = as_text(handle)
        self._dtype = dtype
        self._session = session
        self._store = store
        self._is_owner = True

    def __del__(self) -> None:
        if self._is_owner:
            self._store.delete(self._handle)

    def __str__(self) -> str:
        return self._handle

    @property
    def handle(self) -> str:
        """What the holder of `tf.get_session_tensor` is fed."""
        return self._handle

    def eval(self) -> Any:
        """Returns the tensor's value.

        Raises:
          TypeError: it was deleted, or `get_raw_handle` has been called.
        """
        self._check_owned()
        key = f"{self._handle.split(';')[0]};{self._handle.split(';')[-1]}"
        holder, reader = self._built(
            _readers, key, lambda: get_session_tensor(self._handle, self._dtype)
        )
        return self._session.run(reader, feed_dict={holder: self._handle})

    def delete(self) -> None:
        """Frees the tensor; TypeError as `eval`."""
        self._check_owned()
        self._is_owner = False
        holder, deleter = self._built(_deleters, "", lambda: delete_session_tensor(self._handle))
        self._session.run(deleter, feed_dict={holder: self._handle})

    def get_raw_handle(self) -> str:
        """Returns the handle; from now on the tensor lives until `tf.delete_session_tensor`."""
        self._is_owner = False
        return self._handle

    def to_numpy_array(self) -> np.ndarray:
        """The handle as TensorFlow's protocol buffer, byte for byte, of a dtype for handles."""
        from tensorboard.compat.proto.resource_handle_pb2 import ResourceHandleProto

        told = ResourceHandleProto(
            device=self._handle.split(";")[-1], container="TensorHandle", name=self._handle
        )
        return np.asarray(bytearray(told.SerializeToString()), np.uint8).view(_NP_RESOURCE)

    def fed_value(self, tensor: Tensor) -> np.ndarray:
        """What `tensor` is when it is fed this."""
        if tensor.dtype.base_dtype is not self._dtype:
            wanted = tensor.dtype.base_dtype.runtime_name
            refuse(
                f"Expects arg[0] to be {wanted} but {self._dtype.runtime_name} is provided\n"
                f"  To feed {tensor.name} the handle itself, take the property `handle`."
            )
        return self._store.value(self._handle)

    def _check_owned(self) -> None:
        if not self._is_owner:
            raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")

    def _built(self, names: _Names, key: str, build: Callable[[], tuple]) -> tuple[Any, Any]:
        """What `build` has built in the session's graph, once for a `key`."""
        graph: Graph = self._session.graph
        known = names.setdefault(graph, {})
        if key not in known:
            with graph.as_default():
                holder, node = build()
            known[key] = holder.name, node.name
        holder_name, node_name = known[key]
        return graph.as_graph_element(holder_name), graph.as_graph_element(node_name)


def _as_handle(operation: Operation, session: Any, value: Any) -> TensorHandle:
    dtype = operation.inputs[0].dtype.base_dtype
    store = session._state.resource(operation)
    return TensorHandle(np.asarray(value)[()], dtype, session, store)


def _name(handle: Any) -> str:
    item: Any = np.asarray(handle)[()]
    return as_text(item)


@op(
    "GetSessionHandle",
    "value: T -> handle: string",
    shape=lambda ctx: (),
    fetched=_as_handle,
    **_IN_STORE,
)
def get_session_handle_op(xp, store, value):
    """value: any[...] -> string[], the handle of the tensor that the session keeps from now on"""
    return np.asarray(store.keep(value).encode(), object)


@op("GetSessionTensor", "handle: string -> value: dtype", **_IN_STORE)
def get_session_tensor_op(xp, store, handle, *, dtype: DType):
    """handle: string[] -> dtype[...], the tensor of that handle"""
    value = store.value(_name(handle))
    if value.dtype != np.dtype(dtype.stored_as):
        given = dtypes.as_dtype(value.dtype).runtime_name
        message = f"Output 0 of type {given} does not match declared output type"
        raise InternalError(None, None, f"{message} {dtype.runtime_name}")
    return value


@op("DeleteSessionTensor", "handle: string ->", **_IN_STORE)
def delete_session_tensor_op(xp, store, handle):
    """handle: string[]; frees the tensor of that handle."""
    name = _name(handle)
    if not store.delete(name):
        refuse(f"Failed to delete a tensor with handle '{name}' in the session store.")
    return ()


for _defn in (get_session_handle_op, get_session_tensor_op, delete_session_tensor_op):
    _defn.not_differentiable()


def get_session_handle(data: Any, name: str | None = None) -> Tensor:
    """Returns a tensor, string[], of which a run gives a `TensorHandle` for the value of `data`.

    Raises:
      TypeError: `data` is not a Tensor.
    """
    if not isinstance(data, Tensor):
        raise TypeError("`data` must be of type Tensor.")
    with colocate_with(data):
        return get_session_handle_op(data, name=name)


def get_session_tensor(handle: Any, dtype: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Returns a placeholder, to be fed a handle, and the tensor that the session keeps under it.

    Args:
      handle: some handle: where the tensors are.
      dtype: the type of the tensors.
    """
    with device(_device_of(handle)):
        holder = placeholder(dtypes.string)
        return holder, get_session_tensor_op(holder, dtype=dtypes.as_dtype(dtype), name=name)


def delete_session_tensor(handle: Any, name: str | None = None) -> tuple[Tensor, Operation]:
    """Returns a placeholder, to be fed a handle, and what frees the tensor under it."""
    with device(_device_of(handle)):
        holder = placeholder(dtypes.string)
        deleter: Any = delete_session_tensor_op(holder, name=name)
        return holder, deleter


def _device_of(handle: Any) -> str:
    return canonical_name(as_text(handle).split(";")[-1])


_Names = WeakKeyDictionary[Graph, dict[str, tuple[str, str]]]
_readers: _Names = WeakKeyDictionary()
_deleters: _Names = WeakKeyDictionary()
