"""Bytes and text made into each other, as `tf.compat` does: TensorFlow's strings are bytes."""

from __future__ import annotations

import os
from typing import Any


def as_bytes(bytes_or_text: bytes | str, encoding: str = "utf-8") -> bytes:
    """Encodes text; leaves bytes.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    return _checked(bytes_or_text, bytes)


def as_text(bytes_or_text: bytes | str, encoding: str = "utf-8") -> str:
    """Decodes bytes; leaves text.

    Raises:
      TypeError: it is neither.
    """
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    return _checked(bytes_or_text, str)


def as_str_any(value: Any) -> str:
    """Decodes bytes; anything else as `str` shows it."""
    return as_text(value) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """The text of a path object; leaves anything else."""
    return as_str_any(path.__fspath__()) if isinstance(path, os.PathLike) else path


def local_path(path: str | os.PathLike) -> str:
    """A path as the operating system knows it: `file://` and the host after it left out."""
    path = os.fspath(path)
    if not path.startswith("file://"):
        return path
    return path[path.find("/", len("file://")) :]


def _checked(value: Any, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"Expected binary or unicode string, got {value!r}")
    return value
