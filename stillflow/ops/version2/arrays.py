"""Shapes and arrangement, with version 2's parameters."""

from __future__ import annotations

from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.respelling import respelled
from stillflow.graph import scopes
from stillflow.ops.array import blocks, filling, reshaping
from stillflow.ops.array.batch_gather import gather_nd
from stillflow.ops.array.gathering import gather
from stillflow.ops.array.masking import boolean_mask
from stillflow.ops.array.padding import pad
from stillflow.ops.array.reversing import reverse_sequence
from stillflow.ops.array.shape_of import shape, size
from stillflow.ops.array.transposing import transpose

batch_to_space_v2 = respelled(blocks.batch_to_space, "input block_shape! crops name")
boolean_mask_v2 = respelled(boolean_mask, "tensor mask axis name")
convert_to_tensor_v2 = respelled(convert_to_tensor, "value dtype dtype_hint name")
depth_to_space_v2 = respelled(blocks.depth_to_space, "input block_size data_format name")
expand_dims_v2 = respelled(reshaping.expand_dims, "input axis! name")
gather_v2 = respelled(gather, "params indices validate_indices axis batch_dims name")
gather_nd_v2 = respelled(gather_nd, "params indices batch_dims name")
ones_like_v2 = respelled(filling.ones_like, "input=tensor dtype name")
pad_v2 = respelled(pad, "tensor paddings mode constant_values name")
reverse_sequence_v2 = respelled(reverse_sequence, "input seq_lengths seq_axis batch_axis name")
shape_v2 = respelled(shape, "input out_type name")
size_v2 = respelled(size, "input out_type name")
space_to_batch_v2 = respelled(blocks.space_to_batch, "input block_shape! paddings name")
space_to_depth_v2 = respelled(blocks.space_to_depth, "input block_size data_format name")
squeeze_v2 = respelled(reshaping.squeeze, "input axis name")
transpose_v2 = respelled(transpose, "a perm conjugate name")
zeros_like_v2 = respelled(filling.zeros_like, "input=tensor dtype name")


class name_scope_v2(scopes.name_scope):
    """`with tf.compat.v2.name_scope(name) as scope:` in the default graph.

    Raises:
      ValueError: `name` is not a string.
    """

    def __init__(self, name: str):
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        super().__init__(name)


def device_v2(device_name: Any) -> Any:
    """`with tf.compat.v2.device(name):`, see `tf.device`.

    Raises:
      RuntimeError: a function is given in place of a name.
    """
    if callable(device_name):
        raise RuntimeError(
            "tf.device does not support functions.\n  tf.compat.v1.device takes them."
        )
    return scopes.device(device_name)
