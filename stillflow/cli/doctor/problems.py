"""What is broken, by what was found, and what mends it; and what is only worth knowing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from stillflow.cli.doctor import variables
from stillflow.cli.doctor.cache import Cache
from stillflow.cli.doctor.checks import Check
from stillflow.cli.doctor.packages import Extra, Package
from stillflow.runtime import accelerators

_CHOOSE_DEVICES = (
    *("CUDA_VISIBLE_DEVICES", "JAX_PLATFORMS", "STILLFLOW_DEVICE", "STILLFLOW_DEVICES"),
    *("STILLFLOW_MATMUL_PRECISION", "XLA_FLAGS"),
)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and what mends it."""

    what: str
    fix: str


def of_packages(packages: list[Package], extras: dict[str, Extra]) -> Iterator[Problem]:
    """Packages that are missing, or of a version that does not suit."""
    if not packages:
        yield Problem(
            "Stillflow is not installed as a package, so what it needs is not known.",
            "python -m pip install stillflow, or in a checkout: python -m pip install -e .",
        )
    for package in packages:
        if not package.suits:
            yield Problem(_of(package), f"python -m pip install '{package.name}{package.needed}'")
    for name, extra in extras.items():
        for package in extra.packages:
            if package.version and not package.suits and package not in packages:
                fix = f"python -m pip install --upgrade 'stillflow[{name}]'"
                yield Problem(f"{_of(package)} The extra {name} uses it.", fix)


def _of(package: Package) -> str:
    if package.version is None:
        return f"{package.name} is not installed, and Stillflow needs it."
    return f"{package.name} is {package.version}; {package.needed} is needed."


def of_environment() -> Iterator[Problem]:
    """Variables of the environment whose values cannot be."""
    for name, said in variables.wrong():
        yield Problem(said, f"unset {name}")


def of_cache(cache: Cache) -> Iterator[Problem]:
    """A folder of compiled code that keeps none."""
    if cache.trouble:
        yield Problem(
            f"Compiled code cannot be kept in {cache.folder}: {cache.trouble}. "
            "Each process compiles anew.",
            "Set STILLFLOW_CACHE to a folder that you may write to, or to off.",
        )


def of_checks(checks: list[Check], devices: list[dict[str, object]]) -> Iterator[Problem]:
    """Small runs that failed, and a GPU that JAX does not show."""
    for check in checks:
        if check.said:
            yield Problem(f"{check.name[0].upper()}{check.name[1:]}: {check.said}", _mended(check))
    if devices and _foresees_gpu() and all(device["platform"] == "cpu" for device in devices):
        yield Problem(
            "There is a GPU and JAX's plugin for it, but JAX shows the processor alone.",
            "Bring the driver and the plugin together: python -m pip install --upgrade "
            "'stillflow[cuda]' (docs/gpu.md); to do without the GPU: STILLFLOW_DEVICE=cpu",
        )


def _foresees_gpu() -> bool:
    try:
        return accelerators.platform() == "gpu"
    except ValueError:  # what the environment says is a problem of its own
        return False


def _mended(check: Check) -> str:
    if "NumPy" in check.name:
        return "python -m pip install --upgrade --force-reinstall stillflow"
    if "protobuf" in check.name:
        return "python -m pip install --upgrade --force-reinstall protobuf tensorboard"
    if "stillflow-native" in check.name:
        return (
            "python -m pip install --force-reinstall 'stillflow[native]'; "
            "STILLFLOW_NATIVE=off does without it"
        )
    told = [name for name in _CHOOSE_DEVICES if name in os.environ]
    if told:
        without = " ".join(f"-u {name}" for name in told)
        return f"Try without what the environment says: env {without} stillflow doctor"
    return (
        "STILLFLOW_DEVICE=cpu keeps programs to the processor, and STILLFLOW_TIER=host to NumPy; "
        "JAX anew: python -m pip install --upgrade --force-reinstall jax jaxlib"
    )


def notes(cache: Cache, tensorflow: str | None) -> Iterator[str]:
    """What is not broken, and may surprise."""
    if tensorflow:
        yield (
            f"{tensorflow} is installed too. `stillflow run program.py` uses Stillflow all the "
            "same; `python program.py` imports TensorFlow itself."
        )
    if accelerators.has_gpu() and not accelerators.has_gpu_plugin():
        yield (
            "There is a GPU, and nothing by which JAX could use it. For NVIDIA's: "
            "python -m pip install 'stillflow[cuda]' (docs/gpu.md)."
        )
    if cache.folder is None:
        yield "STILLFLOW_CACHE is off: each process compiles anew."
    for name, meant in variables.unknown(dict(os.environ)).items():
        hint = f" Is {meant} meant?" if meant else ""
        yield f"{name} is set, and Stillflow knows no such variable.{hint}"
