"""Shows a training: a bar on a terminal, a line after another elsewhere."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from stillflow.digits.training import Watcher


@contextlib.contextmanager
def watcher() -> Iterator[Watcher]:
    """What fits standard output."""
    if sys.stdout.isatty():
        with _bar() as progress:
            yield _Bar(progress)
    else:
        yield _Lines()


class _Lines:
    """Writes lines."""

    def __init__(self) -> None:
        self._steps = 0

    def started(self, step: int, steps: int) -> None:
        self._steps = steps
        if step:
            print(f"continues after step {step}", flush=True)

    def stepped(self, step: int, loss: float, rate: float, speed: float) -> None:
        print(
            f"step {step:5d} of {self._steps}   loss {loss:.4f}   learning rate {rate:.5f}   "
            f"{speed:5.0f} steps/s",
            flush=True,
        )

    def saved(self, step: int, accuracy: float, checkpoint: str) -> None:
        print(_saved_line(step, accuracy, checkpoint), flush=True)


class _Bar:
    """Moves a bar; what was saved is a line above it."""

    def __init__(self, progress: Any):
        self._progress = progress
        self._task = progress.add_task("", total=None, loss=0.0, rate=0.0, speed=0.0, visible=False)

    def started(self, step: int, steps: int) -> None:
        self._progress.update(self._task, total=steps, completed=step, visible=True)
        if step:
            self._progress.console.print(f"continues after step {step}")

    def stepped(self, step: int, loss: float, rate: float, speed: float) -> None:
        self._progress.update(self._task, completed=step, loss=loss, rate=rate, speed=speed)

    def saved(self, step: int, accuracy: float, checkpoint: str) -> None:
        self._progress.console.print(_saved_line(step, accuracy, checkpoint), highlight=False)


def _saved_line(step: int, accuracy: float, checkpoint: str) -> str:
    return f"step {step:5d}: {100 * accuracy:.2f} % of the validation images; saved {checkpoint}"


def _bar() -> Any:
    from rich import progress

    return progress.Progress(
        progress.TextColumn("step"),
        progress.MofNCompleteColumn(),
        progress.BarColumn(),
        progress.TextColumn("loss {task.fields[loss]:.4f}"),
        progress.TextColumn("rate {task.fields[rate]:.5f}"),
        progress.TextColumn("{task.fields[speed]:.0f} steps/s"),
        progress.TimeRemainingColumn(),
    )
