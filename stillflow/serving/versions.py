"""The versions of one model: folders named by numbers, taken up as they appear.

A version is loaded once its folder has a saved_model.pb and has been the same for two looks. One
that cannot be loaded is told, and looked at again when its files have changed; the others go on.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import logging
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from stillflow.graph.errors import NotFoundError, OpError
from stillflow.serving.loading import is_model
from stillflow.serving.running import Runner

_log = logging.getLogger("stillflow")
Files = tuple[tuple[str, int, int], ...]


class State(enum.Enum):
    """TensorFlow Serving's names."""

    LOADING = "LOADING"
    AVAILABLE = "AVAILABLE"
    END = "END"


@dataclass
class Version:
    """A version that is being loaded, is there, or could not be loaded because of `error`."""

    number: int
    folder: str
    files: Files
    state: State = State.LOADING
    runner: Runner | None = None
    error: str = ""


class Versions:
    """The versions in a folder of versions, or the one that the folder itself is."""

    def __init__(
        self,
        name: str,
        path: str,
        load: Callable[[str], Runner],
        wanted: Collection[int] | None = None,
        only_newest: bool = False,
    ):
        """Loads nothing yet.

        Args:
          path: a SavedModel's folder, a folder of such folders, or a .meta or .pb file.
          load: loads the model at such a path, or in a version's folder.
          wanted: the versions that are taken; None for all.
          only_newest: keeps the newest one that can be loaded, and no other.
        """
        self.name = name
        self.path = path
        self._load = load
        self._wanted = wanted
        self._only_newest = only_newest
        self._versions: dict[int, Version] = {}
        self._seen: dict[int, Files] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def all(self) -> list[Version]:
        """Newest first."""
        return sorted(self._versions.values(), key=lambda version: -version.number)

    def find(self, number: int | None = None) -> Version:
        """The version of that number that can be asked, or the newest one.

        Raises:
          NotFoundError: there is none.
        """
        for version in self.all():
            if version.runner is not None and number in (None, version.number):
                return version
        what = f"Latest({self.name})" if number is None else f"Specific({self.name}, {number})"
        raise NotFoundError(None, None, f"Servable not found for request: {what}")

    async def look(self) -> None:
        """Loads what is new, and lets go of what has gone."""
        first = self._seen is None
        before = self._seen or {}
        found = await asyncio.to_thread(self._found)
        self._seen = {number: files for number, (_, files) in found.items()}
        for number in self._versions.keys() - found.keys():
            self._let_go(number)
        for number in sorted(found, reverse=True):
            folder, files = found[number]
            known = self._versions.get(number)
            is_new = known is None or (known.state is State.END and known.files != files)
            if is_new and (first or before.get(number) == files):
                await self._take(Version(number, folder, files))
            if self._only_newest and self._is_there(number):
                for older in [other for other in self._versions if other < number]:
                    self._let_go(older)
                break

    async def close(self) -> None:
        """Lets go of all versions, once their requests are answered."""
        for number in list(self._versions):
            self._let_go(number)
        await asyncio.gather(*self._closing)

    def _is_there(self, number: int) -> bool:
        return number in self._versions and self._versions[number].runner is not None

    async def _take(self, version: Version) -> None:
        self._versions[version.number] = version
        told = f"Version {version.number} of model {self.name}"
        try:
            version.runner = await asyncio.to_thread(self._load, version.folder)
        except Exception as error:  # whatever is wrong with one model, the others go on
            version.state = State.END
            version.error = reason_of(error)
            is_known = isinstance(error, (OpError, OSError, ValueError, RuntimeError))
            if not is_model(self.path):  # else there is nothing that could go on
                trace = None if is_known else error
                _log.warning("%s is not taken up: %s", told, version.error, exc_info=trace)
        else:
            version.state = State.AVAILABLE
            _log.info("%s is there.", told)

    def _let_go(self, number: int) -> None:
        version = self._versions.pop(number)
        if version.runner is not None:
            _log.info("Version %d of model %s goes.", number, self.name)
            task = asyncio.create_task(version.runner.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _found(self) -> dict[int, tuple[str, Files]]:
        """{number: its folder, and the state of the files in it}."""
        found = {}
        for number, folder in versions_in(self.path).items():
            if self._wanted is None or number in self._wanted:
                found[number] = folder, _files_of(folder)
        return found


def versions_in(path: str) -> dict[int, str]:
    """The versions at a path, by their numbers; those that are not complete yet are left out.

    Raises:
      OSError: the folder is there and cannot be read.
    """
    if is_model(path):
        name = os.path.basename(os.path.abspath(path))
        return {int(name) if _is_number(name) else 1: path}
    try:
        names = os.listdir(path)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    folders = {int(name): os.path.join(path, name) for name in names if _is_number(name)}
    return {number: folder for number, folder in folders.items() if is_model(folder)}


def _is_number(name: str) -> bool:
    return name.isascii() and name.isdecimal() and int(name) < 2**63


def _files_of(folder: str) -> Files:
    """The name, size and time of each file."""
    base = Path(folder)
    found = []
    for path in sorted(base.rglob("*")) if base.is_dir() else [base]:
        with contextlib.suppress(OSError):  # it has just gone
            stat = path.stat()
            found.append((str(path), stat.st_size, stat.st_mtime_ns))
    return tuple(found)


def reason_of(error: BaseException) -> str:
    """Why something failed, without what TensorFlow adds to it."""
    if isinstance(error, OpError):
        return error.message
    return str(error) or type(error).__name__
