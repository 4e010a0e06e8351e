"""Which task of a cluster is which: `tensorflow.python.distribute.multi_worker_util`."""

from __future__ import annotations

from typing import Any

from stillflow.monitored.worker_context import TaskType, WorkerContext, get_current_worker_context
from stillflow.train.distributing.cluster_spec import ClusterSpec

_TYPES = (TaskType.CHIEF, TaskType.WORKER, TaskType.EVALUATOR, TaskType.PS)


def normalize_cluster_spec(cluster_spec: Any) -> ClusterSpec:
    """Returns the ClusterSpec of a dict, a ClusterDef or a ClusterSpec.

    Raises:
      ValueError: it is something else.
    """
    if isinstance(cluster_spec, ClusterSpec):
        return cluster_spec
    if not isinstance(cluster_spec, dict) and type(cluster_spec).__name__ != "ClusterDef":
        raise ValueError(
            "`cluster_spec' should be dict or a `tf.train.ClusterSpec` or a "
            "`tf.train.ClusterDef` object"
        )
    return ClusterSpec(cluster_spec)


def _tasks(cluster_spec: Any, task_type: Any, task_id: Any) -> dict[str, Any]:
    """The addresses by job of a cluster that has the task; ValueError where it has not."""
    if cluster_spec is None or task_type is None or task_id is None:
        raise ValueError(
            "None of `cluster_spec`, `task_type`, and `task_id` should be `None`."
            "\n  Give all three."
        )
    jobs = normalize_cluster_spec(cluster_spec).as_dict()
    if task_type not in _TYPES:
        raise ValueError(
            f"Unrecognized task_type: {task_type!r}, valid task types are: "
            '"chief", "worker", "evaluator" and "ps".'
        )
    if task_type not in jobs:
        raise ValueError(f"`task_type` {task_type!r} not found in cluster_spec.")
    for single in (TaskType.CHIEF, TaskType.EVALUATOR):
        if len(jobs.get(single, ())) > 1:
            raise ValueError(f"There must be at most one '{single}' job.")
    if task_id >= len(jobs[task_type]):
        raise ValueError(f"The `task_id` {task_id} exceeds the maximum id of {task_type}.")
    return jobs


def is_chief(cluster_spec: Any = None, task_type: Any = None, task_id: Any = None) -> bool:
    """Whether the task leads; in a worker's context, whether that task does.

    Raises:
      ValueError: the cluster has no such task.
    """
    context = get_current_worker_context()
    if context is not None:
        return context.is_chief
    _tasks(cluster_spec, task_type, task_id)
    spec = normalize_cluster_spec(cluster_spec)
    return WorkerContext(None, spec, task_type, task_id).is_chief


def collective_leader(cluster_spec: Any, task_type: Any, task_id: Any) -> str:
    """Returns the device of the task that leads where all reduce together; '' without one."""
    spec = normalize_cluster_spec(cluster_spec)
    if not spec:
        return ""
    jobs = _tasks(spec, task_type, task_id)
    if task_type == TaskType.EVALUATOR:
        return ""
    job = TaskType.CHIEF if TaskType.CHIEF in jobs else TaskType.WORKER
    return f"/job:{job}/replica:0/task:0"


def worker_count(cluster_spec: Any, task_type: Any) -> int:
    """Returns how many train, the chief included, or how many evaluate.

    Raises:
      ValueError: `task_type` does neither.
    """
    jobs = _tasks(cluster_spec, task_type, 0)
    if task_type == TaskType.PS:
        raise ValueError(f"Unexpected `task_type` {task_type!r}")
    if task_type == TaskType.EVALUATOR:
        return len(jobs[task_type])
    return len(jobs.get(TaskType.CHIEF, ())) + len(jobs.get(TaskType.WORKER, ()))


def id_in_cluster(cluster_spec: Any, task_type: Any, task_id: Any) -> int:
    """Returns the number of a task among `worker_count`; ValueError for a parameter server."""
    jobs = _tasks(cluster_spec, task_type, task_id)
    if task_type == TaskType.PS:
        raise ValueError(f"There is no id for task_type {task_type!r}")
    chiefs = len(jobs.get(TaskType.CHIEF, ())) if task_type == TaskType.WORKER else 0
    return int(task_id) + chiefs


def has_worker_context() -> bool:
    """Whether this thread works as a task."""
    return get_current_worker_context() is not None


def _context() -> WorkerContext:
    context = get_current_worker_context()
    if context is None:
        raise ValueError(
            "There is no worker context.\n"
            "  Call this in a function that run_distribute_coordinator runs."
        )
    return context


def should_save_checkpoint() -> bool:
    """Whether saving falls to the task that this thread works as."""
    return bool(_context().should_checkpoint)


def should_load_checkpoint() -> bool:
    """Whether initialising falls to the task that this thread works as."""
    return bool(_context().experimental_should_init)


def wait_for_other_workers() -> None:
    """Waits until all workers wait."""
    _context().wait_for_other_workers()
