"""Where the parts of a SavedModel are."""

from __future__ import annotations

import os
from typing import Any

from stillflow.graph.text import as_text
from stillflow.interchange.saved_model import names
from stillflow.platform import files


def get_variables_dir(export_dir: Any) -> str:
    return os.path.join(as_text(export_dir), names.VARIABLES_DIRECTORY)


def get_variables_path(export_dir: Any) -> str:
    """The prefix of the checkpoint that has the variables."""
    return os.path.join(get_variables_dir(export_dir), names.VARIABLES_FILENAME)


def get_assets_dir(export_dir: Any) -> str:
    return os.path.join(as_text(export_dir), names.ASSETS_DIRECTORY)


def get_or_create_variables_dir(export_dir: Any) -> str:
    return _made(get_variables_dir(export_dir))


def get_or_create_assets_dir(export_dir: Any) -> str:
    return _made(get_assets_dir(export_dir))


def _made(folder: str) -> str:
    files.makedirs(folder)
    return folder
