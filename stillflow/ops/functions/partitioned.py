"""Calls of functions whose name is an attribute of the call: `functional_ops.partitioned_call`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stillflow.declare.convert import convert_to_tensor
from stillflow.declare.emitting import emit
from stillflow.graph import dtypes
from stillflow.graph.function_library import FunctionName
from stillflow.graph.graph import get_default_graph
from stillflow.ops.functions.calls import partitioned_call_op, stateful_partitioned_call_op


def partitioned_call(
    args: Sequence[Any],
    f: Any,
    tout: Sequence[Any] | None = None,
    executing_eagerly: bool | None = None,
    config: bytes | None = None,
    executor_type: str | None = None,
) -> Any:
    """Returns what function `f`, one that `Defun` made, gives for `args`, captured inputs included.

    That is a list of tensors, or the operation when there are none.

    Args:
      tout: the types of the outputs; those of `f` by default.
      config: a serialized ConfigProto for the call; one without rewriting by default.
      executor_type: recorded.
    """
    del executing_eagerly
    types = [tensor.dtype for tensor in f.body.outputs] if tout is None else tout
    types = [dtypes.as_dtype(dtype).base_dtype for dtype in types]
    config = _without_rewriting() if config is None else config
    defn = stateful_partitioned_call_op if f.stateful_ops else partitioned_call_op
    if types:
        return defn(args, Tout=types, f=f, config_proto=config, executor_type=executor_type or "")
    tensors = [convert_to_tensor(arg) for arg in args]
    f.add_to_graph(get_default_graph())
    attrs = {
        "Tin": [tensor.dtype.base_dtype for tensor in tensors],
        "Tout": [],
        "f": FunctionName(f.name),
        "config": "",
        "config_proto": _without_rewriting(),
        "executor_type": executor_type or "",
    }
    return emit(defn, tensors, attrs, "PartitionedFunctionCall")


def _without_rewriting() -> bytes:
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    config = ConfigProto()
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    return config.SerializeToString()
