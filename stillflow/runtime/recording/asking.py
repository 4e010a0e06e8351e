"""Asked by STILLFLOW_EXPLAIN or by `stillflow explain`: a report when the process ends.

It comes after a program that fails and after Ctrl-C too, but not where the process is killed.
"""

from __future__ import annotations

import atexit
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from stillflow.platform import processes
from stillflow.runtime.recording.current import current
from stillflow.runtime.recording.recorder import Recorder

_NO = ("", "0", "off", "no", "false")
_YES = ("1", "on", "yes", "true")


def begin() -> None:
    """Records from here on if STILLFLOW_EXPLAIN asks for it; a file's name says where to."""
    asked = os.environ["STILLFLOW_EXPLAIN"]
    if current.recorder is not None or asked.lower() in _NO:
        return
    path = None if asked.lower() in _YES else asked
    record(path, as_json=path is not None and path.endswith(".json"))


def record(
    path: str | None,
    as_json: bool,
    traces: bool = False,
    ended: Callable[[Recorder], None] | None = None,
) -> Recorder:
    """Records, and reports to a file, or to standard error, when this process ends.

    Where it `traces` each step is kept with its time. `ended` is called after the report.
    """
    recorder = current.recorder = Recorder(traces)
    process = os.getpid()

    def end() -> None:
        current.recorder = None
        if os.getpid() != process:  # a fork's
            return
        _write(recorder, path, as_json)
        if ended is not None:
            ended(recorder)

    atexit.register(end)
    return recorder


def _write(recorder: Recorder, path: str | None, as_json: bool) -> None:
    from stillflow.runtime.recording.report import report
    from stillflow.runtime.recording.text import text

    found = report(recorder)
    written = json.dumps(found, indent=1) if as_json else text(found)
    try:
        if path is None:
            stream = sys.stderr or sys.__stderr__
            print(f"\n{written}", file=stream, flush=True)
            return
        path = _own(path)
        with open(path, "w", encoding="utf-8") as file:
            print(written, file=file)
    except (OSError, ValueError, AttributeError) as error:
        _complain(path, error)


def _own(path: str) -> str:
    """The file of this process: those that it starts, and ranks after the first, have others."""
    module: Any = sys.modules.get("multiprocessing.process")
    if processes.group().rank:
        return f"{path}.rank{processes.group().rank}"
    is_child = module is not None and module.parent_process() is not None
    return f"{path}.{os.getpid()}" if is_child else path


def _complain(path: str | None, error: Exception) -> None:
    if sys.__stderr__ is not None:
        print(f"stillflow explain: {path or 'standard error'}: {error}", file=sys.__stderr__)
