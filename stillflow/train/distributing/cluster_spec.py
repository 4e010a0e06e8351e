"""`tf.train.ClusterSpec`: the tasks of a cluster, by job."""

from __future__ import annotations

from functools import cached_property
from typing import Any


class ClusterSpec:
    """Jobs, each with the network addresses of its tasks.

    Args:
      cluster: {job: [address, ...]} or {job: {task: address}}; a ClusterDef; another ClusterSpec.

    Raises:
      TypeError: something is of another type.
    """

    def __init__(self, cluster: Any):
        self._jobs: dict[str, dict[int, str]]
        if isinstance(cluster, ClusterSpec):
            self._jobs = {job: dict(tasks) for job, tasks in cluster._jobs.items()}
        elif isinstance(cluster, dict):
            self._jobs = {job: _tasks(job, tasks) for job, tasks in cluster.items()}
        elif type(cluster).__name__ == "ClusterDef":
            self._jobs = {job.name: dict(job.tasks.items()) for job in cluster.job}
        else:
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network "
                "addresses, or a `ClusterDef` protocol buffer"
            )

    def __bool__(self) -> bool:
        return bool(self._jobs)

    def __eq__(self, other: object) -> bool:
        return self._jobs == (other._jobs if isinstance(other, ClusterSpec) else other)

    __hash__ = None  # type: ignore[assignment] # as in TensorFlow

    def __str__(self) -> str:
        jobs = self.as_dict()
        return "ClusterSpec({" + ", ".join(f"{job!r}: {jobs[job]!r}" for job in sorted(jobs)) + "})"

    def as_dict(self) -> dict[str, Any]:
        """{job: [address, ...]}, or {task: address} for a job that lacks tasks in between."""
        found: dict[str, Any] = {}
        for job, tasks in self._jobs.items():
            is_whole = bool(tasks) and max(tasks) + 1 == len(tasks)
            found[job] = self.job_tasks(job) if is_whole else dict(sorted(tasks.items()))
        return found

    def as_cluster_def(self) -> Any:
        """The ClusterDef."""
        return self._cluster_def

    @cached_property
    def _cluster_def(self) -> Any:
        from tensorboard.compat.proto.cluster_pb2 import ClusterDef

        cluster = ClusterDef()
        for job, tasks in sorted(self._jobs.items()):
            definition = cluster.job.add(name=job)
            for task, address in sorted(tasks.items()):
                definition.tasks[task] = address
        return cluster

    @property
    def jobs(self) -> list[str]:
        return list(self._jobs)

    def num_tasks(self, job_name: str) -> int:
        return len(self._job(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        return sorted(self._job(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task; ValueError without one."""
        tasks = self._job(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of a job's tasks by their numbers, None where there is none."""
        tasks = self._job(job_name)
        return [tasks.get(task) for task in range(max(tasks) + 1)]

    def _job(self, name: str) -> dict[int, str]:
        if name not in self._jobs:
            raise ValueError(f"No such job in cluster: {name!r}")
        return self._jobs[name]


def _tasks(job: Any, tasks: Any) -> dict[int, str]:
    if not isinstance(job, (str, bytes)):
        raise TypeError(f"Job name {job!r} must be bytes or unicode")
    if not isinstance(tasks, (list, tuple, dict)):
        raise TypeError(
            f"The tasks for job {job!r} must be a list or a dictionary from integers to strings."
        )
    numbered = dict(tasks) if isinstance(tasks, dict) else dict(enumerate(tasks))
    for address in numbered.values():
        if not isinstance(address, (str, bytes)):
            raise TypeError(f"Task address {address!r} must be bytes or unicode")
    return numbered
