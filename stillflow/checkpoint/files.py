"""Replacing files so that a reader, or a crash at any instant, finds the old or the new one."""

from __future__ import annotations

import contextlib
import os

from stillflow.graph.text import local_path
from stillflow.platform import processes
from stillflow.platform.os_errors import os_errors_as_tf as os_errors_as_tf


class StagedFile:
    """A new file beside `path`, under the name `staging`: seal it, publish it, discard it.

    To discard a file that has been published does nothing.
    """

    def __init__(self, path: str):
        self._path = path = local_path(path)
        self.staging = _staging(path)
        self.file = open(self.staging, "xb")  # noqa: SIM115 (closed by `seal` or `discard`)

    def seal(self) -> None:
        """Forces the content to the disk and closes the file."""
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def publish(self) -> None:
        """Gives the file its name, in place of what had it."""
        os.replace(self.staging, self._path)

    def discard(self) -> None:
        """Never fails: it follows a failure that is to be reported, or a success."""
        with contextlib.suppress(OSError):
            self.file.close()
        remove_leftover(self.staging)


def write_atomically(path: str, content: bytes) -> None:
    """Makes `content` the content of `path`, durably, in one step."""
    if not processes.writes_files():
        return
    staged = StagedFile(path)
    try:
        staged.file.write(content)
        staged.seal()
        staged.publish()
    finally:
        staged.discard()
    sync_directory(path)


def remove_leftover(path: str) -> None:
    """Removes a file that nothing names, if it is there; where that fails, it is left."""
    with contextlib.suppress(OSError):
        os.remove(path)


def link_over(source: str, path: str) -> None:
    """Makes `path` a second name of the file `source`, replacing what is there in one step."""
    staging = _staging(path)
    os.link(source, staging)
    try:
        os.replace(staging, path)
    finally:
        remove_leftover(staging)


def _staging(path: str) -> str:
    return f"{path}.tempstate{os.urandom(8).hex()}"


def sync_directory(path: str) -> None:
    """Makes the names in the directory that holds `path` durable, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(os.path.dirname(local_path(path)) or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
