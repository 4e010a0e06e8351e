"""Files that may hold a program: which there are, and their text. Knows no syntax but encodings."""

from __future__ import annotations

import codecs
import io
import itertools
import os
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field

SUFFIXES = (".py", ".pyw", ".ipynb")
LARGEST = 20_000_000  # bytes; a notebook holds pictures
_MOST_FOLDERS = 5_000
_PASSED_OVER = {"__pycache__", "node_modules", "site-packages", "dist-packages"}


class Unreadable(Exception):
    """A file of which nothing can be read; the message says why."""


@dataclass(frozen=True)
class Text:
    """A file's text. `trouble` is why Python would refuse it, though it could be read here."""

    text: str
    trouble: str = ""


@dataclass
class Files:
    """What a folder holds: files to read, and (path, why) of those that are not read."""

    paths: list[str] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def files_below(folder: str, most: int | None = None) -> Files:
    """The programs and notebooks of a folder; links to folders are not followed.

    With `most`, of the first so many folders below it.
    """
    found = Files()

    def note(error: OSError) -> None:
        found.left.append((error.filename, f"cannot be opened: {error.strerror}"))

    for base, folders, names in itertools.islice(os.walk(folder, onerror=note), most):
        folders[:] = sorted(name for name in folders if _is_looked_into(base, name))
        found.paths += [os.path.join(base, name) for name in sorted(names) if _is_source(name)]
    return found


def _is_looked_into(base: str, name: str) -> bool:
    if name.startswith(".") or name in _PASSED_OVER or name.endswith(".egg-info"):
        return False
    if name in ("build", "dist") and os.path.exists(os.path.join(base, "setup.py")):
        return False  # what setup.py wrote
    return not os.path.exists(os.path.join(base, name, "pyvenv.cfg"))


def _has_package(folder: str) -> bool:
    return os.path.exists(os.path.join(folder, "__init__.py"))


def _is_source(name: str) -> bool:
    return name.endswith(SUFFIXES) and not name.startswith(".")


def why_absent(path: str) -> str | None:
    """Why there is nothing to be seen at a path; None where there is something, if only a link."""
    try:
        os.lstat(path)
    except FileNotFoundError:
        return "does not exist"
    except OSError as error:
        return f"cannot be opened: {error.strerror}"
    return None


def read(path: str) -> Text:
    """The text of a file, decoded as Python would.

    Raises:
      Unreadable: it is no regular file, too large, binary, or cannot be opened.
    """
    try:
        status = os.stat(path)
        if not os.path.isfile(path):
            raise Unreadable("is no regular file")
        if status.st_size > LARGEST:
            raise Unreadable(f"has {status.st_size:,} bytes; files of up to {LARGEST:,} are read")
        with open(path, "rb") as file:
            raw = file.read()
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror}") from None
    return _decoded(raw)


def _decoded(raw: bytes) -> Text:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Text(
            _lines(raw.decode("utf-16", "replace")), "is UTF-16, which Python does not read"
        )
    if b"\0" in raw:
        raise Unreadable("is binary")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        return Text(_lines(raw.decode(encoding)))
    except SyntaxError as error:  # an unknown cookie, or a first line that is not UTF-8
        trouble = str(error.msg)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        trouble = f"line {line} is not {error.encoding}, and no coding line says what it is"
    return Text(_lines(raw.decode("latin-1")), trouble)


def _lines(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def root_of(path: str) -> str:
    """The folder of the repository that a file is of: the nearest above it that looks like one."""
    folder = os.path.dirname(os.path.abspath(path))
    for marks in (_ROOT_MARKS, _LICENCES, _READ_ME):
        above = folder
        while os.path.dirname(above) != above:
            if any(os.path.exists(os.path.join(above, mark)) for mark in marks):
                return above
            above = os.path.dirname(above)
    while _has_package(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


_ROOT_MARKS = (".git", ".hg", "setup.py", "setup.cfg", "pyproject.toml", "requirements.txt")
_LICENCES = ("LICENSE", "LICENSE.txt", "LICENSE.md")
_READ_ME = ("README.md", "README.rst", "README")  # last, as the folder of an example may have one


def modules_below(root: str) -> Iterator[tuple[str, str]]:
    """(dotted path from `root`, file) of the modules of a repository, if it is not a whole disk."""
    for path in files_below(root, _MOST_FOLDERS).paths:
        relative = os.path.relpath(path, root)
        if path.endswith(".py"):
            parts = relative.removesuffix(".py").split(os.sep)
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path
