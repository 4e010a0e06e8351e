"""Summaries that hold a tensor itself: `tf.summary.tensor_summary`, and `text` among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from stillflow.declare import shapes
from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.opdef import op
from stillflow.declare.refusing import refuse
from stillflow.declare.resources import Resource
from stillflow.graph import dtypes
from stillflow.graph.operation import Tensor
from stillflow.graph.protos.tensor_proto import tensor_proto_of
from stillflow.ops.summaries.common import (
    clean_tag,
    collected,
    is_summary_skipped,
    new_summary,
    no_summary,
    serialized,
    summary_scope,
    text_of,
)


@op(
    "TensorSummaryV2",
    "tag: string, tensor: T, serialized_summary_metadata: string -> summary: string",
    shape=shapes.scalar,
    host=True,
)
def tensor_summary_op(xp, tag, tensor, metadata):
    """tag: string[], tensor: any, metadata: string[], a SummaryMetadata -> string[]"""
    from google.protobuf.message import DecodeError

    summary = new_summary()
    value = summary.value.add(tag=text_of(tag))
    value.tensor.CopyFrom(proto_of(np.asarray(tensor)))
    try:
        value.metadata.ParseFromString(np.asarray(metadata)[()])
    except (DecodeError, TypeError):
        refuse("Could not parse the SummaryMetadata\n  It is a serialized protocol buffer.")
    return serialized(summary)


class _OwnName(Resource):
    """Tells a node's function the name of the node."""

    def for_node(self, name: str) -> str:
        return name


@op(
    "TensorSummary",
    "tensor: T -> summary: string",
    shape=shapes.scalar,
    host=True,
    resource=lambda name, attrs: _OwnName(name),
    shared_as="names_of_summaries",
)
def first_tensor_summary_op(
    xp,
    node_name,
    tensor,
    *,
    description: str = "",
    labels: list[str] = [],  # noqa: B006  a default that nobody changes
    display_name: str = "",
):
    """tensor: any -> string[], which has the tensor and the name of the node alone."""
    summary = new_summary()
    summary.value.add(node_name=node_name).tensor.CopyFrom(proto_of(np.asarray(tensor)))
    return serialized(summary)


first_tensor_summary_op.not_differentiable()


def proto_of(array: np.ndarray) -> Any:
    """A TensorProto that holds all but strings as bytes, as those of TensorFlow's kernels do."""
    if array.dtype == np.object_:
        return tensor_proto_of(array, dtypes.string)
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    proto = TensorProto(dtype=dtypes.as_dtype(array.dtype).as_datatype_enum)
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    proto.tensor_shape.SetInParent()
    proto.tensor_content = array.tobytes()
    return proto


tensor_summary_op.not_differentiable()


def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: str | None = None,
    collections: Sequence[str] | None = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> Tensor:
    """Returns a serialized Summary, string[], that holds `tensor`, of any type.

    summary_metadata: a SummaryMetadata, which says which of TensorBoard's plugins shows it;
    summary_description, display_name: shown with it; collections, family: as in
    `tf.summary.scalar`.
    """
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

    metadata = SummaryMetadata()
    if summary_metadata is not None:
        metadata.CopyFrom(summary_metadata)
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    encoded = metadata.SerializeToString()
    if is_summary_skipped():
        return no_summary()
    with summary_scope(name, family, [tensor]) as (tag, scope):
        return collected(tensor_summary_op(tag, tensor, encoded, name=scope), collections)


def text(name: str, tensor: Any, collections: Sequence[str] | None = None) -> Tensor:
    """Returns a serialized Summary, string[], of text: string[...], which may be Markdown.

    Raises:
      ValueError: the tensor is not of type string.
    """
    from tensorboard.compat.proto.summary_pb2 import SummaryMetadata

    tensor = convert_to_tensor(tensor)
    if tensor.dtype is not dtypes.string:
        raise ValueError(
            f"Expected tensor {tensor._shown_name} to have dtype string, got {tensor.dtype}"
            "\n  tf.as_string makes text of numbers."
        )
    metadata = SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="text"))
    return tensor_summary(
        name=clean_tag(name) or "",
        tensor=tensor,
        collections=collections,
        summary_metadata=metadata,
    )


def get_summary_description(node_def: Any) -> Any:
    """The SummaryDescription that a node of type TensorSummary was given.

    Raises:
      ValueError: the node is of another type, as those that `tf.summary` makes are.
    """
    from google.protobuf import json_format
    from tensorboard.compat.proto.summary_pb2 import SummaryDescription

    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    text = node_def.attr["description"].s.decode()
    return json_format.Parse(text, SummaryDescription())
