"""`tf.make_tensor_proto`: values as TensorProtos, typed as constants are."""

from __future__ import annotations

import math
from typing import Any

from stillflow.declare.constants import check_fills, sizes_of, typed
from stillflow.graph import dtypes
from stillflow.graph.protos.tensor_proto import tensor_proto_of


def make_tensor_proto(
    values: Any,
    dtype: Any = None,
    shape: Any = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
):
    """Returns `values` as a TensorProto, as `tf.constant` would type and shape them.

    With `allow_broadcast`, only one value is repeated to fill `shape`.

    Raises:
      ValueError: both `verify_shape` and `allow_broadcast`; too many values.
      TypeError: values that do not fit `dtype`, or as asked for not `shape`.
    """
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    if allow_broadcast and verify_shape:
        raise ValueError("allow_broadcast and verify_shape are not both allowed.")
    if isinstance(values, TensorProto):
        return values
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    array = typed(values, wanted, shape)
    sizes = None
    if shape is not None:
        sizes = sizes_of(shape)
        if allow_broadcast and array.size != math.prod(sizes) and array.shape not in ((1,), ()):
            raise TypeError(f"Expected Tensor's shape: {sizes}, got {array.shape}.")
        check_fills(array, sizes, verify_shape)
    return tensor_proto_of(array, wanted or dtypes.as_dtype(array.dtype), sizes)
