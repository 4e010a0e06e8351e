"""`tf.train.ServerDef`: what a server is to be. Not a protocol buffer, but of its fields."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


def _no_cluster() -> Any:
    from tensorboard.compat.proto.cluster_pb2 import ClusterDef

    return ClusterDef()


@dataclass
class ServerDef:
    """The task `task_index` of job `job_name` in a cluster, a ClusterDef."""

    cluster: Any = field(default_factory=_no_cluster)
    job_name: str = ""
    task_index: int = 0
    protocol: str = ""
    default_session_config: Any = None
