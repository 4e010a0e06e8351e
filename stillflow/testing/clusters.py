"""`tf.test.create_local_cluster`: servers of several tasks in this process."""

from __future__ import annotations

import socket
from typing import Any

from stillflow.train.distributing.cluster_spec import ClusterSpec
from stillflow.train.distributing.server import Server


def create_local_cluster(
    num_workers: int,
    num_ps: int,
    protocol: str = "grpc",
    worker_config: Any = None,
    ps_config: Any = None,
) -> tuple[list[Server], list[Server]]:
    """Returns the servers of the jobs "worker" and "ps" of a new cluster.

    Their sessions share variables, each of the task that `tf.device` puts it on.
    """
    counts = {"worker": num_workers, "ps": num_ps}
    spec = ClusterSpec({job: _free_addresses(count) for job, count in counts.items()})
    configs = {"worker": worker_config, "ps": ps_config}
    workers, servers = (
        [Server(spec, job, task, protocol, configs[job]) for task in range(count)]
        for job, count in counts.items()
    )
    return workers, servers


def _free_addresses(count: int) -> list[str]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("localhost", 0))
        return [f"localhost:{one.getsockname()[1]}" for one in sockets]
    finally:
        for one in sockets:
            one.close()
