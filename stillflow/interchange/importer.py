"""`tf.import_graph_def`: adds the nodes of a GraphDef to the default graph, all of them or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.shapes import ShapeContext, ShapeError
from stillflow.graph.control import take_into_context
from stillflow.graph.device import within
from stillflow.graph.errors import NotFoundError
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.operation import Operation, Tensor
from stillflow.graph.protos.graph_def import PRODUCER, op_def_of
from stillflow.graph.scopes import name_scope
from stillflow.graph.tensor_shape import TensorShape
from stillflow.interchange.attributes import attributes_of
from stillflow.interchange.fitting import outputs_of
from stillflow.interchange.functions import add_functions, declarations_of
from stillflow.interchange.nodes import (
    InputMap,
    Node,
    in_building_order,
    output_named,
    read_nodes,
    unique_names,
    unregistered,
)
from stillflow.ops.families import all_ops
from stillflow.ops.saving import save_restore  # noqa: F401  declares the ops of Savers

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

    Attributes that nodes leave out are put into `graph_def` itself.

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
        was_empty = not graph._ops
        mapped = InputMap(_as_tensors(input_map, name, graph))
        with graph.all_or_nothing():
            importing = _Import(graph, graph_def, scope.rstrip("/"), mapped)
            importing.build()
            graph.take_versions(graph_def.versions, was_empty)
            return None if wanted is None else [importing.element(text) for text in wanted]


# Arguments ----------------------------------------------------------------------------------------


def _checked(graph_def: Any) -> Any:
    """A copy of the GraphDef, which must be one, and one that may be read here."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    if not isinstance(graph_def, GraphDef):
        raise TypeError("graph_def must be a GraphDef proto.")
    _fill_in_defaults(graph_def)
    versions = graph_def.versions
    if versions.min_consumer > PRODUCER:
        raise ValueError(
            f"GraphDef min consumer version {versions.min_consumer} above current version "
            f"{PRODUCER} for TensorFlow 1.15.5.  Please upgrade TensorFlow."
        )
    if versions.producer < 0:
        raise ValueError(
            f"GraphDef producer version {versions.producer} below min producer 0 supported by "
            "TensorFlow 1.15.5.  Please regenerate your graph."
        )
    if PRODUCER in versions.bad_consumers:
        raise ValueError(
            f"GraphDef disallows consumer version {PRODUCER}.  Please upgrade TensorFlow: this "
            "version is likely buggy."
        )
    copy = GraphDef()
    copy.CopyFrom(graph_def)
    return copy


def _fill_in_defaults(graph_def: Any) -> None:
    """Gives nodes the attributes that they leave out, in the caller's message as TensorFlow."""
    known = all_ops()
    for node in graph_def.node:
        if node.op in known:
            for name, default in _defaults(known[node.op]).items():
                if name not in node.attr or node.attr[name].WhichOneof("value") is None:
                    node.attr[name].CopyFrom(default)


@cache
def _defaults(defn: Any) -> dict[str, Any]:
    """The AttrValues of the attributes that have defaults."""
    attrs = op_def_of(defn).attr
    return {attr.name: attr.default_value for attr in attrs if attr.HasField("default_value")}


def _checked_map(input_map: Any) -> dict[str, Any]:
    if input_map is None:
        return {}
    if not (
        isinstance(input_map, dict) and all(isinstance(key, (str, bytes)) for key in input_map)
    ):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    return {
        key.decode() if isinstance(key, bytes) else key: value for key, value in input_map.items()
    }


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
        known = all_ops()[node.op].attr_kinds if node.op in all_ops() else ()
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
        add_functions(graph_def.library, graph)
        self._declarations = declarations_of(graph)
        _check_op_types(graph_def, self._declarations)
        nodes = read_nodes(graph_def)
        self._types = {node.name: self._declarations[node.proto.op] for node in nodes}
        self._nodes = in_building_order(nodes, mapped, self._leads_back)
        self._names = unique_names(nodes, prefix, [op.name for op in graph.get_operations()])
        unknown = ", ".join(mapped.unknown(nodes))
        if unknown:
            raise ValueError(
                f"Attempted to map inputs that were not found in graph_def: [{unknown}]"
            )

    def build(self) -> None:
        for node in self._nodes:
            self._ops[node.name] = self._built(node)
        for node in self._nodes:
            self._close_loops(node)
        by_name = {op.name: op for op in self._ops.values()}
        for op in self._ops.values():
            _join_device(op, by_name)
            take_into_context(op)

    def element(self, text: str) -> Operation | Tensor:
        """The operation or tensor that a name in the GraphDef stands for."""
        name, index = output_named(text)
        is_output = ":" in text
        if is_output and (tensor := self._mapped.output((name, index))) is not None:
            return tensor
        op = self._ops.get(name)
        if is_output and ":" in name:  # what follows the last colon is no number, or one of two is
            raise ValueError(f"Cannot convert '{text}' to a tensor name.")
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
        defn = self._declarations[proto.op]
        found = [self._input(node, *output) for output in node.inputs]
        there = [tensor for tensor in found if tensor is not None]
        if found and not there:
            raise ValueError(f"Node '{name}' takes only what it gives: its loop has no start.")
        # Where a loop is closed later, another input of the type is there for now.
        inputs = tuple(there[0] if tensor is None else tensor for tensor in found)
        try:
            attrs = self._attributes(node, defn)
            known = [_of_any_shape(there[0]) if tensor is None else tensor for tensor in found]
            outputs = outputs_of(defn, name, known, attrs)
        except ShapeError as error:
            context = ShapeContext(inputs, {}, defn.signature)
            raise ValueError(context.describe(str(error), name, defn.type)) from None
        except (ValueError, TypeError) as error:
            raise ValueError(f"{error}\n  It is about the {defn.type} node '{name}'.") from error
        waits = [self._waited_for(other) for other in node.control_inputs]
        device = within(proto.device, "")
        return self._graph.add_imported_operation(defn, inputs, attrs, outputs, name, waits, device)

    def _attributes(self, node: Node, defn: Any) -> dict[str, Any]:
        attrs = attributes_of(node.proto, defn)
        if self._producer <= _LAST_WITHOUT_UNKNOWN_SHAPES and defn.is_placeholder:
            attrs["shape"] = attrs["shape"] if attrs["shape"].sizes else TensorShape.of(None)
        if "_class" in attrs:
            attrs["_class"] = [self._location(node, group) for group in attrs["_class"]]
        if "_gradient_op_type" in attrs:
            attrs["_gradient_op_type"] = attrs["_gradient_op_type"].decode(errors="replace")
        return attrs

    def _leads_back(self, node: Node, source: str) -> bool:
        """Whether `node` takes from the node `source` what it gets from the iteration before."""
        return self._types[node.name].joins and self._types[source].frame == "next"

    def _close_loops(self, node: Node) -> None:
        """Gives the merge of a loop variable what that is in the next iteration."""
        op = self._ops[node.name]
        for position, (source, index) in enumerate(node.inputs):
            if source in self._types and self._leads_back(node, source):
                tensor, dtype = self._input(node, source, index), op.outputs[0].dtype.base_dtype
                assert tensor is not None
                if tensor.dtype.base_dtype is not dtype:
                    raise ValueError(
                        f"Input {position} of node {op.name} was passed "
                        f"{tensor.dtype.runtime_name} from {tensor.name} incompatible with "
                        f"expected {dtype.runtime_name}."
                    )
                op._update_input(position, tensor)

    def _input(self, node: Node, source: str, index: int) -> Tensor | None:
        """An output of the node `source`; None when it closes a loop and is not built yet."""
        tensor = self._mapped.output((source, index))
        if tensor is not None:
            return tensor
        if source not in self._ops:
            return None
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


def _check_op_types(graph_def: Any, known: Collection[str]) -> None:
    """NotFoundError that names all op types which are not known."""
    unknown = Counter(node.op for node in graph_def.node if node.op not in known)
    if not unknown:
        return
    first = next(iter(unknown))
    every = ", ".join(f"{op} ({count})" for op, count in sorted(unknown.items()))
    raise NotFoundError(
        None,
        None,
        f"{unregistered(first)}\n"
        f"  Of the op types of this graph these are not in Stillflow: {every}.\n"
        "  tf.graph_util.extract_sub_graph leaves out what an output does not need.",
    )


def _of_any_shape(tensor: Tensor) -> Tensor:
    """What is known beforehand of the end of a loop's way back, beside which is `tensor`."""
    return Tensor(tensor.op, tensor.value_index, tensor.dtype, TensorShape.of(None))


def _join_device(op: Operation, imported: dict[str, Operation]) -> None:
    """Puts an operation that is colocated with others on their device, or on none."""
    names = [group.removeprefix(_LOCATION).decode() for group in op.attrs.get("_class", ())]
    devices = [imported[name].device for name in names if name in imported and name != op.name]
    if devices:
        op._set_device(next(filter(None, devices), ""))
