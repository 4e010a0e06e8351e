"""`tf.contrib.checkpoint.dot_graph_from_checkpoint`: the objects of a checkpoint, drawn."""

from __future__ import annotations

from typing import Any

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.tracking.trackable import VARIABLE_VALUE_KEY
from stillflow.train.objects.checkpoint import object_metadata


def dot_graph_from_checkpoint(save_path: str) -> str:
    """Returns the objects of a checkpoint, and how they depend on each other, in the language DOT.

    Variables are blue, slots orange, optimizers red; tooltips tell names, shapes and types.

    Raises:
      ValueError: it is no checkpoint of objects.
      tf.errors.NotFoundError: there is none.
    """
    reader, graph = CheckpointReader(save_path), object_metadata(save_path)
    slots = {slot.slot_variable_node_id for node in graph.nodes for slot in node.slot_variables}
    lines = ["digraph {"]
    for number, node in enumerate(graph.nodes):
        lines.append(f"N_{number} [{_look(reader, node, number in slots)}]")
        lines += [
            f'N_{number} -> N_{child.node_id} [label="{_escaped(child.local_name)}"]'
            for child in node.children
        ]
        for slot in node.slot_variables:
            label = _escaped(slot.slot_name)
            lines += [
                f'N_{number} -> N_{slot.slot_variable_node_id} [label="{label}" style=dotted]',
                f"N_{slot.original_variable_node_id} -> N_{slot.slot_variable_node_id} "
                "[style=dotted]",
            ]
    return "\n".join([*lines, "}", ""])


def _look(reader: CheckpointReader, node: Any, is_slot: bool) -> str:
    if [attribute.name for attribute in node.attributes] == [VARIABLE_VALUE_KEY]:
        (value,) = node.attributes
        color, kind = ("orange", "Slot variable") if is_slot else ("blue", "Variable")
        shape = reader.get_variable_to_shape_map()[value.checkpoint_key]
        dtype = reader.get_variable_to_dtype_map()[value.checkpoint_key].name
        about = f"{kind} {_escaped(value.full_name)} shape={shape} {dtype}"
        return f'shape=point label="" color={color} width=.25 tooltip="{about}"'
    if node.slot_variables:
        return 'shape=point label="" width=.25 color=red,tooltip="Optimizer"'
    return 'shape=point label="" width=.25'


def _escaped(name: str) -> str:
    return name.replace('"', '\\"')
