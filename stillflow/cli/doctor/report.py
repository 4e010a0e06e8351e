"""All that `stillflow doctor` finds, as data and as text."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stillflow.cli.doctor import machine, packages, problems, variables
from stillflow.cli.doctor.cache import Cache, cache
from stillflow.cli.doctor.checks import Check, checks
from stillflow.cli.doctor.packages import Extra, Package
from stillflow.cli.doctor.problems import Problem
from stillflow.cli.tables import aligned, in_bytes


@dataclass(frozen=True)
class Report:
    """What was found. Its fields are the keys of `stillflow doctor --json`; see docs/doctor.md."""

    stillflow: dict[str, Any]
    python: dict[str, Any]
    system: dict[str, Any]
    threads: dict[str, Any]
    packages: list[Package]
    extras: dict[str, Extra]
    tensorflow: str | None
    devices: list[dict[str, Any]]
    cache: Cache
    environment: dict[str, str]
    checks: list[Check]
    problems: list[Problem]
    notes: list[str]


def examined(patience: float) -> Report:
    """Looks at everything; the runs may take `patience` seconds in all."""
    needed, extras, tensorflow = packages.needed(), packages.extras(), packages.tensorflow()
    kept, (made, devices) = cache(), checks(patience)
    wrong = list(problems.of_environment())
    failed = [  # not a second time what a variable has brought about
        problem
        for problem in problems.of_checks(made, devices)
        if not any(other.what in problem.what for other in wrong)
    ]
    return Report(
        stillflow={
            "version": packages.version_of("stillflow"),
            "folder": str(Path(__file__).parents[2]),
        },
        python=machine.python(),
        system=machine.system(),
        threads=machine.threads(),
        packages=needed,
        extras=extras,
        tensorflow=tensorflow,
        devices=devices,
        cache=kept,
        environment=variables.those_set(os.environ),
        checks=made,
        problems=[
            *problems.of_packages(needed, extras),
            *wrong,
            *problems.of_cache(kept),
            *failed,
        ],
        notes=list(problems.notes(kept, tensorflow)),
    )


def lines(report: Report) -> Iterator[str]:
    """The report as text, what is wrong at its end."""
    yield from aligned(_head(report), indent="")
    yield from ("", "Packages")
    yield from aligned([_row(package) for package in report.packages])
    yield from ("", "Extras")
    yield from aligned([_extra_row(name, extra) for name, extra in report.extras.items()])
    yield from ("", "Devices of JAX" if report.devices else "Devices of JAX: not known")
    yield from aligned([_device_row(device) for device in report.devices])
    yield from ("", "Environment" if report.environment else "Environment: nothing is set")
    yield from (f"  {name}={value}" for name, value in report.environment.items())
    yield from ("", "Checks")
    yield from aligned([_check_row(check) for check in report.checks])
    for note in report.notes:
        yield from ("", f"Note: {note}")
    for problem in report.problems:
        yield from ("", f"Problem: {problem.what}", f"  {problem.fix}")
    if not report.problems:
        yield from ("", "No problems.")


def _head(report: Report) -> list[list[str]]:
    python, system, threads = report.python, report.system, report.threads
    memory = "" if system["memory"] is None else f", {in_bytes(system['memory'])} of memory"
    where = f" ({python['executable']})"
    cores = f"{threads['usable']} of {threads['cores']} cores"
    if threads["share"] is not None:
        cores += f", the time of {threads['share']:g}"
    return [
        ["Stillflow", f"{report.stillflow['version']} ({report.stillflow['folder']})"],
        ["Python", f"{python['implementation']} {python['version']}{where}"],
        ["System", f"{system['platform']}{memory}"],
        ["Threads", cores],
        ["TensorFlow", report.tensorflow or "not installed, and not needed"],
        ["Cache", _cache_text(report.cache)],
    ]


def _cache_text(kept: Cache) -> str:
    if kept.folder is None:
        return "off"
    state = kept.trouble or "writable"
    size = f"{in_bytes(kept.size)} of at most {in_bytes(kept.limit)}"
    return f"{kept.folder} ({kept.files} files, {size}; {state})"


def _row(package: Package) -> list[str]:
    return [package.name, package.version or "missing", package.needed]


def _extra_row(name: str, extra: Extra) -> list[str]:
    if not extra.installed:
        return [name, "not installed", f"python -m pip install 'stillflow[{name}]'"]
    versions = (f"{package.name} {package.version}" for package in extra.packages)
    return [name, "installed", ", ".join(versions)]


def _device_row(device: dict[str, Any]) -> list[str]:
    memory = device["memory"]
    return [device["name"], device["kind"], "" if memory is None else in_bytes(memory)]


def _check_row(check: Check) -> list[str]:
    took = "" if check.seconds is None else f"{check.seconds:.1f} s"
    return ["fails" if check.said else "good", check.name, took]
