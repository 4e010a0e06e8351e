"""When a thread waits: tests of how waiting ends must not end it before it has begun."""

import threading
import time
from pathlib import Path

TASKS = Path("/proc/self/task")
LOOKS_APART = 0.02
LITTLE = 1_000_000  # nanoseconds: what waits may look now and then whether it still has to
LONG = 60  # seconds; so late comes no thread


def until_it_waits(*threads: threading.Thread) -> None:
    """Returns once each thread waits for something, or has ended.

    It waits when it sleeps and has had next to no processor time since the last look, however busy
    the machine is: a thread that wants the interpreter gets it while this one sleeps.
    """
    last = time.monotonic() + LONG
    for thread in threads:
        before = None
        while thread.is_alive():
            now = _taken_asleep(thread)
            if now is not None and before is not None and now - before < LITTLE:
                break
            assert time.monotonic() < last, f"{thread} does not come to rest."
            before = now
            time.sleep(LOOKS_APART)


def _taken_asleep(thread: threading.Thread) -> int | None:
    """The processor time of a thread that sleeps; None of one that would go on, or has ended."""
    if not TASKS.is_dir():
        return 0  # this system does not tell
    task = TASKS / str(thread.native_id)
    try:
        taken = (task / "schedstat").read_text().split()[0]
        state = (task / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None
    return int(taken) if state == "S" else None
