"""What a function was called with."""

from __future__ import annotations

import inspect
import sys
from typing import Any


def parent_frame_arguments() -> dict[str, Any]:
    """Returns the arguments of the function that calls this one, by name, `**kwargs` included.

    Positional ones without names, `*args`, are left out.
    """
    names, _, keywords, values = inspect.getargvalues(sys._getframe(1))
    given = {name: values[name] for name in names}
    return given if keywords is None else {**given, **values[keywords]}
