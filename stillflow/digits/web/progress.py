"""How the training of a model folder goes: its figures, made few enough to draw."""

from __future__ import annotations

import logging
import math
from pathlib import Path
from typing import Any

from stillflow.digits import metrics

_log = logging.getLogger("stillflow")
MOST = 300  # points of each curve


class Progress:
    """The figures of the training in `folder`, which may go on beside the server."""

    def __init__(self, folder: str):
        self._folder = folder
        self._seen: tuple[int, int] | None = None
        self._figures = _described([])

    def figures(self) -> dict[str, Any]:
        """{"step", "loss": [[step, loss], ...], "accuracy": [[step, share], ...]}, read if changed.

        The step is that of the newest figure, or None. A file that cannot be read changes nothing,
        and is named in the log.
        """
        seen = self._state()
        if seen != self._seen:
            self._seen = seen
            try:
                self._figures = _described(metrics.read(self._folder))
            except (OSError, ValueError, KeyError, TypeError) as error:
                _log.warning("The figures in %s are not shown: %s", self._folder, error)
        return self._figures

    def _state(self) -> tuple[int, int] | None:
        try:
            found = Path(self._folder, metrics.FILE).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size


def _described(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "step": max((line["step"] for line in lines), default=None),
        **{name: _few(_curve(lines, name)) for name in ("loss", "accuracy")},
    }


def _curve(lines: list[dict[str, Any]], name: str) -> list[tuple[int, float]]:
    """A figure by step. A loss that is no number cannot be drawn, nor said in JSON."""
    points = ((line["step"], line[name]) for line in lines if name in line)
    return [(step, value) for step, value in points if math.isfinite(value)]


def _few(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most MOST of the points, evenly, the first and the last among them."""
    if len(points) <= MOST:
        return points
    return [points[round(i * (len(points) - 1) / (MOST - 1))] for i in range(MOST)]
