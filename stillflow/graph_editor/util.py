"""Lists of operations and tensors as the graph editor takes them, and names of placeholders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from stillflow.graph.graph import Graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.ops.control.ordering import placeholder

_T = TypeVar("_T")
_PREFIX = "geph"


# Trees and lists --------------------------------------------------------------------------------


def is_iterable(obj: Any) -> bool:
    """Whether `obj` holds others; a tensor does not."""
    if isinstance(obj, Tensor):
        return False
    try:
        iter(obj)
    except Exception:
        return False
    return True


def concatenate_unique(la: list[_T], lb: Iterable[_T]) -> list[_T]:
    """Appends to `la` what of `lb` is not in it yet, and returns it."""
    have = set(la)
    for item in lb:
        if item not in have:
            la.append(item)
            have.add(item)
    return la


def flatten_tree(tree: Any, leaves: list[Any] | None = None) -> list[Any]:
    """The leaves of nested dicts and iterables, in order."""
    leaves = [] if leaves is None else leaves
    if isinstance(tree, dict):
        tree = list(tree.values())
    if is_iterable(tree):
        for child in tree:
            flatten_tree(child, leaves)
    else:
        leaves.append(tree)
    return leaves


def transform_tree(tree: Any, fn: Callable[[Any], Any], iterable_type: Any = tuple) -> Any:
    """The same tree with `fn` of each leaf; what is no sequence or dict becomes `iterable_type`."""
    if not is_iterable(tree):
        return fn(tree)
    if isinstance(tree, dict):
        return type(tree)((key, transform_tree(child, fn)) for key, child in tree.items())
    children = (transform_tree(child, fn) for child in tree)
    if hasattr(tree, "_asdict"):
        return type(tree)(*children)
    kind: Any = type(tree) if isinstance(tree, Sequence) else iterable_type
    return kind(children)


class ListView:
    """A list that cannot be changed through it."""

    def __init__(self, list_: list[Any]):
        if not isinstance(list_, list):
            raise TypeError(f"Expected a list, got: {type(list_)}.")
        self._list = list_

    def __iter__(self) -> Iterator[Any]:
        return iter(self._list)

    def __len__(self) -> int:
        return len(self._list)

    def __getitem__(self, i: Any) -> Any:
        return self._list[i]

    def __add__(self, other: Iterable[Any]) -> list[Any]:
        return [*self._list, *other]


# Operations and tensors -------------------------------------------------------------------------


def get_unique_graph(tops: Any, check_types: Any = None, none_if_empty: bool = False) -> Any:
    """The one graph of some operations and tensors.

    Raises:
      TypeError: something else is among them.
      ValueError: they are of several graphs, or there are none.
    """
    if isinstance(tops, Graph):
        return tops
    if not is_iterable(tops):
        raise TypeError(f"{type(tops)} is not iterable")
    types = (Operation, Tensor) if check_types is None else check_types
    types = types if isinstance(types, tuple) else (types,)
    graph = None
    for item in tops:
        if not isinstance(item, types):
            names = ", ".join(map(str, types))
            raise TypeError(f"Expected a type in ({names}), got: {type(item)}")
        if graph is not None and item.graph is not graph:
            raise ValueError(f"Operation {item} does not belong to given graph")
        graph = item.graph
    if graph is None and not none_if_empty:
        raise ValueError("Can't find the unique graph of an empty list")
    return graph


def check_graphs(*args: Any) -> None:
    """ValueError unless all that have a graph have the same."""
    graph = None
    for i, item in enumerate(args):
        if graph is None:
            graph = item.graph
        elif item.graph is not None and item.graph is not graph:
            raise ValueError(f"Argument[{i}]: Wrong graph!")


def make_list_of_op(
    ops: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ts: bool = False
) -> list[Operation]:
    """The operations that are given one by one, or by their graph.

    Raises:
      TypeError: what is no operation is among them; with `ignore_ts` tensors are passed over.
      ValueError: they are of several graphs.
    """
    types = (Operation, Tensor) if ignore_ts else Operation
    given = _listed(ops, check_graph, allow_graph, types, lambda graph: graph.get_operations())
    return [op for op in given if isinstance(op, Operation)]


def make_list_of_t(
    ts: Any, check_graph: bool = True, allow_graph: bool = True, ignore_ops: bool = False
) -> list[Tensor]:
    """The tensors that are given one by one, or by their graph.

    Raises:
      TypeError: what is no tensor is among them; with `ignore_ops` operations are passed over.
      ValueError: they are of several graphs.
    """
    types = (Operation, Tensor) if ignore_ops else Tensor
    given = _listed(ts, check_graph, allow_graph, types, get_tensors)
    return [tensor for tensor in given if isinstance(tensor, Tensor)]


def _listed(
    given: Any, check_graph: bool, allow_graph: bool, types: Any, all_of: Callable[[Any], list]
) -> list[Any]:
    if isinstance(given, Graph):
        if not allow_graph:
            raise TypeError("allow_graph is False: cannot convert a tf.Graph.")
        return all_of(given)
    items = list(given) if is_iterable(given) else [given]
    if items and check_graph:
        get_unique_graph(items, check_types=types)
    return items


def get_tensors(graph: Any) -> list[Tensor]:
    """All tensors of a graph."""
    if not isinstance(graph, Graph):
        raise TypeError(f"Expected a graph, got: {type(graph)}")
    return [tensor for op in graph.get_operations() for tensor in op.outputs]


def get_generating_ops(ts: Any) -> list[Operation]:
    """The operations that give these tensors."""
    return [tensor.op for tensor in make_list_of_t(ts, allow_graph=False)]


def get_consuming_ops(ts: Any) -> list[Operation]:
    """The operations that take these tensors, each once."""
    ops: list[Operation] = []
    for tensor in make_list_of_t(ts, allow_graph=False):
        concatenate_unique(ops, tensor.consumers())
    return ops


class ControlOutputs:
    """For each operation of a graph, those that wait for it."""

    def __init__(self, graph: Any):
        if not isinstance(graph, Graph):
            raise TypeError(f"Expected a tf.Graph, got: {type(graph)}")
        self._graph = graph
        self._version: int | None = None
        self._waiting: dict[Operation, list[Operation]] = {}
        self.update()

    def update(self) -> ControlOutputs:
        """Looks again if the graph has changed."""
        if self._version != self._graph.version:
            self._waiting.clear()
            for op in self._graph.get_operations():
                for before in op.control_inputs:
                    concatenate_unique(self._waiting.setdefault(before, []), [op])
            self._version = self._graph.version
        return self

    def get_all(self) -> dict[Operation, list[Operation]]:
        return self._waiting

    def get(self, op: Operation) -> Sequence[Operation]:
        return self._waiting.get(op, ())

    @property
    def graph(self) -> Any:
        return self._graph


# Names ------------------------------------------------------------------------------------------


def scope_finalize(scope: str) -> str:
    """`scope` with a slash at its end, if it has any name."""
    return f"{scope}/" if scope and not scope.endswith("/") else scope


def scope_dirname(scope: str) -> str:
    """What of a name lies before its last part."""
    return scope[: scope.rfind("/") + 1]


def scope_basename(scope: str) -> str:
    """The last part of a name."""
    return scope[scope.rfind("/") + 1 :]


def placeholder_name(
    t: Tensor | None = None, scope: str | None = None, prefix: str = _PREFIX
) -> str:
    """The name of a placeholder for a tensor, in its own scope unless another is given."""
    if scope is not None:
        scope = scope_finalize(scope)
    if t is None:
        return f"{scope or ''}{prefix}"
    if not isinstance(t, Tensor):
        raise TypeError(f"Expected a tf.Tenfor, got: {type(t)}")
    own = scope_basename(t.op.name)
    name = own if own.startswith(f"{prefix}__") else f"{prefix}__{own}_{t.value_index}"
    return (scope_dirname(t.op.name) if scope is None else scope) + name


def make_placeholder_from_tensor(
    t: Tensor, scope: str | None = None, prefix: str = _PREFIX
) -> Tensor:
    """A placeholder that can stand for a tensor."""
    return placeholder(t.dtype, t.shape, name=placeholder_name(t, scope=scope, prefix=prefix))


def make_placeholder_from_dtype_and_shape(
    dtype: Any, shape: Any = None, scope: str | None = None, prefix: str = _PREFIX
) -> Tensor:
    """A placeholder of a type and a shape."""
    return placeholder(dtype, shape, name=placeholder_name(scope=scope, prefix=prefix))


def get_predefined_collection_names() -> list[str]:
    """The names of the collections that TensorFlow knows itself."""
    names = (name for name in dir(GraphKeys) if not name.startswith("_"))
    return [getattr(GraphKeys, name) for name in names]


def find_corresponding(
    targets: Any, dst_graph: Any, dst_scope: str = "", src_scope: str = ""
) -> Any:
    """What has the same names in another graph, but for the scopes."""
    return transform_tree(
        targets, lambda item: find_corresponding_elem(item, dst_graph, dst_scope, src_scope)
    )


def find_corresponding_elem(
    target: Any, dst_graph: Any, dst_scope: str = "", src_scope: str = ""
) -> Any:
    """The operation or tensor that has the same name in another graph, but for the scopes."""
    scope = scope_finalize(src_scope)
    if not target.name.startswith(scope):
        raise ValueError(f"{target.name} does not start with {scope}")
    name = scope_finalize(dst_scope) + target.name[len(scope) :]
    if isinstance(target, Tensor):
        return dst_graph.get_tensor_by_name(name)
    if isinstance(target, Operation):
        return dst_graph.get_operation_by_name(name)
    raise TypeError(f"Expected tf.Tensor or tf.Operation, got: {type(target)}")
