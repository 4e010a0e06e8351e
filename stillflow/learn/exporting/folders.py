"""Folders of exports, which are named by the time."""

from __future__ import annotations

import os
import time
from typing import Any

from stillflow.graph.errors import NotFoundError
from stillflow.graph.text import as_text
from stillflow.learn.exporting import garbage
from stillflow.learn.exporting.signatures import SWITCH
from stillflow.platform import files, logging
from stillflow.platform.deprecation import deprecated

MAX_DIRECTORY_CREATION_ATTEMPTS = 10
_STAMP_DIGITS = 10


@deprecated(None, SWITCH)
def get_timestamped_export_dir(export_dir_base: Any) -> bytes:
    """A folder below `export_dir_base`, named by the time in seconds, which is not there yet.

    Raises:
      RuntimeError: there was one in each of ten seconds.
    """
    attempts = MAX_DIRECTORY_CREATION_ATTEMPTS
    for attempt in range(1, attempts + 1):
        folder = os.path.join(_as_bytes(export_dir_base), b"%d" % int(time.time()))
        if not files.Exists(folder):
            return folder
        time.sleep(1)
        logging.warning(
            f"Export directory {folder!r} already exists; retrying (attempt {attempt}/{attempts})"
        )
    raise RuntimeError(
        f"Failed to obtain a unique export directory name after {attempts} attempts."
    )


@deprecated(None, SWITCH)
def get_temp_export_dir(timestamped_export_dir: Any) -> bytes:
    """Where an export is written before it is whole."""
    parent, name = os.path.split(_as_bytes(timestamped_export_dir))
    return os.path.join(parent, b"temp-" + name)


def export_version_parser(path: garbage.Path) -> garbage.Path | None:
    """The path with its version, if its name is a time."""
    name = os.path.basename(path.path)
    if len(name) != _STAMP_DIGITS or not name.isdigit():
        return None
    return path._replace(export_version=int(name))


@deprecated(None, SWITCH)
def get_most_recent_export(export_dir_base: Any) -> garbage.Path | None:
    """The newest export in a folder."""
    keep = garbage.largest_export_versions(1)
    return next(iter(keep(garbage.get_paths(export_dir_base, parser=export_version_parser))), None)


@deprecated(None, SWITCH)
def garbage_collect_exports(export_dir_base: Any, exports_to_keep: int | None) -> None:
    """Deletes all exports in a folder but the newest ones; None keeps all."""
    if exports_to_keep is None:
        return
    others = garbage.negation(garbage.largest_export_versions(exports_to_keep))
    for path in others(garbage.get_paths(export_dir_base, parser=export_version_parser)):
        try:
            files.DeleteRecursively(path.path)
        except NotFoundError as error:
            logging.warning("Can not delete %s recursively: %s", path.path, error)


def _as_bytes(path: Any) -> bytes:
    return path if isinstance(path, bytes) else as_text(path).encode()
