"""The messages of `tensorflow.core.profiler`, of which TensorBoard has no copy."""

from __future__ import annotations

import functools
from typing import Any

from stillflow.graph.protos.schema import Schema, message_class, pool_of

_PACKAGE = "tensorflow.tfprof"
_OWN = {
    "exec_micros": (2, 2),
    "accelerator_exec_micros": (17, 12),
    "cpu_exec_micros": (18, 13),
    "requested_bytes": (3, 3),
    "peak_bytes": (24, 16),
    "residual_bytes": (25, 17),
    "output_bytes": (26, 18),
    "parameters": (4, 4),
    "float_ops": (13, 5),
    "total_exec_micros": (6, 6),
    "total_accelerator_exec_micros": (19, 14),
    "total_cpu_exec_micros": (20, 15),
    "total_requested_bytes": (7, 7),
    "total_peak_bytes": (27, 19),
    "total_residual_bytes": (28, 20),
    "total_output_bytes": (29, 21),
    "total_parameters": (8, 8),
    "total_float_ops": (14, 9),
}
_SCHEMA: Schema = {
    # These two are as those of tensorflow.core.framework on the wire and in text.
    "Dim": {"size": (1, "int64"), "name": (2, "string")},
    "TensorShapeProto": {"dim": (2, "*Dim"), "unknown_rank": (3, "bool")},
    "Trace": {
        "file": (1, "string"),
        "file_id": (6, "int64"),
        "lineno": (2, "int32"),
        "function": (3, "string"),
        "function_id": (7, "int64"),
        "line": (4, "string"),
        "line_id": (8, "int64"),
        "func_start_line": (5, "int32"),
    },
    "CodeDef": {"traces": (1, "*Trace")},
    "OpLogEntry": {
        "name": (1, "string"),
        "float_ops": (2, "int64"),
        "types": (3, "*string"),
        "code_def": (4, "CodeDef"),
    },
    "OpLogProto": {
        "log_entries": (1, "*OpLogEntry"),
        "id_to_string": (2, "<int64:string"),
    },
    "TFProfTensorProto": {
        "dtype": (1, "int32"),
        "value_double": (2, "*double"),
        "value_int64": (3, "*int64"),
        "value_str": (4, "*string"),
    },
    "GraphNodeProto": {
        "name": (1, "string"),
        "tensor_value": (15, "TFProfTensorProto"),
        "run_count": (21, "int64"),
        "devices": (10, "*string"),
        "total_definition_count": (23, "int64"),
        "total_run_count": (22, "int64"),
        **{name: (number, "int64") for name, (number, _) in _OWN.items()},
        "shapes": (11, "*TensorShapeProto"),
        "input_shapes": (16, "<int32:TensorShapeProto"),
        "children": (12, "*GraphNodeProto"),
    },
    "MultiGraphNodeProto": {
        "name": (1, "string"),
        **{name: (number, "int64") for name, (_, number) in _OWN.items()},
        "graph_nodes": (10, "*GraphNodeProto"),
        "children": (11, "*MultiGraphNodeProto"),
    },
    "Checker": {"reports": (2, "*string")},
    "AdviceProto": {"checkers": (1, "<Checker")},
}
MODULES = {
    "tfprof_log_pb2": ("CodeDef", "OpLogEntry", "OpLogProto"),
    "tfprof_output_pb2": (
        *("TFProfTensorProto", "GraphNodeProto", "MultiGraphNodeProto", "AdviceProto"),
    ),
}


@functools.cache
def message(name: str) -> Any:
    """The class of the messages of that name."""
    return message_class(_pool(), f"{_PACKAGE}.{name}")


@functools.cache
def _pool() -> Any:
    return pool_of(_SCHEMA, _PACKAGE)


def __getattr__(name: str) -> Any:
    if name in _SCHEMA:
        return message(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
