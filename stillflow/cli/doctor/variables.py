"""The environment variables that change what Stillflow does, and whether their values can be."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping

from stillflow.runtime import accelerators, tiers
from stillflow.runtime.native import native_setting

OWN = {
    "STILLFLOW_CACHE": "the folder of compiled code, or off",
    "STILLFLOW_DEVICE": "the device of compiled runs: cpu, gpu, gpu:1 and so on",
    "STILLFLOW_DEVICES": "how many devices share each compiled run: a number, or all",
    "STILLFLOW_EXPLAIN": "1, or the file for a report of what runs did",
    "STILLFLOW_MATMUL_PRECISION": "products on a GPU: float32, tensorfloat32 or bfloat16",
    "STILLFLOW_MEMBERSHIP": "a rank's place, which stillflow launch gives it",
    "STILLFLOW_NATIVE": "convolutions and products by stillflow-native: auto, always or off",
    "STILLFLOW_PROGRESS": "off leaves out the line that says what takes long",
    "STILLFLOW_RANK": "this process's rank, which stillflow run tells its children",
    "STILLFLOW_SIZE": "how many ranks there are, likewise",
    "STILLFLOW_STRICT": "1 rounds each product and sum on its own",
    "STILLFLOW_TIER": "where runs are carried out: auto, host or xla",
}
_SECRET = ("STILLFLOW_MEMBERSHIP",)  # it holds what ranks know each other by
_OTHERS = (
    *("AUTOGRAPH_STRICT_CONVERSION", "AUTOGRAPH_VERBOSITY"),
    *("CUDA_VISIBLE_DEVICES", "GLIBC_TUNABLES", "KERAS_HOME", "LD_PRELOAD", "PYTHONHASHSEED"),
    *("PYTHONOPTIMIZE", "PYTHONPATH", "TEST_REPORT_FILE_PREFIX", "TEST_TMPDIR", "TMPDIR"),
    "XDG_CACHE_HOME",
    *("LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "RANK", "WORLD_SIZE"),
    *("SLURM_JOB_ID", "SLURM_LOCALID", "SLURM_PROCID", "TF_CONFIG", "TF_FORCE_GPU_ALLOW_GROWTH"),
    "TF_FORWARD_COMPATIBILITY_DELTA_DAYS",
)
_FAMILIES = (
    *(
        "AUTOGRAPH_",
        "HOROVOD_",
        "JAX_",
        "MALLOC_",
        "MKL_",
        "OMPI_COMM_",
        "OMPI_MCA_orte_hnp_uri",
        "OMP_",
    ),
    *("OPENBLAS_", "SLURM_STEP_", "TF_CPP_", "TF_CUDNN_", "XLA_"),
)


def matters(name: str) -> bool:
    """Whether a variable is one that Stillflow, or what it builds on, heeds."""
    return name in _OTHERS or name.startswith(("STILLFLOW_", *_FAMILIES))


def those_set(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that matter, with their values but for secrets."""
    return {
        name: "(not shown)" if name in _SECRET else environment[name]
        for name in sorted(environment)
        if matters(name)
    }


def unknown(environment: Mapping[str, str]) -> dict[str, str | None]:
    """Variables with our prefix that mean nothing, each with the name that may have been meant."""
    names = [n for n in sorted(environment) if n.startswith("STILLFLOW_") and n not in OWN]
    return {name: next(iter(difflib.get_close_matches(name, OWN)), None) for name in names}


def wrong() -> Iterator[tuple[str, str]]:
    """Of this process's own: a variable whose value cannot be, and what is said of it."""
    checks = (
        ("STILLFLOW_TIER", tiers.tier_setting),
        ("STILLFLOW_DEVICE", accelerators.chosen),
        ("STILLFLOW_DEVICES", accelerators.spread),
        ("STILLFLOW_NATIVE", native_setting),
    )
    for name, check in checks:
        try:
            if name in os.environ:
                check()
        except ValueError as error:
            yield name, str(error)
