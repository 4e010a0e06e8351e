"""Has the small runs of `probe` made in another process, for so long and no longer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from stillflow.cli.doctor.probe import CHECKS


@dataclass(frozen=True)
class Check:
    """One small run.

    Attributes:
      seconds: how long it took; None where it did not end.
      said: what was wrong; None where nothing was.
    """

    name: str
    seconds: float | None
    said: str | None


def checks(patience: float) -> tuple[list[Check], list[dict[str, Any]]]:
    """The checks that were begun, within so many seconds in all, and JAX's devices."""
    # A look at a GPU is no reason to take its memory, which another program may be using.
    environment = {**os.environ, "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
    command = [sys.executable, "-P", "-m", "stillflow.cli.doctor.probe"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=patience)
    except subprocess.TimeoutExpired as stopped:
        return read((stopped.stdout or b"").decode().splitlines(), _hung(patience))
    return read(done.stdout.decode().splitlines(), _ended(done))


def read(lines: Iterable[str], unfinished: str) -> tuple[list[Check], list[dict[str, Any]]]:
    """The same from what was printed; `unfinished` is said of the check that did not end."""
    begun: str | None = next(iter(CHECKS))  # before its first line the process is at the first
    found, devices = [], []
    for line in lines:
        event = json.loads(line)
        devices += event.get("devices", ())
        if "ends" in event:
            found.append(Check(event["ends"], event["seconds"], event["said"]))
            begun = None
        begun = event.get("starts", begun)
    if begun is None and len(found) < len(CHECKS):
        begun = list(CHECKS)[len(found)]
    return found + ([Check(begun, None, unfinished)] if begun else []), devices


def _hung(patience: float) -> str:
    return f"It has not ended after {patience:g} seconds."


def _ended(done: subprocess.CompletedProcess[bytes]) -> str:
    """How the process ended, with the last that it wrote to standard error."""
    if done.returncode < 0:
        how = f"The process was ended by {signal.Signals(-done.returncode).name}."
    else:
        how = f"The process ended with code {done.returncode}."
    last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
    return " ".join([how, *last])
