"""The figures of a training, as lines of JSON in the model folder: `metrics.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from stillflow.digits import model

FILE = "metrics.jsonl"


def read(folder: str) -> list[dict[str, Any]]:
    """The lines in order: {"step": ..., "loss": ..., "rate": ...} and {"step", "accuracy"}.

    A last line that was cut off is left out.
    """
    path = Path(folder, FILE)
    lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


class MetricsFile:
    """Adds figures to a folder's file, after those of the first `step` steps that are there."""

    def __init__(self, folder: str, step: int):
        path = Path(folder, FILE)
        kept = [_line(figures) for figures in read(folder) if figures["step"] <= step]
        model.write_whole(path, "".join(kept))
        self._file = open(path, "a", encoding="utf-8")  # noqa: SIM115 (closed by `close`)

    def add(self, **figures: float) -> None:
        self._file.write(_line(figures))

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def _line(figures: dict[str, Any]) -> str:
    return json.dumps(figures) + "\n"
