"""`tf.train.Server`: the server of a cluster of one task, which is this process."""

from __future__ import annotations

import socket
import threading
from typing import Any

from stillflow.graph.errors import InvalidArgumentError, UnimplementedError
from stillflow.train.distributing.cluster_spec import ClusterSpec


class Server:
    """Gives the `target` of sessions in this process. No port is opened.

    Args:
      server_or_cluster_def: a ServerDef, or what a ClusterSpec is made of.
      job_name, task_index: which task this is; what the ServerDef says, or the only one.
      protocol: "grpc" by default.
      config: a tf.ConfigProto.
      start: whether it is started; without effect.

    Raises:
      ValueError: the task is not told, or there is none.
      tf.errors.InvalidArgumentError: the cluster has no such task.
      tf.errors.UnimplementedError: the cluster has several tasks.
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ):
        self._server_def = _server_def(
            server_or_cluster_def, job_name, task_index, protocol, config
        )
        cluster = ClusterSpec(self._server_def.cluster)
        job, task = self._server_def.job_name, self._server_def.task_index
        if job not in cluster.jobs or task not in cluster.task_indices(job):
            raise InvalidArgumentError(None, None, f'Task {task} was not defined in job "{job}"')
        count = sum(cluster.num_tasks(name) for name in cluster.jobs)
        if count > 1:
            raise UnimplementedError(
                None,
                None,
                f"A cluster of {count} tasks: several processes cannot work together in Stillflow."
                "\n  Run the program as one task, with tf.train.Server.create_local_server() or "
                "without a server.",
            )
        self._address = cluster.task_address(job, task)

    @property
    def server_def(self) -> Any:
        """The ServerDef."""
        return self._server_def

    @property
    def target(self) -> str:
        """For `tf.Session(server.target)`."""
        return f"grpc://{self._address}"

    def start(self) -> None:
        """Without effect: sessions need no server."""

    def join(self) -> None:
        """Waits for ever, as the servers of TensorFlow do; Ctrl-C ends it."""
        threading.Event().wait()

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """A server of one task, on this machine."""
        with socket.socket() as free:
            free.bind(("localhost", 0))
            address = f"localhost:{free.getsockname()[1]}"
        return Server({"local": [address]}, protocol="grpc", config=config, start=start)


def _server_def(
    given: Any, job_name: str | None, task_index: int | None, protocol: str | None, config: Any
) -> Any:
    from tensorboard.compat.proto.cluster_pb2 import ClusterDef

    from stillflow.train.distributing.server_def import ServerDef

    if isinstance(given, ServerDef):
        cluster, job = ClusterDef(), given.job_name
        cluster.CopyFrom(given.cluster)
        task, protocol = given.task_index, protocol or given.protocol
        job_name = job_name if job_name is not None else job
        task_index = task_index if task_index is not None else task
        config = config or given.default_session_config
    else:
        cluster = ClusterSpec(given).as_cluster_def()
    if job_name is None:
        if len(cluster.job) != 1:
            raise ValueError("Must specify an explicit job_name.")
        job_name = cluster.job[0].name
    if task_index is None:
        tasks: Any = next((job.tasks for job in cluster.job if job.name == job_name), {})
        if len(tasks) != 1:
            raise ValueError("Must specify an explicit task_index.")
        (task_index,) = tasks
    return ServerDef(cluster, job_name, task_index, protocol or "grpc", config)
