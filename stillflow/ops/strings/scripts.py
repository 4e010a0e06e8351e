"""The scripts of Unicode's characters, which scripts.txt lists."""

from __future__ import annotations

import functools
from importlib import resources
from typing import NamedTuple

import numpy as np

LAST = 0x10FFFF  # code point
UNKNOWN = 103  # the number of what has no script


class Script(NamedTuple):
    """A script: ICU's number of it, its name, its code points as ranges with both ends."""

    number: int
    name: str
    ranges: tuple[tuple[int, int], ...]


@functools.cache
def all_scripts() -> tuple[Script, ...]:
    """The scripts in the order of their numbers."""
    text = resources.files(__package__).joinpath("scripts.txt").read_text("ascii")
    return tuple(_read(line) for line in text.splitlines() if not line.startswith("#"))


def _read(line: str) -> Script:
    number, name, *ranges = line.split()
    ends = (text.partition("-")[::2] for text in ranges)
    return Script(int(number), name, tuple((int(a, 16), int(b or a, 16)) for a, b in ends))


@functools.cache
def numbers() -> np.ndarray:
    """i32[LAST + 1], the number of each code point's script."""
    found = np.full(LAST + 1, UNKNOWN, np.int32)
    for script in all_scripts():
        for first, last in script.ranges:
            found[first : last + 1] = script.number
    return found
