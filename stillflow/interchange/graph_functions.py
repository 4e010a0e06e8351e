"""Functions of graphs in files: `function_from_graph_def` of tensorflow.python.eager."""

from __future__ import annotations

from typing import Any

from stillflow.functions.wrapped import WrappedFunction, wrap_function
from stillflow.interchange.importer import import_graph_def


def function_from_graph_def(graph_def: Any, inputs: Any, outputs: Any) -> WrappedFunction:
    """A function of the part of a GraphDef that gives `outputs` from `inputs`.

    Args:
      inputs, outputs: nests of names of its tensors; outputs may name operations.

    Raises:
      ValueError: the GraphDef cannot be imported.
      KeyError: it has nothing of such a name.
    """
    wrapped = wrap_function(lambda: import_graph_def(graph_def, name=""), [])
    return wrapped.prune(inputs, outputs)
