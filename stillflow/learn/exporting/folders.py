"""Folders of exports, which are named by the time."""

from __future__ import annotations

import os
from typing import Any

from stillflow.graph.errors import NotFoundError
from stillflow.interchange.saved_model import export_folders
from stillflow.learn.exporting import garbage
from stillflow.learn.exporting.signatures import SWITCH
from stillflow.platform import files, logging
from stillflow.platform.deprecation import deprecated

_STAMP_DIGITS = 10

get_timestamped_export_dir = deprecated(None, SWITCH)(export_folders.get_timestamped_export_dir)
get_temp_export_dir = deprecated(None, SWITCH)(export_folders.get_temp_export_dir)


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
