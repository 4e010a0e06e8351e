"""MetaGraphDef: a graph, its collections and its Saver in one file of TensorFlow's."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import cache
from itertools import chain
from typing import Any

from stillflow.checkpoint import files
from stillflow.declare.opdef import OPS
from stillflow.graph.collection_protos import get_to_proto_function
from stillflow.graph.context import check_not_eager
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.protos.graph_def import op_def_of
from stillflow.graph.text import local_path
from stillflow.ops.families import all_ops
from stillflow.platform import logging
from stillflow.train import scoped_graph
from stillflow.train.exported_graph import graph_def_with_shapes
from stillflow.train.extraneous_savers import nodes_of_other_savers

# Whose files these are.
_TENSORFLOW = "1.15.5"
_COMMIT = "v1.15.4-39-g3db52be"

# What stands for the arguments and results of functions.
_OF_FUNCTIONS = frozenset({"_Arg", "_Retval", "_ListToArray", "_ArrayToList"})

# Collections whose items are stored as protos of their own, not by name.
_PROTO_COLLECTIONS = frozenset(
    {
        GraphKeys.GLOBAL_VARIABLES,
        GraphKeys.LOCAL_VARIABLES,
        GraphKeys.METRIC_VARIABLES,
        GraphKeys.MODEL_VARIABLES,
        GraphKeys.TRAINABLE_VARIABLES,
        GraphKeys.MOVING_AVERAGE_VARIABLES,
        GraphKeys.GLOBAL_STEP,
        GraphKeys.SAVERS,
        GraphKeys.QUEUE_RUNNERS,
        GraphKeys.COND_CONTEXT,
        GraphKeys.WHILE_CONTEXT,
    }
)


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Iterable[str] | None = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    unbound_inputs_col_name: str | None = scoped_graph.UNBOUND_INPUTS,
) -> Any:
    """Returns the MetaGraphDef of `graph`, or of the default one; writes it to `filename`.

    Args:
      graph_def: is used instead of the graph's own.
      collection_list: the collections to export; all of them when None.
      as_text: writes a text proto.
      export_scope: exports what is below this scope only, by names without it. The inputs from
        outside are in the collection `unbound_inputs_col_name`.
      clear_devices: leaves out what `tf.device` recorded.
      clear_extraneous_savers: leaves out the nodes of all Savers but that of `saver_def`.
      strip_default_attrs: leaves out attributes that have their defaults.

    Raises:
      NotImplementedError: for `save_debug_info`.
      RuntimeError: eagerly, where there is no graph.
      tf.errors.OpError: the file cannot be written.
    """
    if graph is None or graph_def is None:
        check_not_eager(
            "Exporting/importing meta graphs is not supported when eager execution is enabled. No "
            "graph exists when eager execution is enabled."
        )
    _refuse(save_debug_info=save_debug_info)
    graph = graph or get_default_graph()
    scope = export_scope.rstrip("/") if export_scope else None
    whole = graph_def or graph_def_with_shapes(graph)
    unbound: list[str] = []
    left_out: set[str] = set()
    if clear_extraneous_savers:
        left_out = nodes_of_other_savers(whole, saver_def)
        whole = _without_nodes(whole, left_out)
    if scope:
        whole, unbound = scoped_graph.below(whole, scope)
    meta = create_meta_graph_def(
        *(meta_info_def, whole, saver_def, collection_list, graph, scope, left_out),
        clear_extraneous_savers=clear_extraneous_savers,
        strip_default_attrs=strip_default_attrs,
    )
    if clear_devices:
        for node in meta.graph_def.node:
            node.device = ""
    if unbound and unbound_inputs_col_name:
        _add_collection(meta, unbound_inputs_col_name, unbound, None)
    if filename is not None:
        _write(meta, filename, as_text)
    return meta


def create_meta_graph_def(
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Iterable[str] | None = None,
    graph: Graph | None = None,
    export_scope: str | None = None,
    exclude_nodes: Iterable[Any] | None = None,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
) -> Any:
    """Returns the MetaGraphDef of a GraphDef, by default the graph's, and of collections.

    Args:
      export_scope: what is below this scope is in collections, by names without it.
      exclude_nodes: what is not in collections, or its names.
      graph, saver_def, collection_list, ...: as for `export_meta_graph`.

    Raises:
      TypeError: an argument is no such proto or graph.
    """
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    if graph is not None and not isinstance(graph, Graph):
        raise TypeError(f"graph must be of type Graph, not {type(graph)}")
    graph = graph or get_default_graph()
    meta = MetaGraphDef()
    meta.graph_def.CopyFrom(graph_def or graph_def_with_shapes(graph))
    _describe(meta, meta_info_def, strip_default_attrs)
    if strip_default_attrs:
        _strip_default_attrs(meta)
    if saver_def is not None:
        meta.saver_def.CopyFrom(saver_def)
    left_out = {getattr(node, "name", node) for node in exclude_nodes or ()}
    for key in graph.get_all_collection_keys() if collection_list is None else collection_list:
        alone = [_Described(saver_def)]
        contents = alone if clear_extraneous_savers and key == GraphKeys.SAVERS else None
        add_collection_def(meta, key, graph, export_scope, left_out, contents)
    return meta


def add_collection_def(
    meta_graph_def: Any,
    key: Any,
    graph: Graph | None = None,
    export_scope: str | None = None,
    exclude_nodes: Collection[str] | None = None,
    override_contents: list | None = None,
) -> None:
    """Adds a collection of a graph to a MetaGraphDef, unless it holds what none can.

    Args:
      export_scope, exclude_nodes: as for `create_meta_graph_def`.
      override_contents: instead of what the collection holds.
    """
    if not isinstance(key, (str, bytes)):
        logging.warning(
            "Only collections with string type keys will be serialized. This key has %s", type(key)
        )
        return
    items = (graph or get_default_graph()).get_collection(key)
    if override_contents is not None:
        items = override_contents
    _add_collection(
        meta_graph_def, key, _within(items, export_scope, exclude_nodes or ()), export_scope
    )


def _refuse(**options: Any) -> None:
    for name, value in options.items():
        if value:
            raise NotImplementedError(
                f"export_meta_graph({name}={value!r}) is in TensorFlow 1.15 but not yet in"
                " Stillflow."
            )


def _describe(meta: Any, given: Any, strip_default_attrs: bool) -> None:
    """Fills the MetaInfoDef: whose file it is, and the declarations of the op types in it."""
    info = meta.meta_info_def
    if given is not None:
        info.CopyFrom(given)
    info.tensorflow_version = _TENSORFLOW
    info.tensorflow_git_version = _COMMIT
    info.stripped_default_attrs = strip_default_attrs
    if not info.HasField("stripped_op_list"):
        info.stripped_op_list.CopyFrom(stripped_op_list_for_graph(meta.graph_def))


def ops_used_by_graph_def(graph_def: Any) -> list[str]:
    """Returns the op types of a GraphDef, and of the functions that it calls; not those's names."""
    functions = {function.signature.name: function for function in graph_def.library.function}
    used: set[str] = set()
    waiting = {node.op for node in graph_def.node}
    while waiting:
        used |= waiting
        bodies = [functions[name].node_def for name in waiting & functions.keys()]
        waiting = {node.op for body in bodies for node in body} - used
    return sorted(used - functions.keys())


def stripped_op_list_for_graph(graph_def: Any) -> Any:
    """Returns the OpList of the op types of a GraphDef; ValueError when one is not declared."""
    from tensorboard.compat.proto.op_def_pb2 import OpList

    used = ops_used_by_graph_def(graph_def)
    declared = OPS if OPS.keys() >= set(used) else all_ops()
    for op_type in used:
        if op_type not in declared and op_type not in _OF_FUNCTIONS:
            raise ValueError(f"Op {op_type} is used by the graph, but is not registered")
    return OpList(op=[_op_def(declared[op_type]) for op_type in used if op_type in declared])


@cache
def _op_def(defn: Any) -> Any:
    return op_def_of(defn)


@cache
def _defaults(defn: Any) -> dict[str, Any]:
    attrs = _op_def(defn).attr
    return {attr.name: attr.default_value for attr in attrs if attr.HasField("default_value")}


def _strip_default_attrs(meta: Any) -> None:
    bodies = [function.node_def for function in meta.graph_def.library.function]
    for node in chain(meta.graph_def.node, *bodies):
        if node.op not in OPS:  # a call
            continue
        for name, default in _defaults(OPS[node.op]).items():
            if name in node.attr and node.attr[name] == default:
                del node.attr[name]


class _Described:
    """Stands for an object that is there as a proto already."""

    def __init__(self, proto: Any):
        self._proto = proto

    def to_proto(self, export_scope: str | None = None) -> Any:
        return self._proto


def _without_nodes(graph_def: Any, left_out: Collection[str]) -> Any:
    kept = [node for node in graph_def.node if node.name not in left_out]
    return type(graph_def)(node=kept, versions=graph_def.versions, library=graph_def.library)


def _within(items: list, scope: str | None, left_out: Collection[str]) -> list:
    """The items that are below a scope and not left out, or that have no place in the graph."""
    names = [getattr(item, "name", item) for item in items]
    return [
        item
        for item, name in zip(items, names, strict=True)
        if not isinstance(name, str)
        or ((not scope or scoped_graph.is_below(name, scope)) and name not in left_out)
    ]


def _add_collection(meta: Any, key: Any, items: list, scope: str | None) -> None:
    """Adds a collection, unless it holds what no CollectionDef can."""
    from tensorboard.compat.proto.meta_graph_pb2 import CollectionDef

    collection = CollectionDef()
    try:
        _fill(collection, key, items, scope)
    except (TypeError, ValueError, AttributeError, NotImplementedError) as error:
        logging.warning(
            "Issue encountered when serializing %s.\nType is unsupported, or the types of the "
            "items don't match field type in CollectionDef. Note this is a warning and probably "
            "safe to ignore.\n%s",
            key,
            error,
        )
        return
    meta.collection_def[key].CopyFrom(collection)


def _fill(collection: Any, key: str, items: list, scope: str | None) -> None:
    """Stores items in the list of their kind; the first one decides which that is."""
    to_proto = get_to_proto_function(key)
    if to_proto is not None or key in _PROTO_COLLECTIONS:
        stored = to_proto or (lambda item, export_scope: item.to_proto(export_scope=export_scope))
        protos = [stored(item, export_scope=scope) for item in items]
        collection.bytes_list.value.extend(
            proto.SerializeToString() for proto in protos if proto is not None
        )
        return
    first = items[0] if items else None
    if isinstance(first, (str, bytes)):
        collection.bytes_list.value.extend(
            item.encode() if isinstance(item, str) else item for item in items
        )
    elif hasattr(first, "type_url"):
        collection.any_list.value.extend(items)
    elif isinstance(first, int):
        collection.int64_list.value.extend(items)
    elif isinstance(first, float):
        collection.float_list.value.extend(items)
    else:
        names = (item.name for item in items)
        collection.node_list.value.extend(
            scoped_graph.without_scope(name, scope) if scope else name for name in names
        )


def _write(meta: Any, filename: str, as_text: bool) -> None:
    content = meta.SerializeToString(deterministic=True)
    if as_text:
        from google.protobuf import text_format

        content = text_format.MessageToString(meta).encode()
    path = local_path(filename)
    with files.os_errors_as_tf(path):
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        files.write_atomically(path, content)
