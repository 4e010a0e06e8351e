"""Models drawn by Graphviz: `tf.keras.utils.plot_model`."""

from __future__ import annotations

import os
import sys
from typing import Any

from stillflow.graph import nest
from stillflow.keras.engine.network import Network
from stillflow.keras.engine.sequential import Sequential
from stillflow.keras.engine.topology import node_key
from stillflow.layers.base_layer import Layer


def plot_model(
    model: Any,
    to_file: str = "model.png",
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
) -> Any:
    """Draws a model into a file; see `model_to_dot`.

    Args:
      to_file: the name, whose ending tells the format.

    Returns:
      In a notebook the picture, which is shown there.

    Raises:
      ImportError: pydot, or Graphviz, is not installed.
    """
    dot = model_to_dot(model, show_shapes, show_layer_names, rankdir, expand_nested, dpi)
    if dot is None:
        return None
    ending = os.path.splitext(to_file)[1]
    dot.write(to_file, format=ending[1:] or "png")
    try:
        from IPython import display
    except ImportError:
        return None
    return display.Image(filename=to_file)


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 96,
    subgraph: bool = False,
) -> Any:
    """Returns a model as a graph of pydot.

    Args:
      show_shapes, show_layer_names: what labels tell besides the class.
      rankdir: "TB" for a picture from top to bottom, "LR" for one from left to right.
      expand_nested: whether models inside are drawn with their layers.
      dpi: dots an inch.
      subgraph: whether it is for the picture of a model around.

    Raises:
      ImportError: pydot, or Graphviz, is not installed; in a notebook that is printed.
    """
    pydot = _working_pydot()
    if pydot is None:
        missing = "Failed to import pydot. You must install pydot and graphviz for `pydotprint` to"
        if "IPython.core.magics.namespace" not in sys.modules:
            raise ImportError(f"{missing} work.")
        print(f"{missing} work.")
        return None
    drawing = _Drawing(pydot, show_shapes, show_layer_names, expand_nested)
    if subgraph:
        return drawing.cluster(model)
    dot = pydot.Dot(rankdir=rankdir, concentrate=True, dpi=dpi)
    dot.set_node_defaults(shape="record")
    return drawing.fill(dot, model)


def _working_pydot() -> Any:
    try:
        import pydot

        pydot.Dot.create(pydot.Dot())
    except (ImportError, OSError):  # the latter without Graphviz's programs
        return None
    return pydot


class _Drawing:
    """What is drawn how; `ends` are of each model inside its first and its last node."""

    def __init__(self, pydot: Any, shapes: bool, names: bool, expand: bool):
        self.pydot = pydot
        self.shapes = shapes
        self.names = names
        self.expand = expand
        self.ends: dict[Any, tuple[str, str]] = {}

    def cluster(self, model: Any) -> Any:
        dot = self.pydot.Cluster(
            style="dashed", graph_name=model.name, label=model.name, labeljust="l"
        )
        return self.fill(dot, model)

    def fill(self, dot: Any, model: Any) -> Any:
        if not model._is_graph_network:
            dot.add_node(self.pydot.Node(str(id(model)), label=model.name))
            return dot
        if isinstance(model, Sequential) and not model.built:
            model.build()
        for layer in model._layers:
            self._add_layer(dot, layer)
        for layer in model._layers:
            for number, node in enumerate(layer._inbound_nodes):
                if node_key(layer.name, number) in model._network_nodes:
                    for source in nest.flatten(node.inbound_layers):
                        self._add_edge(dot, self._name(source, last=True), self._name(layer))
        return dot

    def _add_layer(self, dot: Any, layer: Any) -> None:
        inside = self._expanded(layer)
        if inside is not None:
            cluster = self.cluster(inside)
            nodes = cluster.get_nodes()
            self.ends[inside] = nodes[0].get_name(), nodes[-1].get_name()
            dot.add_subgraph(cluster)
        if inside is not layer:
            dot.add_node(self.pydot.Node(str(id(layer)), label=self._label(layer, inside)))
        if inside is not None and inside is not layer:
            self._add_edge(dot, str(id(layer)), self.ends[inside][0])

    def _expanded(self, layer: Any) -> Any:
        """The model that is drawn with its layers: this one, or the one that it wraps; or None."""
        if not self.expand:
            return None
        return next((m for m in (layer, _wrapped(layer)) if isinstance(m, Network)), None)

    def _name(self, layer: Any, last: bool = False) -> str:
        """The node where an edge begins (`last`) or ends that is drawn for a layer."""
        inside = self._expanded(layer)
        if inside is not None and (last or inside is layer):
            return self.ends[inside][last]
        return str(id(layer))

    def _add_edge(self, dot: Any, source: str, target: str) -> None:
        if not dot.get_edge(source, target):
            dot.add_edge(self.pydot.Edge(source, target))

    def _label(self, layer: Any, inside: Any) -> str:
        name, kind = layer.name, type(layer).__name__
        wrapped = _wrapped(layer)
        if wrapped is not None and inside is None:
            name, kind = f"{name}({wrapped.name})", f"{kind}({type(wrapped).__name__})"
        label = f"{name}: {kind}" if self.names else kind
        if not self.shapes:
            return label
        taken, given = (_shape_text(layer, side) for side in ("input_shape", "output_shape"))
        return f"{label}\n|{{input:|output:}}|{{{{{taken}}}|{{{given}}}}}"


def _wrapped(layer: Any) -> Any:
    """The layer that a wrapper, such as TimeDistributed, applies; None of others."""
    inner = getattr(layer, "layer", None)
    return inner if isinstance(inner, Layer) else None


def _shape_text(layer: Any, side: str) -> str:
    return str(getattr(layer, side, "?")).replace("None", "?")
