"""Jupyter's own packages, which the extra `notebook` brings."""

from __future__ import annotations

import importlib.util

_PACKAGES = ("ipykernel", "jupyter_client", "nbclient", "nbformat")


class NotForNotebooks(Exception):
    """What was asked of notebooks cannot be done; the message is for people."""


def check_installed() -> None:
    """Raises NotForNotebooks where a package is missing."""
    missing = [name for name in _PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        raise NotForNotebooks(
            f'Notebooks need {names}; they come with: pip install "stillflow[notebook]"'
        )
