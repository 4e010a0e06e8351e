"""The value on the side of a choice that a run does not take. What needs one does not run."""

from __future__ import annotations

from typing import Any

import numpy as np


class _Dead(np.ndarray):
    """The value on the side of a switch that is not taken."""


def is_dead(value: Any) -> bool:
    """Whether `value` comes from the side of a switch that is not taken."""
    return isinstance(value, _Dead)


def dead(dtype: Any) -> np.ndarray:
    """The value that an operation which did not run gives."""
    return np.empty(0, dtype).view(_Dead)
