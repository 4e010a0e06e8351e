"""Files and folders, as `tf.gfile` and `tf.io.gfile` name what one does with them.

A path is text or bytes, and may be a `file://` URI. Errors are `tf.errors`: NotFoundError and its
kin.
"""

from __future__ import annotations

import glob as python_glob
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stillflow.graph import errors
from stillflow.graph.text import as_text, local_path, path_to_str
from stillflow.platform import processes
from stillflow.platform.os_errors import os_errors_as_tf


def _path(path: Any) -> str:
    """Raises UnimplementedError: a URI of something else than a file here."""
    text = as_text(path_to_str(path))
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9.]*)://", text)
    if scheme and scheme[1] != "file":
        raise errors.UnimplementedError(
            None,
            None,
            f"File system scheme '{scheme[1]}' not implemented (file: '{text}')\n"
            "  Stillflow reads and writes files of this machine.",
        )
    return local_path(text)


def opened_to_read(path: Any) -> Any:
    """The file `path`, of which every read is one of the operating system's."""
    path = _path(path)
    with os_errors_as_tf(path):
        return open(path, "rb", buffering=0)


def opened_to_write(path: Any) -> Any:
    """A new file `path`, of bytes."""
    path = _written(path)
    with os_errors_as_tf(path):
        return open(path, "wb")


def _written(path: Any) -> str:
    """Where what is for the file `path` goes: nowhere, in a rank that writes no files."""
    return _path(path) if processes.writes_files() else os.devnull


def exists(path: Any) -> bool:
    """Whether there is a file or folder `path`."""
    return os.path.exists(_path(path))


def isdir(path: Any) -> bool:
    """Whether there is a folder `path`."""
    return os.path.isdir(_path(path))


def listdir(path: Any) -> list[str]:
    """The names of what is in the folder `path`, sorted.

    Raises:
      NotFoundError: there is no such folder.
    """
    path = _path(path)
    if not os.path.isdir(path):
        raise errors.NotFoundError(None, None, f"Could not find directory {path}")
    with os_errors_as_tf(path):
        return sorted(os.listdir(path))


def mkdir(path: Any) -> None:
    """Makes the folder `path`, in one that exists; one that is there already is left."""
    path = _path(path)
    if not os.path.isdir(path):
        with os_errors_as_tf(path):
            os.mkdir(path)


def makedirs(path: Any) -> None:
    """Makes the folder `path`, and those that it lies in."""
    path = _path(path)
    with os_errors_as_tf(path):
        os.makedirs(path, exist_ok=True)


def remove(path: Any) -> None:
    """Removes the file `path`."""
    if not processes.writes_files():
        return
    path = _path(path)
    with os_errors_as_tf(path):
        os.remove(path)


def rmtree(path: Any) -> None:
    """Removes the folder `path` with all that is in it."""
    if not processes.writes_files():
        return
    path = _path(path)
    if not os.path.lexists(path):
        raise errors.NotFoundError(None, None, f"{path} not found")
    with os_errors_as_tf(path):
        shutil.rmtree(path)


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies the file `src` to `dst`.

    Raises:
      AlreadyExistsError: there is a file `dst`, and it is not to be overwritten.
    """
    if not processes.writes_files():
        return
    src, dst = _path(src), _path(dst)
    _check_free(dst, overwrite)
    with os_errors_as_tf(src):
        shutil.copyfile(src, dst)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Gives the file or folder `src` the name `dst`.

    Raises:
      AlreadyExistsError: there is a file `dst`, and it is not to be overwritten.
    """
    if not processes.writes_files():
        return
    src, dst = _path(src), _path(dst)
    _check_free(dst, overwrite)
    with os_errors_as_tf(src):
        os.replace(src, dst)


def _check_free(path: str, overwrite: bool) -> None:
    if not overwrite and os.path.exists(path):
        raise errors.AlreadyExistsError(
            None, None, f"file already exists\n  {path}: pass overwrite=True to replace it."
        )


def glob(pattern: Any) -> list[str]:
    """The paths that match `pattern`, or one of several, sorted.

    Raises:
      NotFoundError: there is no folder before the first wildcard.
    """
    if isinstance(pattern, (list, tuple)):
        return [path for each in pattern for path in glob(each)]
    text = as_text(path_to_str(pattern))
    pattern = _path(text)
    scheme = text.removesuffix(pattern)
    fixed = os.path.dirname(re.split(r"[*?\[\\]", pattern, maxsplit=1)[0])
    if fixed and not os.path.isdir(fixed):
        raise errors.NotFoundError(None, None, f"{fixed}; No such file or directory")
    if not fixed:
        pattern = os.path.join(".", pattern)  # in the names that are found, too
    return [scheme + path for path in sorted(python_glob.glob(pattern, include_hidden=True))]


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[Any], None] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields (folder, names of its folders, names of its files) for `top` and all below it."""
    top = as_text(path_to_str(top))
    try:
        names = listdir(top)
    except errors.NotFoundError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [name for name in names if isdir(os.path.join(top, name))]
    here = top, folders, [name for name in names if name not in folders]
    if topdown:
        yield here
    for name in folders:
        yield from walk(os.path.join(top, name), topdown, onerror)
    if not topdown:
        yield here


@dataclass(frozen=True, slots=True)
class FileStatistics:
    """What is known of a file: its size in bytes, when it was written, whether it is a folder."""

    length: int
    mtime_nsec: int
    is_directory: bool


def stat(path: Any) -> FileStatistics:
    """Returns the FileStatistics of `path`."""
    path = _path(path)
    with os_errors_as_tf(path):
        found = os.stat(path)
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(path))


_MODES = ("r", "w", "a", "r+", "w+", "a+")


class GFile:
    """A file, opened when it is first read, and when it is first written.

    In a mode with "b" it reads bytes, in others text; positions and sizes count bytes. It writes
    either. Reading and writing know nothing of each other: what is written is there for readers
    after `flush`, positions are those of the reader, and all modes but "a" and "a+" begin an empty
    file with the first write, "r+" too.

    Raises:
      InvalidArgumentError: there is no such mode.
    """

    def __init__(self, name: Any, mode: str = "r"):
        self._name = name
        self._mode = mode
        self._is_binary = "b" in mode
        self._kind = mode.replace("b", "")
        self._reader: Any = None
        self._writer: Any = None
        if self._kind not in _MODES:
            expected = " or ".join(f"'{kind}'" for kind in _MODES)
            raise errors.InvalidArgumentError(None, None, f"mode is not {expected}")

    @property
    def name(self) -> Any:
        return self._name

    @property
    def mode(self) -> str:
        return self._mode

    def _readable(self) -> Any:
        if self._kind in ("w", "a"):
            raise errors.PermissionDeniedError(None, None, "File isn't open for reading")
        if self._reader is None:
            self._reader = self._opened("rb")
        return self._reader

    def _writable(self) -> Any:
        if self._kind == "r":
            raise errors.PermissionDeniedError(None, None, "File isn't open for writing")
        if self._writer is None:
            self._writer = self._opened("ab" if self._kind.startswith("a") else "wb")
        return self._writer

    def _opened(self, mode: str) -> Any:
        path = _path(self._name) if mode == "rb" else _written(self._name)
        with os_errors_as_tf(path):
            return open(path, mode)

    def _given(self, content: bytes) -> Any:
        return content if self._is_binary else content.decode("utf-8")

    def size(self) -> int:
        """The size of the file in bytes."""
        return stat(self._name).length

    def read(self, n: int = -1) -> Any:
        """Reads `n` bytes, or all that is left."""
        return self._given(self._readable().read(n))

    def readline(self) -> Any:
        """Reads a line with its end; nothing at the end of the file."""
        return self._given(self._readable().readline())

    def readlines(self) -> list[Any]:
        """Reads the lines that are left."""
        return list(self)

    def write(self, file_content: Any) -> None:
        """Writes text or bytes."""
        content = file_content.encode() if isinstance(file_content, str) else file_content
        if not isinstance(content, bytes):
            raise TypeError(f"Expected binary or unicode string, got {file_content!r}")
        self._writable().write(content)

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Goes to byte `offset` from the start, from here (whence=1) or from the end (whence=2).

        `position` is an older name of `offset`.
        """
        file = self._readable()
        if offset is None and position is None:
            raise TypeError("seek(): offset argument required")
        if offset is not None and position is not None:
            raise TypeError("seek(): offset and position may not be set simultaneously.")
        if whence not in (0, 1, 2):
            raise errors.InvalidArgumentError(
                None, None, f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2."
            )
        size = self.size()
        target = (offset if position is None else position) or 0
        target += (0, file.tell(), size)[whence]
        if target < 0:
            raise errors.InvalidArgumentError(
                None, None, f"Seeking to a negative position: {target}"
            )
        if target > size:
            file.seek(size)
            raise errors.OutOfRangeError(None, None, "reached end of file")
        file.seek(target)

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        """The position of the next byte that is read, or written where nothing can be read."""
        return (self._writable() if self._kind in ("w", "a") else self._readable()).tell()

    def flush(self) -> None:
        """Hands what was written to the operating system."""
        if self._writer is not None:
            self._writer.flush()

    def close(self) -> None:
        """Closes the file; the next use opens it again."""
        for file in (self._reader, self._writer):
            if file is not None:
                file.close()
        self._reader = self._writer = None

    def __del__(self) -> None:
        if hasattr(self, "_writer"):  # not after a refusal in `__init__`
            self.close()

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()

    def __iter__(self) -> GFile:
        return self

    def __next__(self) -> Any:
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__


# As `tf.gfile` names them and their arguments ---------------------------------------------------


def Exists(filename: Any) -> bool:
    """Whether there is a file or folder `filename`."""
    return exists(filename)


def IsDirectory(dirname: Any) -> bool:
    """Whether there is a folder `dirname`."""
    return isdir(dirname)


def ListDirectory(dirname: Any) -> list[str]:
    """The names of what is in the folder `dirname`, sorted."""
    return listdir(dirname)


def MkDir(dirname: Any) -> None:
    """Makes the folder `dirname`, in one that exists."""
    mkdir(dirname)


def MakeDirs(dirname: Any) -> None:
    """Makes the folder `dirname`, and those that it lies in."""
    makedirs(dirname)


def Remove(filename: Any) -> None:
    """Removes the file `filename`."""
    remove(filename)


def DeleteRecursively(dirname: Any) -> None:
    """Removes the folder `dirname` with all that is in it."""
    rmtree(dirname)


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copies the file `oldpath` to `newpath`."""
    copy(oldpath, newpath, overwrite)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Gives the file or folder `oldname` the name `newname`."""
    rename(oldname, newname, overwrite)


def Glob(filename: Any | Iterable[Any]) -> list[str]:
    """The paths that match the pattern `filename`, or one of several."""
    return glob(filename)


def Stat(filename: Any) -> FileStatistics:
    """Returns the FileStatistics of `filename`."""
    return stat(filename)


def Walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yields (folder, names of its folders, names of its files) for `top` and all below it."""
    return walk(top, in_order)
