"""Whether a graph trains, where a layer is not told: a value to feed, false unless fed."""

from __future__ import annotations

from stillflow.graph.graph import get_default_graph
from stillflow.graph.operation import Tensor
from stillflow.graph.scopes import name_scope
from stillflow.ops.control.ordering import placeholder_with_default

_KEY = ("stillflow", "learning phase")


def learning_phase() -> Tensor:
    """The placeholder `keras_learning_phase` of the default graph, made when first asked for."""
    holder = get_default_graph().get_collection_ref(_KEY)
    if not holder:
        with name_scope(""):
            holder.append(placeholder_with_default(False, (), name="keras_learning_phase"))
    return holder[0]
