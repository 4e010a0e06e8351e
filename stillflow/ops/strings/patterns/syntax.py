"""Reads RE2's regular expressions, and spells them as Python's.

What RE2 has not (references to groups, looking ahead or behind, atomic groups) is refused in its
words, and so is whatever Python's engine would read otherwise: every construct is read here, and
what comes out uses only such as mean the same to both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple, NoReturn

from stillflow.ops.strings.patterns import classes
from stillflow.ops.strings.patterns.classes import Ranges

MOST_REPEATS = 1000

_REPEAT = re.compile(r"[*+?]|\{(\d+)(?:(,)(\d*))?\}")
_GROUP_NAME = re.compile(r"\(\?P<([A-Za-z0-9_]+)>")
_SIMPLE_ESCAPES = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_PLACES = {"A": r"\A", "z": r"\Z", "b": r"(?a:\b)", "B": r"(?:(?a:\B)|\A\Z)"}


class SyntaxRefused(ValueError):
    """RE2 takes no such regular expression; the message is RE2's."""


@dataclass(frozen=True, slots=True)
class _Flags:
    i: bool = False  # case does not matter
    m: bool = False  # ^ and $ are at lines, too
    s: bool = False  # . is a newline, too
    U: bool = False  # as few repetitions as possible, unless there is a ? behind


class _Piece(NamedTuple):
    """Something that may be repeated.

    Attributes:
      text: in Python's words.
      repeats: how often it repeats a part.
      is_long: whether what it matches has a length in any case.
    """

    text: str
    repeats: int = 1
    is_long: bool = False


class Translated(NamedTuple):
    """A regular expression in Python's words, and whether each match has a length."""

    text: str
    is_long: bool


class _Open(NamedTuple):
    """A group that has begun: its head, what was read before it, and the flags behind it."""

    head: str
    before: list[_Piece]
    flags: _Flags


def translated(pattern: str) -> Translated:
    """The regular expression of Python that matches what RE2's `pattern` matches.

    It is for text of which foreign bytes are characters from U+DC80 on.

    Raises:
      SyntaxRefused: RE2 would not take it.
    """
    return _Reader(pattern).read()


class _Reader:
    def __init__(self, pattern: str):
        self.pattern = pattern
        self.at = 0
        self.flags = _Flags()
        self.pieces: list[_Piece] = []
        self.open: list[_Open] = []
        self.repeated_from: int | None = None  # where the repetition before `at` began

    def read(self) -> Translated:
        while self.at < len(self.pattern):
            if not self._repetition():
                self.repeated_from = None
                self._construct()
        if self.open:
            self._refuse(f"missing ): {self.pattern}")
        return Translated(_text(self.pieces), _are_long(self.pieces))

    def _construct(self) -> None:
        letter = self.pattern[self.at]
        if letter == "(":
            self._group()
        elif letter == ")":
            self._close()
        elif letter == "|":
            self._take("|")
            self.pieces.append(_BAR)
        elif letter == "[":
            self._class()
        elif letter == "\\":
            self._escape()
        elif letter in ".^$":
            self._take(letter)
            self._add(self._special(letter), is_long=letter == ".")
        else:
            self._take(letter)
            self._literal(ord(letter))

    def _special(self, letter: str) -> str:
        if letter == ".":
            return classes.spelled(() if self.flags.s else ((10, 10),), negated=True)
        if self.flags.m:
            return f"(?m:{letter})"
        return r"\A" if letter == "^" else r"\Z"

    # Pieces -------------------------------------------------------------------------------------

    def _add(self, text: str, repeats: int = 1, is_long: bool = False) -> None:
        self.pieces.append(_Piece(text, repeats, is_long))

    def _literal(self, code: int) -> None:
        self._add(self._cased(classes.escaped(code)), is_long=True)

    def _cased(self, text: str) -> str:
        return f"(?i:{text})" if self.flags.i else text

    def _repetition(self) -> bool:
        """Reads a repetition, of the last piece."""
        found = _REPEAT.match(self.pattern, self.at)
        if not found:
            return False
        start, self.at = self.at, found.end()
        is_lazy = self.flags.U
        if self.pattern.startswith("?", self.at):
            self.at += 1
            is_lazy = not is_lazy
        if self.repeated_from is not None:
            shown = self.pattern[self.repeated_from : self.at]
            self._refuse(f"bad repetition operator: {shown}")
        if not self.pieces or self.pieces[-1] is _BAR:
            self._refuse(f"no argument for repetition operator: {self.pattern[start : self.at]}")
        piece = self.pieces.pop()
        times = piece.repeats * self._times(found)
        if times > MOST_REPEATS:
            self._refuse(f"invalid repetition size: {found[0]}")
        is_long = piece.is_long and (found[0] == "+" or int(found[1] or 0) > 0)
        self._add(f"(?:{piece.text}){found[0]}{'?' * is_lazy}", times, is_long)
        self.repeated_from = start
        return True

    def _times(self, found: re.Match[str]) -> int:
        """How often a part is repeated at most, or at least where there is no end; 1 or more."""
        if found[1] is None:
            return 1
        least = int(found[1])
        most = int(found[3]) if found[3] else least
        if most < least or most > MOST_REPEATS:
            self._refuse(f"invalid repetition size: {found[0]}")
        return max(most, 1)

    # Groups -------------------------------------------------------------------------------------

    def _group(self) -> None:
        if not self.pattern.startswith("(?", self.at):
            self._take("(")
            self._begin("(", self.flags)
        elif self.pattern.startswith("(?P", self.at):
            self._named_group()
        else:
            self._flagged()

    def _begin(self, head: str, outside: _Flags) -> None:
        self.open.append(_Open(head, self.pieces, outside))
        self.pieces = []

    def _named_group(self) -> None:
        if not self.pattern.startswith("(?P<", self.at):
            self._refuse(f"invalid perl operator: {self.pattern[self.at : self.at + 3]}")
        found = _GROUP_NAME.match(self.pattern, self.at)
        if not found:
            rest = self.pattern[self.at :]
            shown = rest[: rest.index(">") + 1] if ">" in rest else rest
            self._refuse(f"invalid named capture group: {shown}")
        self.at = found.end()
        # Groups are asked for by number only.
        self._begin("(", self.flags)

    def _flagged(self) -> None:
        """Reads (?i), which is for the rest of the group, or (?i: and the like."""
        start, self.at = self.at, self.at + 2
        flags, value, has_any = self.flags, True, False
        while self.at < len(self.pattern):
            letter = self.pattern[self.at]
            self.at += 1
            if letter in "imsU":
                flags, has_any = replace(flags, **{letter: value}), True
            elif letter == "-" and value:
                value, has_any = False, False
            elif letter in ":)" and (value or has_any):
                if letter == ":":
                    self._begin("(?:", self.flags)
                self.flags = flags
                return
            else:
                break
        self._refuse(f"invalid perl operator: {self.pattern[start : self.at]}")

    def _close(self) -> None:
        if not self.open:
            self._refuse(f"missing ): {self.pattern}")
        self._take(")")
        head, before, self.flags = self.open.pop()
        inside, self.pieces = self.pieces, before
        repeats = max((piece.repeats for piece in inside), default=1)
        self._add(f"{head}{_text(inside)})", repeats, _are_long(inside))

    # Escapes and classes ------------------------------------------------------------------------

    def _escape(self) -> None:
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter in _PLACES and letter:
            self.at += 2
            self._add(_PLACES[letter])
        elif letter == "Q":
            self._quoted()
        elif letter == "C":
            self._refuse(r"\C, a single byte, is not supported by Stillflow")
        elif (found := self._set()) is not None:
            ranges, is_negated = found
            text = classes.spelled(classes.joined(ranges), is_negated)
            self._add(self._cased(text), is_long=True)
        else:
            self._literal(self._escaped_letter())

    def _quoted(self) -> None:
        text, end, _ = self.pattern[self.at + 2 :].partition(r"\E")
        self.at += 2 + len(text) + len(end)
        for letter in text:
            self._literal(ord(letter))

    def _set(self) -> tuple[Ranges, bool] | None:
        r"""Reads \d, \pN, \P{Greek} or the like: characters, and whether all others are meant."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        if letter and letter.lower() in classes.PERL:
            self.at += 2
            return classes.PERL[letter.lower()], letter.isupper()
        if letter not in ("p", "P"):
            return None
        start, self.at = self.at, self.at + 3
        name = self.pattern[start + 2 : self.at]
        if name == "{":
            end = self.pattern.find("}", self.at)
            self.at = len(self.pattern) if end < 0 else end + 1
            name = self.pattern[start + 3 : end] if end >= 0 else "{"
        ranges = classes.named(name.removeprefix("^"))
        if ranges is None:
            self._refuse(f"invalid character class range: {self.pattern[start : self.at]}")
        return ranges, (letter == "P") != name.startswith("^")

    def _escaped_letter(self) -> int:
        """Reads an escape that stands for one character."""
        start, self.at = self.at, self.at + 2
        letter = self.pattern[start + 1 : self.at]
        if not letter:
            self._refuse("trailing \\")
        if letter in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[letter]
        if letter.isascii() and not letter.isalnum():
            return ord(letter)
        if found := _OCTAL.match(self.pattern, start):
            self.at = found.end()
            return int(found[1], 8)
        if letter == "x" and (found := _HEXADECIMAL.match(self.pattern, start)):
            self.at = found.end()
            code = int(found[1] or found[2], 16)
            if code <= classes.LAST:
                return code
        elif letter == "x":
            self.at += 1
        self._refuse(f"invalid escape sequence: {self.pattern[start : self.at]}")

    def _class(self) -> None:
        start, self.at = self.at, self.at + 1
        is_negated = self.pattern.startswith("^", self.at)
        self.at += is_negated
        ranges: list[tuple[int, int]] = []
        first = self.at
        while not self.pattern.startswith("]", self.at) or self.at == first:
            if self.at >= len(self.pattern):
                self._refuse(f"missing ]: {self.pattern[start:]}")
            ranges += self._member()
        self.at += 1
        text = classes.spelled(classes.joined(ranges), is_negated)
        self._add(self._cased(text), is_long=True)

    def _member(self) -> Ranges:
        """Reads what stands for one range in a class, or for a named set."""
        if found := _POSIX.match(self.pattern, self.at):
            ranges = classes.POSIX.get(found[2])
            if ranges is None:
                self._refuse(f"invalid character class range: {found[0]}")
            self.at = found.end()
            return self._others(ranges) if found[1] else ranges
        if self.pattern.startswith("\\", self.at) and (named := self._set()) is not None:
            ranges, is_negated = named
            return self._others(ranges) if is_negated else ranges
        start = self.at
        first = last = self._class_letter()
        if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] != "]":
            self.at += 1
            last = self._class_letter()
        if last < first:
            shown = self.pattern[start : self.at]
            self._refuse(f"invalid character class range: {shown}")
        return ((first, last),)

    def _others(self, ranges: Ranges) -> Ranges:
        return classes.others(classes.of_any_case(ranges) if self.flags.i else ranges)

    def _class_letter(self) -> int:
        if self.pattern.startswith("\\", self.at):
            return self._escaped_letter()
        if self.at >= len(self.pattern):
            self._refuse(f"missing ]: {self.pattern}")
        self.at += 1
        return ord(self.pattern[self.at - 1])

    # Reading ------------------------------------------------------------------------------------

    def _take(self, letter: str) -> None:
        self.at += len(letter)

    def _refuse(self, message: str) -> NoReturn:
        raise SyntaxRefused(message)


_BAR = _Piece("|")
_OCTAL = re.compile(r"\\([1-7][0-7]{1,2}|0[0-7]{0,2})")
_HEXADECIMAL = re.compile(r"\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]+)\})")
_POSIX = re.compile(r"\[:(\^?)([^\]:]*):\]")


def _text(pieces: list[_Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def _are_long(pieces: list[_Piece]) -> bool:
    """Whether every way of matching them has a length."""
    ways = [False]
    for piece in pieces:
        if piece is _BAR:
            ways.append(False)
        elif piece.is_long:
            ways[-1] = True
    return all(ways)
