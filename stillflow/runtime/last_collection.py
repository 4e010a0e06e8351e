"""The collection of cycles at a process' end, which is spared where it has nothing to do.

Python looks through all objects several times when it ends. JAX has made a hundred thousand, all of
which the system takes back at once: that is a tenth of a second of each process that has compiled.
"""

from __future__ import annotations

import atexit
import gc
from collections.abc import Sequence
from types import GeneratorType
from typing import Any

_ARE_JAXS = ("jax", "jaxlib")  # of which nothing has work to do at the end
_STANDARD = ("<stdin>", "<stdout>", "<stderr>")  # files that Python flushes by itself


def spare_at_the_end() -> None:
    """Has the process spare it, if nothing that then exists has work of its own to do at its end.

    To be called before JAX is imported, so that what that does at the end has been done.
    """
    atexit.register(_spare)


def _spare() -> None:
    if not gc.get_debug() and not _have_work(gc.get_objects()):
        gc.freeze()


def _have_work(objects: Sequence[Any]) -> bool:
    """Whether any has: a `__del__`, a file that may be written, a function that would go on."""
    kinds = {kind for kind in set(map(type, objects)) if _has_work(kind)}
    return any(type(each) in kinds and not _is_idle(each) for each in objects)


def _has_work(kind: type) -> bool:
    finalizes = any("__del__" in vars(base) for base in kind.__mro__)
    return finalizes and not _is_jaxs(kind.__module__)


def _is_idle(each: Any) -> bool:
    if isinstance(each, GeneratorType):
        return each.gi_frame is None or _is_jaxs(each.gi_frame.f_globals.get("__name__", ""))
    if type(each).__module__ != "_io":
        return False
    try:
        return each.closed or not each.writable() or getattr(each, "name", None) in _STANDARD
    except ValueError:  # the file below it was taken out
        return True


def _is_jaxs(module: str) -> bool:
    return module.partition(".")[0] in _ARE_JAXS
