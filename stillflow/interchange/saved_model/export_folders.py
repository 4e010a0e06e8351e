"""Folders of exports, which are named by the time."""

from __future__ import annotations

import os
import time
from typing import Any

from stillflow.platform import files, logging

MAX_DIRECTORY_CREATION_ATTEMPTS = 10


def get_timestamped_export_dir(export_dir_base: Any) -> bytes:
    """A folder below `export_dir_base`, named by the time in seconds, which is not there yet.

    Raises:
      RuntimeError: there was one in each of ten seconds.
    """
    attempts = MAX_DIRECTORY_CREATION_ATTEMPTS
    for attempt in range(1, attempts + 1):
        folder = os.path.join(os.fsencode(export_dir_base), b"%d" % int(time.time()))
        if not files.Exists(folder):
            return folder
        time.sleep(1)
        logging.warning(
            f"Directory {folder!r} already exists; retrying (attempt {attempt}/{attempts})"
        )
    raise RuntimeError(
        f"Failed to obtain a unique export directory name after {attempts} attempts."
    )


def get_temp_export_dir(timestamped_export_dir: Any) -> bytes:
    """Where an export is written before it is whole."""
    parent, name = os.path.split(os.fsencode(timestamped_export_dir))
    return os.path.join(parent, b"temp-" + name)
