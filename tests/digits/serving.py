"""A real server for the tests: its own process, on a free port of this machine."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def server(folder, *options: str) -> Iterator[str]:
    """Runs `stillflow digits serve` on a model folder; gives its address."""
    command = [sys.executable, "-u", "-m", "stillflow", "digits", "serve"]
    arguments = ["--port", "0", "--model", str(folder), *options]
    process = subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield _address(process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    printed = ""
    for line in process.stdout or ():
        printed += line
        if found := re.search(r"http://\S+", line):
            return found[0]
    raise AssertionError(f"The server ended early: {printed}")
