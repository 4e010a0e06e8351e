"""Whether this package's own code asks an object something, or a program does.

Switches of TensorFlow 2's behaviour change what tensors and shapes answer to a program; this
package goes on with what it has always been answered.
"""

from __future__ import annotations

import sys

_OURS = __name__.partition(".")[0]
# Modules of Python that ask on behalf of who calls them.
_BETWEEN = frozenset(
    ["_weakrefset", "collections", "contextlib", "copy", "dataclasses", "functools", "weakref"]
)


def is_asked_by_own_code() -> bool:
    """Whether what calls the function that asks this is a line of this package."""
    frame = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__")).partition(".")[0]
        if module not in _BETWEEN:
            return module == _OURS
        frame = frame.f_back  # type: ignore[assignment]
    return False
