"""What is told of conversions: `tf.autograph.set_verbosity`, `tf.autograph.trace`."""

from __future__ import annotations

import os
from typing import Any

_level: int | None = None
_to_stdout = False


def set_verbosity(level: int, alsologtostdout: bool = False) -> None:
    """Has conversions tell what they do, up to a level from 0 to 10; 0 is silent.

    The environment variable AUTOGRAPH_VERBOSITY says the same.

    Args:
      alsologtostdout: also prints it.
    """
    global _level, _to_stdout
    _level, _to_stdout = level, alsologtostdout


def has_verbosity(level: int) -> bool:
    """Whether what is of this level is told."""
    chosen = int(os.environ.get("AUTOGRAPH_VERBOSITY", "0")) if _level is None else _level
    return chosen >= level


def log(level: int, message: str, *args: Any) -> None:
    """Tells something of this level."""
    if not has_verbosity(level):
        return
    from stillflow.platform import logging

    logging.info(message, *args)
    if _to_stdout:
        print(f"INFO: {message % args}")


def trace(*args: Any) -> None:
    """Prints its arguments where converted code builds what stands here."""
    print(*args)
