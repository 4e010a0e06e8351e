"""What machine this is, and how fast it is just now."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

import numpy as np

SIZE, SECONDS = 512, 0.2


def description() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), model)
    cores = f"{os.cpu_count()} cores, {model}, {platform.system()}"
    return f"{cores}, Python {platform.python_version()}"


def gemm_rate() -> float:
    """GFLOP/s of NumPy's product of two f32[512, 512], over a fifth of a second.

    The mean, not the best: what else the machine does now is to be seen.
    """
    x = np.ones((SIZE, SIZE), np.float32)
    out = x @ x
    start, products = time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < SECONDS:
        np.matmul(x, x, out)
        products += 1
    return 2e-9 * SIZE**3 * products / passed
