"""Reads what the stub of a public module re-exports. Knows the form of stubs, and no name.

Stubs (.pyi) are the one list of public names, for type checkers and editors as for the run. What a
stub may hold is understood, and every other statement is refused, so that nothing gets lost. So the
root's 450 names take 0.5 ms; `ast.parse` takes 3.5 ms, 4 % of the time that the first use of `tf`
takes, in every program. A test reads all stubs both ways.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

_STATEMENT = re.compile(
    r"from ([\w.]+) import (?:\(([\w\s,]*)\)|([\w ,]*))\n"
    r"|(\w+) = (\w+)\n"
    r"|(\w+): .*\n"  # a value, which the module itself holds
    r"|(?:#.*)?\n"
)


def re_exports(module_file: str) -> dict[str, tuple[str, str]]:
    """The names that the stub beside a module gives: {name: (module, name there)}.

    By the rules that type checkers follow, these are `from m import a as a`, and `b = a` where `a`
    is imported above; other imports are private.

    Raises:
      FileNotFoundError: there is no stub.
      ValueError: it holds a statement of another kind.
    """
    imported: dict[str, tuple[str, str]] = {}
    exported: dict[str, tuple[str, str]] = {}
    for module, lines, line, alias, known, _ in _statements(module_file):
        if module:
            for name, local in _names(lines or line):
                imported[local or name] = module, name
                if name == local:
                    exported[name] = module, name
        elif alias:
            exported[alias] = imported[known]
    return exported


def values(module_file: str) -> set[str]:
    """The names that the stub beside a module declares as values, which the module itself holds."""
    return {value for *_, value in _statements(module_file) if value}


def _statements(module_file: str) -> Iterator[tuple[str, ...]]:
    """The groups of _STATEMENT, for each statement of the stub beside a module."""
    path = f"{os.path.splitext(module_file)[0]}.pyi"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    end = 0
    while found := _STATEMENT.match(text, end):
        yield found.groups("")
        end = found.end()
    if end != len(text):
        line = text[end:].split("\n")[0]
        raise ValueError(f"{path}:{text.count(chr(10), 0, end) + 1}: no re-export: {line}")


def _names(text: str) -> Iterator[tuple[str, str]]:
    """`a as b, c` gives ("a", "b"), ("c", "")."""
    for entry in filter(None, map(str.strip, text.split(","))):
        name, _, local = entry.partition(" as ")
        yield name, local
