"""The proto of queue runners, which no kept package ships: TensorFlow's queue_runner.proto."""

from __future__ import annotations

from functools import cache
from typing import Any

from stillflow.graph.protos import schema

_SCHEMA: schema.Schema = {
    "QueueRunnerDef": {
        "queue_name": (1, "string"),
        "enqueue_op_name": (2, "*string"),
        "close_op_name": (3, "string"),
        "cancel_op_name": (4, "string"),
        "queue_closed_exception_types": (5, "*int32"),
    }
}


@cache
def queue_runner_def_class() -> Any:
    return schema.message_class(schema.pool_of(_SCHEMA, "stillflow"), "stillflow.QueueRunnerDef")
