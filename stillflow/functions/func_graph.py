"""The graph of a traced function's body, and the tracing of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.autograph.options import ConversionOptions
from stillflow.declare.convert import to_tensor
from stillflow.functions.specification import flat_specs
from stillflow.functions.standing_for import call_converted
from stillflow.graph import nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import graphs
from stillflow.graph.errors import InaccessibleTensorError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation, stopped
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.ops.control.carried import as_carried
from stillflow.ops.control.effects import order_returning
from stillflow.ops.control.ordering import identity
from stillflow.ops.functions.tracing import TracedGraph
from stillflow.ops.variables.resource_variable import BaseResourceVariable
from stillflow.ops.variables.scope import get_variable_scope

_USER_NAME = "_user_specified_name"


class FuncGraph(TracedGraph):
    """The graph of a function's body.

    Attributes:
      inputs: its arguments: those of the Python function, then what it takes from outside.
      outputs: what it returns, as tensors.
      structured_input_signature: (arguments, keywords) with TensorSpecs for tensors.
      structured_outputs: what the Python function returned, as tensors of this graph.
      variables: those that it uses and that are no arguments.
      control_captures: what is around, and runs before each call.
    """

    def __init__(self, name: str, collections: Any = None, capture_by_value: Any = None) -> None:
        super().__init__(name)
        del collections
        self.capture_by_value = bool(capture_by_value)
        self.structured_input_signature: Any = ((), {})
        self.structured_outputs: Any = None
        self.control_outputs: list[Operation] = []
        self.control_captures: dict[Operation, None] = {}
        self._watched: dict[int, Any] = {}
        self._requested: str | None = None
        self._argument_variables: set[int] = set()
        self._variable_creator_stack = self.outer_graph._variable_creator_stack

    def watch_variable(self, variable: Any) -> None:
        """Notes that the body uses a variable."""
        self._watched.setdefault(id(variable), variable)

    @property
    def variables(self) -> list[Any]:
        return [v for v in self._watched.values() if id(v) not in self._argument_variables]

    # What is taken from outside -------------------------------------------------------------------

    def capture(self, tensor: Any, name: str | None = None) -> Tensor:
        if not tensor._is_eager:
            self._check_accessible(tensor)
        self._requested = name
        try:
            inside = super().capture(tensor)
        finally:
            self._requested = None
        if inside is not tensor:
            record_operation("captured_value", [inside], [tensor], lambda grad: [grad])
        return inside

    def control_dependencies(self, control_inputs: Any) -> Any:
        """A block whose operations run after others; after outer ones, each call does."""
        if control_inputs is None:
            return super().control_dependencies(None)
        inner = []
        for item in control_inputs:
            op = getattr(item, "op", item) if hasattr(item, "_handle") else item
            graph = getattr(op, "graph", self)
            if graph is self or not isinstance(op, (Tensor, Operation)):
                inner.append(item)
            else:
                outer = op.op if isinstance(op, Tensor) else op
                self.control_captures[outer] = None
        return super().control_dependencies(inner)

    def _check_accessible(self, tensor: Any) -> None:
        """InaccessibleTensorError for a tensor of a function that is not around this one."""
        graph = getattr(tensor, "graph", self)
        inner: Any = self
        while inner is not graph and inner.building_function:
            inner = inner.outer_graph
        if inner is not graph and getattr(graph, "building_function", False):
            raise InaccessibleTensorError(
                f"The tensor '{tensor}' cannot be accessed here: it is defined in another function "
                "or code block. Use return values, explicit Python locals or TensorFlow "
                f"collections to access it. Defined in: {graph}; accessed from: {self}.\n"
            )

    def _argument_name(self, tensor: Tensor) -> str:
        return self._requested or super()._argument_name(tensor)

    @property
    def captures(self) -> list[tuple[Tensor, Tensor]]:
        """(outside, inside) of what is taken from outside."""
        return list(zip(self.extra_inputs, self.extra_args, strict=True))

    @property
    def external_captures(self) -> list[Tensor]:
        return list(self.extra_inputs)

    @property
    def internal_captures(self) -> list[Tensor]:
        return list(self.extra_args)

    def __str__(self) -> str:
        return f"FuncGraph(name={self.name}, id={id(self)})"

    # Arguments ------------------------------------------------------------------------------------

    def arguments_for(
        self, args: Sequence[Any], names: Sequence[str | None], shapes: Any = None
    ) -> list[Any]:
        """The arguments with a placeholder for each tensor or TensorSpec.

        Args:
          names: of each argument.
          shapes: an iterator over shapes, one for each part of the arguments, that take the place
            of their own; None leaves one as it is.
        """
        return [self._argument(arg, name, shapes) for arg, name in zip(args, names, strict=True)]

    def _argument(self, arg: Any, name: str | None, shapes: Any) -> Any:
        flat = flat_specs(arg)
        specs = [part for part in flat if isinstance(part, TensorSpec)]
        named = [spec for spec in specs if spec.name]
        if named and len(named) < len(specs):
            raise ValueError(
                "If specifying TensorSpec names for nested structures, either zero or all names "
                "have to be specified."
            )
        parts = [self._part(part, name, next(shapes) if shapes else None) for part in flat]
        return _packed(arg, parts)

    def _part(self, part: Any, name: str | None, shape: Any) -> Any:
        if isinstance(part, BaseResourceVariable):
            self._note_name(self.capture(part.handle, name=name), name)
            self.watch_variable(part)
            return part
        if not isinstance(part, (Tensor, TensorSpec)):
            return part
        requested = part.name if isinstance(part, TensorSpec) and part.name else name
        spec = TensorSpec(part.shape if shape is None else shape, part.dtype)
        if hasattr(part, "_handle_data"):
            spec = part  # type: ignore[assignment]
        try:
            made = self._placeholder(spec, requested or "Placeholder")  # type: ignore[arg-type]
        except ValueError:  # no name that a node can have
            made = self._placeholder(spec, "Placeholder")  # type: ignore[arg-type]
        if name is not None:
            self._note_name(made, requested)
        return made

    def _note_name(self, argument: Tensor, name: str | None) -> None:
        if name is not None:
            argument.op._set_attr(_USER_NAME, name.encode())

    def settle_arguments(self, args: Any, kwargs: Any) -> None:
        """Puts the arguments first among the inputs, variables' handles as theirs."""
        inputs: list[Tensor] = []
        variables: set[int] = set()
        for part in nest.flatten((args, kwargs), expand_composites=True):
            if isinstance(part, BaseResourceVariable):
                if id(part) not in variables:
                    inputs.append(self._taken_back(part.handle))
                variables.add(id(part))
            elif isinstance(part, Tensor):
                inputs.append(part)
        self._argument_variables = variables
        self.inputs = [*inputs, *self.extra_args]

    def _taken_back(self, handle: Tensor) -> Tensor:
        """The placeholder of what was taken from outside, and is an argument."""
        place = next(i for i, taken in enumerate(self.extra_inputs) if taken is handle)
        del self.extra_inputs[place]
        return self.extra_args.pop(place)


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
      collections, capture_by_value: recorded.
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


def _packed(arg: Any, parts: list[Any]) -> Any:
    """The structure of an argument, in which specs of composite tensors are such of `parts`."""
    left = iter(parts)

    def leaf(value: Any) -> Any:
        if isinstance(value, TypeSpec) and not isinstance(value, TensorSpec):
            specs = value._component_specs
            inner = [next(left) for _ in nest.flatten(specs)]
            return value._from_components(nest.pack_sequence_as(specs, inner))
        own = [next(left) for _ in nest.flatten(value, expand_composites=True)]
        return nest.pack_sequence_as(value, own, expand_composites=True)

    return nest.map_structure(leaf, arg)


def _signature(arg: Any, name: str | None) -> Any:
    """The argument with TensorSpecs for tensors, of the names that the program gave."""

    def spec(part: Any) -> Any:
        if isinstance(part, CompositeTensor):
            return part._type_spec
        if isinstance(part, Tensor):
            given = part.op.attrs.get(_USER_NAME)
            return TensorSpec(part.shape, part.dtype, given.decode() if given else name)
        if isinstance(part, (bool, int, float, str, bytes, type(None), TensorSpec)):
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
