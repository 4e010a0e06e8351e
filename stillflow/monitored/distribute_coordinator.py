"""Runs a function as the one task of a cluster: `run_distribute_coordinator`."""

from __future__ import annotations

import copy
import json
import os
import threading
from collections.abc import Callable
from typing import Any

from stillflow.graph.errors import UnimplementedError
from stillflow.monitored.cluster_tasks import normalize_cluster_spec
from stillflow.monitored.worker_context import TaskType, WorkerContext
from stillflow.platform import logging
from stillflow.runtime.served import is_served
from stillflow.train.distributing.cluster_spec import ClusterSpec
from stillflow.train.distributing.server import Server


class CoordinatorMode:
    """Whether one client leads the cluster, or each task its own part."""

    STANDALONE_CLIENT = "standalone_client"
    INDEPENDENT_WORKER = "independent_worker"


class Barrier:
    """Where a number of threads wait for each other, as often as they want."""

    def __init__(self, num_participants: int):
        self._barrier = threading.Barrier(num_participants)

    def wait(self) -> None:
        self._barrier.wait()


def run_distribute_coordinator(
    worker_fn: Callable[[Any], Any],
    strategy: Any,
    eval_fn: Callable[[Any], Any] | None = None,
    eval_strategy: Any = None,
    mode: str = CoordinatorMode.STANDALONE_CLIENT,
    cluster_spec: Any = None,
    task_type: str | None = None,
    task_id: int | None = None,
    session_config: Any = None,
    rpc_layer: str | None = "grpc",
) -> Any:
    """Calls `worker_fn(strategy)` in a context that says which task it is.

    Args:
      worker_fn, eval_fn: what trains and what evaluates; without a cluster one after the other.
      strategy, eval_strategy: given copies of, which are configured for the task.
      mode: a CoordinatorMode.
      cluster_spec: a dict, a ClusterDef or a ClusterSpec, of one task; else TF_CONFIG may say.
      task_type, task_id: which task this process is.
      session_config: a tf.ConfigProto.
      rpc_layer: what addresses begin with.

    Returns:
      What `worker_fn` returned, where it ran as a task of a cluster.

    Raises:
      ValueError: another mode or task.
      tf.errors.UnimplementedError: the cluster has several tasks.
    """
    environment = json.loads(os.environ.get("TF_CONFIG", "{}"))
    if not cluster_spec:
        cluster_spec = environment.get("cluster")
        task = environment.get("task", {})
        task_type, task_id = task.get("type", task_type), task.get("index", task_id)
    if session_config is None:
        session_config = _default_session_config()
    rpc_layer = environment.get("rpc_layer", rpc_layer)
    run = _Runs(session_config, rpc_layer)
    if not cluster_spec:
        logging.info("Running local Distribute Coordinator.")
        run(worker_fn, strategy, None, None, None)
        if eval_fn:
            run(eval_fn, eval_strategy, None, None, None)
        else:
            logging.warning("Skipped evaluation since `eval_fn` is not passed in.")
        return None
    if mode not in (CoordinatorMode.STANDALONE_CLIENT, CoordinatorMode.INDEPENDENT_WORKER):
        raise ValueError(f"Unexpected coordinator mode: {mode!r}")
    spec = normalize_cluster_spec(cluster_spec)
    if mode == CoordinatorMode.INDEPENDENT_WORKER and task_type not in spec.jobs:
        raise ValueError(f"Unexpected task_type: {task_type!r}")
    job = spec.jobs[0] if task_type in (None, TaskType.CLIENT) else task_type
    if mode == CoordinatorMode.INDEPENDENT_WORKER:
        run.configure_for_server(
            eval_strategy if job == TaskType.EVALUATOR else strategy, spec, job
        )
    _require_alone(spec)
    if mode == CoordinatorMode.INDEPENDENT_WORKER and not is_served(spec.task_address(job, 0)):
        server = Server(spec, job, 0)
        if job == TaskType.PS:
            server.join()
    if job == TaskType.EVALUATOR:
        return run(eval_fn or worker_fn, eval_strategy, spec, job, 0)
    return run(worker_fn, strategy, spec, job, 0)


def _require_alone(spec: ClusterSpec) -> None:
    """UnimplementedError where a cluster has several tasks."""
    count = sum(spec.num_tasks(job) for job in spec.jobs)
    if count > 1:
        raise UnimplementedError(
            None,
            None,
            f"A cluster of {count} tasks: several processes cannot work together in Stillflow."
            "\n  Run the program as one task, or without a cluster.",
        )


class _Runs:
    """Runs functions, each in a context of its own, with a copy of its strategy."""

    def __init__(self, session_config: Any, rpc_layer: str | None):
        self._session_config = session_config
        self._rpc_layer = rpc_layer

    def configure_for_server(self, strategy: Any, spec: ClusterSpec, job: str) -> None:
        """What a strategy asks of the task's server is asked of its sessions, too."""
        self._configure(self._session_config, strategy, spec, job, 0)
        del self._session_config.device_filters[:]

    def _configure(
        self,
        config: Any,
        strategy: Any,
        spec: ClusterSpec | None,
        task_type: str | None,
        task_id: int | None,
    ) -> Any:
        """Returns a copy of the strategy that is configured for a task, and its needs in `config`.

        Who evaluates does so alone.
        """
        strategy = copy.deepcopy(strategy)
        if strategy is not None and task_type == TaskType.EVALUATOR:
            strategy.configure(config)
        elif strategy is not None:
            strategy.configure(config, spec, task_type, task_id)
        return strategy

    def __call__(
        self,
        function: Callable[[Any], Any],
        strategy: Any,
        spec: ClusterSpec | None,
        task_type: str | None,
        task_id: int | None,
    ) -> Any:
        config = copy.deepcopy(self._session_config)
        strategy = self._configure(config, strategy, spec, task_type, task_id)
        with WorkerContext(strategy, spec, task_type, task_id, config, self._rpc_layer):
            return function(strategy)


def _default_session_config() -> Any:
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    return ConfigProto(allow_soft_placement=True)
