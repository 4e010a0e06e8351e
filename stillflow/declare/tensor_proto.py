"""`tf.make_tensor_proto`: values as TensorProtos, typed as constants are."""

from __future__ import annotations

from typing import Any

import numpy as np

from stillflow.declare.constants import as_array, shaped
from stillflow.graph import dtypes
from stillflow.graph.protos.tensor_proto import tensor_proto_of
from stillflow.graph.tensor_shape import as_shape


def make_tensor_proto(
    values: Any,
    dtype: Any = None,
    shape: Any = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
):
    """Returns `values` as a TensorProto, as `tf.constant` would type and shape them.

    With `allow_broadcast`, values of another shape are broadcast to `shape`.
    """
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    if isinstance(values, TensorProto):
        return values
    array = as_array(values, None if dtype is None else dtypes.as_dtype(dtype).base_dtype)
    if shape is not None and allow_broadcast and array.size > 1:
        array = np.broadcast_to(array, as_shape(shape).as_list())  # type: ignore[arg-type]
    elif shape is not None:
        array = shaped(array, as_shape(shape), verify_shape)
    return tensor_proto_of(array, dtypes.as_dtype(array.dtype))
