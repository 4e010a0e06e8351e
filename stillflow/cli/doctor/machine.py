"""The machine, its Python, and how much of it this process may use."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Any

_QUOTA = Path("/sys/fs/cgroup/cpu.max")  # "200000 100000": microseconds in each period


def python() -> dict[str, Any]:
    """Which Python this is, and where."""
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "is_virtual": sys.prefix != sys.base_prefix,
    }


def system() -> dict[str, Any]:
    """The operating system and the processor; `memory` is in bytes, None where it is not told."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # on Windows, and where the name is unknown
        memory = None
    return {"platform": platform.platform(), "machine": platform.machine(), "memory": memory}


def threads() -> dict[str, Any]:
    """Cores: of the machine, those that this process may be on, and its share where one is set."""
    cores = os.cpu_count()
    affinity = getattr(os, "sched_getaffinity", None)
    usable = len(affinity(0)) if affinity else cores
    return {"cores": cores, "usable": usable, "share": _share()}


def _share() -> float | None:
    """How many cores' time a container grants; None where it sets no limit."""
    try:
        granted, period = _QUOTA.read_text().split()
        return int(granted) / int(period)
    except (OSError, ValueError):  # no such file, or "max"
        return None
