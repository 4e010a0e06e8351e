"""The progress bar of `fit`."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

_HOUR, _MINUTE = 3600, 60


class Progbar:
    """Writes to stdout how far something is, and averages of values.

    Args:
      target: how many steps there will be; None where that is unknown.
      width: the bar's, in characters.
      verbose: 1 for a bar, 2 for a line once the target is reached, 0 for nothing.
      interval: the least number of seconds between two bars.
      stateful_metrics: names of values that are shown as they are, not averaged.
      unit_name: what is counted: "step" or "sample".
    """

    def __init__(
        self,
        target: Any,
        width: int = 30,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ):
        self.target = target
        self.width = width
        self.verbose = verbose
        self.interval = interval
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self._overwrites = _can_overwrite()
        self._total_width = 0
        self._seen_so_far = 0
        self._values: dict[str, list[Any]] = {}  # sum and weight by name
        self._start = time.time()
        self._last_update = 0.0

    def update(self, current: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Shows that `current` steps are done, and `values`: pairs of a name and a number."""
        self._take(current, values or ())
        if not self.verbose:
            return
        now = time.time()
        is_reached = self.target is not None and current >= self.target
        if self.verbose == 1:
            too_soon = now - self._last_update < self.interval
            if too_soon and self.target is not None and not is_reached:
                return
            self._show_bar(current, now, is_reached)
        elif self.verbose == 2 and is_reached:
            self._show_line(current, now)
        self._last_update = now

    def add(self, n: int, values: Iterable[tuple[str, Any]] | None = None) -> None:
        """Shows that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def _take(self, current: int, values: Iterable[tuple[str, Any]]) -> None:
        new = current - self._seen_so_far
        for name, value in values:
            if name in self.stateful_metrics:
                self._values[name] = [value, 1]
            elif name in self._values:
                self._values[name][0] += value * new
                self._values[name][1] += new
            else:
                self._values[name] = [value * new, new]
        self._seen_so_far = current

    def _show_bar(self, current: int, now: float, is_reached: bool) -> None:
        previous_width = self._total_width
        bar = f"{current:7d}/Unknown" if self.target is None else self._bar(current)
        info = self._time_info(current, now, is_reached)
        info += "".join(
            f" - {name}: {_decimal(mean, abs(mean))}" for name, mean in self._averages()
        )
        self._total_width = len(bar) + len(info)
        info += " " * (previous_width - self._total_width)
        erased = "\b" * previous_width + "\r" if self._overwrites else "\n"
        sys.stdout.write(f"{erased}{bar}{info}" + ("\n" if is_reached else ""))
        sys.stdout.flush()

    def _show_line(self, current: int, now: float) -> None:
        info = f"{self._count(current)} - {now - self._start:.0f}s"
        info += "".join(f" - {name}: {_decimal(mean, mean)}" for name, mean in self._averages())
        sys.stdout.write(info + "\n")
        sys.stdout.flush()

    def _count(self, current: int) -> str:
        digits = int(math.log10(self.target)) + 1
        return f"{int(current):{digits}d}/{int(self.target)}"

    def _bar(self, current: int) -> str:
        done = int(self.width * (float(current) / self.target))
        filled = ""
        if done > 0:
            filled = "=" * (done - 1) + (">" if current < self.target else "=")
        return f"{self._count(current)} [{filled}{'.' * (self.width - done)}]"

    def _time_info(self, current: int, now: float, is_reached: bool) -> str:
        seconds = (now - self._start) / current if current else 0.0
        if self.target is not None and not is_reached:
            return f" - ETA: {_duration(seconds * (self.target - current))}"
        if seconds >= 1 or seconds == 0:
            unit = f"{seconds:.0f}s"
        elif seconds >= 1e-3:
            unit = f"{seconds * 1e3:.0f}ms"
        else:
            unit = f"{seconds * 1e6:.0f}us"
        return f" - {now - self._start:.0f}s {unit}/{self.unit_name}"

    def _averages(self) -> Iterable[tuple[str, float]]:
        for name, (total, weight) in self._values.items():
            yield name, float(np.mean(total / max(1, weight)))


def _can_overwrite() -> bool:
    """Whether what was written on a line may be replaced; wherever there is POSIX, as it is."""
    is_terminal = hasattr(sys.stdout, "isatty") and sys.stdout.isatty()
    modules = ("ipykernel", "posix")
    return is_terminal or any(m in sys.modules for m in modules) or "PYCHARM_HOSTED" in os.environ


def _decimal(value: float, size: float) -> str:
    return f"{value:.4f}" if size > 1e-3 else f"{value:.4e}"


def _duration(seconds: float) -> str:
    whole = int(seconds)
    if seconds > _HOUR:
        return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02d}:{whole % _MINUTE:02d}"
    if seconds > _MINUTE:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"
    return f"{whole}s"
