"""Replacing files so that a reader, or a crash at any instant, finds the old or the new one."""

from __future__ import annotations

import contextlib
import os
import secrets

from stillflow.platform.os_errors import os_errors_as_tf as os_errors_as_tf


class StagedFile:
    """A new file beside `path`, under the name `staging`: seal it, move it to `path`, discard it.

    To discard a file that has been moved does nothing.
    """

    def __init__(self, path: str):
        self.staging = _staging(path)
        self.file = open(self.staging, "xb")  # noqa: SIM115 (closed by `seal` or `discard`)

    def seal(self) -> None:
        """Forces the content to the disk and closes the file."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def discard(self) -> None:
        self.file.close()
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.staging)


def write_atomically(path: str, content: bytes) -> None:
    """Makes `content` the content of `path`, durably, in one step."""
    staged = StagedFile(path)
    try:
        staged.file.write(content)
        staged.seal()
        os.replace(staged.staging, path)
    finally:
        staged.discard()
    sync_directory(path)


def link_over(source: str, path: str) -> None:
    """Makes `path` a second name of the file `source`, replacing what is there in one step."""
    staging = _staging(path)
    os.link(source, staging)
    os.replace(staging, path)


def _staging(path: str) -> str:
    return f"{path}.tempstate{secrets.randbits(64)}"


def sync_directory(path: str) -> None:
    """Makes the names in the directory that holds `path` durable, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
