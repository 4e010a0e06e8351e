"""Where compiled code is kept for later processes, and how much of it. Knows no jax.

STILLFLOW_CACHE names another folder, or is `off`.
"""

from __future__ import annotations

import os
import sys

MAX_BYTES = 256 << 20


def cache_folder() -> str | None:
    """The folder, which may not be there yet; None where STILLFLOW_CACHE is `off`."""
    chosen = os.environ.get("STILLFLOW_CACHE")
    if chosen == "off":
        return None
    return chosen or os.path.join(_user_caches(), "stillflow", "xla")


def _user_caches() -> str:
    """Where this system keeps a user's caches."""
    if sys.platform == "win32":
        return os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Caches")
    return os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
