"""What a test finds around it: folders, devices, and a main function."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from typing import Any

from stillflow.runtime.accelerators import has_gpu_plugin
from stillflow.runtime.devices import Gpu, gpus
from stillflow.testing import benchmark


def main(argv: list[str] | None = None) -> None:
    """Runs the tests of the program's main module, and exits.

    With the flag `--benchmarks=PATTERN` it runs the program's benchmarks in their place.
    """
    from absl import app
    from absl.testing import absltest

    pattern = benchmark.asked_for(argv)
    if pattern is None:
        absltest.main(argv=argv)
    else:
        app.run(lambda _: benchmark.run_benchmarks(pattern), argv=argv)


@functools.cache
def get_temp_dir() -> str:
    """Returns a folder for this process's tests; it is left behind."""
    return tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))


def test_src_dir_path(relative_path: str) -> str:
    """Returns the path of a file that lies beside the program."""
    return os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Returns whether JAX has a GPU, which it opens to say so.

    Args:
      cuda_only: only one of NVIDIA's counts.
      min_cuda_compute_capability: the least (major, minor) that one of those must have.
    """
    least = min_cuda_compute_capability or (0, 0)
    return any(
        _capability(gpu) >= tuple(least) if _is_cuda(gpu) else not cuda_only for gpu in gpus()
    )


def _is_cuda(gpu: Gpu) -> bool:
    """An AMD device's capability is a name, as `gfx90a`."""
    return gpu.capability[:1].isdecimal()


def _capability(gpu: Gpu) -> tuple[int, ...]:
    return tuple(map(int, gpu.capability.split(".")))


def gpu_device_name() -> str:
    """Returns "/device:GPU:0" where JAX has a GPU, else ""."""
    return f"/device:GPU:{gpus()[0].number}" if gpus() else ""


def is_built_with_cuda() -> bool:
    """Returns whether what JAX needs for NVIDIA's GPUs is installed, `stillflow[cuda]`."""
    return has_gpu_plugin("xla_cuda")


def is_built_with_rocm() -> bool:
    """Returns whether what JAX needs for AMD's GPUs is installed."""
    return has_gpu_plugin("xla_rocm")


def is_built_with_gpu_support() -> bool:
    """Returns whether what JAX needs for GPUs is installed."""
    return has_gpu_plugin()
