"""Checkpoints of objects, read by the names that their variables had in the graph."""

from __future__ import annotations

from stillflow.checkpoint.reader import CheckpointReader
from stillflow.graph.protos.object_graph import object_graph_class
from stillflow.tracking.trackable import OBJECT_GRAPH_PROTO_KEY


def is_of_objects(reader: CheckpointReader) -> bool:
    return reader.has_tensor(OBJECT_GRAPH_PROTO_KEY)


def keys_by_name(reader: CheckpointReader) -> dict[str, str]:
    """The keys in a checkpoint of objects, by the names of the variables."""
    graph = object_graph_class().FromString(reader.get_tensor(OBJECT_GRAPH_PROTO_KEY))
    return {
        attribute.full_name: attribute.checkpoint_key
        for node in graph.nodes
        for attribute in node.attributes
    }


def object_graph_key_mapping(checkpoint_path: str) -> dict[str, str]:
    """The same of a path. tf.errors.NotFoundError where it is no checkpoint of objects."""
    return keys_by_name(CheckpointReader(checkpoint_path))
