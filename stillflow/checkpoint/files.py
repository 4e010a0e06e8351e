"""Replacing files so that a reader, or a crash at any instant, finds the old or the new one."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterator

from stillflow.graph import errors

_CLASSES: dict[int | None, Callable[[None, None, str], errors.OpError]] = {
    errno.ENOENT: errors.NotFoundError,
    errno.EEXIST: errors.AlreadyExistsError,
    errno.EACCES: errors.PermissionDeniedError,
    errno.EPERM: errors.PermissionDeniedError,
    errno.EROFS: errors.PermissionDeniedError,
    errno.EISDIR: errors.FailedPreconditionError,
    errno.ENOTDIR: errors.FailedPreconditionError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EDQUOT: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.ENFILE: errors.ResourceExhaustedError,
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
}


@contextlib.contextmanager
def os_errors_as_tf(path: str) -> Iterator[None]:
    """Turns an OSError into what TensorFlow raises; it names `path` unless it has its own."""
    try:
        yield
    except OSError as error:
        cls = _CLASSES.get(error.errno, errors.UnknownError)
        raise cls(None, None, f"{error.filename or path}; {error.strerror}") from error


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
