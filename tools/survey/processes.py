"""One program, watched: what it prints, until it ends, has printed enough, or is late."""

import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

STILLFLOW = [str(Path(sys.executable).with_name("stillflow")), "run"]


@dataclass
class Ran:
    """A program's lines of standard output and error, and how it ended."""

    lines: list[str]
    errors: list[str]
    processor_seconds: float
    failed: bool
    late: bool


def run(words, folder, environment, seconds, enough=lambda line: False, together=False):
    """Runs `words` in `folder`, with no input.

    The program is ended after `seconds`, or when `enough` of one of its lines.

    Args:
        together: standard error is among the lines, in its order.
    """
    with tempfile.TemporaryFile() as errors:
        program = subprocess.Popen(
            words,
            cwd=folder,
            env={**os.environ, "MPLBACKEND": "Agg", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else errors,
        )
        timer = threading.Timer(seconds, program.kill)
        timer.start()
        lines, done = _until(program.stdout, enough)
        if done:
            program.kill()
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        program.stdout.close()
        late = not timer.is_alive() and not done
        timer.cancel()
        errors.seek(0)
        told = _text(errors.read()).splitlines()
    if late:
        (lines if together else told).append("TimeoutError: ended for the time it took")
    failed = program.returncode != 0 and not done
    return Ran(lines, told, used.ru_utime + used.ru_stime, failed, late)


def _until(output, enough):
    """The lines of `output`, to its end or to those that are enough."""
    lines = []
    for raw in output:
        parts = _text(raw).splitlines()
        lines += parts
        if any([enough(part) for part in parts]):
            return lines, True
    return lines, False


def _text(raw):
    return raw.decode("utf-8", "replace").replace("\r", "\n")
