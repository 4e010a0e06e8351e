"""Names: which are valid, which are taken, how a duplicate is numbered. Knows no operation."""

from __future__ import annotations

import re

_VALID_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\-/]*$")
_VALID_NESTED_SCOPE = re.compile(r"^[A-Za-z0-9_.\-/]*$")


def is_node_name(name: str) -> bool:
    """Whether a node may have this name."""
    return _VALID_NAME.fullmatch(name) is not None


def check_node_name(name: str) -> None:
    if not (isinstance(name, str) and _VALID_NAME.match(name)):
        raise ValueError(
            f"'{name}' is not a valid node name\n"
            "  It starts with a letter, a digit or '.', and goes on with those, '_', '-' or '/'."
        )


def check_scope_name(name: str, nested: bool) -> None:
    """A scope within a scope may start with any valid character, a top one only as a node may."""
    if not (_VALID_NESTED_SCOPE if nested else _VALID_NAME).match(name):
        raise ValueError(
            f"'{name}' is not a valid scope name\n"
            "  A scope is made of letters, digits, '.', '_', '-' and '/'; an outermost one starts"
            " with a letter, a digit or '.'."
        )


def strip_scope_slash(name: str) -> str:
    """`name` without the slash that marks a scope's full name."""
    return name[:-1] if name.endswith("/") else name


_SCOPED = re.compile(r"(\^|loc:@|)(.*)", re.DOTALL)


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """The name of a node, a control input or a colocation, without the scope it starts with."""
    if not export_scope:
        return name
    mark, path = _SCOPED.fullmatch(name).groups()  # type: ignore[union-attr]
    below = path.removeprefix(strip_scope_slash(export_scope) + "/")
    return name if below == path else mark + below.lstrip("/")


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """The name of a node, a control input or a colocation, below a scope."""
    if not import_scope:
        return name
    mark, path = _SCOPED.fullmatch(name).groups()  # type: ignore[union-attr]
    return f"{mark}{strip_scope_slash(import_scope)}/{path}"


class NameTable:
    """The names in use, in lower case, each with the number that a duplicate tries next."""

    def __init__(self) -> None:
        self._next: dict[str, int] = {}

    def add(self, name: str) -> None:
        """Marks a name as used, as it is."""
        self._next.setdefault(name.lower(), 1)

    def copy(self) -> NameTable:
        table = NameTable()
        table._next = dict(self._next)
        return table

    def unique(self, name: str, mark_as_used: bool = True) -> str:
        """Returns `name`, or `name_1`, `name_2`, ... when it is taken."""
        key = name.lower()
        number = self._next.get(key, 0)
        if number == 0:
            if mark_as_used:
                self._next[key] = 1
            return name
        while f"{key}_{number}" in self._next:
            number += 1
        if mark_as_used:
            self._next[key] = number + 1
            self._next[f"{key}_{number}"] = 1
        return f"{name}_{number}"
