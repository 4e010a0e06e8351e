"""`tf.train.Server`: the server of a task, whose sessions share what they hold."""

from __future__ import annotations

import socket
import threading
from typing import Any

from stillflow.graph.errors import InvalidArgumentError, UnknownError
from stillflow.runtime import served
from stillflow.train.distributing.cluster_spec import ClusterSpec


class Server:
    """Gives the `target` of sessions in this process, which share variables. No port is opened.

    Args:
      server_or_cluster_def: a ServerDef, or what a ClusterSpec is made of.
      job_name, task_index: which task this is; what the ServerDef says, or the only one.
      protocol: "grpc" by default.
      config: a tf.ConfigProto.
      start: whether it is started; without effect.

    Raises:
      ValueError: the task is not told, or there is none.
      tf.errors.InvalidArgumentError: the cluster has no such task.
      tf.errors.UnknownError: there is a server of that address.
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
        tasks = {
            (name, index): cluster.task_address(name, index)
            for name in cluster.jobs
            for index in cluster.task_indices(name)
        }
        self._address = tasks[job, task] = _bound(tasks[job, task])
        served.serve((job, task), tasks)

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
        """Waits for ever, as the servers of TensorFlow do; Ctrl-C ends it.

        Raises:
          tf.errors.UnimplementedError: the cluster has tasks in other processes.
        """
        served.found(self.target)
        threading.Event().wait()

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """A server of one task, on this machine."""
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)


def _bound(address: str) -> str:
    """The address, with a free port where it says 0.

    Raises:
      tf.errors.InvalidArgumentError: there is no port in it.
      tf.errors.UnknownError: another server has it.
    """
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise InvalidArgumentError(
            None, None, f'Could not parse port for local server from "{address}".'
        )
    if served.is_served(address):
        raise UnknownError(
            None, None, f"Could not start gRPC server\n  Another server of {address} is running."
        )
    if int(port) != 0:
        return address
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return f"{host}:{free.getsockname()[1]}"


def _server_def(
    given: Any, job_name: str | None, task_index: int | None, protocol: str | None, config: Any
) -> Any:
    from tensorboard.compat.proto.cluster_pb2 import ClusterDef

    from stillflow.train.distributing.server_def import ServerDef

    if isinstance(given, ServerDef):
        cluster, job = ClusterDef(), given.job_name
        cluster.CopyFrom(given.cluster)
        task, protocol = given.task_index, protocol or given.protocol
        job_name = job_name if job_name is not None else job or None
        task_index = task_index if task_index is not None else task
        if config is None and given.HasField("default_session_config"):
            config = given.default_session_config
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
    made: Any = ServerDef(
        cluster=cluster, job_name=job_name, task_index=task_index, protocol=protocol or "grpc"
    )
    if config is not None:
        made.default_session_config.CopyFrom(config)
    return made
