"""Gradient rules that are registered under a name of their own: by programs, and where one op has
several. The rule of an op type stands beside its declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Rule = Callable[..., Any]

# None where no gradient flows.
REGISTERED: dict[str, Rule | None] = {}


class RegisterGradient:
    """Decorator: `@tf.RegisterGradient("Name")` declares `rule(op, *grads)` under a name.

    `graph.gradient_override_map({"Square": "Name"})` then uses it for what is built in its block.
    """

    def __init__(self, op_type: str):
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Rule) -> Rule:
        _register(self._op_type, f)
        return f


def no_gradient(op_type: str) -> None:
    """Declares that no gradient flows through ops of this type: `tf.NotDifferentiable`."""
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


def _register(name: str, rule: Rule | None) -> None:
    if name in REGISTERED:
        raise KeyError(f"Registering two gradient with name '{name}'!")
    REGISTERED[name] = rule
