"""Parts of graphs as MetaGraphDefs, with their variables by name: TensorFlow has it internally."""

from __future__ import annotations

from typing import Any

from stillflow.graph.graph import Graph, get_default_graph
from stillflow.graph.keys import GraphKeys
from stillflow.graph.names import strip_name_scope
from stillflow.interchange.meta_graph import import_scoped_meta_graph
from stillflow.ops.variables.variable import Variable
from stillflow.train.meta_graph import export_meta_graph


def export_scoped_meta_graph(
    filename: str | None = None,
    graph_def: Any = None,
    graph: Graph | None = None,
    export_scope: str | None = None,
    as_text: bool = False,
    unbound_inputs_col_name: str | None = "unbound_inputs",
    clear_devices: bool = False,
    saver_def: Any = None,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    **kwargs: Any,
) -> tuple[Any, dict[str, Variable]]:
    """Returns the MetaGraphDef, and the variables in it by their names without the scope.

    Arguments are those of `tf.train.export_meta_graph`, and the collection for what comes from
    outside of the scope.
    """
    graph = graph or get_default_graph()
    meta = export_meta_graph(
        filename=filename,
        graph_def=graph_def,
        graph=graph,
        export_scope=export_scope,
        as_text=as_text,
        unbound_inputs_col_name=unbound_inputs_col_name,
        clear_devices=clear_devices,
        saver_def=saver_def,
        clear_extraneous_savers=clear_extraneous_savers,
        strip_default_attrs=strip_default_attrs,
        save_debug_info=save_debug_info,
        **kwargs,
    )
    variables = graph.get_collection(GraphKeys.GLOBAL_VARIABLES, scope=export_scope)
    return meta, {strip_name_scope(variable.name, export_scope): variable for variable in variables}


def copy_scoped_meta_graph(
    from_scope: str,
    to_scope: str,
    from_graph: Graph | None = None,
    to_graph: Graph | None = None,
) -> dict[str, Variable]:
    """Copies what is below one scope to below another; returns the new variables by name.

    Raises:
      ValueError: both are the same scope of one graph.
    """
    from_graph, to_graph = from_graph or get_default_graph(), to_graph or get_default_graph()
    if from_graph is to_graph and from_scope == to_scope:
        raise ValueError(
            "'from_scope' and 'to_scope' need to be different when performing copy in the same "
            "graph."
        )
    meta, _ = export_scoped_meta_graph(export_scope=from_scope, graph=from_graph)
    return import_scoped_meta_graph(meta, graph=to_graph, import_scope=to_scope)
