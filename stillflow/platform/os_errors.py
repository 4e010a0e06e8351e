"""The operating system's errors as TensorFlow's."""

from __future__ import annotations

import contextlib
import errno
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
    errno.ENOTEMPTY: errors.FailedPreconditionError,
    errno.ENOSPC: errors.ResourceExhaustedError,
    errno.EDQUOT: errors.ResourceExhaustedError,
    errno.EMFILE: errors.ResourceExhaustedError,
    errno.ENFILE: errors.ResourceExhaustedError,
    errno.EINVAL: errors.InvalidArgumentError,
    errno.ENAMETOOLONG: errors.InvalidArgumentError,
}
_NO_ROOM = (
    "\n  Make room and start again: what was saved before is whole. Savers keep fewer checkpoints "
    "with max_to_keep."
)
_FIXES: dict[int | None, str] = {errno.ENOSPC: _NO_ROOM, errno.EDQUOT: _NO_ROOM}


@contextlib.contextmanager
def os_errors_as_tf(path: str) -> Iterator[None]:
    """Turns an OSError into what TensorFlow raises; it names `path` unless it has its own."""
    try:
        yield
    except OSError as error:
        cls = _CLASSES.get(error.errno, errors.UnknownError)
        fix = _FIXES.get(error.errno, "")
        raise cls(None, None, f"{error.filename or path}; {error.strerror}{fix}") from error
