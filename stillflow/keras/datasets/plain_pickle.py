"""Pickles of plain data, read without running what they say.

Files of data sets hold arrays of lists, or dicts with arrays, as Python's pickle wrote them. Python
would call whatever function such a file names; here the opcodes for data are followed alone, and a
file that names anything but NumPy's arrays and types is refused.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from typing import Any

import numpy as np

# Whole numbers one behind the other, as they fill lists: of 1, 2 and 4 bytes.
_NUMBERS = re.compile(rb"(?:K.|M..|J....)+", re.DOTALL)
_NUMBER = re.compile(rb"K.|M..|J....", re.DOTALL)
_ARRAY_MODULES = ("numpy.core.multiarray", "numpy._core.multiarray")


class _Array:
    """An array that is being made."""


class _Type:
    """A type of NumPy's that is being made."""

    def __init__(self, name: Any):
        self.dtype = np.dtype(_text(name))

    def fill(self, state: Any) -> np.dtype:
        return self.dtype.newbyteorder(">") if _text(state[1]) == ">" else self.dtype


def loads(data: bytes) -> Any:
    """Returns what a pickle holds: numbers, texts, lists, tuples, dicts and arrays of NumPy's.

    Text of Python 2 is bytes.

    Raises:
      ValueError: it is no pickle of protocol 2 to 4, or holds something else.
    """
    return _Reader(data).read()


class _Reader:
    def __init__(self, data: bytes):
        self._data = data
        self._place = 0
        self._stack: list[Any] = []
        self._marks: list[int] = []  # how much was on the stack
        self._memo: dict[int, Any] = {}
        self._numbers = _Numbers()

    def read(self) -> Any:
        while True:
            numbers = _NUMBERS.match(self._data, self._place)
            if numbers:
                self._stack += map(self._numbers.__getitem__, _NUMBER.findall(numbers[0]))
                self._place = numbers.end()
            code = self._take(1)
            if code == b".":
                return self._stack.pop()
            follow = _CODES.get(code)
            if follow is None:
                raise ValueError(f"A pickle of plain data is expected; {code!r} is something else.")
            follow(self)

    # What is read ---------------------------------------------------------------------------------

    def _take(self, size: int) -> bytes:
        taken = self._data[self._place : self._place + size]
        if len(taken) < size:
            raise ValueError("The pickle ends early.")
        self._place += size
        return taken

    def _size(self, form: str) -> int:
        (size,) = struct.unpack(form, self._take(struct.calcsize(form)))
        return int(size)

    def _line(self) -> str:
        end = self._data.index(b"\n", self._place)
        line = self._data[self._place : end]
        self._place = end + 1
        return line.decode()

    # What the stack holds -------------------------------------------------------------------------

    def _push(self, value: Any) -> None:
        self._stack.append(value)

    def _since_mark(self) -> list[Any]:
        place = self._marks.pop()
        items = self._stack[place:]
        del self._stack[place:]
        return items

    def _tuple_of(self, count: int) -> None:
        items = tuple(self._stack[len(self._stack) - count :])
        del self._stack[len(self._stack) - count :]
        self._push(items)

    def _extend(self) -> None:
        items = self._since_mark()
        self._stack[-1].extend(items)

    def _update(self) -> None:
        items = self._since_mark()
        self._stack[-1].update(zip(items[::2], items[1::2], strict=True))

    def _append(self) -> None:
        value = self._stack.pop()
        self._stack[-1].append(value)

    def _set_item(self) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._stack[-1][key] = value

    # What is made of NumPy's ----------------------------------------------------------------------

    def _named(self, module: str, name: str) -> None:
        known = {
            **{(each, "_reconstruct"): lambda *_: _Array() for each in _ARRAY_MODULES},
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): lambda name, *_: _Type(name),
            ("_codecs", "encode"): lambda text, coding: text.encode(coding),
        }
        if (module, name) not in known:
            raise ValueError(f"A pickle of plain data is expected; this one names {module}.{name}.")
        self._push(known[module, name])

    def _stack_global(self) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        self._named(module, name)

    def _reduce(self) -> None:
        arguments, make = self._stack.pop(), self._stack.pop()
        if make is np.ndarray:
            raise ValueError("A pickle of plain data is expected; this one makes an array itself.")
        self._push(make(*arguments))

    def _build(self) -> None:
        state, made = self._stack.pop(), self._stack.pop()
        value = made.fill(state) if isinstance(made, _Type) else _array(state)
        self._memo = {n: value if each is made else each for n, each in self._memo.items()}
        self._push(value)


class _Numbers(dict[bytes, int]):
    """Whole numbers by how they are written; most of a text's are there many times."""

    def __missing__(self, token: bytes) -> int:
        number = int.from_bytes(token[1:], "little", signed=len(token) == 5)
        self[token] = number
        return number


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _array(state: Any) -> np.ndarray:
    """An array by its state: version, shape, type, whether columns go first, and elements."""
    _, shape, dtype, columns_first, elements = state
    if isinstance(elements, list):
        made = np.empty(len(elements), object)
        made[:] = elements
    else:
        made = np.frombuffer(elements, dtype).copy()
    return made.reshape(shape, order="F" if columns_first else "C")


_CODES: dict[bytes, Callable[[_Reader], Any]] = {
    b"\x80": lambda r: r._take(1),  # protocol
    b"\x95": lambda r: r._take(8),  # frame
    b"(": lambda r: r._marks.append(len(r._stack)),
    b"N": lambda r: r._push(None),
    b"\x88": lambda r: r._push(True),
    b"\x89": lambda r: r._push(False),
    b"\x8a": lambda r: r._push(int.from_bytes(r._take(r._size("<B")), "little", signed=True)),
    b"G": lambda r: r._push(struct.unpack(">d", r._take(8))[0]),
    b"U": lambda r: r._push(r._take(r._size("<B"))),
    b"T": lambda r: r._push(r._take(r._size("<i"))),
    b"C": lambda r: r._push(r._take(r._size("<B"))),
    b"B": lambda r: r._push(r._take(r._size("<I"))),
    b"\x8e": lambda r: r._push(r._take(r._size("<Q"))),
    b"X": lambda r: r._push(r._take(r._size("<I")).decode()),
    b"\x8c": lambda r: r._push(r._take(r._size("<B")).decode()),
    b"]": lambda r: r._push([]),
    b"}": lambda r: r._push({}),
    b")": lambda r: r._push(()),
    b"\x85": lambda r: r._tuple_of(1),
    b"\x86": lambda r: r._tuple_of(2),
    b"\x87": lambda r: r._tuple_of(3),
    b"t": lambda r: r._push(tuple(r._since_mark())),
    b"a": _Reader._append,
    b"e": _Reader._extend,
    b"s": _Reader._set_item,
    b"u": _Reader._update,
    b"q": lambda r: r._memo.__setitem__(r._size("<B"), r._stack[-1]),
    b"r": lambda r: r._memo.__setitem__(r._size("<I"), r._stack[-1]),
    b"\x94": lambda r: r._memo.__setitem__(len(r._memo), r._stack[-1]),
    b"h": lambda r: r._push(r._memo[r._size("<B")]),
    b"j": lambda r: r._push(r._memo[r._size("<I")]),
    b"c": lambda r: r._named(r._line(), r._line()),
    b"\x93": _Reader._stack_global,
    b"R": _Reader._reduce,
    b"b": _Reader._build,
}
