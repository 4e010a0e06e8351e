"""`Graph.create_op`: one node, of an op type by name, from tensors and AttrValue protos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.emitting import emit
from stillflow.declare.opdef import OpDef
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import NotFoundError
from stillflow.graph.graph import Graph
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
    given = attributes_of(_node_def(op_type, name, attrs), defn)
    _check_number(defn, given, inputs)
    _complete_types(defn, given, inputs, name)
    outputs_of(defn, name, inputs, dict(given))
    with self.as_default():
        return emit(defn, list(inputs), given, f"{name}/")


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
