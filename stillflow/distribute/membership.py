"""Which rank of how many a process is, as its starter says, or the environment of a cluster."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from stillflow.platform.processes import TWO_WAYS

PORT = 29_477
"""Where rank 0 listens unless another port is said."""

HEARTBEAT = 30.0
"""After how many seconds without a word a rank counts as lost."""

FOLLOWED = 75
"""The exit code of a rank that ends because another one has failed."""


@dataclass(frozen=True)
class Membership:
    """A process's place among those that run a program.

    Attributes:
      rank, size: which process this is, of how many.
      local_rank, local_size: the same among those of this machine.
      leader: the address of rank 0, `host:port`.
      host: this process's own address.
      listener: the number of a socket that rank 0 was given to listen on.
      token: what members know each other by.
      heartbeat, patience: seconds until a silent rank, and one that does not come, is given up.
      has_local_batches: whether each rank feeds its part of a batch.
    """

    rank: int
    size: int
    leader: str
    local_rank: int = 0
    local_size: int = 1
    host: str = ""
    listener: int | None = None
    token: str = ""
    heartbeat: float = HEARTBEAT
    patience: float = 60.0
    has_local_batches: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.size:
            raise ValueError(f"Rank {self.rank} is none of {self.size}, which are 0 and on.")

    @property
    def leader_address(self) -> tuple[str, int]:
        host, _, port = self.leader.rpartition(":")
        return host.strip("[]"), int(port)


_VARIABLE = "STILLFLOW_MEMBERSHIP"


def as_variables(membership: Membership) -> dict[str, str]:
    """What a child's environment says for it to be that member."""
    return {_VARIABLE: json.dumps(vars(membership))}


def of_hosts(hosts: str, rank: int | None) -> Membership:
    """The member `rank` of processes on `hosts`, names with commas between and perhaps ports.

    Raises:
      ValueError: the rank is missing, or is none of them.
    """
    names = [name.strip() for name in hosts.split(",") if name.strip()]
    if rank is None:
        raise ValueError("Say with --rank which of the hosts this process is: 0 is the first.")
    if not 0 <= rank < len(names):
        raise ValueError(f"There are {len(names)} hosts, so --rank {rank} is none of 0 and on.")
    leader = names[0] if ":" in names[0] else f"{names[0]}:{PORT}"
    bare = [name.partition(":")[0] for name in names]
    return Membership(
        rank,
        len(names),
        leader,
        local_rank=bare[:rank].count(bare[rank]),
        local_size=bare.count(bare[rank]),
        host=bare[rank],
    )


def taken_from(environment: dict[str, str] | os._Environ[str]) -> Membership | None:
    """The place that the environment gives this process; None where it is alone.

    What `stillflow launch` has said is taken out, so that children of the process are alone; and
    TF_CONFIG, so that the program is one task, which all ranks run.

    Raises:
      ValueError: it names a cluster of another kind.
    """
    said = environment.pop(_VARIABLE, None)
    if said is not None:
        return Membership(**json.loads(said))
    for found in (_of_tf_config, _of_slurm, _of_open_mpi, _of_horovod, _of_torch):
        membership = found(environment)
        if membership is not None and membership.size > 1:
            if found is _of_tf_config:
                del environment["TF_CONFIG"]
            return membership
    return None


# Each of these knows one starter's variables. -----------------------------------------------------


def _of_tf_config(environment: Mapping[str, str]) -> Membership | None:
    """TensorFlow's and Kubernetes': {"cluster": {"worker": [...]}, "task": {...}}."""
    config: dict[str, Any] = json.loads(environment.get("TF_CONFIG") or "{}")
    jobs: dict[str, list[str]] = config.get("cluster") or {}
    task = config.get("task") or {}
    ranks = [
        (job, n) for job in ("chief", "master", "worker") for n in range(len(jobs.get(job, ())))
    ]
    place = task.get("type"), int(task.get("index", 0))
    if len(ranks) < 2 or place not in ranks:
        return None
    if jobs.get("ps"):
        raise ValueError(asynchronous("TF_CONFIG"))
    addresses = [jobs[job][n] for job, n in ranks]
    return of_hosts(",".join(addresses), ranks.index(place))


def _of_slurm(environment: Mapping[str, str]) -> Membership | None:
    """A step that srun started."""
    rank, size = _numbers(environment, "SLURM_PROCID", "SLURM_STEP_NUM_TASKS")
    if size is None or rank is None:
        return None
    nodes = environment.get("SLURM_STEP_NODELIST", "127.0.0.1")
    local = _numbers(environment, "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE")
    port = PORT + int(environment.get("SLURM_JOB_ID", "0")) % 4096
    return _placed(rank, size, f"{_first_node(nodes)}:{port}", *local)


def _first_node(nodes: str) -> str:
    """Of `a[03-05,09],b` that is a03."""
    before, _, behind = re.split(r",(?![^\[]*\])", nodes)[0].partition("[")
    return before + re.split(r"[-,\]]", behind)[0]


def _of_open_mpi(environment: Mapping[str, str]) -> Membership | None:
    """What mpirun started. On several machines MASTER_ADDR may say where rank 0 is."""
    rank, size = _numbers(environment, "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
    if size is None or rank is None:
        return None
    local = _numbers(environment, "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE")
    host = environment.get("MASTER_ADDR") or _of_mpirun(environment)
    if host is None and local[1] != size:
        raise ValueError(
            "Open MPI does not say where rank 0 is. Set MASTER_ADDR to its machine: "
            "mpirun -x MASTER_ADDR=..."
        )
    return _placed(rank, size, _with_port(host or "127.0.0.1", environment), *local)


def _of_mpirun(environment: Mapping[str, str]) -> str | None:
    """The address of mpirun itself, where rank 0 is; Open MPI 5 no longer tells it."""
    found = re.search(r"tcp://(?:\[)?([\d.]+)", environment.get("OMPI_MCA_orte_hnp_uri", ""))
    return found[1] if found else None


def _of_horovod(environment: Mapping[str, str]) -> Membership | None:
    """What horovodrun started."""
    rank, size = _numbers(environment, "HOROVOD_RANK", "HOROVOD_SIZE")
    if size is None or rank is None:
        return None
    local = _numbers(environment, "HOROVOD_LOCAL_RANK", "HOROVOD_LOCAL_SIZE")
    host = environment.get("HOROVOD_GLOO_RENDEZVOUS_ADDR", "127.0.0.1")
    return _placed(rank, size, _with_port(host, environment), *local)


def _of_torch(environment: Mapping[str, str]) -> Membership | None:
    """RANK, WORLD_SIZE and MASTER_ADDR, as torchrun and many job systems set them."""
    rank, size = _numbers(environment, "RANK", "WORLD_SIZE")
    if size is None or rank is None or "MASTER_ADDR" not in environment:
        return None
    local = _numbers(environment, "LOCAL_RANK", "LOCAL_WORLD_SIZE")
    return _placed(rank, size, _with_port(environment["MASTER_ADDR"], environment), *local)


def _numbers(environment: Mapping[str, str], *names: str) -> tuple[int | None, ...]:
    texts = (re.match(r"\d+", environment.get(name, "")) for name in names)
    return tuple(None if text is None else int(text[0]) for text in texts)


def _with_port(host: str, environment: Mapping[str, str]) -> str:
    return f"{host}:{environment.get('MASTER_PORT', PORT)}"


def _placed(
    rank: int, size: int, leader: str, local_rank: int | None, local_size: int | None
) -> Membership:
    placed = Membership(rank, size, leader)
    return replace(placed, local_rank=local_rank or 0, local_size=local_size or 1)


def asynchronous(what: str) -> str:
    """Why a cluster of parameter servers and workers that wait for nobody is refused."""
    return (
        f"{what} names parameter servers: asynchronous training of several workers is not in "
        f"Stillflow.\n  {TWO_WAYS}"
    )
