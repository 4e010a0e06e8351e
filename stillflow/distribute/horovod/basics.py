"""Which rank this is, of how many, in Horovod's words."""

from __future__ import annotations

import os
from typing import Any

from stillflow.distribute.membership import taken_from
from stillflow.platform import processes

_state = {"is_initialized": False}


def init(*_: Any, **__: Any) -> None:
    """Has the ranks that `stillflow` was started with each go its own way.

    Call it before anything is run. A process that was started alone is rank 0 of 1.

    Raises:
      RuntimeError: another starter's ranks were not started by `stillflow run`; or something was
        compiled already.
    """
    group = processes.group()
    if group.size == 1 and taken_from(dict(os.environ)) is not None:
        raise RuntimeError(
            "This process is one of several, but Stillflow was not told.\n  Start the program by "
            "`stillflow run PROGRAM`, under mpirun or srun too, or by `stillflow launch`."
        )
    if group.size > 1 and not group.is_apart:
        _go_apart(group)
    _state["is_initialized"] = True


def _go_apart(group: processes.Alone) -> None:
    from stillflow.runtime import tiers

    if tiers.xla.cache_info().currsize:
        raise RuntimeError(
            "hvd.init() comes too late: runs were compiled before it.\n  Call it first of all."
        )
    group.go_apart()
    tiers.xla()  # the devices of all ranks meet


def shutdown() -> None:
    """Ends nothing: the ranks leave together when the program ends."""
    _state["is_initialized"] = False


def is_initialized() -> bool:
    """Whether `init` was called."""
    return _state["is_initialized"]


def _group() -> processes.Alone:
    if not is_initialized():
        raise ValueError("Horovod has not been initialized; use hvd.init().")
    return processes.group()


def rank() -> int:
    """This process's number; ValueError before `init`."""
    return _group().rank


def size() -> int:
    """How many processes there are; ValueError before `init`."""
    return _group().size


def local_rank() -> int:
    """This process's number among those of its machine; ValueError before `init`."""
    return _group().local_rank


def local_size() -> int:
    """How many processes are on this machine; ValueError before `init`."""
    return _group().local_size


def cross_rank() -> int:
    """The number of this machine, where all have as many processes."""
    return _group().rank // _group().local_size


def cross_size() -> int:
    """How many machines there are, where all have as many processes."""
    return -(-_group().size // _group().local_size)


def is_homogeneous() -> bool:
    """Whether all machines have as many processes, as far as it shows from here."""
    return _group().size % _group().local_size == 0


def mpi_threads_supported() -> bool:
    """False: there is no MPI."""
    _group()
    return False


def mpi_enabled() -> bool:
    """False: there is no MPI."""
    return False


def mpi_built() -> bool:
    """False: there is no MPI."""
    return False


def gloo_enabled() -> bool:
    """Whether processors talk by Gloo."""
    return True


def gloo_built() -> bool:
    """Whether processors talk by Gloo."""
    return True


def nccl_built() -> int:
    """0: what GPUs talk by is XLA's own affair."""
    return 0
