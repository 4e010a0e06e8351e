"""What a test finds around it: folders, devices, and a main function."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from typing import Any


def main(argv: list[str] | None = None) -> None:
    """Runs the tests of the program's main module, and exits."""
    from absl.testing import absltest

    absltest.main(argv=argv)


@functools.cache
def get_temp_dir() -> str:
    """Returns a folder for this process's tests; it is left behind."""
    return tempfile.mkdtemp(dir=os.environ.get("TEST_TMPDIR"))


def test_src_dir_path(relative_path: str) -> str:
    """Returns the path of a file that lies beside the program."""
    return os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """False: programs place nothing on a GPU themselves; Stillflow uses one if XLA finds it."""
    return False


def gpu_device_name() -> str:
    """Returns "": there is no GPU to place operations on."""
    return ""


def is_built_with_cuda() -> bool:
    """False: there is no CUDA code of Stillflow's own."""
    return False


is_built_with_rocm = is_built_with_cuda
is_built_with_gpu_support = is_built_with_cuda
