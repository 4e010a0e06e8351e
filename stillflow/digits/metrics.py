"""The figures of a training, as lines of JSON in the model folder: `metrics.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = "metrics.jsonl"


def read(folder: str) -> list[dict[str, Any]]:
    """The lines in order: {"step": ..., "loss": ..., "rate": ...} and {"step", "accuracy"}.

    A last line that was cut off is left out.
    """
    path = Path(folder, _FILE)
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


class MetricsFile:
    """Adds figures to a folder's file, after those of the first `step` steps that are there."""

    def __init__(self, folder: str, step: int):
        kept = [figures for figures in read(folder) if figures["step"] <= step]
        self._file = open(Path(folder, _FILE), "w", encoding="utf-8")  # noqa: SIM115
        for figures in kept:
            self.add(**figures)

    def add(self, **figures: float) -> None:
        self._file.write(json.dumps(figures) + "\n")

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()
