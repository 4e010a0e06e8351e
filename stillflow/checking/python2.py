"""Python 2 in a text: which lines, what of it, and the text as Python 3 so that it can be read on.

Strings and comments are set aside first. The repaired text is for reading alone: it has every name
on its line, and not Python 2's meaning; `stillflow run --py2` translates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_ASIDE = re.compile(
    r"""[bBrRuUfF]{0,2}('''|\"\"\")(?:\\.|(?!\1).)*?(?:\1|\Z)"""
    r"""|[bBrRuUfF]{0,2}('|")(?:\\.|(?!\2)[^\\\n])*(?:\2|(?=\n)|\Z)"""
    r"""|\#[^\n]*"""
    r"""|[\x01-\x03]""",
    re.DOTALL,
)
# What stands in a text for a string, a line's end inside of brackets, and a comment; where a text
# that is none of Python has these characters itself, they are set aside as strings are.
_STRING, _JOINT, _COMMENT = "\x01", "\x02", "\x03"
_UNICODE_RAW = re.compile(r"[uU][rR](?=['\"])")


@dataclass(frozen=True)
class Sign:
    """Python 2's syntax on a line, from 1."""

    line: int
    what: str
    instead: str


class _Rule(NamedTuple):
    what: str
    instead: str
    pattern: re.Pattern[str]
    repaired: str  # a template of `re`


def _rule(what: str, instead: str, pattern: str, repaired: str) -> _Rule:
    return _Rule(what, instead, re.compile(pattern, re.MULTILINE), repaired)


_START = r"(?P<start>^[ \t]*|[;:][ \t]*)"
_REST = r"(?P<rest>(?:[^;\n\x03]|\x03\x02)+)"
_END = r"(?=[ \t]*(?:[;\x03]|$))"
_RULES = (
    _rule("print >>", "print(..., file=f)", rf"{_START}print[ \t]*>>{_REST}",
          r"\g<start>print(\g<rest>)"),
    _rule("print", "print(...)", rf"{_START}print(?=\x01|[ \t]*`|[ \t]+[\w\[{{~+\-\x01]){_REST}",
          r"\g<start>print(\g<rest>)"),
    _rule("print", "print()", rf"{_START}print{_END}", r"\g<start>print()"),
    _rule("except E, e", "except E as e",
          r"\bexcept[ \t]+(?P<kind>[^:\n]+?)[ \t]*,[ \t]*(?P<name>[A-Za-z_]\w*)[ \t]*:",
          r"except \g<kind> as \g<name>:"),
    _rule("raise E, message", "raise E(message)",
          rf"{_START}raise[ \t]+(?P<kind>[\w.]+)[ \t]*,{_REST}",
          r"\g<start>raise \g<kind>(\g<rest>)"),
    _rule("exec", "exec(...)", rf"{_START}exec(?=\x01|[ \t]+[\w\x01]){_REST}",
          r"\g<start>exec(\g<rest>)"),
    _rule("<>", "!=", r"<>", "!="),
    _rule("`x`", "repr(x)", r"`(?P<rest>[^`\n]+)`", r"repr(\g<rest>)"),
    _rule("0777", "0o777", r"(?<![\w.])0(?P<rest>[0-7]+)(?![\w.])", r"0o\g<rest>"),
    _rule("10L", "10", r"(?<![\w.])(?P<rest>0[xX][\da-fA-F]+|\d+)[lL]\b", r"\g<rest>"),
    _rule("lambda (a, b):", "lambda a_b:", r"\blambda[ \t]*\((?P<rest>[\w ,]*)\)[ \t]*:",
          r"lambda \g<rest>:"),
)  # fmt: skip


def signs_of(text: str) -> tuple[list[Sign], str]:
    """What of a text is Python 2's syntax, by lines; and the text with that replaced."""
    found: list[Sign] = []
    bare, aside = _set_aside(text)
    for number, part in enumerate(aside):
        if _UNICODE_RAW.match(part):
            line = sum(part.count("\n") for part in aside[:number])
            place = _place(bare, number)
            found.append(Sign(_newlines(bare[:place]) + line + 1, 'ur""', 'r""'))
            aside[number] = _UNICODE_RAW.sub("r", part)
    for rule in _RULES:
        bare = _applied(rule, bare, aside, found)
    return sorted(found, key=lambda sign: sign.line), _put_back(bare, aside)


def with_spaces(text: str) -> tuple[list[Sign], str]:
    """The text with tabs before statements as Python 2 took them, to columns of eight."""
    bare, aside = _set_aside(text)
    lines = bare.split("\n")
    tabbed = [line for line in lines if "\t" in _indent(line)]
    if not tabbed:
        return [], text
    before = bare[: bare.index(tabbed[0])]
    at = _line(before, aside)
    lines = [_indent(line).expandtabs(8) + line[len(_indent(line)) :] for line in lines]
    sign = Sign(at, "tabs among spaces", "spaces")
    return [sign], _put_back("\n".join(lines), aside)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _applied(rule: _Rule, bare: str, aside: list[str], found: list[Sign]) -> str:
    def replaced(match: re.Match[str]) -> str:
        start = match.start() + len(match.groupdict().get("start") or "")
        found.append(Sign(_line(bare[:start], aside), rule.what, rule.instead))
        return match.expand(rule.repaired)

    return rule.pattern.sub(replaced, bare)


def _set_aside(text: str) -> tuple[str, list[str]]:
    """The text with one character for each string and comment, and these in order."""
    aside: list[str] = []

    def mark(match: re.Match[str]) -> str:
        aside.append(match[0])
        return _COMMENT if match[0].startswith("#") else _STRING

    return _joined(_ASIDE.sub(mark, text)), aside


def _joined(bare: str) -> str:
    """Statements on one line each: marks where lines end inside of brackets, or by a backslash."""
    depth = 0
    pieces: list[str] = []
    for character in bare:
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth = max(0, depth - 1)
        elif character == "\n" and (depth or (pieces and pieces[-1] == "\\")):
            character = _JOINT
        pieces.append(character)
    return "".join(pieces)


def _put_back(bare: str, aside: list[str]) -> str:
    parts = iter(aside)
    return re.sub("[\x01\x03]", lambda match: next(parts), bare.replace(_JOINT, "\n"))


def _newlines(bare: str) -> int:
    return bare.count("\n") + bare.count(_JOINT)


def _line(before: str, aside: list[str]) -> int:
    """The line where a text stops that is `before` a place."""
    count = before.count(_STRING) + before.count(_COMMENT)
    return 1 + _newlines(before) + sum(part.count("\n") for part in aside[:count])


def _place(bare: str, number: int) -> int:
    return [match.start() for match in re.finditer("[\x01\x03]", bare)][number]
