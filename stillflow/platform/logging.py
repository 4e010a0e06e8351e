"""TensorFlow's log: the Python logger "tensorflow", and `tf.logging`'s functions on it."""

from __future__ import annotations

import functools
import logging
import sys
from collections import Counter
from typing import Any

DEBUG, INFO, WARN, ERROR, FATAL = 10, 20, 30, 40, 50

_times_logged: Counter[tuple[str, int]] = Counter()


@functools.cache
def get_logger() -> logging.Logger:
    """Returns the logger; unless the program has set up logging, it writes to stderr."""
    logger = logging.getLogger("tensorflow")
    if not logging.getLogger().handlers:
        interactive = hasattr(sys, "ps1") or bool(sys.flags.interactive)
        if interactive:
            logger.setLevel(INFO)
        handler = logging.StreamHandler(sys.stdout if interactive else sys.stderr)
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        logger.addHandler(handler)
    return logger


def _say(level: int, message: Any, args: tuple, options: dict[str, Any] | None = None) -> None:
    get_logger().log(level, message, *args, stacklevel=3, **(options or {}))


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs `msg % args` at `level`."""
    _say(level, msg, args, kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    _say(DEBUG, msg, args, kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    _say(INFO, msg, args, kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    _say(WARN, msg, args, kwargs)


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    _say(ERROR, msg, args, kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """Logs at the level FATAL; the program goes on."""
    _say(FATAL, msg, args, kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    _say(level, msg, args, kwargs)


warn = warning


def TaskLevelStatusMessage(msg: Any) -> None:
    _say(ERROR, msg, ())


def flush() -> None:
    raise NotImplementedError()


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """Logs if `condition` holds."""
    if condition:
        _say(level, msg, args)


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs the first time that the caller's line gets here, and then every `n` times."""
    if _count_of_caller() % n == 0:
        _say(level, msg, args)


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs the first `n` times that the caller's line gets here."""
    if _count_of_caller() < n:
        _say(level, msg, args)


def _count_of_caller() -> int:
    """How often the line that called the function which calls this one did so before."""
    caller = sys._getframe(2)
    line = caller.f_code.co_filename, caller.f_lineno
    _times_logged[line] += 1
    return _times_logged[line] - 1


def get_verbosity() -> int:
    """Returns the level from which on messages are shown."""
    return get_logger().getEffectiveLevel()


def set_verbosity(v: Any) -> None:
    """Shows messages from level `v` on, a number or a name."""
    get_logger().setLevel(v)
