"""What the folder of compiled code holds, and whether it can be written to."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from stillflow.runtime.cache_folder import MAX_BYTES, cache_folder


@dataclass(frozen=True)
class Cache:
    """The folder of compiled code; `folder` is None where STILLFLOW_CACHE is `off`.

    Attributes:
      trouble: why nothing can be kept there; None where it can.
    """

    folder: str | None
    files: int = 0
    size: int = 0
    limit: int = MAX_BYTES
    trouble: str | None = None


def cache() -> Cache:
    """Looks at the folder; makes nothing that stays."""
    folder = cache_folder()
    if folder is None:
        return Cache(None)
    try:
        sizes = [entry.stat().st_size for entry in os.scandir(folder)]
    except FileNotFoundError:
        sizes = []
    except OSError as error:
        return Cache(folder, trouble=error.strerror)
    return Cache(folder, len(sizes), sum(sizes), trouble=_trouble(Path(folder)))


def _trouble(folder: Path) -> str | None:
    """Why no file can be made in a folder, or in the nearest that is there above it."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return None
    except OSError as error:
        return error.strerror
