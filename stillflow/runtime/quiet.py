"""Calls without NumPy's warnings about overflow and the like, which TensorFlow does not give."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any

import numpy as np


class _Quiet(threading.local):
    """`quiet.call(f, ...)` calls a function of NumPy alone, as inside `np.errstate(all="ignore")`.

    Entering `np.errstate` costs as much as two small array operations; a context in which it holds
    already costs a tenth. Code of the program's own must not be called so: a context cannot be
    entered twice at a time, and what it does to context variables would be lost. A thread has its
    own.
    """

    def __init__(self) -> None:
        context = Context()
        context.run(np.seterr, all="ignore")
        self.call: Callable[..., Any] = context.run


quiet = _Quiet()
