"""Regular expressions that are ready to be looked for."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from stillflow.ops.strings.patterns.syntax import SyntaxRefused, translated

# What is no UTF-8 passes through as characters of its own.
_FOREIGN = "surrogateescape"


class PatternError(ValueError):
    """RE2 takes no such regular expression; the message is RE2's."""


@functools.lru_cache(maxsize=256)
def compiled(pattern: bytes) -> Pattern:
    """The Pattern that RE2's regular expression `pattern` is.

    Raises:
      PatternError: RE2 would not take it.
    """
    try:
        found = translated(pattern.decode())
        return Pattern(re.compile(found.text), found.is_long)
    except UnicodeDecodeError:
        raise PatternError("invalid UTF-8") from None
    except SyntaxRefused as error:
        raise PatternError(str(error)) from None


class Pattern:
    """A regular expression over bytes, of which characters are looked at.

    `is_long` says that it does not match nothing.
    """

    def __init__(self, pattern: re.Pattern[str], is_long: bool):
        self._pattern = pattern
        self._is_long = is_long

    def matches(self, text: bytes) -> bool:
        """Whether the whole of `text` matches."""
        return self._pattern.fullmatch(text.decode("utf-8", _FOREIGN)) is not None

    def replacing(self, rewrite: bytes, everywhere: bool) -> Callable[[bytes], bytes]:
        r"""What gives a text with `rewrite`, in which \0 to \9 are groups, in place of matches.

        A group that there is not is empty. Without `everywhere` the first match is replaced.
        """
        parts, is_whole = _parts(rewrite)
        if not (is_whole or everywhere):
            return lambda text: text
        count = self._pattern.groups
        parts = [part if isinstance(part, str) or part <= count else "" for part in parts]
        replace = self._substituting(parts, everywhere)

        def replaced(text: bytes) -> bytes:
            return replace(text.decode("utf-8", _FOREIGN)).encode("utf-8", _FOREIGN)

        return replaced

    def _substituting(self, parts: list[str | int], everywhere: bool) -> Callable[[str], str]:
        if not self._is_long:
            return lambda text: self._replaced(text, parts, everywhere)
        substitute, count = self._pattern.sub, 0 if everywhere else 1
        if any(isinstance(part, int) for part in parts):
            return lambda text: substitute(lambda found: _expanded(found, parts), text, count)
        literal = "".join(map(str, parts)).replace("\\", "\\\\")
        return lambda text: substitute(literal, text, count)

    def _replaced(self, text: str, parts: list[str | int], everywhere: bool) -> str:
        done: list[str] = []
        at, last_end = 0, -1
        while at <= len(text):
            found = self._pattern.search(text, at)
            if found is None:
                break
            done.append(text[at : found.start()])
            if found.start() == found.end() == last_end:
                # Nothing is not replaced right behind a match: the search goes on a letter later.
                done.append(text[last_end : last_end + 1])
                at = last_end + 1
                continue
            done.append(_expanded(found, parts))
            at = last_end = found.end()
            if not everywhere:
                break
        return "".join(done) + text[at:]


def _expanded(found: re.Match[str], parts: list[str | int]) -> str:
    return "".join(part if isinstance(part, str) else found[part] or "" for part in parts)


@functools.lru_cache(maxsize=64)
def _parts(rewrite: bytes) -> tuple[list[str | int], bool]:
    r"""The text and the groups of a rewrite, and whether it is one to its end.

    Behind a backslash stands a digit or another backslash; at anything else RE2 stops reading.
    """
    whole = rewrite.decode("utf-8", _FOREIGN)
    parts: list[str | int] = []
    for text, escape in re.findall(r"([^\\]*)(\\[0-9\\]|\\|\Z)", whole, re.ASCII):
        parts.append(text)
        if escape == "\\":
            return parts, False
        if escape:
            parts.append("\\" if escape == "\\\\" else int(escape[1]))
    return parts, True
