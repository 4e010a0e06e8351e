"""A library for Stillflow: convolutions and products by oneDNN. Stillflow finds it by itself."""

from __future__ import annotations

import ctypes
from importlib import metadata
from pathlib import Path

__version__ = metadata.version("stillflow-native")
_ONEDNN = "onednn-cpu-gomp"
_FILE = "libdnnl.so.3"


def library() -> str:
    """The path of the library; what it needs of oneDNN is loaded by then.

    Raises:
      ImportError: oneDNN is not installed.
      OSError: it does not load.
    """
    try:
        files = metadata.files(_ONEDNN) or ()
    except metadata.PackageNotFoundError:
        files = ()
    found = next((file for file in files if file.name == _FILE), None)
    if found is None:
        raise ImportError(f"{_ONEDNN}, which has {_FILE}, is not installed")
    ctypes.CDLL(str(found.locate()))  # under its own name, so that the library finds it there
    return str(Path(__file__).with_name("library.so"))
