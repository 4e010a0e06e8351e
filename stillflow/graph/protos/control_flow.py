"""The protos of choices and loops, which no kept package ships: TensorFlow's control_flow.proto."""

from __future__ import annotations

from functools import cache
from typing import Any

from stillflow.graph.protos import schema

_SCHEMA: schema.Schema = {
    "ValuesDef": {"values": (1, "*string"), "external_values": (2, "<string")},
    "ControlFlowContextDef": {
        "cond_ctxt": (1, "CondContextDef"),
        "while_ctxt": (2, "WhileContextDef"),
    },
    "CondContextDef": {
        "context_name": (1, "string"),
        "pred_name": (2, "string"),
        "pivot_name": (3, "string"),
        "branch": (4, "int32"),
        "values_def": (5, "ValuesDef"),
        "nested_contexts": (6, "*ControlFlowContextDef"),
    },
    "WhileContextDef": {
        "context_name": (1, "string"),
        "parallel_iterations": (2, "int32"),
        "back_prop": (3, "bool"),
        "swap_memory": (4, "bool"),
        "pivot_name": (5, "string"),
        "pivot_for_pred_name": (6, "string"),
        "pivot_for_body_name": (7, "string"),
        "loop_exit_names": (8, "*string"),
        "values_def": (9, "ValuesDef"),
        "loop_enter_names": (10, "*string"),
        "maximum_iterations_name": (11, "string"),
        "nested_contexts": (12, "*ControlFlowContextDef"),
    },
}
MESSAGES = tuple(_SCHEMA)
_IN_ONEOF = {("ControlFlowContextDef", field): "ctxt" for field in ("cond_ctxt", "while_ctxt")}


@cache
def message_class(name: str) -> Any:
    """The class of the messages called so, one of MESSAGES."""
    return schema.message_class(_pool(), f"stillflow.{name}")


@cache
def _pool() -> Any:
    return schema.pool_of(_SCHEMA, "stillflow", _IN_ONEOF)
