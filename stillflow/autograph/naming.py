"""Names for what a conversion adds, which no name of the function is."""

from __future__ import annotations

import ast


class Namer:
    """Gives names that are not in a function, nor given before."""

    def __init__(self, node: ast.AST):
        self._taken = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
        self._taken |= {arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg)}
        for named in ast.walk(node):
            if isinstance(named, (ast.FunctionDef, ast.ClassDef)):
                self._taken.add(named.name)

    def new(self, base: str) -> str:
        """`base`, with a number where it is taken."""
        name, number = base, 0
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name
