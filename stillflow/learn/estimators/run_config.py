"""`tf.contrib.learn.RunConfig`: where and how an estimator of `contrib.learn` trains."""

from __future__ import annotations

import collections
import json
import os
from collections.abc import Iterable
from typing import Any

from stillflow.estimator import run_config
from stillflow.learn.experimental import experimental
from stillflow.platform import logging
from stillflow.platform.deprecation import deprecated
from stillflow.train.distributing.cluster_spec import ClusterSpec

_CHECKPOINT_SECS = 600
# What `uid` leaves out by default: it says nothing of the model.
_APART = (
    *("tf_random_seed", "save_summary_steps", "save_checkpoints_steps", "save_checkpoints_secs"),
    *("session_config", "keep_checkpoint_max", "keep_checkpoint_every_n_hours"),
    "log_step_count_steps",
)


class Environment:
    """Where a cluster runs."""

    CLOUD = "cloud"
    GOOGLE = "google"
    LOCAL = "local"


class TaskType:
    """What a task of a cluster does."""

    MASTER = "master"
    PS = "ps"
    WORKER = "worker"


class ClusterConfig:
    """What the environment's TF_CONFIG says of the cluster and of this task.

    Args:
      master: the address of the session's server, by default that of this task in the cluster.
      evaluation_master: the same for evaluation.

    Raises:
      ValueError: this task is not in the cluster.
    """

    def __init__(self, master: str | None = None, evaluation_master: str | None = None):
        settings = _settings()
        self._task_type = settings.get("task", {}).get("type")
        self._task_id = self.get_task_id()
        self._cluster_spec = ClusterSpec(settings.get("cluster", {}))
        if master is None:
            master = _master(self._cluster_spec, self._task_type, self._task_id)
        self._master = master
        self._num_ps_replicas = self._count("ps")
        self._num_worker_replicas = self._count("worker") + self._count("master")
        self._environment = settings.get("environment", Environment.LOCAL)
        self._is_chief = self._task_id == 0 and self._is_of_chief_job()
        self._evaluation_master = evaluation_master or ""

    def _count(self, job: str) -> int:
        return len(self._cluster_spec.as_dict().get(job, ()))

    def _is_of_chief_job(self) -> bool:
        if self._task_type is None:
            return True
        in_cloud = self._environment == Environment.CLOUD
        return self._task_type == (TaskType.MASTER if in_cloud else TaskType.WORKER)

    @property
    def cluster_spec(self) -> Any:
        return self._cluster_spec

    @property
    def environment(self) -> str:
        return self._environment

    @property
    def evaluation_master(self) -> str:
        return self._evaluation_master

    @property
    def is_chief(self) -> bool:
        return self._is_chief

    @property
    def master(self) -> str:
        return self._master

    @property
    def num_ps_replicas(self) -> int:
        return self._num_ps_replicas

    @property
    def num_worker_replicas(self) -> int:
        return self._num_worker_replicas

    @property
    def task_id(self) -> int:
        return self._task_id

    @property
    def task_type(self) -> str | None:
        return self._task_type

    @staticmethod
    def get_task_id() -> int:
        """The number of this task, as TF_CONFIG has it, or 0."""
        return int(_settings().get("task", {}).get("index") or 0)


class RunConfig(ClusterConfig, run_config.RunConfig):
    """The settings of an estimator, which do not change: `replace` makes others.

    Args:
      master: the address of the session's server.
      num_cores, log_device_placement, gpu_memory_fraction: go into `tf_config`.
      tf_random_seed: of each graph that is built.
      save_summary_steps: how often summaries are saved.
      save_checkpoints_secs, save_checkpoints_steps: how often checkpoints are; every 600 seconds by
        default.
      keep_checkpoint_max, keep_checkpoint_every_n_hours: as Saver's.
      log_step_count_steps: how often the rate of steps is logged.
      evaluation_master: the address of the server for evaluation.
      model_dir: where checkpoints and summaries go; else the environment's TF_CONFIG may say.
      session_config: a tf.ConfigProto.
      session_creation_timeout_secs: how long others than the chief wait.

    Raises:
      ValueError: `model_dir` is another in TF_CONFIG, or this task is not in its cluster.
    """

    _USE_DEFAULT = 0

    @deprecated(
        None,
        "When switching to tf.estimator.Estimator, use tf.estimator.RunConfig instead.",
    )
    def __init__(
        self,
        master: str | None = None,
        num_cores: int = 0,
        log_device_placement: bool = False,
        gpu_memory_fraction: float = 1,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_secs: int | None = _USE_DEFAULT,
        save_checkpoints_steps: int | None = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        protocol: str | None = None,
        evaluation_master: str = "",
        model_dir: str | None = None,
        session_config: Any = None,
        session_creation_timeout_secs: float = 7200,
    ):
        ClusterConfig.__init__(self, master=master, evaluation_master=evaluation_master)
        if save_checkpoints_secs == RunConfig._USE_DEFAULT:
            save_checkpoints_secs = _CHECKPOINT_SECS if save_checkpoints_steps is None else None
        own = {
            "train_distribute": None,
            "eval_distribute": None,
            "experimental_max_worker_delay_secs": None,
            "device_fn": None,
            "tf_config": _tf_config(num_cores, log_device_placement, gpu_memory_fraction),
            "tf_random_seed": tf_random_seed,
            "save_summary_steps": save_summary_steps,
            "save_checkpoints_secs": save_checkpoints_secs,
            "log_step_count_steps": log_step_count_steps,
            "protocol": protocol,
            "session_config": session_config,
            "save_checkpoints_steps": save_checkpoints_steps,
            "keep_checkpoint_max": keep_checkpoint_max,
            "keep_checkpoint_every_n_hours": keep_checkpoint_every_n_hours,
            "model_dir": _model_dir(model_dir),
            "session_creation_timeout_secs": session_creation_timeout_secs,
        }
        vars(self).update({f"_{name}": value for name, value in own.items()})

    @property
    def tf_config(self) -> Any:
        """The tf.ConfigProto of the first settings."""
        return self._tf_config  # type: ignore[attr-defined]

    @experimental
    def uid(self, whitelist: Iterable[str] | None = None) -> str:
        """A text that is the same for settings that are the same, but for those in `whitelist`."""
        state = {name: value for name, value in vars(self).items() if not name.startswith("__")}
        for name in _APART if whitelist is None else whitelist:
            state.pop(f"_{name}", None)
        if "_cluster_spec" in state:
            jobs = sorted(state["_cluster_spec"].as_dict().items())
            state["_cluster_spec"] = collections.OrderedDict(jobs)
        return ", ".join(f"{name}={value!r}" for name, value in sorted(state.items()))


def _settings() -> dict[str, Any]:
    return json.loads(os.environ.get("TF_CONFIG") or "{}")


def _tf_config(cores: int, log_placement: bool, gpu_memory: float) -> Any:
    from tensorboard.compat.proto.config_pb2 import ConfigProto, GPUOptions

    return ConfigProto(
        log_device_placement=log_placement,
        inter_op_parallelism_threads=cores,
        intra_op_parallelism_threads=cores,
        gpu_options=GPUOptions(per_process_gpu_memory_fraction=gpu_memory),
    )


def _master(cluster: ClusterSpec, task_type: str | None, task_id: int) -> str:
    jobs = cluster.jobs
    if not jobs or (len(jobs) == 1 and len(cluster.job_tasks(jobs[0])) == 1) or not task_type:
        return ""
    if task_type not in jobs:
        raise ValueError(
            f"{task_type} is not a valid task_type in the cluster_spec:\n{cluster}\n\n"
            "Note that these values may be coming from the TF_CONFIG environment variable."
        )
    addresses = cluster.job_tasks(task_type)
    if not 0 <= task_id < len(addresses):
        raise ValueError(
            f"{task_id} is not a valid task_id for task_type {task_type} in the cluster_spec:\n"
            f"{cluster}\n\n"
            "Note that these value may be coming from the TF_CONFIG environment variable."
        )
    return f"grpc://{addresses[task_id]}"


def _model_dir(model_dir: str | None) -> str | None:
    in_environment = _settings().get("model_dir")
    if in_environment is not None:
        if model_dir is not None and in_environment != model_dir:
            raise ValueError(
                "`model_dir` provided in RunConfig construct, if set, must have the same value as "
                f'the model_dir in TF_CONFIG. model_dir: {model_dir}\nTF_CONFIG["model_dir"]: '
                f"{in_environment}.\n"
            )
        logging.info("Using model_dir in TF_CONFIG: %s", in_environment)
    return model_dir or in_environment
