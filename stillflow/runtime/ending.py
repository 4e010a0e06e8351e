"""The end of a process while threads of it run compiled code.

A thread that comes back from there to a Python that is gone brings the process down (SIGABRT). So
the process waits for it, for a while, and lets no other in.
"""

from __future__ import annotations

import atexit
import sys
import threading
import time
from types import FrameType

_LONGEST = 10.0  # seconds that a process waits
_LOOKS_APART = 0.005
_COMPILED = ("jax", "stillflow.runtime.xla")  # modules that call compiled code
_HOST = "stillflow.runtime.host"  # what a run does between

_is_ending = False


def check() -> None:
    """Ends the thread that calls this if the process ends, and it is not the main one."""
    if _is_ending and threading.current_thread() is not threading.main_thread():
        raise SystemExit


def _wait() -> None:
    global _is_ending
    _is_ending = True
    last = time.monotonic() + _LONGEST
    while _others_in_compiled_code() and time.monotonic() < last:
        time.sleep(_LOOKS_APART)


def _others_in_compiled_code() -> bool:
    main = threading.main_thread().ident
    return any(
        _is_in_compiled_code(frame)
        for thread, frame in sys._current_frames().items()
        if thread != main
    )


def _is_in_compiled_code(frame: FrameType | None) -> bool:
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(_COMPILED) or module == _HOST:
            return module != _HOST
        frame = frame.f_back
    return False


def wait_at_the_end() -> None:
    """Has the process wait for such threads when it ends, before what was registered earlier."""
    atexit.register(_wait)
