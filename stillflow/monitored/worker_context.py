"""What the work of one task of a cluster is done under: who it is, and what falls to it.

`MonitoredTrainingSession` asks the context for its session and for which hooks to add.
"""

from __future__ import annotations

import copy
import os
import threading
from typing import Any

from stillflow.monitored.creators import ChiefSessionCreator, SessionCreator, WorkerSessionCreator
from stillflow.monitored.scaffold import Scaffold
from stillflow.platform import logging


class TaskType:
    """What the tasks of a cluster are for."""

    PS = "ps"
    WORKER = "worker"
    CHIEF = "chief"
    EVALUATOR = "evaluator"
    CLIENT = "client"


_current = threading.local()


def get_current_worker_context() -> WorkerContext | None:
    """The context that this thread is in."""
    return getattr(_current, "context", None)


class WorkerContext:
    """A `with` block in which a task works.

    Args:
      strategy: a strategy, of whose `extended` it is asked whether this task initialises, saves
        checkpoints and saves summaries.
      cluster_spec: a tf.train.ClusterSpec; None for this process alone.
      task_type, task_id: which task of the cluster; None where one builds the graph of all.
      session_config: a tf.ConfigProto.
      rpc_layer: what addresses begin with.
      worker_barrier: where the workers wait for each other.
    """

    def __init__(
        self,
        strategy: Any,
        cluster_spec: Any,
        task_type: str | None,
        task_id: int | None,
        session_config: Any = None,
        rpc_layer: str | None = "grpc",
        worker_barrier: Any = None,
    ):
        self._strategy = strategy
        self._cluster_spec = cluster_spec
        self._task_type = task_type
        self._task_id = task_id
        self._session_config = session_config
        self._rpc_layer = rpc_layer
        self._worker_barrier = worker_barrier

    def __enter__(self) -> None:
        if get_current_worker_context() is not None:
            raise ValueError(
                f"You cannot run distribute coordinator in a `worker_fn`.\t{self._described()}"
            )
        _current.context = self

    def __exit__(self, *exception: object) -> None:
        _current.context = None

    def _described(self) -> str:
        if not self._cluster_spec:
            return "[local]"
        return (
            f"[cluster_spec: {self._cluster_spec!r}, task_type: {self._task_type!r}, "
            f"task_id: {self._task_id!r}]"
        )

    @property
    def master_target(self) -> str:
        """The address of the session's master: '' for this process."""
        if not self._cluster_spec:
            return ""
        job, task = self._task_type, self._task_id or 0
        if not job:
            has_chief = TaskType.CHIEF in self._cluster_spec.jobs
            job, task = TaskType.CHIEF if has_chief else TaskType.WORKER, 0
        layer = f"{self._rpc_layer}://" if self._rpc_layer else ""
        return layer + self._cluster_spec.job_tasks(job)[task]

    @property
    def is_chief(self) -> bool:
        """Whether this task leads: the chief, or the first worker where there is none."""
        if not self._cluster_spec or self._task_type in (TaskType.CHIEF, TaskType.EVALUATOR, None):
            return True
        is_first = self._task_type == TaskType.WORKER and self._task_id == 0
        return is_first and TaskType.CHIEF not in self._cluster_spec.jobs

    @property
    def num_workers(self) -> int:
        """How many workers there are, the chief included; 0 without a cluster."""
        jobs = self._cluster_spec.as_dict() if self._cluster_spec else {}
        return sum(len(jobs.get(job, ())) for job in (TaskType.WORKER, TaskType.CHIEF))

    @property
    def distributed_mode(self) -> bool:
        """Whether it trains with others."""
        return bool(self._cluster_spec) and self._task_type != TaskType.EVALUATOR

    @property
    def strategy(self) -> Any:
        return self._strategy

    @property
    def cluster_spec(self) -> Any:
        return copy.deepcopy(self._cluster_spec)

    @property
    def session_config(self) -> Any:
        return copy.deepcopy(self._session_config)

    @property
    def task_type(self) -> str | None:
        return self._task_type

    @property
    def task_id(self) -> int | None:
        return self._task_id

    @property
    def has_barrier(self) -> bool:
        return self._worker_barrier is not None

    @property
    def experimental_should_init(self) -> bool:
        """Whether this task initialises variables; others wait."""
        return self._strategy.extended.experimental_should_init

    @property
    def should_checkpoint(self) -> bool:
        return self._strategy.extended.should_checkpoint

    @property
    def should_save_summary(self) -> bool:
        return self._strategy.extended.should_save_summary

    def wait_for_other_workers(self) -> None:
        """Waits until all workers wait; at once where nobody was told of."""
        if self._worker_barrier is not None:
            self._worker_barrier.wait()

    def session_creator(
        self,
        scaffold: Scaffold | None = None,
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        max_wait_secs: float = 7200,
    ) -> SessionCreator:
        """Returns what opens a session: one that initialises, if that falls to this task."""
        session_config = self._session_config
        if config:
            session_config = copy.deepcopy(config)
            if self._session_config is not None:
                session_config.MergeFrom(self._session_config)
        if self._strategy and not self.experimental_should_init:
            logging.info("Creating worker session creator with config: %r", config)
            return WorkerSessionCreator(
                scaffold, self.master_target, session_config, max_wait_secs=max_wait_secs
            )
        logging.info("Creating chief session creator with config: %r", config)
        return ChiefSessionCreator(
            scaffold,
            self.master_target,
            session_config,
            checkpoint_dir=checkpoint_dir,
            checkpoint_filename_with_path=checkpoint_filename_with_path,
        )

    def folder(self, whole: str, is_written: bool) -> str | None:
        """Where this task writes: the folder, one below it that nobody reads, or nowhere (None).

        Tasks that reduce together must all run what saves.
        """
        if is_written:
            return whole
        if not type(self._strategy).__name__.startswith(
            ("CollectiveAllReduceStrategy", "MultiWorkerMirroredStrategy")
        ):
            return None
        own = f"tmp_{self._task_type}_{self._task_id}" if self._task_type else "tmp"
        return os.path.join(whole, own)
