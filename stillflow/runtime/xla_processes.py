"""XLA's own meeting of the ranks: their devices, and how these reach each other.

JAX has the first process serve all, and every process aborts when that one dies. So the service is
a process of its own here (`runtime.xla_service`), which rank 0 starts and which outlives it by a
little; who is gone is found out elsewhere (`platform.processes`).
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jax
from jax._src import api, xla_bridge

from stillflow.platform import processes
from stillflow.runtime import accelerators

_FOREVER = 10_000_000  # seconds: nothing is to be found dead by XLA
_PATIENCE = 120
_services: list[subprocess.Popen] = []  # whose input is open as long as this process is there


def meet(count: int) -> None:
    """Makes the devices of all ranks known to this one's JAX, which has not started.

    Where several ranks share a machine's GPUs, each has `count` of them.

    Raises:
      tf.errors.InternalError: another rank has failed.
    """
    group = processes.group()
    port = _serve(group.size, group.leader) if group.rank == 0 else None
    port = group.exchange("the start of XLA", port)[0]
    jax.config.update("jax_enable_preemption_service", False)  # it takes SIGTERM for itself
    jax.config.update("jax_check_proxy_envs", False)
    _reach_each_other_at(group.host)
    jax.distributed.initialize(
        f"{group.leader}:{port}",
        group.size,
        group.rank,
        local_device_ids=_own_devices(count),
        coordinator_bind_address="127.0.0.1:0",  # the one that JAX starts in rank 0 serves nobody
        initialization_timeout=_PATIENCE,
        heartbeat_timeout_seconds=_FOREVER,
        shutdown_timeout_seconds=_PATIENCE,  # of ranks that are all at the end
    )
    # It waits for the other ranks, which one that has failed must not.
    atexit.unregister(api.clean_up)
    processes.when_closed(api.clean_up)


def _own_devices(count: int) -> list[int] | None:
    group = processes.group()
    if group.local_size == 1 or accelerators.platform() == "cpu" or accelerators.visible():
        return None
    first = group.local_rank * (count or 1)
    return list(range(first, first + (count or 1)))


def _serve(size: int, host: str) -> int:
    """Starts the process that serves XLA's meeting, which ends some time after this one.

    Returns its port.
    """
    service = subprocess.Popen(
        [sys.executable, "-m", "stillflow.runtime.xla_service", host, str(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt of the program is not for it
    )
    _services.append(service)
    assert service.stdout is not None
    return int(service.stdout.readline() or 0)


def _reach_each_other_at(host: str) -> None:
    """Has the processors' collectives listen at `host`; JAX would take the machine's name."""
    library = xla_bridge._jax
    make = getattr(library, "make_gloo_tcp_collectives", None)
    if make is not None:
        address = socket.gethostbyname(host)
        library.make_gloo_tcp_collectives = functools.partial(make, hostname=address)


@contextlib.contextmanager
def quiet_output() -> Iterator[None]:
    """A block in which libraries print nothing on the standard output, which is the program's."""
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def ordered(devices: list[Any], count: int) -> list[Any]:
    """Of each process so many devices, or all, process after process."""
    found: list[Any] = []
    for rank in range(processes.group().size):
        own = [device for device in devices if device.process_index == rank]
        if count > len(own):
            raise ValueError(
                f"Runs cannot be spread over {count} devices of rank {rank}: JAX has "
                f"{', '.join(map(str, own))}."
            )
        found += own[: count or None]
    return found
