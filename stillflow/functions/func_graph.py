"""The graph of a traced function's body."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from stillflow.functions.call_time import CallTimePart, CallTimeValue
from stillflow.functions.specification import flat_specs
from stillflow.graph import nest
from stillflow.graph.errors import InaccessibleTensorError
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation
from stillflow.graph.scopes import control_dependencies, init_scope
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.graph.type_spec import TypeSpec
from stillflow.ops.functions.tracing import TracedGraph
from stillflow.ops.variables.resource import read_variable_op
from stillflow.ops.variables.resource_variable import BaseResourceVariable

USER_NAME = "_user_specified_name"


class FuncGraph(TracedGraph):
    """The graph of a function's body.

    Attributes:
      inputs: its arguments: those of the Python function, then what it takes from outside.
      outputs: what it returns, as tensors.
      structured_input_signature: (arguments, keywords) with TensorSpecs for tensors.
      structured_outputs: what the Python function returned, as tensors of this graph.
      variables: those that it uses and that are no arguments.
      control_captures: what is around, and runs before each call.

    Args:
      collections: what is in its collections at first; those of the graph around, by default, which
        it shares where they hold variables.
    """

    def __init__(self, name: str, collections: Any = None, capture_by_value: Any = None) -> None:
        super().__init__(name)
        if collections is not None:
            self._collections = dict(collections)
        self.capture_by_value = bool(capture_by_value)
        self.structured_input_signature: Any = ((), {})
        self.structured_outputs: Any = None
        self.control_outputs: list[Operation] = []
        self.control_captures: dict[Operation, None] = {}
        self._watched: dict[int, Any] = {}
        self.saving_errors: set[str] = set()
        self._argument_variables: set[int] = set()
        self._call_time_values: dict[Any, CallTimeValue] = {}
        self._variable_creator_stack = self.outer_graph._variable_creator_stack

    def watch_variable(self, variable: Any) -> None:
        """Notes that the body uses a variable."""
        self._watched.setdefault(id(variable), variable)

    def mark_as_unsaveable(self, error_message: str) -> None:
        """Has `tf.saved_model.save` refuse it, with this reason."""
        self.saving_errors.add(error_message)

    @property
    def saveable(self) -> bool:
        return not self.saving_errors

    @property
    def variables(self) -> list[Any]:
        return [v for v in self._watched.values() if id(v) not in self._argument_variables]

    # What is taken from outside -------------------------------------------------------------------

    def capture(self, tensor: Any, name: str | None = None) -> Tensor:
        if not tensor._is_eager:
            self._check_accessible(tensor)
        inside = super().capture(tensor, name)
        if inside is not tensor:
            record_operation("captured_value", [inside], [tensor], lambda grad: [grad])
        return inside

    def add_operation(
        self, defn: Any, inputs: tuple[Tensor, ...], attrs: Any, outputs: Any, name: str | None
    ) -> Operation:
        """Adds one node; of what reads a variable by value, gives what stands for the value."""
        if self.capture_by_value and defn is read_variable_op:
            handle = self.original(_first_source(inputs[0]))
            if handle is not None:
                with init_scope():
                    value = defn(handle, **attrs)
                return self.capture(value).op
        return super().add_operation(defn, inputs, attrs, outputs, name)

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

    def capture_call_time_value(
        self, closure: Callable[[], Any], spec: Any, key: Any = None
    ) -> Any:
        """What stands in the body for what `closure()` gives at each call.

        Args:
          closure: takes nothing, and gives a nest of tensors.
          spec: a nest of TypeSpecs, which it fits.
          key: further calls with it give the same, and only the first closure is called.

        Raises:
          TypeError: there is something else in `spec`.
        """
        key = object() if key is None else key
        if key not in self._call_time_values:
            with control_dependencies(None):
                asked = CallTimeValue(closure, spec, self._unnamed_argument)
            self._call_time_values[key] = asked
            self.inputs += asked.arguments
            self.extra_args += asked.arguments
            parts = [CallTimePart(asked, place) for place in range(len(asked.arguments))]
            self.extra_inputs += parts  # type: ignore[arg-type]
        return self._call_time_values[key].inside

    def _unnamed_argument(self, spec: TensorSpec) -> Tensor:
        return self._placeholder(spec, "Placeholder")  # type: ignore[arg-type]

    @property
    def asks_at_call_time(self) -> bool:
        """Whether there is anything that each call takes from a closure."""
        return bool(self._call_time_values)

    @property
    def captures(self) -> list[tuple[Tensor, Tensor]]:
        """(outside, inside) of what is taken from outside when it is traced."""
        pairs = zip(self.extra_inputs, self.extra_args, strict=True)
        return [pair for pair in pairs if not isinstance(pair[0], CallTimePart)]

    @property
    def external_captures(self) -> list[Tensor]:
        return [outside for outside, _ in self.captures]

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
            argument.op._set_attr(USER_NAME, name.encode())

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


def _first_source(tensor: Tensor) -> Tensor:
    """What a tensor hands on, through choices around it."""
    while tensor.op.defn.splits or tensor.op.defn.forwards:
        tensor = tensor.op.inputs[0]
    return tensor


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
