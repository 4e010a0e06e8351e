"""`tf.compat.v1.wrap_function`: code of graphs as a function that makes its variables once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stillflow.declare.constants import constant
from stillflow.functions.concrete import ConcreteFunction
from stillflow.functions.decorated import with_lifted_value
from stillflow.functions.func_graph import FuncGraph
from stillflow.functions.lifting import needed_by
from stillflow.functions.tracing import func_graph_from_py_func
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import control_dependencies, name_scope
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.resource_variable import BaseResourceVariable
from stillflow.platform.decorators import make_decorator


class VariableHolder:
    """Keeps the variables that a function makes; those of one name are one.

    Args:
      fn: is called by `call_with_variable_creator_scope`.
      share_variables: whether a name that was given before gives its variable again.
    """

    def __init__(self, fn: Callable | None = None, share_variables: bool = False):
        self._fn = fn
        self._share_variables = share_variables
        self._variables_by_name: dict[str, Any] = {}
        self._all: list[Any] = []

    @property
    def variables(self) -> dict[str, Any]:
        """By name."""
        return self._variables_by_name

    def variable_creator_scope(self, next_creator: Callable, **kwargs: Any) -> Any:
        """Makes variables in the graph around, and keeps them."""
        collections = kwargs.pop("collections", None)
        with name_scope(kwargs.get("name"), "Variable") as scope:
            kwargs["name"] = scope
        name = scope.rstrip("/")
        if self._share_variables and name in self._variables_by_name:
            return self._variables_by_name[name]
        kwargs["use_resource"] = True
        variable = next_creator(**with_lifted_value(kwargs))
        inside = get_default_graph()
        trainable = ["trainable_variables"] if variable.trainable else []
        for key in dict.fromkeys([*(collections or ["variables"]), *trainable]):
            inside.add_to_collection(key, variable)
        self._variables_by_name.setdefault(name, variable)
        self._all.append(variable)
        return variable

    def call_with_variable_creator_scope(self, fn: Callable) -> Callable:
        """`fn`, whose variables are kept."""

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            graph = get_default_graph()
            with graph._variable_creator_scope(self.variable_creator_scope):
                return fn(*args, **kwargs)

        return wrapped

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        assert self._fn is not None
        return self.call_with_variable_creator_scope(self._fn)(*args, **kwargs)


class WrappedFunction(ConcreteFunction):
    """A function of a graph that code of TensorFlow 1.x built.

    Attributes:
      graph: where it is built; it may be looked through, and parts of it taken by `prune`.
    """

    def __init__(
        self,
        fn_graph: FuncGraph,
        variable_holder: VariableHolder,
        attrs: dict | None = None,
        signature: Any = None,
    ):
        self._variable_holder = variable_holder
        super().__init__(fn_graph, attrs, signature)

    @property
    def variables(self) -> list[Any]:
        return list(self._variable_holder._all)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._arg_keywords is None:
            return self._call_flat(args, self.captured_inputs)
        return super().__call__(*args, **kwargs)

    def prune(
        self, feeds: Any, fetches: Any, name: str | None = None, input_signature: Any = None
    ) -> WrappedFunction:
        """A function of the part of the graph that gives `fetches` from `feeds`.

        Args:
          feeds: a nest of tensors of the graph, or of their names: its arguments.
          fetches: a nest of tensors, operations, names or TensorInfos that give one.
          name: of the function.
          input_signature: TensorSpecs of the arguments, recorded.

        Raises:
          ValueError: a feed is no tensor, or something is of another graph.
          UnliftableError: what is fetched comes from a placeholder that is not fed.
        """
        graph = self._func_graph
        captured = graph.internal_captures
        flat_feeds = [
            graph.as_graph_element(feed) for feed in nest.flatten(feeds, expand_composites=True)
        ]
        flat_feeds = [feed for feed in flat_feeds if not _is_among(feed, captured)]
        for feed in flat_feeds:
            if not isinstance(feed, Tensor):
                raise ValueError("Feeds must be tensors.")
        fetches = nest.map_structure(self._element, fetches)
        leaves = nest.flatten(fetches, expand_composites=True)
        for element in (*flat_feeds, *leaves):
            if element.graph is not graph:
                raise ValueError(
                    "Can only prune function whose feeds and fetches are from this graph "
                    f"({graph}). Input {element} is from graph {element.graph}"
                )
        tensors = [leaf for leaf in leaves if isinstance(leaf, Tensor)]
        operations = [leaf for leaf in leaves if isinstance(leaf, Operation)]
        with graph.as_default(), control_dependencies(None):
            outputs = [identity(tensor) for tensor in tensors]
        left = iter(outputs)
        structure = [next(left) if isinstance(leaf, Tensor) else None for leaf in leaves]
        part = _part_of(graph, name or "pruned", flat_feeds, outputs, operations)
        part.structured_outputs = nest.pack_sequence_as(fetches, structure, True)
        if input_signature is not None:
            part.structured_input_signature = input_signature
        pruned = WrappedFunction(part, self._variable_holder)
        pruned._num_positional_args = len(flat_feeds)
        pruned._arg_keywords = [_name_of(feed) for feed in flat_feeds]
        return pruned

    def _element(self, fetch: Any) -> Any:
        if isinstance(fetch, CompositeTensor):
            return fetch
        if isinstance(fetch, BaseResourceVariable):
            return self._func_graph.capture(fetch.handle)
        if type(fetch).__name__ == "TensorInfo":  # a message, which may name an operation too
            return self._func_graph.as_graph_element(fetch.name)
        return self._func_graph.as_graph_element(fetch)


def _name_of(feed: Tensor) -> str:
    return feed.op.name


def _part_of(
    graph: FuncGraph, name: str, feeds: list, outputs: list, operations: list
) -> FuncGraph:
    """The body of a part of a graph: what gives `outputs`, and what `operations` need."""
    part: Any = graph.giving(outputs)
    part.name = name
    part.inputs = [*feeds, *(t for t in graph.internal_captures if not _is_among(t, feeds))]
    part.extra_args = [t for t in graph.internal_captures if not _is_among(t, feeds)]
    originals = dict(zip(graph.extra_args, graph.extra_inputs, strict=True))
    part.extra_inputs = [originals[t] for t in part.extra_args]
    part.control_outputs = [op for op in operations if op.defn.stateful or not op.outputs]
    needed = needed_by([*(t.op for t in outputs), *operations], part.inputs)
    part.operations = [op for op in part.operations if op in needed]
    return part


def _is_among(tensor: Tensor, tensors: list) -> bool:
    return any(tensor is other for other in tensors)


def wrap_function(fn: Callable, signature: Any, name: str | None = None) -> WrappedFunction:
    """`fn`, code of TensorFlow 1.x, as a function that is traced once.

    Variables that it makes are made once, and `tf.cond`, collections and the like mean what they
    mean in a graph. What has effects runs only if what is returned needs it.

    Args:
      fn: takes tensors, and returns a nest of tensors or operations.
      signature: a TensorSpec for each of them; an empty list for none.
      name: of the graph.

    Returns:
      A function with `graph`, `variables`, `inputs`, `outputs`, and `prune(feeds, fetches)`.
    """
    holder = VariableHolder(fn)
    graph_name = name or "wrapped_function"
    operation_value = constant(0) if executing_eagerly() else None
    graph = FuncGraph(graph_name, collections={})
    if operation_value is None:
        with graph.as_default():
            operation_value = constant(0)
    func_graph = func_graph_from_py_func(
        graph_name,
        holder,
        args=None,  # type: ignore[arg-type]
        kwargs=None,  # type: ignore[arg-type]
        signature=signature,
        func_graph=graph,
        add_control_dependencies=False,
        op_return_value=operation_value,
    )
    return make_decorator(
        fn, WrappedFunction(func_graph, holder, signature=signature), "wrap_function"
    )  # type: ignore[return-value]


class WrappedGraph:
    """Several functions that share one graph and its variables.

    Args:
      variable_holder: keeps the variables.
    """

    def __init__(self, variable_holder: VariableHolder | None = None, **kwargs: Any):
        self._variable_holder = variable_holder or VariableHolder(share_variables=True)
        self.graph = FuncGraph("wrapped_graph", **{"collections": {}, **kwargs})
        self._wrapped_function = WrappedFunction(self.graph, self._variable_holder)
        self._functions: dict[str, WrappedFunction] = {}

    @property
    def functions(self) -> dict[str, WrappedFunction]:
        """Those that `wrap_function` made, by name."""
        return self._functions

    @property
    def variables(self) -> dict[str, Any]:
        return self._variable_holder.variables

    def wrap_function(self, fn: Callable, signature: Any, name: str | None = None) -> Any:
        """Builds `fn` in the graph, as a function of it."""
        return self._wrap_function(fn, signature=signature, name=name)

    def _wrap_function(
        self,
        fn: Callable,
        args: Any = None,
        kwargs: Any = None,
        signature: Any = None,
        name: str | None = None,
    ) -> Any:
        scoped = self._variable_holder.call_with_variable_creator_scope(fn)
        graph = self.graph
        graph.inputs, graph.outputs = [], []
        with graph.as_default():
            value = constant(0)
        built = func_graph_from_py_func(
            name or "wrapped_function",
            scoped,
            args=args,
            kwargs=kwargs,
            signature=signature,
            func_graph=graph,
            add_control_dependencies=False,
            op_return_value=value,
        )
        arguments = [t for t in built.inputs if not _is_among(t, graph.extra_args)]
        made = _part_of(graph, name or "fn", arguments, built.outputs, [])
        made.structured_outputs = built.structured_outputs
        function = WrappedFunction(made, self._variable_holder, signature=signature or ())
        if name is not None:
            self._functions[name] = function
        return function
