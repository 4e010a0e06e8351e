"""A traced function, ready to be called: `ConcreteFunction`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.functions.call_time import at_call_time
from stillflow.functions.cancellation import cancelable
from stillflow.functions.derivative import Derivative, Differentiation, gradient_rule
from stillflow.functions.func_graph import FuncGraph
from stillflow.functions.keeping import keeper_of
from stillflow.graph import dtypes, nest
from stillflow.graph.composite import CompositeTensor
from stillflow.graph.context import executing_eagerly, graphs
from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import variable_accessed
from stillflow.graph.scopes import control_dependencies
from stillflow.graph.tensor_shape import TensorShape
from stillflow.graph.tensor_spec import TensorSpec
from stillflow.ops.control.carried import as_before
from stillflow.ops.functions.branches import add_function
from stillflow.ops.functions.partitioned import partitioned_call
from stillflow.ops.functions.tracing import TracedFunction
from stillflow.ops.tensor_list.knowing import known_of
from stillflow.ops.variables.resource_variable import BaseResourceVariable

_HANDLES = (dtypes.resource, dtypes.variant)


class ConcreteFunction:
    """A function of tensors: one trace of a Python function. Its calls can be differentiated.

    Args:
      func_graph: the body.
      attrs: what its definition says besides.
      signature: TensorSpecs of the arguments, for one that no Python function stands behind.
    """

    def __init__(self, func_graph: FuncGraph, attrs: dict | None = None, signature: Any = None):
        self._func_graph = func_graph
        self._signature = signature
        self._captured_inputs: list[Any] = list(func_graph.extra_inputs)
        self._arg_keywords: list[str] | None = None
        self._num_positional_args: int | None = None
        self._traced = TracedFunction(func_graph.name, func_graph, _checked(attrs or {}))
        self._differentiation = Differentiation(func_graph)
        self._traced.python_grad_func = gradient_rule(self._differentiation)
        self._traced.is_of_one_shape = True
        self._traced.keeper = keeper_of(func_graph)
        self._level: Any = None

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> bytes:
        return self._traced.name.encode()

    @property
    def graph(self) -> FuncGraph:
        return self._func_graph

    @property
    def inputs(self) -> list[Tensor]:
        """The arguments, tensors of the body; those for captured inputs last."""
        return self._func_graph.inputs

    @property
    def outputs(self) -> list[Tensor]:
        return self._func_graph.outputs

    @property
    def structured_input_signature(self) -> Any:
        return self._func_graph.structured_input_signature

    @property
    def structured_outputs(self) -> Any:
        return self._func_graph.structured_outputs

    @property
    def captured_inputs(self) -> list[Tensor]:
        """What it takes from outside; each call hands it over behind the arguments.

        Raises:
          ValueError: what a closure gives for a call does not fit what it was captured as.
        """
        if self._func_graph.asks_at_call_time:
            return at_call_time(self._captured_inputs)
        return self._captured_inputs

    @property
    def variables(self) -> list[Any]:
        return list(self._func_graph.variables)

    @property
    def trainable_variables(self) -> list[Any]:
        return [variable for variable in self.variables if variable.trainable]

    @property
    def function_def(self) -> Any:
        """The FunctionDef proto."""
        return self._traced.definition

    @property
    def output_shapes(self) -> Any:
        def shape(value: Any) -> Any:
            return getattr(value, "shape", TensorShape(None))

        return nest.map_structure(shape, self._with_components())

    @property
    def output_dtypes(self) -> Any:
        def dtype(value: Any) -> Any:
            return None if value is None else value.dtype

        return nest.map_structure(dtype, self._with_components())

    def _with_components(self) -> Any:
        def parts(value: Any) -> Any:
            return value.fetch_parts() if isinstance(value, CompositeTensor) else value

        return nest.map_structure(parts, self.structured_outputs)

    @property
    def derivative(self) -> Derivative:
        """The gradients of its inputs by those of its outputs."""
        return self._differentiation.derivative

    @property
    def returns_one_tensor(self) -> bool:
        """Whether the Python function returned a tensor, and not a nest."""
        return isinstance(self.structured_outputs, Tensor)

    def add_to_graph(self, g: Any = None) -> None:
        """Makes a graph, or the default one, hold its definition."""
        add_function(self._traced, g or get_default_graph())

    def add_gradient_functions_to_graph(self, g: Any = None) -> None:
        """Makes a graph hold its definition, and knows its gradient."""
        self.add_to_graph(g)
        assert self.derivative

    # Calls ----------------------------------------------------------------------------------------

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What it gives for tensors, in the structure that the Python function returned.

        Raises:
          TypeError: there are too many arguments, or other names than those of the parameters.
          ValueError: an argument is no tensor, or of another shape.
          AssertionError: it was not made by `get_concrete_function`.
        """
        if self._arg_keywords is None or self._num_positional_args is None:
            if self._signature is None:
                raise AssertionError(
                    "Tried to call a concrete function obtained from an internal API through the "
                    "public interface. Use get_concrete_function instead."
                )
            if kwargs:
                raise NotImplementedError(
                    "Keyword arguments not supported when calling a wrap_function-decorated "
                    "function."
                )
            return self._call_flat(args, self.captured_inputs)
        return self._call_flat(self._in_order(args, dict(kwargs)), self.captured_inputs)

    def _experimental_with_cancellation_manager(self, manager: Any) -> Callable[..., Any]:
        """What calls it until a manager cancels the calls: see `CancellationManager`."""
        return cancelable(self, manager)

    def _in_order(self, args: tuple, kwargs: dict[str, Any]) -> list[Any]:
        names = self._arg_keywords or []
        if len(args) > (self._num_positional_args or 0):
            raise TypeError(
                f"Expected at most {self._num_positional_args} positional arguments (and the rest "
                f"keywords, of {names}), got {args}. When calling a concrete function, positional "
                "arguments may not be bound to Tensors within nested structures."
            )
        flat = list(args)
        for name in names[len(args) :]:
            if name not in kwargs:
                given = [*names[: len(flat)], *kwargs]
                missing = [other for other in names if other not in given]
                raise TypeError(
                    f"Expected argument names {names} but got values for {given}. Missing: "
                    f"{missing}."
                )
            flat.append(kwargs.pop(name))
        for name in kwargs:
            if name in names[: len(args)]:
                raise TypeError(f"Got two values for keyword '{name}'.")
        if kwargs:
            raise TypeError(f"Keyword arguments {list(kwargs)} unknown. Expected {names}.")
        return flat

    def _filtered_call(self, args: Any, kwargs: Any) -> Any:
        """What it gives for the arguments of the Python function, which may hold other values."""
        flat = nest.flatten((args, kwargs), expand_composites=True)
        return self._call_flat(
            [part for part in flat if isinstance(part, (Tensor, BaseResourceVariable))],
            self.captured_inputs,
        )

    def _call_flat(self, args: Iterable[Any], captured_inputs: Sequence[Tensor]) -> Any:
        """What it gives for tensors and variables."""
        self._tell_of_variables()
        inputs = [*self._as_inputs(list(args)), *captured_inputs]
        called = self._carried_out if executing_eagerly() else self._called
        return self._as_returned(called(inputs))

    def _carried_out(self, inputs: list[Any]) -> list[Any] | None:
        """A call in eager mode."""
        if self._level is None:
            from stillflow.functions.running import Level  # which needs what runs plans

            graph = self._func_graph
            self._level = Level(
                self._traced.name, graph.inputs, graph.outputs, graph.control_outputs
            )
        return self._level.call(inputs, lambda: self.derivative)

    def _tell_of_variables(self) -> None:
        """What is being traced around this call uses the variables too."""
        if graphs.tapes:
            for variable in self._func_graph.variables:
                variable_accessed(variable)

    def _as_inputs(self, args: list[Any]) -> list[Tensor]:
        inputs: list[Tensor] = []
        variables: set[int] = set()
        for place, arg in enumerate(args):
            if isinstance(arg, BaseResourceVariable):
                # A variable that is given twice is one argument.
                if id(arg.handle) not in variables:
                    variable_accessed(arg)
                    inputs.append(arg.handle)
                variables.add(id(arg.handle))
            elif isinstance(arg, CompositeTensor):
                raise AssertionError(
                    f"Expected all args to be Tensors or Variables; but got CompositeTensor: {args}"
                )
            elif isinstance(arg, Tensor):
                self._check_shape(place, arg)
                inputs.append(arg)
            elif self._signature is not None and isinstance(self._signature[place], TensorSpec):
                inputs.append(convert_to_tensor(arg, self._signature[place].dtype))
            else:
                raise ValueError(
                    "All inputs to `ConcreteFunction`s must be Tensors; on invocation of "
                    f"{self._func_graph.name}, the {place}-th input ({arg}) was not a Tensor."
                )
        return inputs

    def _check_shape(self, place: int, arg: Tensor) -> None:
        if arg._is_eager and executing_eagerly():
            return
        expected = self._func_graph.inputs[place].shape
        if expected.is_compatible_with(arg.shape):
            return
        names = self._arg_keywords
        shown = f"'{names[place]}'" if names else f"with index {place}"
        raise ValueError(
            f"The argument {shown} (value {arg}) is not compatible with the shape this function "
            f"was traced with. Expected shape {expected}, but got shape {arg.shape}.\n\nIf you "
            "called get_concrete_function, you may need to pass a tf.TensorSpec(..., shape=...) "
            "with a less specific shape, having None on axes which can vary."
        )

    def _called(self, inputs: list[Tensor]) -> list[Tensor] | Operation:
        """A call in the default graph."""
        graph = get_default_graph()
        add_function(self._traced, graph)
        if self._func_graph.saving_errors and isinstance(graph, FuncGraph):
            graph.saving_errors |= self._func_graph.saving_errors
        with control_dependencies(list(self._func_graph.control_captures)):
            result = partitioned_call(inputs, self._traced)
        if isinstance(result, Operation):
            return result
        for tensor, output in zip(result, self._func_graph.outputs, strict=True):
            known = known_of(output) if output.dtype in _HANDLES else None
            if known is not None:
                tensor._handle_data = known
        return list(result)

    def _as_returned(self, outputs: list[Tensor] | Operation | None) -> Any:
        structure = self._func_graph.structured_outputs
        if structure is None:
            return outputs or None  # of a graph, the operation
        if isinstance(outputs, Operation) or outputs is None:
            return structure
        left = iter(outputs)
        leaves = [
            None if leaf is None else as_before(leaf, next(left))
            for leaf in nest.flatten(structure, expand_composites=True)
        ]
        return nest.pack_sequence_as(structure, leaves, expand_composites=True)


def _checked(attrs: dict[str, Any]) -> dict[str, Any]:
    """The attributes of a definition; ValueError for a value of another type than those have."""
    for key, value in attrs.items():
        if not isinstance(value, (bool, int, float, str, bytes)) and not hasattr(value, "b"):
            raise ValueError(f"Unsupported attribute type for {key} with type {type(value)}")
    return attrs
