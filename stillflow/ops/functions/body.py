"""The body of a function: a graph of its own, which takes tensors from outside as arguments."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

from stillflow.declare.constants import constant
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.expanding import Body
from stillflow.graph import dtypes
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.recording import record_operation
from stillflow.graph.scopes import control_dependencies, device
from stillflow.ops.array.passing import guarantee_const
from stillflow.ops.control.ordering import placeholder, placeholder_op
from stillflow.ops.tensor_list.knowing import known_of
from stillflow.ops.variables.resource_variable import BaseResourceVariable
from stillflow.ops.variables.scope import get_variable_scope, variable_scope
from stillflow.ops.variables.store import STORE_KEY, default_variable_store

MOST_IN_CONSTANT = 128  # elements of an eager tensor that a body takes as a constant
_SHARED_KEYS = (
    STORE_KEY,
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.METRIC_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
    GraphKeys.CONCATENATED_VARIABLES,
    GraphKeys.TRAINABLE_RESOURCE_VARIABLES,
)


class FuncGraph(Graph):
    """The graph of a function's body.

    A tensor of another graph that an operation takes becomes an argument of the function; with
    `by_value`, what computes it is copied into the body. Variables are made in the graph around.

    Attributes:
      operations: those of the body; its gradient is built in the same graph, behind them.
      inputs: the arguments, declared ones first.
      outputs: what the function returns.
      extra_inputs, extra_args: what was taken from outside, and the arguments that stand for it.
      extra_vars: the variables that `get_variable` gave.
      derived: the operations of its gradients.
      whole: itself, but of a body that gives other outputs, the graph that it is of.
    """

    _building_function = True

    def __init__(
        self,
        name: str,
        by_value: bool = False,
        copied_ops: Any = (),
        resource_by_value: bool = True,
    ) -> None:
        super().__init__()
        self.name = name
        self.whole = self
        self.outer_graph: Graph = get_default_graph()
        self.operations: list[Operation] = []
        self.gradient: Body | None = None
        self.derived: set[Operation] = set()
        self.inputs: list[Tensor] = []
        self.outputs: list[Tensor] = []
        self.extra_inputs: list[Tensor] = []
        self.extra_args: list[Tensor] = []
        self.extra_vars: list[Any] = []
        self._by_value = by_value
        self._copied_ops = copied_ops
        self._resource_by_value = resource_by_value
        self._captured: dict[Tensor, Tensor] = {}
        self._outer_scope = get_variable_scope()

    def capture(self, tensor: Tensor, name: str | None = None) -> Tensor:
        """What stands for `tensor` in the body: itself, if it is of the body.

        Args:
          name: of the argument that stands for it, where there is none yet.
        """
        if not tensor._is_eager and tensor.graph is self:
            return tensor
        if tensor not in self._captured:
            tensor = self._from_around(tensor)
            if tensor not in self._captured and self._by_value and not tensor._is_eager:
                self._captured[tensor] = self._copied(tensor.op)[tensor.value_index]
            elif tensor not in self._captured:
                self._captured[tensor] = argument = self._argument_for(tensor, name)
                record_operation("captured_value", [argument], [tensor], lambda grad: [grad])
                return self._first_use(argument, tensor)
        return self._captured[tensor]

    def _from_around(self, tensor: Tensor) -> Tensor:
        """What the function around, if there is one, has as `tensor`."""
        outer = self.outer_graph
        is_further = outer.building_function and (tensor._is_eager or tensor.graph is not outer)
        return outer.capture(tensor) if is_further else tensor

    def _first_use(self, argument: Tensor, tensor: Tensor) -> Tensor:
        """What the first operation that takes `tensor` gets: that it never changes is handed on."""
        if not _is_guaranteed(tensor):
            return argument
        with control_dependencies(None):
            return guarantee_const(argument)

    def original(self, argument: Tensor) -> Tensor | None:
        """What an argument was taken for from outside, if it was."""
        originals = dict(zip(self.extra_args, self.extra_inputs, strict=True))
        return originals.get(argument)

    def _get_function(self, name: str | bytes) -> Any:
        """The function of that name, here or around; a run knows all of them."""
        return super()._get_function(name) or self.outer_graph._get_function(name)

    def _operation_of(self, item: Any) -> Operation:
        """What is built beside `item`, which may be outside, is beside its operation.

        Beside an eager variable is beside the argument that stands for it.
        """
        item = getattr(item, "handle", item)
        if isinstance(item, Tensor) and item._is_eager:
            item = self.capture(item)
        graph = getattr(item, "graph", self)
        return super()._operation_of(item) if graph is self else graph._operation_of(item)

    def _argument_for(self, tensor: Tensor, name: str | None = None) -> Tensor:
        with control_dependencies(None):
            argument = self._stand_in(tensor, name or self._argument_name(tensor))
        self.inputs.append(argument)
        self.extra_inputs.append(tensor)
        self.extra_args.append(argument)
        return argument

    def _stand_in(self, tensor: Any, name: str) -> Tensor:
        """A placeholder; for an eager tensor of few elements a constant, which is fed as well."""
        is_known = tensor._is_eager and tensor.dtype.is_numpy_compatible
        if is_known and tensor._num_elements() <= MOST_IN_CONSTANT:
            return constant(tensor.numpy(), tensor.dtype, name=name)
        return self._placeholder(tensor, name)

    def _argument_name(self, tensor: Tensor) -> str:
        """The name of the argument that stands for what is taken from outside."""
        return "Placeholder"

    def _placeholder(self, tensor: Tensor, name: str) -> Tensor:
        """A placeholder, of a reference too, which no program can ask for."""
        attrs = {"dtype": tensor.dtype.base_dtype, "shape": tensor.shape}
        argument = self.add_operation(
            placeholder_op, (), attrs, [(tensor.dtype, tensor.shape)], name
        ).outputs[0]
        is_handle = isinstance(tensor, Tensor) and tensor.dtype in (dtypes.resource, dtypes.variant)
        known = known_of(tensor) if is_handle else getattr(tensor, "_handle_data", None)
        if known is not None:
            argument._handle_data = known
        return argument

    def _copied(self, op: Operation) -> list[Tensor]:
        """The outputs of a copy of `op` and of what it takes; ValueError where it has effects."""
        refused = f"(name:{op.name}, type:{op.type}) by value."
        if op.defn.is_placeholder:
            raise ValueError(f"Cannot capture a placeholder {refused}")
        if op.defn.stateful and op not in self._copied_ops:
            raise ValueError(f"Cannot capture a stateful node {refused}")
        inputs = tuple(self._copied(tensor.op)[tensor.value_index] for tensor in op.inputs)
        outputs = [(tensor.dtype, tensor.shape) for tensor in op.outputs]
        copy = self.add_operation(op.defn, inputs, dict(op.attrs), outputs, op.name)
        self._captured.update(zip(op.outputs, copy.outputs, strict=True))
        return copy.outputs

    def body(self) -> Body:
        """What runs in place of a call."""
        return Body(self.operations, self.inputs, self.outputs)

    def giving(self, outputs: Sequence[Tensor]) -> FuncGraph:
        """The body of all operations that are there now, with other outputs."""
        derived = self.whole.derived
        other = copy.copy(self)
        other.operations = [op for op in self.whole.get_operations() if op not in derived]
        other.outputs = list(outputs)
        other.gradient = None
        return other

    def getvar(self, getter: Any, name: str, reuse: Any = None, **settings: Any) -> Any:
        """A custom getter: the variable of that name in the graph around."""
        del getter
        settings.pop("partitioner", None)
        with self.outer_graph.as_default():
            store = default_variable_store()
            variable = self._outer_scope.get_variable(store, name, reuse=reuse, **settings)
            self.extra_vars.append(variable)
            is_read = self._resource_by_value and isinstance(variable, BaseResourceVariable)
            return variable.value() if is_read else variable


def _is_guaranteed(tensor: Tensor) -> bool:
    """Whether it follows from GuaranteeConsts alone."""
    if tensor._is_eager:
        return False
    waiting, seen = [tensor.op], {tensor.op}
    while waiting:
        op = waiting.pop()
        if op.defn is guarantee_const:
            continue
        if not op.inputs:
            return False
        new = {source.op for source in op.inputs} - seen
        seen |= new
        waiting.extend(new)
    return True


def body_of(
    func: Callable[..., Any],
    name: str,
    arg_names: Sequence[str],
    arg_types: Sequence[Any],
    by_value: bool = False,
    copied_ops: Any = (),
    caller_device: Any = None,
    resource_by_value: bool = True,
) -> FuncGraph:
    """Builds what `func` of placeholders of `arg_types` builds, as a function's body.

    Raises:
      ValueError: `func` returns None among others; or it is `by_value` and takes from outside what
        has effects.
    """
    graph = FuncGraph(name, by_value, copied_ops, resource_by_value)
    outer = graph.outer_graph
    for key in _SHARED_KEYS:
        graph._collections[key] = outer.get_collection_ref(key)
    with graph.as_default(), device(caller_device):
        for arg_name, arg_type in zip(arg_names, arg_types, strict=True):
            graph.inputs.append(placeholder(arg_type, name=arg_name))
        with variable_scope("", custom_getter=graph.getvar):
            outputs = func(*graph.inputs)
        if outputs is None:
            outputs = ()
        elif not isinstance(outputs, (list, tuple)):
            outputs = (outputs,)
        if any(output is None for output in outputs):
            raise ValueError(f"Function {name} can not return None.")
        tensors = [convert_to_tensor(output) for output in outputs]
        graph.outputs = [graph.capture(tensor) for tensor in tensors]
    graph.operations = graph.get_operations()
    return graph
