"""Messages for TensorBoard beside the summaries, and for the log."""

from __future__ import annotations

import time
from typing import Any

from stillflow.platform import logging

DEBUG, INFO, WARN, ERROR, FATAL = "DEBUG", "INFO", "WARN", "ERROR", "FATAL"
# The log's level by ours, in their order, and the name of the event's.
_LEVELS = {
    DEBUG: (logging.DEBUG, "DEBUGGING"),
    INFO: (logging.INFO, "INFO"),
    WARN: (logging.WARN, "WARN"),
    ERROR: (logging.ERROR, "ERROR"),
    FATAL: (logging.FATAL, "FATAL"),
}
_UNSET: Any = object()
_verbosity = WARN
_summary_writer: Any = _UNSET


def get_verbosity() -> str:
    return _verbosity


def set_verbosity(verbosity: str) -> None:
    """From which level on messages are events; ValueError for what is no level."""
    global _verbosity
    _check_level(verbosity)
    _verbosity = verbosity


def set_summary_writer(summary_writer: Any) -> None:
    """Who writes the events; None for nobody: then messages are in the log alone."""
    global _summary_writer
    _summary_writer = summary_writer


def _clear_summary_writer() -> None:
    set_summary_writer(_UNSET)


def log(level: str, message: str, *args: Any) -> None:
    """Logs `message % args`, and writes it if the verbosity says so.

    Raises:
      RuntimeError: it is not set who writes.
      ValueError: no such level.
    """
    if _summary_writer is _UNSET:
        raise RuntimeError(
            "Must call set_summary_writer before doing any logging from tensorboard_logging"
        )
    _check_level(level)
    order = list(_LEVELS)
    if _summary_writer and order.index(level) >= order.index(_verbosity):
        from tensorboard.compat.proto.event_pb2 import Event, LogMessage

        entry = LogMessage(level=_LEVELS[level][1], message=message % args)
        _summary_writer.add_event(Event(wall_time=time.time(), log_message=entry))
    logging.log(_LEVELS[level][0], message, *args)


def debug(message: str, *args: Any) -> None:
    log(DEBUG, message, *args)


def info(message: str, *args: Any) -> None:
    log(INFO, message, *args)


def warn(message: str, *args: Any) -> None:
    log(WARN, message, *args)


def error(message: str, *args: Any) -> None:
    log(ERROR, message, *args)


def fatal(message: str, *args: Any) -> None:
    log(FATAL, message, *args)


def _check_level(level: Any) -> None:
    if level not in _LEVELS:
        raise ValueError(f"Level {level} is not a valid tensorboard_logging level")
