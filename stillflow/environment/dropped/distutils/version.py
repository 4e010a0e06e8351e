"""`distutils.version`: version numbers that compare."""

from __future__ import annotations

import functools
import re
from typing import Any


@functools.total_ordering
class Version:
    """Compares by `_key()`; a string is read as a version of the same class first."""

    def __init__(self, vstring: str | None = None):
        if vstring:
            self.parse(vstring)

    def parse(self, vstring: str) -> None:
        raise NotImplementedError

    def _key(self) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__} ('{self}')"

    def _other_key(self, other: object) -> Any:
        version = type(self)(other) if isinstance(other, str) else other
        return version._key() if isinstance(version, type(self)) else NotImplemented

    def __eq__(self, other: object) -> bool:
        key = self._other_key(other)
        return key if key is NotImplemented else self._key() == key

    def __lt__(self, other: object) -> bool:
        key = self._other_key(other)
        return key if key is NotImplemented else self._key() < key

    __hash__ = None  # type: ignore[assignment]


class LooseVersion(Version):
    """Numbers and words, each compared with what stands in its place in the other."""

    component_re = re.compile(r"(\d+|[a-z]+|\.)")

    def parse(self, vstring: str) -> None:
        self.vstring = vstring
        parts = [part for part in self.component_re.split(vstring) if part and part != "."]
        self.version: list[int | str] = [int(part) if _is_int(part) else part for part in parts]

    def _key(self) -> list[int | str]:
        return self.version

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return f"LooseVersion ('{self}')"


class StrictVersion(Version):
    """Two or three numbers, and perhaps `a` or `b` and a number for what comes before it."""

    version_re = re.compile(r"^(\d+)\.(\d+)(\.(\d+))?([ab](\d+))?$", re.ASCII)

    def parse(self, vstring: str) -> None:
        found = self.version_re.match(vstring)
        if not found:
            raise ValueError(f"invalid version number '{vstring}'")
        major, minor, patch, prerelease, number = found.group(1, 2, 4, 5, 6)
        self.version = (int(major), int(minor), int(patch or 0))
        self.prerelease = (prerelease[0], int(number)) if prerelease else None

    def _key(self) -> Any:
        return self.version, self.prerelease or ("c",)  # after a and b

    def __str__(self) -> str:
        shown = self.version if self.version[2] else self.version[:2]
        last = f"{self.prerelease[0]}{self.prerelease[1]}" if self.prerelease else ""
        return ".".join(map(str, shown)) + last


def _is_int(part: str) -> bool:
    try:
        int(part)
    except ValueError:
        return False
    return True
