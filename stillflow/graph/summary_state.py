"""What a thread has open for summaries: the writer, whether they are recorded, and their step."""

from __future__ import annotations

import threading
from typing import Any


class SummaryState(threading.local):
    """What is open in each thread.

    Attributes:
      recording: a bool, bool[], or a function that gives one; None where nothing says.
    """

    writer: Any = None
    recording: Any = None
    step: Any = None


open_now = SummaryState()
