"""The recorder of this process, where its runs are recorded. What is made before is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stillflow.runtime.recording.recorder import Recorder


class _Current:
    recorder: Recorder | None = None


current = _Current()
