"""The table of a model's layers that `summary` prints."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from stillflow.graph import nest


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
) -> None:
    """Prints the layers of a model: names, shapes, numbers of weights, and whose outputs they take.

    Args:
      line_length: the width of the table.
      positions: where columns end, as parts of the width or absolute.
      print_fn: takes each line, in place of `print`.
    """
    tell = print_fn or print
    is_stack = _is_stack(model)
    width = line_length or (65 if is_stack else 98)
    ends = positions or ([0.45, 0.85, 1.0] if is_stack else [0.33, 0.55, 0.67, 1.0])
    columns = [int(width * end) for end in ends] if ends[-1] <= 1 else [int(end) for end in ends]
    header = ["Layer (type)", "Output Shape", "Param #", "Connected to"]
    tell(f'Model: "{model.name}"')
    tell("_" * width)
    tell(_row(header[:3] if is_stack else header, columns))
    tell("=" * width)
    layers = model.layers
    for number, layer in enumerate(layers):
        for row in _rows_of(layer, None if is_stack else _nodes(model)):
            tell(_row(row, columns))
        tell(("=" if number == len(layers) - 1 else "_") * width)
    _print_counts(model, tell, width)


def count_params(weights: Iterable[Any]) -> int:
    """The number of elements of weights, each counted once."""
    once = {id(weight): weight for weight in weights}.values()
    return sum(math.prod(weight.shape.as_list()) for weight in once)


def _is_stack(model: Any) -> bool:
    """Whether each layer takes what the one before it gives, and no more."""
    if type(model).__name__ == "Sequential" or not model._is_graph_network:
        return True
    for nodes in model._nodes_by_depth.values():
        if len(nodes) > 1 or any(len(nest.flatten(node.inbound_layers)) > 1 for node in nodes):
            return False
    known = _nodes(model)
    return all(sum(node in known for node in layer._inbound_nodes) < 2 for layer in model.layers)


def _nodes(model: Any) -> set[Any]:
    return {node for nodes in model._nodes_by_depth.values() for node in nodes}


def _rows_of(layer: Any, nodes: set[Any] | None) -> list[list[str]]:
    """The rows of a layer: one, and one more for each further layer that it takes from.

    Args:
      nodes: those of the model; None where connections are not told.
    """
    try:
        shape = str(layer.output_shape)
    except AttributeError:
        shape = "multiple"
    row = [f"{layer.name} ({type(layer).__name__})", shape, str(layer.count_params())]
    if nodes is None:
        return [row]
    origins = [
        f"{source.name}[{node_index}][{tensor_index}]"
        for node in layer._inbound_nodes
        if node in nodes
        for source, node_index, tensor_index, _ in node.iterate_inbound()
    ]
    first, *others = origins or [""]
    return [[*row, first], *(["", "", "", other] for other in others)]


def _row(fields: Sequence[str], columns: Sequence[int]) -> str:
    line = ""
    for number, (field, end) in enumerate(zip(fields, columns, strict=False)):
        line = f"{line[:-1]} {field}" if number else field
        line = line[:end].ljust(end)
    return line


def _print_counts(model: Any, tell: Callable[[str], Any], width: int) -> None:
    model._check_trainable_weights_consistency()
    trained = getattr(model, "_collected_trainable_weights", model._unique_trainable_weights)
    trainable, fixed = count_params(trained), count_params(model.non_trainable_weights)
    tell(f"Total params: {trainable + fixed:,}")
    tell(f"Trainable params: {trainable:,}")
    tell(f"Non-trainable params: {fixed:,}")
    tell("_" * width)
