"""Pillow and SciPy, loaded by the first picture that needs them."""

from __future__ import annotations

import functools
import importlib
from typing import Any

_INSTALL = "  pip install 'stillflow[image]'"


@functools.cache
def pillow(module: str, user: str) -> Any:
    """A module of Pillow. ImportError, which names who uses it, where that is not installed."""
    try:
        return importlib.import_module(f"PIL.{module}")
    except ImportError:
        raise ImportError(
            f"Could not import PIL.Image. The use of `{user}` requires PIL.\n{_INSTALL}"
        ) from None


@functools.cache
def scipy(module: str, user: str) -> Any:
    """A module of SciPy. ImportError, which names who uses it, where that is not installed."""
    try:
        return importlib.import_module(f"scipy.{module}")
    except ImportError:
        raise ImportError(f"{user} SciPy. Install SciPy.\n{_INSTALL}") from None
