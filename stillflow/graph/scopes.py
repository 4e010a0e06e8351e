"""The module-level forms of a graph's scopes and collections: `tf.name_scope`, `tf.device`, ..."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from stillflow.graph import context
from stillflow.graph.context import get_default_graph
from stillflow.graph.eager_tensor import EagerTensor
from stillflow.graph.graph import Graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.tensor_like import stood_for

_OF_NO_GRAPH = (EagerTensor, float, int, bool, str, type(None))


def graph_of(values: Iterable[Any] | None) -> Graph:
    """The graph that the tensors among `values` belong to, else the default one.

    Raises:
      ValueError: when two of them are of different graphs.
    """
    default = get_default_graph()
    if default.building_function:  # which takes tensors of other graphs as arguments
        return default
    found, first = None, None
    for value in values or ():
        if type(value) in _OF_NO_GRAPH:
            continue
        element = _element(value)
        if not isinstance(element, (Tensor, Operation)) or element._is_eager:
            continue
        if found is None:
            found, first = element.graph, element
        elif element.graph is not found:
            raise ValueError(f"{element} must be from the same graph as {first}.")
    if default.is_eager and found is not None and not builds_from_eager_mode(found):
        return default
    return found or default


def builds_from_eager_mode(graph: Graph) -> bool:
    """Whether calls with its tensors build in eager mode too, as where Keras builds models."""
    return getattr(graph, "name", "") == "keras_graph"


def get_graph_from_inputs(op_input_list: Iterable[Any], graph: Graph | None = None) -> Graph:
    """The graph that inputs belong to: `graph`, if given, else the default one without any.

    Raises:
      TypeError: `graph` is none.
      ValueError: an input is of another graph.
    """
    if graph is not None and not isinstance(graph, Graph):
        raise TypeError(f"Input graph needs to be a Graph: {graph}")
    if graph is None:
        return graph_of(op_input_list)
    for value in op_input_list:
        element = _element(value)
        if isinstance(element, (Tensor, Operation)) and element.graph is not graph:
            raise ValueError(f"{element} is not from the passed-in graph.")
    return graph


def _element(value: Any) -> Any:
    element = stood_for(value)
    return value if element is None else element


class name_scope:
    """`with tf.name_scope(name, default_name, values) as scope:` in the graph of `values`.

    `default_name` is used when `name` is None; `scope` ends in '/', ready to be re-entered.
    """

    def __init__(self, name: str | None, default_name: str | None = None, values: Any = None):
        if default_name is not None and not isinstance(default_name, str):
            raise TypeError(
                f"`default_name` type ({type(default_name)}) is not a string type. You likely "
                "meant to pass this into the `values` kwarg."
            )
        self._name = default_name if name is None else name
        self._default_name = default_name
        self._given_name = name
        self._values = values

    @property
    def name(self) -> str | None:
        return self._name

    def __enter__(self) -> str:
        if self._name is None and self._values is not None:
            raise ValueError(
                f"At least one of name ({self._given_name}) and default_name "
                f"({self._default_name}) must be provided."
            )
        graph = graph_of(self._values)
        if graph.is_eager:
            self._graph_block = None
            self._scope_block = graph.scope_block(self._name)  # type: ignore[attr-defined]
            return self._scope_block.__enter__()
        self._graph_block = graph.as_default()
        self._graph_block.__enter__()
        self._scope_block = graph.name_scope(self._name)
        try:
            return self._scope_block.__enter__()
        except BaseException:
            self._graph_block.__exit__(None, None, None)
            raise

    def __exit__(self, *exc: Any) -> None:
        self._scope_block.__exit__(*exc)
        if self._graph_block is not None:
            self._graph_block.__exit__(None, None, None)


@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """The older argument order of `tf.name_scope`."""
    with name_scope(name, default_name, values) as scope:
        yield scope


def control_dependencies(control_inputs: Any):
    """`with tf.control_dependencies([...])` on the default graph."""
    return get_default_graph().control_dependencies(control_inputs)


@contextmanager
def init_scope() -> Iterator[None]:
    """A block whose operations wait for none of the open `control_dependencies`.

    It leaves the bodies of functions: they are built in the graph around, under the same name scope
    and on the same devices.
    """
    inner = get_default_graph()
    if not inner.building_function:
        with inner.control_dependencies(None):
            yield
        return
    outer, devices = _around_functions()
    scope, own = inner.get_name_scope(), outer.stacks.devices
    with outer.as_default(), outer.name_scope(f"{scope}/" if scope else None):
        outer.stacks.devices = list(devices)
        try:
            with outer.control_dependencies(None):
                yield
        finally:
            outer.stacks.devices = own


def _around_functions() -> tuple[Graph, list]:
    """The innermost default graph that is no function's body, and the innermost devices."""
    devices: list = []
    for graph in reversed(context.graphs.stack):
        devices = devices or graph.stacks.devices
        if not graph.building_function:
            return graph, devices
    return context.outermost_graph(), devices


def get_name_scope() -> str:
    """The name of the open name scope of the default graph, without a slash behind."""
    return get_default_graph().get_name_scope()


def device(device_name_or_function: Any):
    """`with tf.device(...)`: recorded in the graph; the runtime places operations by itself."""
    return get_default_graph().device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: bool = False):
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name: str):
    return get_default_graph().container(container_name)


def add_to_collection(name: Any, value: Any) -> None:
    """Adds `value` to the collection `name` of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list:
    """Returns a copy of the collection `key` of the default graph; empty when there is none."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list:
    return get_default_graph().get_collection_ref(key)
