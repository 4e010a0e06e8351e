"""Convolutions in frozen GraphDefs that resize and mirror what they take themselves.

TensorFlow's `fuse_resize_and_conv` of `python.tools.optimize_for_inference_lib`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from stillflow.declare.tensor_proto import make_tensor_proto
from stillflow.graph import dtypes
from stillflow.interchange.freezing import node_of


def fuse_resize_and_conv(input_graph_def: Any, output_node_names: Sequence[str]) -> Any:
    """Returns a GraphDef in which convolutions do what ResizeBilinear and MirrorPad did before.

    Each has the name of the convolution. What nothing takes any more, and is no output, is left
    out. A convolution with other options than FusedResizeAndPadConv2D has (dilations, channels
    first, explicit paddings), and a resize by the centers of pixels, stay as they are: TensorFlow
    fuses those too, and the numbers become others.
    """
    nodes = {node.name: node for node in input_graph_def.node}
    uses = Counter(node_of(name) for node in input_graph_def.node for name in node.input)
    uses.update(output_node_names)
    added = []
    for node in input_graph_def.node:
        resize, pad = _before(node, nodes) if _can_be_fused(node) else (None, None)
        if resize is None and pad is None:
            continue
        uses[node.name] = 0
        uses.subtract(before.name for before in (resize, pad) if before is not None)
        added += _fused(node, resize, pad)
    result = type(input_graph_def)()
    result.node.extend(node for node in input_graph_def.node if uses[node.name] > 0)
    result.node.extend(added)
    return result


def _can_be_fused(node: Any) -> bool:
    return (
        node.op == "Conv2D"
        and node.attr["data_format"].s in (b"", b"NHWC")
        and set(node.attr["dilations"].list.i) <= {1}
        and node.attr["padding"].s != b"EXPLICIT"
    )


def _before(convolution: Any, nodes: dict[str, Any]) -> tuple[Any, Any]:
    """The resize, or None, and then the padding, or None, that a convolution takes."""
    taken = nodes.get(node_of(convolution.input[0]))
    pad = taken if taken is not None and taken.op == "MirrorPad" else None
    resize = taken if pad is None else nodes.get(node_of(pad.input[0]))
    if resize is None or resize.op != "ResizeBilinear" or resize.attr["half_pixel_centers"].b:
        resize = None
    return resize, pad


def _fused(convolution: Any, resize: Any, pad: Any) -> list[Any]:
    kind = type(convolution)
    op = "FusedPadConv2D" if resize is None else "FusedResizeAndPadConv2D"
    fused, nodes = kind(op=op, name=convolution.name), []
    for attribute in ("T", "strides", "padding"):
        fused.attr[attribute].CopyFrom(convolution.attr[attribute])
    if pad is None:
        paddings = kind(op="Const", name=f"{convolution.name}_dummy_paddings")
        paddings.attr["dtype"].type = dtypes.int32.as_datatype_enum
        none = make_tensor_proto([0] * 8, dtypes.int32, [4, 2])
        paddings.attr["value"].tensor.CopyFrom(none)
        nodes.append(paddings)
        fused.attr["mode"].s = b"REFLECT"
        padded_by = paddings.name
    else:
        fused.attr["mode"].CopyFrom(pad.attr["mode"])
        padded_by = pad.input[1]
    if resize is None:
        fused.input.append(pad.input[0])
    else:
        fused.input.extend(resize.input[:2])
        fused.attr["resize_align_corners"].CopyFrom(resize.attr["align_corners"])
    fused.input.extend([padded_by, convolution.input[1]])
    return [*nodes, fused]
