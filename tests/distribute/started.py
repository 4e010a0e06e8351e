"""Programs of this folder started by the `stillflow` command, and what they print."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COMMAND = (sys.executable, "-m", "stillflow")
LIMIT = 120  # seconds, for a machine that does other things


def environment(**more: str) -> dict[str, str]:
    """This process's, without what the tests that run beside set, every run compiled."""
    own = {key: value for key, value in os.environ.items() if key != "STILLFLOW_TIER"}
    return {**own, "STILLFLOW_TIER": "xla", **more}


def done(*command: str, cwd=None, **more: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [*COMMAND, *command],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=environment(**more),
        timeout=LIMIT,
    )


def printed(*command: str, cwd=None, **more: str) -> str:
    """What a command that succeeds writes to its standard output."""
    finished = done(*command, cwd=cwd, **more)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def losses(*command: str, cwd=None, **more: str) -> list[float]:
    """The losses that a program prints."""
    lines = printed(*command, cwd=cwd, **more).splitlines()
    return [float.fromhex(line.split()[1]) for line in lines if line.startswith("loss ")]
