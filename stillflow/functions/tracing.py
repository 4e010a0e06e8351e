"""The tracing of a Python function: the graph of what it builds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.autograph.options import ConversionOptions
from stillflow.declare.convert import to_tensor
from stillflow.functions.func_graph import USER_NAME, FuncGraph
from stillflow.functions.standing_for import call_converted
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import graphs
from stillflow.graph.dtypes import DType
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import stopped
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.ops.control.carried import as_carried
from stillflow.ops.control.effects import order_returning
from stillflow.ops.control.ordering import identity
from stillflow.ops.variables.scope import get_variable_scope


def func_graph_from_py_func(
    name: str,
    python_func: Callable,
    args: Sequence[Any],
    kwargs: dict[str, Any],
    signature: Any = None,
    func_graph: FuncGraph | None = None,
    autograph: bool = False,
    autograph_options: Any = None,
    add_control_dependencies: bool = True,
    arg_names: Sequence[str] | None = None,
    op_return_value: Tensor | None = None,
    collections: Any = None,
    capture_by_value: bool | None = None,
    override_flat_arg_shapes: Any = None,
) -> FuncGraph:
    """The FuncGraph of what `python_func` builds for these arguments.

    Args:
      name: of the graph.
      args, kwargs: tensors, TensorSpecs, or other values, in nests.
      signature: TensorSpecs in place of the arguments.
      func_graph: where to build; a new graph by default.
      autograph, autograph_options: whether, and how, AutoGraph converts the function.
      add_control_dependencies: whether what has effects runs in order.
      arg_names: the names of the arguments.
      op_return_value: stands for an operation that is returned.
      collections: recorded.
      capture_by_value: whether a variable that is read counts as it is now.
      override_flat_arg_shapes: a shape, or None, for each part of the arguments.

    Raises:
      TypeError: the function returns what is no tensor.
      ValueError: it changes the structure of its arguments.
    """
    graph = func_graph or FuncGraph(name, collections, capture_by_value)
    graph.orders_effects = add_control_dependencies
    if signature is not None:
        if override_flat_arg_shapes is not None:
            raise ValueError(
                f"Passed both signature and override_flat_arg_shapes: {signature} and "
                f"{override_flat_arg_shapes}."
            )
        args, kwargs = signature, {}
    tracing = _Tracing(graph, python_func, add_control_dependencies, op_return_value)
    function = _converted(python_func, autograph_options) if autograph else python_func
    with stopped(), graph.as_default():
        graphs.tapes = [_Watch(graph)]
        scope = get_variable_scope()
        uses_resources = scope.use_resource
        scope.set_use_resource(True)
        try:
            tracing.trace(function, args, kwargs, arg_names, override_flat_arg_shapes)
        finally:
            scope.set_use_resource(uses_resources)
    graph.operations = graph.get_operations()
    return graph


def _converted(python_func: Callable, features: Any) -> Callable:
    """`python_func`, converted when it is called."""
    options = ConversionOptions(recursive=True, user_requested=True, optional_features=features)
    return lambda *args, **kwargs: call_converted(python_func, options, args, kwargs)


class _Watch:
    """Tells a graph, as a tape, which variables its function uses."""

    def __init__(self, graph: FuncGraph):
        self._graph = graph

    def record(self, op: Any) -> None:
        pass

    def watch(self, tensor: Any) -> None:
        pass

    def variable_accessed(self, variable: Any) -> None:
        self._graph.watch_variable(variable)


class _Tracing:
    """The tracing of one body."""

    def __init__(
        self, graph: FuncGraph, python_func: Callable, is_ordered: bool, for_operations: Any
    ):
        self._graph = graph
        self._python_func = python_func
        self._is_ordered = is_ordered
        self._for_operations = for_operations
        self._returned: list[Tensor] = []

    def trace(self, function: Callable, args: Any, kwargs: Any, names: Any, override: Any) -> None:
        graph = self._graph
        shapes = None if override is None else iter(override)
        names = [None] * len(args) if names is None else names
        given = graph.arguments_for(args, names, shapes)
        words = dict(
            zip(
                kwargs,
                graph.arguments_for(list(kwargs.values()), list(kwargs), shapes),
                strict=True,
            )
        )
        graph.structured_input_signature = (
            tuple(_signature(arg, name) for arg, name in zip(given, names, strict=True)),
            {name: _signature(word, name) for name, word in words.items()},
        )
        graph.inputs = [
            part
            for part in nest.flatten((given, words), expand_composites=True)
            if isinstance(part, Tensor)
        ]
        before = [nest.map_structure(lambda part: part, nests) for nests in (given, words)]
        since = len(graph.get_operations())
        result = function(*given, **words)
        result = nest.map_structure(self._as_result, result, expand_composites=True)
        _check_mutation(before, [given, words])
        if self._is_ordered:
            effects = order_returning(graph.get_operations()[since:], self._returned)
            graph.control_outputs = effects
        graph.structured_outputs = result
        graph.settle_arguments(given, words)
        leaves = nest.flatten(result, expand_composites=True)
        graph.outputs = [graph.capture(as_carried(leaf)) for leaf in leaves if leaf is not None]

    def _as_result(self, value: Any) -> Any:
        if value is None:
            return None
        if self._for_operations is not None and isinstance(value, Operation):
            with control_dependencies([value]):
                return self._marked(identity(self._for_operations))
        if hasattr(value, "_flow_tensor"):
            return value._with_flow(self._marked(value._flow_tensor))
        try:
            tensor = value if isinstance(value, CompositeTensor) else to_tensor(value)
        except (ValueError, TypeError):
            raise TypeError(
                "To be compatible with tf.contrib.eager.defun, Python functions must return zero "
                f"or more Tensors; in compilation of {self._python_func}, found return value of "
                f"type {type(value)}, which is not a Tensor."
            ) from None
        return tensor if isinstance(tensor, CompositeTensor) else self._marked(tensor)

    def _marked(self, tensor: Tensor) -> Tensor:
        if not self._is_ordered:
            return tensor
        marked = identity(tensor)
        self._returned.append(marked)
        return marked


def _signature(arg: Any, name: str | None) -> Any:
    """The argument with TensorSpecs for tensors, of the names that the program gave."""

    def spec(part: Any) -> Any:
        if isinstance(part, CompositeTensor):
            return part._type_spec
        if isinstance(part, Tensor):
            given = part.op.attrs.get(USER_NAME)
            return TensorSpec(part.shape, part.dtype, given.decode() if given else name)
        if isinstance(part, (bool, int, float, str, bytes, type(None), DType, TensorSpec)):
            return part
        return UnknownArgument() if not nest.is_nested(part) else part

    return nest.map_structure(spec, arg)


class UnknownArgument:
    """Stands in a signature for an argument that is no tensor and no number or text."""


_MUTATED = (
    "Function to be traced should not modify structure of input arguments. Check if your function "
    "has list and dictionary operations that alter input arguments, such as `list.pop`, "
    "`list.append`"
)


def _check_mutation(before: Any, after: Any) -> None:
    try:
        nest.assert_same_structure(before, after, expand_composites=True)
    except ValueError:
        raise ValueError(_MUTATED) from None
    pairs = zip(nest.flatten(before), nest.flatten(after), strict=True)
    if any(first is not second for first, second in pairs):
        raise ValueError(_MUTATED)
