"""`tf.train.import_meta_graph`: a MetaGraphDef's nodes, collections and Saver, taken up again."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stillflow.graph.collection_protos import (
    get_collection_proto_type,
    get_from_proto_function,
)
from stillflow.graph.context import check_not_eager
from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.protos.control_flow import message_class
from stillflow.graph.protos.queue_runner import queue_runner_def_class
from stillflow.interchange.files import from_bytes, read_message
from stillflow.interchange.importer import import_graph_def
from stillflow.ops.variables.variable import Variable
from stillflow.platform import logging
from stillflow.train.queue_runner import QueueRunner
from stillflow.train.saveables import all_saveables
from stillflow.train.saver import Saver

_UNBOUND = "unbound_inputs"
_VARIABLES = (
    *(GraphKeys.TRAINABLE_VARIABLES, GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES),
    *(GraphKeys.METRIC_VARIABLES, GraphKeys.MODEL_VARIABLES, GraphKeys.GLOBAL_STEP),
    GraphKeys.MOVING_AVERAGE_VARIABLES,
)
_CONTEXTS = (GraphKeys.COND_CONTEXT, GraphKeys.WHILE_CONTEXT)
_OBJECTS = {*_VARIABLES, GraphKeys.SAVERS, GraphKeys.QUEUE_RUNNERS, *_CONTEXTS}


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str | None = _UNBOUND,
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
    graph: Graph | None = None,
) -> Saver | None:
    """Adds a MetaGraphDef's nodes and collections to the default graph: all, or none.

    Args:
      meta_graph_or_file: the MetaGraphDef, or the name of a file that holds one.
      clear_devices: leaves out what devices it records.
      import_scope: the scope of its nodes.
      input_map: as in `tf.import_graph_def`.
      unbound_inputs_col_name: the collection of names that `input_map` must give.
      restore_collections_predicate: tells by the key whether to take a collection up.
      graph: is used instead of the default graph.

    Returns:
      The Saver that it describes, or one of all variables where it describes none; None when there
      are no variables.

    Raises:
      RuntimeError: eagerly, where there is no graph.
      OSError: there is no such file, or it holds no MetaGraphDef.
      ValueError, tf.errors.OpError: as `tf.import_graph_def`.
      KeyError: a collection names what is not in the graph.
    """
    saver, _ = import_meta_graph_with_return_elements(
        meta_graph_or_file,
        clear_devices,
        import_scope,
        input_map,
        unbound_inputs_col_name,
        restore_collections_predicate,
        graph,
    )
    return saver


def import_meta_graph_with_return_elements(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str | None = _UNBOUND,
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
    graph: Graph | None = None,
    return_elements: Iterable[str] | None = None,
) -> tuple[Saver | None, list[Any] | None]:
    """`import_meta_graph`, and what `return_elements` name in the MetaGraphDef."""
    check_not_eager(
        "Exporting/importing meta graphs is not supported when eager execution is enabled. No "
        "graph exists when eager execution is enabled."
    )
    meta = read_meta_graph(meta_graph_or_file)
    variables, elements = import_scoped_meta_graph_with_return_elements(
        meta,
        clear_devices,
        graph,
        import_scope,
        input_map,
        unbound_inputs_col_name,
        restore_collections_predicate,
        return_elements,
    )
    with (graph or get_default_graph()).as_default():
        return _saver_of(meta, import_scope, variables), elements


def read_meta_graph(meta_graph_or_file: Any) -> Any:
    """The MetaGraphDef itself, or the one in the file of that name."""
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    if isinstance(meta_graph_or_file, MetaGraphDef):
        return meta_graph_or_file
    if not isinstance(meta_graph_or_file, (str, os.PathLike)):
        raise TypeError(
            "meta_graph_or_file must be a MetaGraphDef or the name of a file, but is "
            f"{meta_graph_or_file!r}."
        )
    return read_message(meta_graph_or_file, MetaGraphDef)


def import_scoped_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    graph: Graph | None = None,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str | None = _UNBOUND,
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
) -> dict[str, Variable]:
    """Adds a MetaGraphDef to `graph`; returns its global variables by their names in it."""
    variables, _ = import_scoped_meta_graph_with_return_elements(
        meta_graph_or_file,
        clear_devices,
        graph,
        import_scope,
        input_map,
        unbound_inputs_col_name,
        restore_collections_predicate,
    )
    return variables


def import_scoped_meta_graph_with_return_elements(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    graph: Graph | None = None,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    unbound_inputs_col_name: str | None = _UNBOUND,
    restore_collections_predicate: Callable[[str], bool] = lambda key: True,
    return_elements: Iterable[str] | None = None,
) -> tuple[dict[str, Variable], list[Any] | None]:
    """`import_scoped_meta_graph`, and what `return_elements` name in the MetaGraphDef."""
    meta = read_meta_graph(meta_graph_or_file)
    graph = graph or get_default_graph()
    _check_bound(meta, unbound_inputs_col_name, input_map or {})
    with graph.as_default(), graph.all_or_nothing():
        name = graph.unique_name(import_scope or "", mark_as_used=False)
        scope = name.rstrip("/")
        elements = import_graph_def(
            _without_devices(meta.graph_def) if clear_devices else meta.graph_def,
            name=import_scope or name,
            input_map=input_map,
            return_elements=return_elements,
            producer_op_list=_producer(meta),
        )
        collections = {
            key: list(_items(key, meta.collection_def[key], meta.meta_info_def, scope))
            for key in _in_reading_order(meta.collection_def)
            if key != unbound_inputs_col_name and restore_collections_predicate(key)
        }
        for key, items in _sharing_variables(collections).items():
            for item in items:
                graph.add_to_collection(key, item)
    variables = graph.get_collection(GraphKeys.GLOBAL_VARIABLES, scope=re.escape(scope))
    return {_without_scope(item.name, scope): item for item in variables}, elements


def _check_bound(meta: Any, key: str | None, input_map: dict[str, Any]) -> None:
    """ValueError unless `input_map` gives exactly what the graph says that it lacks."""
    if not key or key not in meta.collection_def:
        return
    unbound = [value.decode() for value in meta.collection_def[key].bytes_list.value]
    if unbound and sorted(unbound) != sorted(input_map):
        missing = ",".join(name for name in unbound if name not in input_map)
        raise ValueError(
            f"Graph contains unbound inputs: {missing}. Must provide these inputs through "
            "input_map."
        )


def _without_devices(graph_def: Any) -> Any:
    copy = type(graph_def)()
    copy.CopyFrom(graph_def)
    for node in copy.node:
        node.device = ""
    return copy


def _producer(meta: Any) -> Any:
    info = meta.meta_info_def
    return info.stripped_op_list if info.HasField("stripped_op_list") else None


def _without_scope(name: str, scope: str) -> str:
    return name.removeprefix(scope).removeprefix("/") if scope else name


# Collections --------------------------------------------------------------------------------------


def _in_reading_order(collection_def: Any) -> list[str]:
    """Trainable variables first: old files say only there which variables are trainable."""
    first = GraphKeys.TRAINABLE_VARIABLES
    return sorted(collection_def, key=lambda key: (key != first, key))


def _items(key: str, collection: Any, info: Any, scope: str) -> Iterator[Any]:
    """What a CollectionDef stands for, in the graph that its nodes are in by now."""
    kind = collection.WhichOneof("kind")
    if kind is None:
        logging.error("Cannot identify data type for collection %s. Skipping.", key)
    elif kind == "bytes_list" and (from_proto := get_from_proto_function(key)) is not None:
        for value in collection.bytes_list.value:
            proto = from_bytes(value, get_collection_proto_type(key))
            yield from_proto(proto, import_scope=scope)
    elif kind == "bytes_list" and key in _OBJECTS:
        for value in collection.bytes_list.value:
            yield _object(key, value, info, scope)
    elif kind == "node_list":
        for value in collection.node_list.value:
            yield get_default_graph().as_graph_element(_in_scope(value, scope))
    elif kind == "bytes_list":
        for value in collection.bytes_list.value:
            yield _in_scope(value.decode(errors="replace"), scope) if scope else value
    else:
        yield from getattr(collection, kind).value


def _object(key: str, value: bytes, info: Any, scope: str) -> Any:
    """The variable, Saver, queue runner or context that a proto in a collection describes."""
    kind = _message_of(key)
    try:
        proto = from_bytes(value, kind)
    except ValueError as error:
        name = kind.DESCRIPTOR.name
        raise ValueError(f"The collection {key!r} holds no {name}: {error}") from None
    if key == GraphKeys.SAVERS:
        return Saver.from_proto(proto, import_scope=scope)
    if key == GraphKeys.QUEUE_RUNNERS:
        return QueueRunner.from_proto(proto, import_scope=scope)
    if key in _CONTEXTS:
        return _context(key, proto, scope)
    if not _tells_trainable(info.tensorflow_version):
        proto.trainable = key == GraphKeys.TRAINABLE_VARIABLES
    return Variable.from_proto(proto, import_scope=scope)


def _context(key: str, proto: Any, scope: str) -> Any:
    """A side of a choice, or a loop."""
    from stillflow.ops.control.cond_context import CondContext
    from stillflow.ops.control.while_context import WhileContext

    kind: Any = CondContext if key == GraphKeys.COND_CONTEXT else WhileContext
    return kind.from_proto(proto, import_scope=scope)


def _message_of(key: str) -> Any:
    """The class of the protos in a collection of objects."""
    from tensorboard.compat.proto.saver_pb2 import SaverDef
    from tensorboard.compat.proto.variable_pb2 import VariableDef

    if key == GraphKeys.QUEUE_RUNNERS:
        return queue_runner_def_class()
    if key in _CONTEXTS:
        is_cond = key == GraphKeys.COND_CONTEXT
        return message_class("CondContextDef" if is_cond else "WhileContextDef")
    return SaverDef if key == GraphKeys.SAVERS else VariableDef


def _tells_trainable(version: str) -> bool:
    """Whether a VariableDef of that TensorFlow says if the variable is trainable: since 1.9."""
    numbers = [int(number) for number in re.findall(r"\d+", version)[:2]]
    return not numbers or numbers >= [1, 9]


def _sharing_variables(collections: dict[str, list]) -> dict[str, list]:
    """The same collections, in which one variable is one object wherever it is."""
    known: dict[Any, Any] = {}
    return {
        key: [
            known.setdefault(item.op, item) if isinstance(item, Variable) else item
            for item in items
        ]
        for key, items in collections.items()
    }


def _in_scope(name: str, scope: str) -> str:
    """A node's name below `scope`; a control input or a location below it, too."""
    if not scope:
        return name
    mark = re.match(r"(?:\^|loc:@)?", name)
    start = mark.end() if mark else 0
    return f"{name[:start]}{scope}/{name[start:]}"


# The Saver ----------------------------------------------------------------------------------------


def _saver_of(meta: Any, import_scope: str | None, variables: dict[str, Variable]) -> Saver | None:
    if meta.HasField("saver_def"):
        scope = import_scope
        for name, variable in list(variables.items())[:1]:
            scope = scope or variable.name.removesuffix(name).rstrip("/")
        return Saver(saver_def=meta.saver_def, name=scope)
    if all_saveables(import_scope):
        return Saver()
    logging.info("Saver not created because there are no variables in the graph to restore")
    return None
