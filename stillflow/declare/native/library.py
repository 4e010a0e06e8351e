"""The library of `stillflow-native`, if it is installed and loads.

STILLFLOW_NATIVE says whether it is used: `auto` where it has been measured to pay, `always`
wherever it can be, `off` never.
"""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import logging
import os

from stillflow.declare.native.forms import Geometry, Kind
from stillflow.declare.native.products import Product

_SETTINGS = ("auto", "always", "off")
_INTERFACE = 2
_NAME = "stillflow_native"


def native_setting() -> str:
    """What STILLFLOW_NATIVE says.

    Raises:
      ValueError: it is none of what it may be.
    """
    setting = os.environ.get("STILLFLOW_NATIVE", "auto")
    if setting not in _SETTINGS:
        raise ValueError(f"STILLFLOW_NATIVE is {setting!r}; it may be {', '.join(_SETTINGS)}.")
    return setting


def is_installed() -> bool:
    """Whether `stillflow-native` is there, whatever it is worth."""
    return importlib.util.find_spec(_NAME) is not None


@functools.cache
def library() -> ctypes.CDLL | None:
    """The library, loaded; None where it is not installed, not wanted, or does not load."""
    # Strict runs round each product on its own, which the library does not.
    if native_setting() == "off" or os.environ.get("STILLFLOW_STRICT") == "1":
        return None
    if not is_installed():
        return None
    try:
        return loaded()
    except Exception as error:
        give_up(error)
        return None


def give_up(error: Exception) -> None:
    """Says that the library is of no use here."""
    logging.getLogger("stillflow").warning(
        "stillflow-native is installed and of no use here, so that runs go without it: "
        "%s: %s\n  python -m pip install --force-reinstall 'stillflow[native]' makes it fit; "
        "STILLFLOW_NATIVE=off leaves it alone.",
        type(error).__name__,
        error,
    )


def loaded() -> ctypes.CDLL:
    """The library, which is installed.

    Raises:
      ImportError, OSError: it does not load, or is another version's.
    """
    found = ctypes.CDLL(importlib.import_module(_NAME).library())
    if (version := found.stillflow_interface()) != _INTERFACE:
        raise ImportError(f"its interface is {version}, and {_INTERFACE} is needed")
    numbers = ctypes.POINTER(ctypes.c_int64)
    found.stillflow_has.argtypes = [ctypes.c_int64, numbers]
    found.stillflow_begin.argtypes = [ctypes.c_int64, numbers, *[ctypes.c_void_p] * 3]
    found.stillflow_begin.restype = ctypes.c_void_p
    found.stillflow_begin_product.argtypes = [numbers, *[ctypes.c_void_p] * 3]
    found.stillflow_begin_product.restype = ctypes.c_void_p
    found.stillflow_pieces.argtypes = [ctypes.c_void_p]
    found.stillflow_pieces.restype = ctypes.c_int64
    found.stillflow_work.argtypes = [ctypes.c_void_p]
    found.stillflow_work.restype = None
    found.stillflow_end.argtypes = [ctypes.c_void_p]
    return found


def numbers(sizes: Geometry | Product) -> ctypes.Array[ctypes.c_int64]:
    """A geometry, or a product's sizes, as the library reads them."""
    return (ctypes.c_int64 * len(sizes))(*sizes)


@functools.lru_cache(4096)
def has(kind: Kind, geometry: Geometry) -> bool:
    """Whether the library, which is loaded, has a convolution of this geometry."""
    loaded = library()
    return loaded is not None and bool(loaded.stillflow_has(kind, numbers(geometry)))
