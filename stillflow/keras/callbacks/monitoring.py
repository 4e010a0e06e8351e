"""Which of two values of a watched metric is the better one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from stillflow.platform import logging

_MODES = ("auto", "min", "max")


def better(
    callback: str, mode: str, monitor: str, growing: Iterable[str] = ("acc",)
) -> Callable[..., Any]:
    """Returns `np.less` or `np.greater`, whichever tells that its first argument is better.

    Args:
      callback: the name of the class that asks.
      mode: "min", "max", or "auto", which goes by the metric's name.
      growing: what names of metrics contain that are to grow.
    """
    if mode not in _MODES:
        logging.warning("%s mode %s is unknown, fallback to auto mode.", callback, mode)
        mode = "auto"
    grows = mode == "max" or (mode == "auto" and any(part in monitor for part in growing))
    return np.greater if grows else np.less


def worst(monitor_op: Callable[..., Any]) -> float:
    """What every value is better than."""
    return -np.inf if monitor_op == np.greater else np.inf
