"""One node, of an op type by name, from tensors and protos: `Graph.create_op`, `tf.Operation`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.opdef import OpDef
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import NotFoundError
from stillflow.graph.graph import Graph
from stillflow.graph.indexed_slices import IndexedSlices
from stillflow.graph.names import is_node_name
from stillflow.graph.operation import Operation, Tensor
from stillflow.interchange.attributes import attributes_of, described
from stillflow.interchange.fitting import outputs_of
from stillflow.interchange.nodes import unregistered
from stillflow.ops.families import all_ops
from stillflow.platform.deprecation import deprecated_args


@deprecated_args(
    None,
    "Shapes are always computed; don't use the compute_shapes as it has no effect.",
    "compute_shapes",
)
def create_op(
    self: Graph,
    op_type: str,
    inputs: Sequence[Tensor],
    dtypes: Any = None,
    input_types: Any = None,
    name: str | None = None,
    attrs: dict[str, Any] | None = None,
    op_def: Any = None,
    compute_shapes: bool = True,
    compute_device: bool = True,
) -> Operation:
    """Adds one node to this graph.

    Args:
      inputs: its tensors, those of list inputs one after another.
      dtypes, op_def, compute_device: ignored, as by TensorFlow 1.15 (the op type says the types).
      input_types: what the types of `inputs` must be, references where the op type takes them.
      name: made unique in the open scope, unless it ends in '/'; the op type by default.
      attrs: AttrValue protos by name. Types that follow from the inputs, and attributes that have
        defaults, may be left out.

    Raises:
      TypeError: an input is no tensor, or not of the type in `input_types`.
      ValueError: attributes, inputs and the op type do not fit together, or the name is taken.
      IndexError, AssertionError: fewer or more inputs than the op type has.
      tf.errors.NotFoundError: there is no such op type.
    """
    del dtypes, op_def, compute_shapes, compute_device
    for index, tensor in enumerate(inputs):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"Input #{index} is not a tensor: {tensor}")
    self._check_not_finalized()
    name = _own_name(self, name or op_type)
    if input_types is not None:
        _check_input_types(name, inputs, input_types)
    defn = all_ops().get(op_type)
    if defn is None:
        raise NotFoundError(None, None, unregistered(op_type))
    given = _attributes(_node_def(op_type, name, attrs), defn, inputs)
    taken = tuple(self.capture(tensor) for tensor in inputs)
    outputs = outputs_of(defn, name, taken, given)
    return self.add_operation(defn, taken, given, outputs, f"{name}/")


def node_def(
    op_type: str, name: str, device: Any = None, attrs: dict[str, Any] | None = None
) -> Any:
    """TensorFlow's `ops._NodeDef`: a NodeDef of these."""
    proto = _node_def(op_type, str(name), attrs)
    if device is not None:
        chosen = device(proto) if callable(device) else device
        proto.device = chosen if isinstance(chosen, str) else chosen.to_string()
    return proto


def operation_of(
    op: Operation,
    node_def: Any,
    graph: Graph,
    inputs: Any,
    control_inputs: Any,
    input_types: Any,
    original_op: Operation | None,
) -> None:
    """Makes `op` the node of a NodeDef, under its very name; scopes of the graph do not count.

    Raises:
      TypeError: an argument is of another kind.
      ValueError: the name is not valid, or taken; or the NodeDef and its op type do not fit.
    """
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    if not isinstance(node_def, NodeDef):
        raise TypeError(f"node_def needs to be a NodeDef: {node_def}")
    if not is_node_name(node_def.name):
        raise ValueError(f"'{node_def.name}' is not a valid node name")
    if not isinstance(graph, Graph):
        raise TypeError(f"g needs to be a Graph: {graph}")
    if not isinstance(inputs or [], list):
        raise TypeError(f"inputs needs to be a list of Tensors: {inputs}")
    tensors = tuple(inputs or ())
    for tensor in tensors:
        if not isinstance(tensor, Tensor):
            raise TypeError(f"input needs to be a Tensor: {tensor}")
    if input_types is not None:
        _check_input_types(node_def.name, tensors, input_types)
    waits = list(dict.fromkeys(_waited_for(item) for item in control_inputs or ()))
    defn = all_ops().get(node_def.op)
    if defn is None:
        raise NotFoundError(None, None, unregistered(node_def.op))
    attrs = _attributes(node_def, defn, tensors)
    outputs = outputs_of(defn, node_def.name, tensors, attrs)
    graph.adopt(op, defn, node_def.name, tensors, attrs, outputs, waits)
    op._set_device(node_def.device)
    op._original_op = original_op


def _waited_for(item: Any) -> Operation:
    if isinstance(item, Operation):
        return item
    if isinstance(item, (Tensor, IndexedSlices)):
        return item.op
    raise TypeError(f"Control input must be an Operation, a Tensor, or IndexedSlices: {item}")


def _attributes(node_def: Any, defn: OpDef, inputs: Sequence[Tensor]) -> dict[str, Any]:
    """What a NodeDef says, with what the inputs say."""
    attrs = attributes_of(node_def, defn)
    _check_number(defn, attrs, inputs)
    _complete_types(defn, attrs, inputs, node_def.name)
    return attrs


def _own_name(graph: Graph, name: str) -> str:
    """The full name of the node, which is taken from now on, even if the node cannot be built."""
    full_name = graph._node_name(name)
    if full_name in graph._ops:
        raise ValueError(f"Duplicate node name in graph: '{full_name}'")
    return full_name


def _check_input_types(name: str, inputs: Sequence[Tensor], input_types: Sequence[Any]) -> None:
    pairs = zip(inputs, input_types, strict=False)
    if not all(wanted.is_compatible_with(tensor.dtype) for tensor, wanted in pairs):
        raise TypeError(
            f"In op '{name}', input types ({[tensor.dtype for tensor in inputs]}) are not "
            f"compatible with expected types ({input_types})"
        )


def _node_def(op_type: str, name: str, attrs: dict[str, Any] | None) -> Any:
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    node_def = NodeDef(op=op_type, name=name)
    for key, value in (attrs or {}).items():
        node_def.attr[key].CopyFrom(value)
    return node_def


def _check_number(defn: OpDef, attrs: dict[str, Any], inputs: Sequence[Tensor]) -> None:
    """TensorFlow fails here by Python's own errors; the lengths of lists it wants to be told."""
    for arg in defn.signature.inputs:
        length = arg.number_attr or arg.type_list_attr
        if length and length not in attrs:
            raise AssertionError(f"attr '{length}' tells how many '{arg.name}' there are.")
    wanted = sum(arg.length(attrs) for arg in defn.signature.inputs)
    if len(inputs) < wanted:
        raise IndexError(f"list index out of range: {described(defn)} takes {wanted} inputs.")
    if len(inputs) > wanted:
        raise AssertionError(f"{described(defn)} takes {wanted} inputs, not {len(inputs)}.")


def _complete_types(
    defn: OpDef, attrs: dict[str, Any], inputs: Sequence[Tensor], name: str
) -> None:
    """Adds the types that follow from the inputs; ValueError where they contradict each other."""
    tensors = iter(inputs)
    for arg in defn.signature.inputs:
        for _ in range(arg.length(attrs)):
            found = next(tensors).dtype.base_dtype
            wanted = attrs.setdefault(arg.type_attr, found) if arg.type_attr else found
            if wanted is not found:
                raise ValueError(
                    f"Inconsistent values for attr '{arg.type_attr}' {_enum_name(wanted)} vs. "
                    f"{_enum_name(found)} while building NodeDef '{name}' using {described(defn)}"
                )


def _enum_name(dtype: DType) -> str:
    return f"DT_{dtype.runtime_name.upper()}"
