"""Classes of characters in RE2's regular expressions, as ranges of code points."""

from __future__ import annotations

import functools
import sys
import unicodedata
from collections.abc import Iterable, Iterator

from stillflow.ops.strings import scripts

Ranges = tuple[tuple[int, int], ...]

LAST = scripts.LAST
# Bytes that are no UTF-8 are these characters while Python looks for a match; none of RE2's is one.
FOREIGN = "\\udc80-\\udcff"


def _of(text: str) -> Ranges:
    """The ranges of "a-z_": of single characters, or of two around a "-"."""
    parts = [text[at : at + 3] for at in range(0, len(text), 3)]
    return tuple((ord(part[0]), ord(part[2])) for part in parts)


_DIGIT, _UPPER, _LOWER = _of("0-9"), _of("A-Z"), _of("a-z")
_SPACE = ((9, 10), (12, 13), (32, 32))
_WORD = (*_DIGIT, *_UPPER, *_of("_-_"), *_LOWER)

#: After a backslash.
PERL = {"d": _DIGIT, "s": _SPACE, "w": _WORD}

#: Between [: and :].
POSIX = {
    "alnum": (*_DIGIT, *_UPPER, *_LOWER),
    "alpha": (*_UPPER, *_LOWER),
    "ascii": ((0, 0x7F),),
    "blank": ((9, 9), (32, 32)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": _DIGIT,
    "graph": _of("!-~"),
    "lower": _LOWER,
    "print": _of(" -~"),
    "punct": _of("!-/:-@[-`{-~"),
    "space": ((9, 13), (32, 32)),
    "upper": _UPPER,
    "word": _WORD,
    "xdigit": (*_DIGIT, *_of("A-Fa-f")),
}


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The ranges in order, those that touch as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(last, found[-1][1])
        else:
            found.append((first, last))
    return tuple(found)


def of_any_case(ranges: Ranges) -> Ranges:
    """With what is k or s in another case beyond ASCII, where these are in `ranges`."""
    beyond = {ord("k"): 0x212A, ord("s"): 0x17F}
    more = [
        (other, other)
        for letter, other in beyond.items()
        if any(first <= letter <= last for first, last in ranges)
    ]
    return (*ranges, *more)


def others(ranges: Ranges) -> Ranges:
    """What is in none of `ranges`."""
    found, start = [], 0
    for first, last in joined(ranges):
        if start < first:
            found.append((start, first - 1))
        start = last + 1
    return (*found, (start, LAST)) if start <= LAST else tuple(found)


@functools.lru_cache(maxsize=64)
def named(name: str) -> Ranges | None:
    """Of a category or script of Unicode; None where RE2 knows no such name."""
    if name == "Any":
        return ((0, LAST),)
    for script in scripts.all_scripts():
        if script.name == name:
            return script.ranges
    if name not in _CATEGORIES:
        return None
    return joined(_in_category(name))


_CATEGORIES = frozenset(
    (
        *("C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn"),
        *("N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps"),
        *("S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs"),
    )
)


def _in_category(name: str) -> Iterator[tuple[int, int]]:
    """Of what Unicode had named when RE2's tables were made; Python's may be younger."""
    known = scripts.numbers() != scripts.UNKNOWN
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        if category.startswith(name) and (known[code] or category in ("Cs", "Co")):
            yield code, code


def spelled(ranges: Ranges, negated: bool = False) -> str:
    """A class of Python's regular expressions, of `ranges` or of all else."""
    if not negated and not ranges:
        return "(?!)"
    body = "".join(_spelled(first, last) for first, last in ranges)
    return f"[^{body}{FOREIGN}]" if negated else f"[{body}]"


def _spelled(first: int, last: int) -> str:
    """One range, without what stands for foreign bytes."""
    if first <= 0xDCFF and last >= 0xDC80:
        sides = [(first, 0xDC7F)] * (first < 0xDC80) + [(0xDD00, last)] * (last > 0xDCFF)
        return "".join(_spelled(*side) for side in sides)
    return escaped(first) if first == last else f"{escaped(first)}-{escaped(last)}"


def escaped(code: int) -> str:
    """A character in Python's regular expressions, within a class or not."""
    letter = chr(code)
    if letter.isascii() and letter.isalnum():
        return letter
    return f"\\x{code:02x}" if code < 0x100 else f"\\U{code:08x}"
