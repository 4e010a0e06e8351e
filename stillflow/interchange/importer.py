"""`tf.import_graph_def`: adds the nodes of a GraphDef to the default graph, all of them or none."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Iterable
from typing import Any

from stillflow.graph.device import within
from stillflow.graph.dtypes import DType
from stillflow.graph.errors import NotFoundError, OpError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.graph_def import PRODUCER
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.attributes import attributes_of, described
from stillflow.interchange.choices import check_choices
from stillflow.interchange.nodes import (
    InputMap,
    Node,
    in_building_order,
    output_named,
    read_nodes,
    unique_names,
)
from stillflow.ops.convert import convert_to_tensor
from stillflow.ops.families import all_ops
from stillflow.ops.registry import types_of
from stillflow.ops.shapes import ShapeContext, ShapeError, merge
from stillflow.train import saving_ops  # noqa: F401  declares the ops of Savers

_MOST_OUTPUTS = 1 << 16  # of one node; a number in a file must not decide how much memory is taken
_LAST_WITHOUT_UNKNOWN_SHAPES = 21  # up to this version of a GraphDef [] stood for any shape, too
_LOCATION = b"loc:@"


def import_graph_def(
    graph_def: Any,
    input_map: dict[str, Any] | None = None,
    return_elements: Iterable[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list | None:
    """Adds the nodes of a GraphDef to the default graph: all of them or, when it fails, none.

    Args:
      input_map: what takes the place of the GraphDef's own tensors, by their names in it: a tensor,
        or what becomes one.
      return_elements: names in the GraphDef, of operations or of tensors ("name:0").
      name: the scope of the nodes, "import" by default; "" for none.
      op_dict: ignored, as in TensorFlow 1.15.
      producer_op_list: the OpList of the program that wrote the GraphDef; attributes that have
        their defaults by it, and that are not known here, are left out.

    Returns:
      The operations and tensors that `return_elements` names, or None.

    Raises:
      TypeError: an argument is not of this form.
      ValueError: the GraphDef is not valid, or names in `input_map` are not in it.
      tf.errors.NotFoundError: it has op types that are not in Stillflow; all of them are named.
      tf.errors.UnimplementedError: it has control flow that is not in Stillflow.
    """
    del op_dict
    graph_def = _checked(graph_def)
    input_map = _checked_map(input_map)
    wanted = _checked_names(return_elements)
    if producer_op_list is not None:
        _drop_defaults(graph_def, producer_op_list)
    with name_scope(name, "import") as scope:
        graph = get_default_graph()
        mapped = InputMap(_as_tensors(input_map, name, graph))
        with graph.all_or_nothing():
            importing = _Import(graph, graph_def, scope.rstrip("/"), mapped)
            importing.build()
            return None if wanted is None else [importing.element(text) for text in wanted]


# Arguments ----------------------------------------------------------------------------------------


def _checked(graph_def: Any) -> Any:
    """A copy of the GraphDef, which must be one, and one that may be read here."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    if not isinstance(graph_def, GraphDef):
        raise TypeError("graph_def must be a GraphDef proto.")
    versions = graph_def.versions
    if versions.min_consumer > PRODUCER:
        raise ValueError(
            f"GraphDef min consumer version {versions.min_consumer} above current version "
            f"{PRODUCER} for TensorFlow 1.15.5.  Please upgrade TensorFlow.\n"
            "  A later TensorFlow wrote it, and says that 1.15 cannot read it."
        )
    if PRODUCER in versions.bad_consumers:
        raise ValueError(
            f"GraphDef disallows consumer version {PRODUCER}.  Please upgrade TensorFlow: this "
            "version is likely buggy."
        )
    copy = GraphDef()
    copy.CopyFrom(graph_def)
    return copy


def _checked_map(input_map: Any) -> dict[str, Any]:
    if input_map is None:
        return {}
    if not (isinstance(input_map, dict) and all(isinstance(key, str) for key in input_map)):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    return input_map


def _checked_names(return_elements: Any) -> tuple[str, ...] | None:
    if return_elements is None:
        return None
    names = tuple(return_elements)
    if not all(isinstance(name, (str, bytes)) for name in names):
        raise TypeError("return_elements must be a list of strings.")
    return tuple(name.decode() if isinstance(name, bytes) else name for name in names)


def _as_tensors(input_map: dict[str, Any], name: str | None, graph: Graph) -> dict[str, Tensor]:
    if not all(isinstance(value, Tensor) for value in input_map.values()):
        if name == "":
            raise ValueError(
                "tf.import_graph_def() requires a non-empty `name` if `input_map` contains "
                "non-Tensor values. Try calling tf.convert_to_tensor() on `input_map` values "
                "before calling tf.import_graph_def()."
            )
        with name_scope("_inputs"):
            return {key: convert_to_tensor(value) for key, value in input_map.items()}
    for key, tensor in input_map.items():
        if tensor.graph is not graph:
            source = ":".join(map(str, output_named(key)))
            raise ValueError(
                f"node '{tensor.op.name}' in input_map does not exist in graph (input_map entry: "
                f"{source}->{tensor.name})"
            )
    return input_map


def _drop_defaults(graph_def: Any, op_list: Any) -> None:
    """Drops attributes that are not known here and have the defaults of who wrote them."""
    producer = {op.name: {attr.name: attr for attr in op.attr} for op in op_list.op}
    for node in graph_def.node:
        known = all_ops()[node.op].all_attr_names if node.op in all_ops() else ()
        for name in list(node.attr):
            default = producer.get(node.op, {}).get(name)
            if (
                name not in known
                and default is not None
                and default.HasField("default_value")
                and default.default_value == node.attr[name]
            ):
                del node.attr[name]


# Building -----------------------------------------------------------------------------------------


class _Import:
    """One import: what the nodes of a GraphDef become."""

    def __init__(self, graph: Graph, graph_def: Any, prefix: str, mapped: InputMap):
        self._graph = graph
        self._mapped = mapped
        self._producer = graph_def.versions.producer
        self._ops: dict[str, Operation] = {}
        _check_op_types(graph_def)
        nodes = read_nodes(graph_def)
        self._nodes = in_building_order(nodes, mapped)
        self._names = unique_names(nodes, prefix, graph._ops)
        unknown = ", ".join(mapped.unknown(nodes))
        if unknown:
            raise ValueError(
                f"Attempted to map inputs that were not found in graph_def: [{unknown}]"
            )

    def build(self) -> None:
        for node in self._nodes:
            self._ops[node.name] = self._built(node)
        for op in self._ops.values():
            _join_device(op)
        check_choices(self._ops.values())

    def element(self, text: str) -> Operation | Tensor:
        """The operation or tensor that a name in the GraphDef stands for."""
        name, index = output_named(text)
        is_output = ":" in text
        if is_output and (tensor := self._mapped.output((name, index))) is not None:
            return tensor
        op = self._ops.get(name)
        if op is None:
            kind = "tensor" if is_output else "node"
            raise ValueError(f"Requested return {kind} '{text}' not found in graph def")
        if not is_output:
            return op
        if index >= len(op.outputs):
            raise ValueError(
                f"Invalid return output {index} of node '{name}', which has {len(op.outputs)} "
                "output(s)"
            )
        return op.outputs[index]

    def _built(self, node: Node) -> Operation:
        proto, name = node.proto, self._names[node.name]
        defn = all_ops()[proto.op]
        inputs = tuple(self._input(node, *output) for output in node.inputs)
        try:
            attrs = attributes_of(proto, defn)
            if self._producer <= _LAST_WITHOUT_UNKNOWN_SHAPES and defn.is_placeholder:
                attrs["shape"] = attrs["shape"] if attrs["shape"].sizes else TensorShape.of(None)
            shapes = attrs.pop("_output_shapes", ())
            _check_inputs(defn, name, inputs, attrs)
            outputs = _inferred(defn, name, inputs, attrs)
        except ShapeError as error:
            context = ShapeContext(inputs, {}, defn.signature)
            raise ValueError(context.describe(str(error), name, defn.type)) from None
        except (ValueError, TypeError) as error:
            raise ValueError(f"{error}\n  It is about the {defn.type} node '{name}'.") from error
        if "_class" in attrs:
            attrs["_class"] = [self._location(node, group) for group in attrs["_class"]]
        if "_gradient_op_type" in attrs:
            attrs["_gradient_op_type"] = attrs["_gradient_op_type"].decode(errors="replace")
        return self._graph.add_imported_operation(
            defn,
            inputs,
            attrs,
            _with_written_shapes(outputs, shapes, name),
            name,
            [self._waited_for(other) for other in node.control_inputs],
            within(proto.device, ""),
        )

    def _input(self, node: Node, source: str, index: int) -> Tensor:
        tensor = self._mapped.output((source, index))
        if tensor is not None:
            return tensor
        outputs = self._ops[source].outputs
        if index >= len(outputs):
            raise ValueError(
                f"Node '{node.name}': Connecting to invalid output {index} of source node "
                f"{source} which has {len(outputs)} outputs."
            )
        return outputs[index]

    def _waited_for(self, name: str) -> Operation:
        return self._mapped.operation(name) or self._ops[name]

    def _location(self, node: Node, group: Any) -> bytes:
        """A colocation group by the name that its node has in the graph."""
        if not group.startswith(_LOCATION):
            raise ValueError(f"Node '{node.name}' has a colocation group that is none: {group!r}")
        other = group.removeprefix(_LOCATION).decode(errors="replace")
        if other not in self._names:
            raise ValueError(
                f"Node '{node.name}' expects to be colocated with unknown node '{other}'"
            )
        return _LOCATION + self._names[other].encode()


def _check_op_types(graph_def: Any) -> None:
    """NotFoundError that names all op types which are not known."""
    unknown = Counter(node.op for node in graph_def.node if node.op not in all_ops())
    if not unknown:
        return
    first = next(iter(unknown))
    every = ", ".join(f"{op} ({count})" for op, count in sorted(unknown.items()))
    raise NotFoundError(
        None,
        None,
        f"Op type not registered '{first}' in binary running on {platform.node()}. Make sure the Op"
        " and Kernel are registered in the binary running in this process.\n"
        f"  Of the op types of this graph these are not in Stillflow: {every}.\n"
        "  tf.graph_util.extract_sub_graph leaves out what an output does not need.",
    )


def _check_inputs(defn: Any, name: str, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> None:
    """Holds inputs to the declaration; completes type attributes that only they tell."""
    _complete_types(defn, inputs, attrs)
    missing = [attr for attr in defn.all_attr_names if attr not in attrs]
    if missing:
        raise ValueError(f"NodeDef missing attr '{missing[0]}' from {described(defn)}")
    _check_numbers(defn, attrs)
    _check_types(defn, attrs)
    wanted = [dtype for arg in defn.signature.inputs for dtype in types_of(arg, attrs)]
    if len(wanted) != len(inputs):
        raise ValueError(
            f"NodeDef expected inputs '{', '.join(dtype.runtime_name for dtype in wanted)}' do not "
            f"match {len(inputs)} inputs specified; {described(defn)}"
        )
    for index, (dtype, tensor) in enumerate(zip(wanted, inputs, strict=True)):
        if not (tensor.dtype is dtype or tensor.dtype.base_dtype is dtype):
            raise ValueError(
                f"Input {index} of node {name} was passed {tensor.dtype.runtime_name} from "
                f"{tensor.name} incompatible with expected {dtype.runtime_name}."
            )


def _check_numbers(defn: Any, attrs: dict[str, Any]) -> None:
    """The lengths of lists: what `AddN` adds, how many parts `Split` gives."""
    inputs = {arg.number_attr for arg in defn.signature.inputs}
    for name in inputs | {arg.number_attr for arg in defn.signature.outputs}:
        if name and not int(name in inputs) <= attrs[name] <= _MOST_OUTPUTS:
            raise ValueError(
                f"Value for attr '{name}' of {attrs[name]} must be at least minimum "
                f"{int(name in inputs)}\n  and at most {_MOST_OUTPUTS}."
            )


def _check_types(defn: Any, attrs: dict[str, Any]) -> None:
    for name, allowed in defn.allowed_types.items():
        if name in attrs and attrs[name] not in allowed:
            raise ValueError(
                f"Value for attr '{name}' of {attrs[name].runtime_name} is not in the list of "
                f"allowed values: {', '.join(dtype.runtime_name for dtype in allowed)}"
            )


def _complete_types(defn: Any, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> None:
    """Type attributes with a default may be left out; then the inputs have that type."""
    for arg, tensor in zip(defn.signature.inputs, inputs, strict=False):
        if arg.is_list:
            return
        if arg.type_attr:
            attrs.setdefault(arg.type_attr, tensor.dtype.base_dtype)


def _inferred(
    defn: Any, name: str, inputs: tuple[Tensor, ...], attrs: dict[str, Any]
) -> list[tuple[DType, TensorShape]]:
    try:
        return defn.infer(inputs, attrs, name)
    except (ValueError, TypeError, OpError):
        raise
    except Exception as error:
        # A shape function may trust the function that usually builds the op; a file it may not.
        raise ValueError(
            f"its attributes and inputs do not fit: {type(error).__name__}: {error}"
        ) from error


def _with_written_shapes(
    outputs: list[tuple[DType, TensorShape]], shapes: Any, name: str
) -> list[tuple[DType, TensorShape]]:
    """Adds what the attribute `_output_shapes` says."""
    merged = list(outputs)
    for index, shape in enumerate(shapes[: len(outputs)]):
        dtype, inferred = outputs[index]
        try:
            merged[index] = dtype, TensorShape.of(merge(inferred.sizes, shape.sizes))
        except ShapeError as error:
            raise ValueError(
                f"Node '{name}' has an _output_shapes attribute inconsistent with the GraphDef for "
                f"output #{index}: {error}"
            ) from None
    return merged


def _join_device(op: Operation) -> None:
    """Puts an operation that is colocated with others on their device, or on none."""
    groups = op.attrs.get("_class", ())
    beside = [op.graph._ops.get(group.removeprefix(_LOCATION).decode()) for group in groups]
    devices = [other.device for other in beside if other is not None and other is not op]
    if devices:
        op._set_device(next(filter(None, devices), ""))
