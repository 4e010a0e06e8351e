"""Each file of tests in a forked process of its own, several at a time, with a limit.

What the tests run on is imported once, before the forks, and does nothing before them.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from .results import Sink, split

GRACE = 60  # seconds after its limit in which a file may end by itself


class Child:
    """A process that runs one file, and the folder of what it writes."""

    def __init__(self, path, run, options):
        self.path = path
        self.folder = Path(tempfile.mkdtemp("conformance"))
        self.latest = time.time() + options.per_file + GRACE
        self.late = False
        sys.stdout.flush()
        self.pid = os.fork()
        if not self.pid:
            self._work(run)

    def _work(self, run):
        """In the child: runs the file, and ends."""
        status = 1
        try:
            os.setsid()
            os.chdir(str(self.folder))
            tempfile.tempdir = str(self.folder)
            said = os.open("said", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            os.dup2(said, 1)
            os.dup2(said, 2)
            with Sink(self.folder / "result.tsv") as sink:
                run(self.path, sink)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)

    def end_if_late(self):
        if time.time() > self.latest and not self.late:
            self.late = True
            os.killpg(self.pid, signal.SIGKILL)

    def hand_over(self, total, status):
        """Adds its results to the total: a test that it did not come to is an error."""
        lines = contents(self.folder / "result.tsv").splitlines()
        if status or self.late:
            why = "over the time for the file" if self.late else "the process ended with it"
            done = {split(line)[:2] for line in lines}
            planned = contents(self.folder / "result.planned").splitlines()
            for file, test in map(split, planned or [f"{self.path}\t<import>"]):
                if (file, test) not in done:
                    lines.append("\t".join((file, test, "error", "DIED " + why)))
        total.add(lines, contents(self.folder / "result.jsonl"))
        print(f"{self.path}: {counted(lines)}", flush=True)
        shutil.rmtree(str(self.folder), ignore_errors=True)


def run_all(paths, run, options):
    """run(path, sink) of each, in a process of its own."""
    waiting, running = list(reversed(paths)), {}
    with Sink(options.out, anew=True) as total:
        while waiting or running:
            while waiting and len(running) < options.jobs:
                child = Child(waiting.pop(), run, options)
                running[child.pid] = child
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                running.pop(pid).hand_over(total, status)
                continue
            for child in running.values():
                child.end_if_late()
            time.sleep(0.1)


def counted(lines):
    """["a.py\\tX.y\\tpass\\t", ...] -> "pass 1 of 1" """
    kinds = [split(line)[2] for line in lines]
    each = " ".join(f"{kind} {kinds.count(kind)}" for kind in sorted(set(kinds)))
    return f"{each} of {len(kinds)}"


def contents(path):
    return path.read_text("utf-8", "replace") if path.exists() else ""
