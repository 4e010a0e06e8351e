"""Where a program finds its cluster: `tf.contrib.cluster_resolver`.

Names and addresses only; nothing is connected to.
"""

from __future__ import annotations

import json
import os
from typing import Any

from stillflow.graph.errors import NotFoundError
from stillflow.train.distributing.cluster_spec import ClusterSpec


class ClusterResolver:
    """The protocol: `cluster_spec`, `master`, and where the program runs, as far as is known."""

    task_type: Any = None
    task_id: Any = None
    rpc_layer: Any = None
    environment: Any = ""

    def cluster_spec(self) -> ClusterSpec | None:
        raise NotImplementedError("cluster_spec is not implemented for this cluster resolver.")

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        """The address of a task, '' for this process."""
        raise NotImplementedError("master is not implemented for this cluster resolver.")

    def num_accelerators(
        self, task_type: Any = None, task_id: Any = None, config_proto: Any = None
    ) -> dict[str, int]:
        """How many devices there are, by kind, besides CPUs."""
        return {}


def _address(spec: ClusterSpec, task_type: str, task_id: int, rpc_layer: Any) -> str:
    return _url(spec.task_address(task_type, task_id), rpc_layer)


def _url(address: str, rpc_layer: Any) -> str:
    return f"{rpc_layer}://{address}" if rpc_layer else address


class SimpleClusterResolver(ClusterResolver):
    """A cluster that is told.

    Args:
      cluster_spec: the ClusterSpec.
      master: the address of the master, when no task is asked for.
      task_type, task_id, environment, rpc_layer: what the attributes say.
      num_accelerators: what `num_accelerators()` says.

    Raises:
      TypeError: `cluster_spec` is no ClusterSpec.
    """

    def __init__(
        self,
        cluster_spec: ClusterSpec,
        master: str = "",
        task_type: Any = None,
        task_id: Any = None,
        environment: Any = "",
        num_accelerators: dict[str, int] | None = None,
        rpc_layer: Any = None,
    ):
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a ClusterSpec.")
        self.task_type, self.task_id = task_type, task_id
        self.environment, self.rpc_layer = environment, rpc_layer
        self._cluster_spec = cluster_spec
        self._master = master
        self._num_accelerators = num_accelerators or {}

    def cluster_spec(self) -> ClusterSpec:
        return self._cluster_spec

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        layer = rpc_layer or self.rpc_layer
        if task_type is None or task_id is None:
            return _url(self._master, layer)
        return _address(self._cluster_spec, task_type, task_id, layer)

    def num_accelerators(
        self, task_type: Any = None, task_id: Any = None, config_proto: Any = None
    ) -> dict[str, int]:
        return self._num_accelerators


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the environment's TF_CONFIG names, JSON.

    Args:
      task_type, task_id, rpc_layer, environment: instead of what TF_CONFIG says.
    """

    def __init__(
        self,
        task_type: Any = None,
        task_id: Any = None,
        rpc_layer: Any = None,
        environment: Any = None,
    ):
        config = _config()
        task = config.get("task", {})
        self.task_type = task_type or task.get("type")
        index = task_id or task.get("index")  # TensorFlow takes a 0 for none, too
        self.task_id = None if index is None else int(index)
        self.rpc_layer = rpc_layer or config.get("rpc_layer")
        self.environment = environment or config.get("environment")

    def cluster_spec(self) -> ClusterSpec:
        return ClusterSpec(_config().get("cluster", {}))

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        spec = self.cluster_spec()
        if not spec:
            return ""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        return _address(spec, task_type, task_id, self.rpc_layer)


def _config() -> dict[str, Any]:
    config: dict[str, Any] = json.loads(os.environ.get("TF_CONFIG", "{}"))
    return config


class UnionClusterResolver(ClusterResolver):
    """Several clusters as one: the jobs of all; the rest as the first has it.

    Args:
      args: the resolvers.
      rpc_layer: instead of the first one's.

    Raises:
      ValueError: there is none.
      TypeError: one is no ClusterResolver.
    """

    def __init__(self, *args: ClusterResolver, rpc_layer: Any = None):
        if not args:
            raise ValueError("At least one ClusterResolver is required.")
        for resolver in args:
            if not isinstance(resolver, ClusterResolver):
                raise TypeError("All arguments must be a sub-class of `ClusterResolver.`")
        first = args[0]
        self.task_type, self.task_id = first.task_type, first.task_id
        self.environment, self.rpc_layer = first.environment, rpc_layer or first.rpc_layer
        self._resolvers = args

    def cluster_spec(self) -> ClusterSpec:
        """The jobs of all; the tasks of a job that several have follow one another.

        Raises:
          KeyError: several give the same task, by its number.
        """
        merged: dict[str, Any] = {}
        for resolver in self._resolvers:
            for job, tasks in (resolver.cluster_spec() or ClusterSpec({})).as_dict().items():
                merged[job] = _joined(merged[job], tasks) if job in merged else tasks
        return ClusterSpec(merged)

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        if task_type is not None and task_id is not None:
            spec = self.cluster_spec()
            return _address(spec, task_type, task_id, rpc_layer or self.rpc_layer)
        return self._resolvers[0].master(rpc_layer=rpc_layer)


def _joined(tasks: Any, others: Any) -> Any:
    if isinstance(tasks, list) and isinstance(others, list):
        return tasks + others
    numbered, more = (
        dict(each) if isinstance(each, dict) else dict(enumerate(each)) for each in (tasks, others)
    )
    for number in numbered.keys() & more.keys():
        raise KeyError(f"Duplicate keys detected when merging two ClusterSpecs: {number!r}")
    return numbered | more


class TPUClusterResolver(ClusterResolver):
    """The address of a TPU that is told: 'local' or '' for none, or '...://host:port'.

    A TPU's name would have to be asked of Google's cloud, and no TPU can be used here.

    Raises:
      ValueError: no TPU is named.
      NotFoundError: a name that is no address.
    """

    def __init__(
        self,
        tpu: Any = None,
        zone: Any = None,
        project: Any = None,
        job_name: str = "worker",
        coordinator_name: Any = None,
        coordinator_address: Any = None,
        credentials: Any = "default",
        service: Any = None,
        discovery_url: Any = None,
    ):
        first = tpu[0] if isinstance(tpu, (list, tuple)) and tpu else tpu
        if first is None:
            raise ValueError("Please provide a TPU Name to connect to.")
        self._tpu = first.decode() if isinstance(first, bytes) else first
        if self._tpu not in ("", "local") and "://" not in self._tpu:
            raise NotFoundError(
                None,
                None,
                f"The TPU {self._tpu!r} cannot be looked up.\n"
                "  Run the program without a TPU: use_tpu=False.",
            )
        self._job_name = job_name
        self.task_type, self.task_id = job_name, 0
        if "://" in self._tpu:
            self.rpc_layer = self._tpu.partition("://")[0]

    def cluster_spec(self) -> ClusterSpec | None:
        _, _, address = self._tpu.partition("://")
        return ClusterSpec({self._job_name: [address]}) if address else None

    def master(self, task_type: Any = None, task_id: Any = None, rpc_layer: Any = None) -> str:
        return self._tpu

    get_master = master

    def get_job_name(self) -> str | None:
        return self._job_name if "://" in self._tpu else None
