"""What is run once a model is loaded and its variables are restored."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Operation
from stillflow.graph.scopes import control_dependencies
from stillflow.interchange.saved_model import names
from stillflow.interchange.saved_model.inner_signatures import load_op_from_signature_def
from stillflow.ops.control.ordering import group
from stillflow.ops.variables.sets import (
    global_variables_initializer,
    local_variables_initializer,
    tables_initializer,
)


def main_op() -> Operation:
    """Returns an operation that gives all variables their initial values."""
    return group(
        global_variables_initializer(), local_variables_initializer(), tables_initializer()
    )


def main_op_with_restore(restore_op_name: Any) -> Operation:
    """Returns an operation that initialises all variables, and then runs another one."""
    with control_dependencies([main_op()]):
        return group(restore_op_name)


def loaded_main_op(meta: Any, import_scope: str | None = None) -> Operation | None:
    """The operation that a model of the default graph wants to have run; None when there is none.

    Raises:
      RuntimeError: there are several.
    """
    graph = get_default_graph()
    if names.INIT_OP_SIGNATURE_KEY in meta.signature_def:
        signature = meta.signature_def[names.INIT_OP_SIGNATURE_KEY]
        return load_op_from_signature_def(signature, names.INIT_OP_SIGNATURE_KEY, import_scope)
    for key in (names.MAIN_OP_KEY, names.LEGACY_INIT_OP_KEY):
        if key not in meta.collection_def:
            continue
        name = _the_only_name(meta, key)
        name = f"{import_scope}/{name}" if import_scope else name
        try:
            return graph.as_graph_element(name)
        except KeyError:  # imported in another scope
            return next(iter(graph.get_collection(key)))
    return None


def op_of_collection(meta: Any, key: str = names.MAIN_OP_KEY) -> Operation | None:
    """The operation in a collection of a model of the default graph; None where there is none.

    Raises:
      RuntimeError: the model names several.
    """
    if key not in meta.collection_def:
        return None
    _the_only_name(meta, key)
    return next(iter(get_default_graph().get_collection(key)))


def _the_only_name(meta: Any, key: str) -> str:
    listed = list(meta.collection_def[key].node_list.value)
    if len(listed) != 1:
        raise RuntimeError(f"Expected exactly one SavedModel init op. Found: {listed}")
    return listed[0]


def loaded_train_op(meta: Any, import_scope: str | None = None) -> Any:
    """The operation, or the tensor, that trains a model of the default graph; None without one."""
    key = names.TRAIN_OP_SIGNATURE_KEY
    if key in meta.signature_def:
        return load_op_from_signature_def(meta.signature_def[key], key, import_scope)
    listed = get_default_graph().get_collection(names.TRAIN_OP_KEY)
    return listed[0] if listed else None
